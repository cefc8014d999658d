"""Expectation and fold-in of LDA by numpy and scipy: for a small corpus, so that nobody waits for a compiler."""

import numpy as np
from scipy import sparse

from analysis.topics.shares import SMALLEST, normalised

_PIECE = 1 << 17  # numbers gathered at once, few enough to stay near the processor


def expected(rows, weights, theta, by_term, products, added):
    """Fill ``products`` (rows × topics), add to ``added`` (terms × topics), return the log-likelihood."""
    counts = _matrix(rows, len(by_term))
    of_entry = np.repeat(np.arange(len(theta)), np.diff(counts.indptr))
    likely = predicted(theta, by_term, of_entry, counts.indices)
    ratio = sparse.csr_array((counts.data / likely, counts.indices, counts.indptr), shape=counts.shape)
    products[:] = theta * (ratio @ by_term)
    added += ratio.T @ (weights[:, None] * theta)
    return float((weights[of_entry] * counts.data) @ np.log(likely))


def folded(rows, theta, by_term, _, limits):
    """Settle ``theta`` (rows × topics) for a phi that stays; ``limits`` are prior, sweeps, and what is settled."""
    prior, n_sweeps, settled = limits
    counts, moving = _matrix(rows, len(by_term)), np.arange(len(theta))
    for _ in range(n_sweeps):
        of_entry = np.repeat(np.arange(len(moving)), np.diff(counts.indptr))
        likely = predicted(theta[moving], by_term, of_entry, counts.indices)
        ratio = sparse.csr_array((counts.data / likely, counts.indices, counts.indptr), shape=counts.shape)
        now = normalised(theta[moving] * (ratio @ by_term) + prior)
        left = np.abs(now - theta[moving]).max(axis=1) > settled
        theta[moving] = now
        moving, counts = moving[left], counts[left]
        if not len(moving):
            break


def predicted(theta, by_term, of_entry, indices):
    """The probability of the term of each entry: the product of a row of theta and a row of phi, in pieces."""
    likely = np.empty(len(indices))
    step = max(1, _PIECE // theta.shape[1])
    ours, theirs = np.empty((2, min(step, len(indices)), theta.shape[1]))
    for begin in range(0, len(indices), step):
        piece = slice(begin, min(begin + step, len(indices)))
        n_entries = piece.stop - begin
        # "clip" lets numpy write where it is told to; no index is out of range.
        np.take(theta, of_entry[piece], axis=0, out=ours[:n_entries], mode="clip")
        np.take(by_term, indices[piece], axis=0, out=theirs[:n_entries], mode="clip")
        np.einsum("nk,nk->n", ours[:n_entries], theirs[:n_entries], out=likely[piece])
    return np.maximum(likely, SMALLEST, out=likely)


def _matrix(rows, n_terms):
    indptr, indices, data = rows
    begin, end = indptr[0], indptr[-1]
    return sparse.csr_array((data[begin:end], indices[begin:end], indptr - begin), shape=(len(indptr) - 1, n_terms))
