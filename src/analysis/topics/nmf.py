"""NMF of weighted rows, and the topics of rows it has not seen."""

from typing import NamedTuple

import numpy as np
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning
from tqdm import tqdm

from analysis.topics.errors import warn
from analysis.topics.starting import started

_ROUGHLY = (30, 1e-4)  # iterations and tolerance of a start; more of them leave LDA no better
SAMPLE = 1 << 15  # rows in which the topics of a larger corpus are looked for first
_SINGLE = 1e-5  # as far as float32 can tell a step from rounding; from there on in float64
_BLOCK = 4096  # rows that are folded in at once; each is computed on its own
_SWEEPS = 200
_SETTLED = 1e-7  # a row is left alone when a sweep changes none of its topics by more than this share of the largest
_COLUMNS = 8192  # of a factor that are swept at once, few enough to stay near the processor
_FAINT = 1e-6  # of the largest number of a factor: what is left of a topic that nothing speaks for


class Factors(NamedTuple):
    """Topics × rows and topics × terms, none below 0; and how the search for them ended.

    ``error`` is the share of the sum of squares that is left.
    """

    documents: np.ndarray
    terms: np.ndarray
    error: float
    n_iterations: int
    converged: bool


def factorise(rows, row_weights, random, *, iterations, tolerance, progress=False):
    """Return `Factors` whose product is near to the rows, by hierarchical alternating least squares.

    Cichocki & Phan 2009, "Fast local algorithms for large scale nonnegative matrix and tensor factorizations": each
    topic in turn takes its least error for the others. Rows are scaled by the root of their weight, since the error is
    squared. The way is gone in float32, which takes half the time, and the last steps in float64.

    Parameters
    ----------
    random : array, terms × (topics and some more)
        Of ``starting.directions``.

    Warns
    -----
    ConvergenceWarning
        The iterations ended while one still added more than ``tolerance`` to what is explained.
    """
    root, scaled = _scaled(rows, row_weights)
    steps, single = iter(_steps(iterations, "topics", progress)), scaled.astype(np.float32)
    begin = _begin(single, root.astype(np.float32), random, (iterations, max(tolerance, _SINGLE)))
    found = _searched(single, begin, steps, max(tolerance, _SINGLE))
    start = found.documents.astype(np.float64), found.terms.astype(np.float64)
    found = _searched(scaled, start, steps, tolerance, found)
    if not found.converged:
        _warn_of_haste(iterations, tolerance)
    return found._replace(documents=found.documents / root)


def roughly(rows, row_weights, random, *, progress=False):
    """(rows × topics, topics × terms) for LDA to start from, found in float32; no warning is due."""
    root, scaled = _scaled(rows.astype(np.float32), row_weights)
    begin = _begin(scaled, root, random, _ROUGHLY)
    found = _searched(scaled, begin, _steps(_ROUGHLY[0], "start", progress), _ROUGHLY[1])
    return (found.documents / root).T.astype(np.float64), found.terms.astype(np.float64)


def _begin(rows, root, random, limits):
    """Where the search in all rows begins: NNDSVDa, or of many rows the topics that a sample of them has.

    Rows stand in the order of a hash, so that the first are a sample that no order of documents changes.
    """
    if rows.shape[0] <= SAMPLE:
        return started(rows, root, random)
    part = rows[:SAMPLE]
    found = _searched(part, started(part, root[:SAMPLE], random), range(1, limits[0] + 1), limits[1])
    return np.full((len(found.terms), rows.shape[0]), found.documents.mean(), dtype=rows.dtype), found.terms


def _steps(iterations, words, progress):
    return tqdm(range(1, iterations + 1), desc=words, delay=5, disable=not progress)


def _scaled(rows, row_weights):
    """(roots of the weights, rows times these)."""
    root = np.sqrt(row_weights).astype(rows.dtype)
    return root, sparse.csr_array(sparse.diags_array(root) @ rows)


def _searched(rows, start, steps, tolerance, before=None):
    """The `Factors` when a step adds too little; where no step is left, the start, and how it was ``before``."""
    found = Factors(*start, *(before[2:4] if before else (1.0, 0)), converged=False)
    total, before, (documents, terms) = float(np.square(rows.data, dtype=np.float64).sum()), 0.0, start
    for n_iterations in steps:
        documents = _swept((rows @ terms.T).T, terms @ terms.T, documents)
        products, gram = (rows.T @ documents.T).T, documents @ documents.T
        terms = _swept(products, gram, terms)
        explained = 2 * (products * terms).sum(dtype=np.float64) - (gram * (terms @ terms.T)).sum(dtype=np.float64)
        converged = bool(explained - before <= tolerance * explained)
        found, before = Factors(documents, terms, float(1 - explained / total), n_iterations, converged), explained
        if converged:
            break
    return found


def _swept(products, gram, factor):
    """A factor with each topic in turn at its least error for the others, none below 0."""
    made = factor.copy()
    for begin in range(0, made.shape[1], _COLUMNS):
        columns = made[:, begin : begin + _COLUMNS]
        wanted = np.ascontiguousarray(products[:, begin : begin + _COLUMNS])
        for topic in np.flatnonzero(np.diag(gram) > 0):
            step = (wanted[topic] - gram[topic] @ columns) / gram[topic, topic]
            np.maximum(columns[topic] + step, 0, out=columns[topic])
    # A topic of zeros would stay one; what is kept of it may grow again.
    for topic in np.flatnonzero(~made.any(axis=1)):
        made[topic] = factor[topic] * (_FAINT * made.max() / factor[topic].max())
    return made


def _warn_of_haste(iterations, tolerance):
    warn(
        f"NMF was stopped after {iterations} iterations, while one still added more than {tolerance:g} to what is "
        "explained. The topics are not settled: raise iterations, or tolerance if this is near enough.",
        ConvergenceWarning,
    )


def fold_in(rows, topic_terms):
    """Rows × topics of least squared error and none below 0, by coordinate descent; each row by itself."""
    products, gram = rows @ topic_terms.T, topic_terms @ topic_terms.T
    blocks = [_descended(products[begin : begin + _BLOCK], gram) for begin in range(0, len(products), _BLOCK)]
    return np.concatenate(blocks) if blocks else np.zeros(products.shape)


def _descended(products, gram):
    """Only sums and products of single numbers, so that a row gets the same bits beside any others."""
    topics, moving = np.zeros_like(products), np.arange(len(products))
    slope, steep = -products, np.where(np.diag(gram) > 0, np.diag(gram), np.inf)
    for _ in range(_SWEEPS):
        before = topics[moving]
        now, down = before.copy(), slope[moving]
        for topic in range(len(gram)):
            wanted = np.maximum(now[:, topic] - down[:, topic] / steep[topic], 0)
            down += (wanted - now[:, topic])[:, None] * gram[topic]
            now[:, topic] = wanted
        topics[moving], slope[moving] = now, down
        moving = moving[np.abs(now - before).max(axis=1) > _SETTLED * now.max(axis=1)]
        if not len(moving):
            break
    return topics
