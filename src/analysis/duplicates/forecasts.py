"""How many pairs there will be, how much memory and how many minutes they take: told from a sample of documents."""

import time
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis import tables
from analysis.duplicates import pairs
from analysis.duplicates.scope import meeting, scope

THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
_WINDOWS = ("30D", "7D", "3D", "1D")  # windows that a refusal tries, from wide to narrow
_SAMPLED = 1_024  # documents compared with all others
_FIRST = 32  # of which so many are tried first, to learn how many pairs a document has
_PAIRS = 3_000_000  # pairs that a sample may hold
_SECONDS_PER_PAIR = 2e-6  # to sort the answer and to check it as a table: measured


class Sample(NamedTuple):
    """Pairs of some documents with all others; each stands for ``weight`` pairs of the whole."""

    scores: np.ndarray
    lags: np.ndarray  # timedelta64, absolute; NaT where a date is missing
    weight: float

    def n_pairs(self, threshold, window=None):
        """Estimated number of pairs that reach a threshold, and lie within a window if one is given."""
        kept = self.scores >= threshold
        if window is not None:
            kept &= self.lags <= np.timedelta64(pd.Timedelta(window))
        return round(kept.sum() * self.weight)


def forecast(matrix, documents, *, thresholds=THRESHOLDS, against=None, memory=None, **restrictions):
    """Say what ``find`` would return at several thresholds, and what it would take.

    Up to 1,024 documents, spread evenly over the corpus and the same on every run, are compared with all others. The
    number of pairs of a corpus whose clusters are few and large is the less certain; expect it within a factor of two.
    Minutes are measured on this machine and hold for it alone.

    Parameters
    ----------
    matrix, documents, against, memory, **restrictions
        As for ``find``.
    thresholds : sequence of float in (0, 1]
        The lowest decides how long this takes.

    Returns
    -------
    DataFrame of ``tables.Forecasts``
        One row for each threshold: ``n_pairs``, ``gigabytes`` and ``minutes`` as estimated, and whether the answer
        ``fits`` into ``memory``. A small corpus is counted whole.
    """
    for threshold in thresholds:
        pairs.refuse_threshold(threshold)
    limit, own = pairs.limit(memory), scope(**restrictions)
    first, second = pairs.sides(matrix, documents, against, own)
    meet = meeting(first, second, own)
    sample, seconds = _measured(first, second, meet, sorted(thresholds))
    counted = [sample.n_pairs(threshold) for threshold in sorted(thresholds)]
    rows = [
        (threshold, n, n * pairs.BYTES_PER_PAIR / 1e9, (spent + n * _SECONDS_PER_PAIR) / 60, n <= limit)
        for threshold, n, spent in zip(sorted(thresholds), counted, seconds, strict=True)
    ]
    return tables.check(tables.Forecasts, pd.DataFrame(rows, columns=tables.columns(tables.Forecasts)))


def _measured(first, second, meet, thresholds):
    began = time.perf_counter()
    if pairs.is_small(meet):
        found = pairs.joined(first, second, meet, thresholds[0], limit=np.inf)
        sample = Sample(found[2], pairs.lags(first, second, *found[:2]), 1.0)
        return sample, [time.perf_counter() - began] * len(thresholds)
    from analysis._join import search

    job = search.job(first.matrix.weights, second.matrix.weights, meet)
    prepared = time.perf_counter() - began
    depths = [search.best_depth(job, threshold) for threshold in thresholds]
    seconds = [prepared + search.seconds(job, *each) for each in zip(thresholds, depths, strict=True)]
    return drawn(job, first, second, thresholds[0], depths[0]), seconds


def drawn(job, first, second, threshold, depth):
    """Compare some of the queries of a job with all they may meet, with rows cut at ``depth``."""
    from analysis._join import search

    n_queries = len(job.queries.origin)
    found = search.found_by(job, search.spread(n_queries, _FIRST), threshold, depth)
    per_query = max(len(found[0]) / min(_FIRST, n_queries), 1)
    n_drawn = int(min(_SAMPLED, n_queries, max(_PAIRS / per_query, _FIRST)))
    if n_drawn > _FIRST:
        found = search.found_by(job, chosen := search.spread(n_queries, n_drawn), threshold, depth)
        n_drawn = len(chosen)
    return Sample(found[2], pairs.lags(first, second, *found[:2]), n_queries / max(n_drawn, 1))


def refuse(sample, threshold, limit):
    """Refuse an answer that does not fit, naming what would."""
    n_pairs = sample.n_pairs(threshold)
    if n_pairs <= limit:
        return
    remedies = [f"memory='{int(np.ceil(n_pairs * pairs.BYTES_PER_PAIR / 1e9))}GB'", "output= to write parts to disk"]
    for window in _WINDOWS:
        if 0 < sample.n_pairs(threshold, window) <= limit:
            remedies.insert(0, f"window='{window}' ({sample.n_pairs(threshold, window):,} pairs)")
            break
    for higher in np.arange(np.ceil(threshold * 20 + 1e-9), 21) / 20:
        if sample.n_pairs(higher) <= limit:
            remedies.insert(0, f"threshold={higher:g} ({sample.n_pairs(higher):,} pairs)")
            break
    raise pairs.TooManyPairsError(
        f"About {n_pairs:,} pairs reach {threshold}, which takes {n_pairs * pairs.BYTES_PER_PAIR / 1e9:,.1f} GB; "
        f"{limit:,} pairs fit. What would do: {', or '.join(remedies)}."
    )
