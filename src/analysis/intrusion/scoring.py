"""What the answers say: how often the intruder was found, and how far coders agree."""

import numpy as np
import pandas as pd

from analysis import tables
from analysis.intrusion.errors import IntrusionError, refuse_level, refuse_seed, refuse_whole


def precision(key, answers, *, level=0.95):
    """Return how often coders found the intruder: for each kind, for each topic in it, and for each coder.

    The interval is Wilson's (1927, "Probable inference, the law of succession, and statistical inference"). Coders who
    answer the same item are no independent trials, so it counts an item once, however many answered it: right where
    they agree on everything, and too wide rather than too narrow elsewhere.

    Parameters
    ----------
    key : DataFrame of ``tables.IntrusionKey``
    answers : DataFrame of ``tables.IntrusionAnswers``
    level : float between 0 and 1, default 0.95

    Returns
    -------
    DataFrame of ``tables.IntrusionPrecision``
        ``topic`` is <NA> and ``coder`` "" where all are meant. ``chance`` is the precision of guessing.

    Raises
    ------
    IntrusionError
        There is no answer, one is of an item that is not in the key, or a coder did not answer all.
    """
    refuse_level(level)
    told = _joined(key, answers)
    made = [_group(rows, kind, pd.NA, "", level) for kind, rows in told.groupby("kind")]
    made += [_group(rows, kind, topic, "", level) for (kind, topic), rows in told.groupby(["kind", "topic"])]
    made += [_group(rows, kind, pd.NA, coder, level) for (kind, coder), rows in told.groupby(["kind", "coder"])]
    return tables.check(tables.IntrusionPrecision, pd.DataFrame(made))


def agreement(key, answers, *, random_state, n_draws=1000, level=0.95):
    """Return Krippendorff's alpha of the options that coders chose, by kind, as NLTK computes it.

    1 is full agreement, 0 what chance gives, whether or not they chose the intruder: coders who are misled alike agree.
    The interval is from a bootstrap over items (Hayes & Krippendorff 2007, "Answering the call for a standard
    reliability measure for coding data", draw pairs of values instead).

    Parameters
    ----------
    key : DataFrame of ``tables.IntrusionKey``
    answers : DataFrame of ``tables.IntrusionAnswers``
    random_state : int
        Seed of the draws.
    n_draws : int, default 1000
    level : float between 0 and 1, default 0.95

    Returns
    -------
    DataFrame of ``tables.IntrusionAgreement``
        NaN for a single coder.

    Raises
    ------
    IntrusionError
        As in ``precision``.
    """
    refuse_seed(random_state)
    refuse_whole("n_draws", n_draws)
    refuse_level(level)
    told = _joined(key, answers)
    rows = []
    for kind, chosen in told.groupby("kind"):
        by_item = [list(zip(each["coder"], each["place"], strict=True)) for _, each in chosen.groupby("item")]
        generator = np.random.default_rng([random_state, tables.INTRUSIONS.index(kind)])
        draws = [generator.integers(len(by_item), size=len(by_item)) for _ in range(n_draws)]
        found = [_alpha(by_item), *(_alpha([by_item[place] for place in draw]) for draw in draws)]
        low, high = np.quantile(found[1:], [(1 - level) / 2, (1 + level) / 2])
        rows.append((kind, len(by_item), chosen["coder"].nunique(), found[0], low, high))
    columns = tables.columns(tables.IntrusionAgreement)
    return tables.check(tables.IntrusionAgreement, pd.DataFrame(rows, columns=columns))


def _joined(key, answers):
    """Answers beside what is right."""
    key, answers = tables.check(tables.IntrusionKey, key), tables.check(tables.IntrusionAnswers, answers)
    if answers.empty:
        raise IntrusionError("Expected answers to score; found none. Read the sheets with intrusion.collect.")
    strangers = sorted(set(answers["item"]) - set(key["item"]))
    if strangers:
        raise IntrusionError(
            f"The key does not know the item {strangers[0]!r}, and {len(strangers)} such items in all."
        )
    counts = answers.groupby("coder")["item"].size()
    if (unfinished := counts[counts < len(key)]).size:
        raise IntrusionError(
            f"Expected {len(key)} answers of each coder; found {unfinished.iloc[0]} of {unfinished.index[0]}. Nothing "
            "is scored before all have answered."
        )
    return answers.drop(columns="kind").merge(key.rename(columns={"place": "right"}), on="item")


def _group(rows, kind, topic, coder, level):
    right, n_items = (rows["place"] == rows["right"]).mean(), rows["item"].nunique()
    low, high = _wilson(right, n_items, level)
    found = {"kind": kind, "topic": topic, "coder": coder, "n_items": n_items, "n_coders": rows["coder"].nunique()}
    return found | {"precision": right, "low": low, "high": high, "chance": 1 / rows["n_options"].iloc[0]}


def _wilson(share, n, level):
    """Interval of Wilson for a share of n trials; the share may be a mean of several coders."""
    from scipy.stats import norm

    z = norm.ppf((1 + level) / 2)
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    # Of none or all right an end is 0 or 1, which rounding misses.
    return max(round(middle - half, 12), 0.0), min(round(middle + half, 12), 1.0)


def _alpha(by_item):
    """Alpha of NLTK of lists of (coder, letter), one for each item."""
    # Only now: importing NLTK takes a second, and who makes items need not wait for it.
    from nltk.metrics.agreement import AnnotationTask

    rated = [(coder, str(item), letter) for item, answers in enumerate(by_item) for coder, letter in answers]
    if len({coder for coder, *_ in rated}) < 2:
        return np.nan
    return float(AnnotationTask(data=rated).alpha())
