"""How right an answer is: against all pairs, computed in full, and against what the generator planted."""

import numpy as np
import pandas as pd
from scipy import sparse

_ROUNDING = 1e-9  # a score this near to the threshold may fall on either side of it
_BLOCK = 20  # rows whose products with all the others are held at once


def stories(folder):
    """Return the story of each report, as whole numbers in the order of documents."""
    truth = pd.read_parquet(folder / "truth.parquet", columns=["document_id", "story"])
    return pd.factorize(truth.sort_values("document_id")["story"])[0]


def agreement(labels, others):
    """Return recall, precision and F1 of the pairs that ``labels`` puts together against those of ``others``."""
    found, planted = _together(labels), _together(others)
    both = _together(pd.DataFrame({"label": labels, "other": others}).value_counts().to_numpy(), counted=True)
    return _shares(both, found, planted)


def of_pairs(a, b, true_a, true_b, n_reports):
    """Return recall, precision and F1 of pairs of rows against true pairs of rows; each pair stands once, a < b."""
    found, true = a * np.int64(n_reports) + b, true_a * np.int64(n_reports) + true_b
    return _shares(int(np.isin(found, true).sum()), len(found), len(true))


def of_labels(labels, true_a, true_b):
    """Return recall, precision and F1 of the pairs that ``labels`` puts together against true pairs of rows."""
    both = int((labels[true_a] == labels[true_b]).sum())
    return _shares(both, _together(labels), len(true_a))


def sampled(weights, a, b, threshold, *, n_sampled=300, random_state=0):
    """Return recall and precision of pairs against the exact neighbours of sampled rows.

    Parameters
    ----------
    weights : csr_array, float64, rows of unit length
    a, b : arrays of int64
        The pairs found at ``threshold``, as rows.
    threshold : float
    n_sampled : int, default 300
    random_state : int, default 0
        Which rows are sampled.
    """
    rows = np.random.default_rng(random_state).permutation(weights.shape[0])[:n_sampled]
    known = np.zeros(weights.shape[0], dtype=bool)
    known[rows] = True
    touched = known[a] | known[b]
    found = _spelled(a[touched], b[touched], weights.shape[0])
    sure, possible = _neighbours(weights, rows, threshold)
    return {
        "recall": float(np.isin(sure, found).mean()) if len(sure) else 1.0,
        "precision": float(np.isin(found, possible).mean()) if len(found) else 1.0,
        "n_true": len(sure),
    }


def faults(cosines, a, b, found_scores, threshold):
    """Count the pairs lost, and those found whose score is wrong or below the threshold.

    Parameters
    ----------
    cosines : array, shape (n, n)
        Upper triangle of all cosines in float64.
    a, b, found_scores : arrays
        The answer: rows, a < b, and scores.
    threshold : float
    """
    reached = np.zeros(cosines.shape, dtype=bool)
    reached[a, b] = True
    lost = int((~reached & (cosines >= threshold + _ROUNDING)).sum())
    if threshold > 1 - _ROUNDING:  # nothing is above 1: identical rows come out at 1 within rounding
        lost = int((~reached & (cosines >= 1 - 1e-13)).sum())
    expected = cosines[a, b]
    wrong = (np.abs(np.asarray(found_scores) - expected) > _ROUNDING) | (expected < threshold - _ROUNDING)
    return lost, int(wrong.sum())


def best_threshold(a, b, found_scores, planted):
    """Return the threshold, to two digits, at which pairs tell planted copies best, and how well."""
    same, n_planted = planted[a] == planted[b], _together(planted)
    thresholds = np.arange(np.ceil(found_scores.min() * 100), 101) / 100 if len(a) else np.array([1.0])
    tried = [
        {"threshold": float(t)} | _shares(int(same[found_scores >= t].sum()), int((found_scores >= t).sum()), n_planted)
        for t in thresholds
    ]
    return max(tried, key=lambda shares: shares["f1"])


def _together(labels, *, counted=False):
    """Pairs that stand together, of labels or of the sizes of groups."""
    sizes = (labels if counted else np.unique(labels, return_counts=True)[1]).astype(np.int64)
    return int((sizes * (sizes - 1) // 2).sum())


def _shares(both, found, true):
    recall, precision = both / true if true else 1.0, both / found if found else 1.0
    return {"recall": recall, "precision": precision, "f1": 2 * both / (found + true) if found + true else 1.0}


def _spelled(a, b, n):
    return np.unique(np.minimum(a, b).astype(np.int64) * n + np.maximum(a, b))


def _neighbours(weights, rows, threshold):
    """Pairs of these rows that surely reach the threshold, and those that may, within rounding."""
    transposed, sure, possible = sparse.csr_array(weights.T), [], []
    for begin in range(0, len(rows), _BLOCK):
        block = rows[begin : begin + _BLOCK]
        products = sparse.coo_array(weights[block] @ transposed)
        ones, others = block[products.row], products.col
        for pairs, least in ((sure, threshold + _ROUNDING), (possible, threshold - _ROUNDING)):
            kept = (ones != others) & (products.data >= least)
            pairs.append(_spelled(ones[kept], others[kept], weights.shape[0]))
    return np.unique(np.concatenate(sure)), np.unique(np.concatenate(possible))
