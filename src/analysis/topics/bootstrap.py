"""Stories drawn with replacement, each with all its copies, and the bounds that the draws give."""

import numpy as np

from analysis.topics.errors import TopicsError, refuse_seed, refuse_whole
from analysis.topics.threads import one_thread

_AT_ONCE = 64  # draws; a fixed number, so that sums are made in the same order whatever the memory
_CELLS = 20_000_000  # numbers that the draws of one block of topics may take


def refuse_options(random_state, n_draws, level):
    """Raise where an interval could not be repeated, or is none."""
    refuse_seed(random_state)
    refuse_whole("n_draws", n_draws, least=1)
    if level is not None and not 0 < level < 1:
        raise TopicsError(
            f"level expects a share between 0 and 1, such as 0.95, or None for no intervals; found {level!r}."
        )


def drawn(measured, random_state, *, n_draws, n_stories):
    """Stack what ``measured`` makes of draws: it takes draws × stories, how often each story was drawn.

    The same seed draws the same stories, so what is measured of the same draws may be subtracted.
    """
    generator, even = np.random.default_rng(random_state), np.full(n_stories, 1 / n_stories)
    sizes = [min(_AT_ONCE, n_draws - begin) for begin in range(0, n_draws, _AT_ONCE)]
    with one_thread():
        return np.concatenate(
            [measured(generator.multinomial(n_stories, even, size=size).astype(float)) for size in sizes]
        )


def blocks(n_columns, per_column):
    """Return slices of columns, so few at once that ``per_column`` numbers for each fit into memory."""
    width = max(1, _CELLS // max(per_column, 1))
    return [slice(begin, min(begin + width, n_columns)) for begin in range(0, n_columns, width)]


def bounds(draws, level, *, least=0.0):
    """(low, high) of draws × …: the quantiles of those that are numbers, held within ``least`` and 1."""
    with np.errstate(all="ignore"):
        found = np.nanquantile(draws, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return np.clip(found, least, 1)
