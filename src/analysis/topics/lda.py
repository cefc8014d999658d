"""Latent Dirichlet allocation by MAP-EM on counts, and the topics of rows it has not seen.

Asuncion, Welling, Smyth & Teh 2009, "On smoothing and inference for topic models". Rows are cut into shards that do not
depend on the number of threads, and what they give is added in their order: one thread and four leave the same bytes.
"""

import warnings
from typing import NamedTuple

import numpy as np
from joblib import Parallel, delayed
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning
from tqdm import tqdm

from analysis.topics.shares import SMALLEST, normalised

DOCUMENT_PRIOR, TERM_PRIOR = 0.1, 0.01
SHARD = 1 << 20  # entries of a matrix that one thread takes at once
_PIECE = 1 << 17  # numbers gathered at once, few enough to stay near the processor
_BLOCK = 1 << 16  # entries folded in at once; each row is computed on its own
_SWEEPS = 100
_SETTLED = 1e-4  # a row is left alone when a sweep changes none of its shares by more


class Estimate(NamedTuple):
    """What EM found, and how far it came."""

    topic_terms: np.ndarray
    log_likelihood: float
    n_iterations: int
    converged: bool


def estimate(counts, row_weights, start, *, iterations, tolerance, n_jobs=None, progress=False):
    """Maximise the posterior of theta (rows × topics) and phi (topics × terms), from a start of both.

    Warns
    -----
    ConvergenceWarning
        The iterations ended while the log-likelihood of a token still gained more than ``tolerance`` of itself.
    """
    theta, phi = _lifted(start, row_weights)
    shards = _shards(counts, row_weights)
    n_tokens = float(sum(shard.weights @ shard.totals for shard in shards))
    reached, converged, n_iterations = -np.inf, False, 0
    with Parallel(n_jobs=n_jobs, prefer="threads", return_as="generator") as parallel:
        for _ in tqdm(range(iterations), desc="topics", delay=5, disable=not progress):
            theta, phi, likelihood = _iterated(parallel, shards, theta, phi)
            before, reached, n_iterations = reached, likelihood / n_tokens, n_iterations + 1
            converged = bool(reached - before <= tolerance * abs(reached))
            if converged:
                break
    if not converged:
        _warn_of_haste(iterations, tolerance)
    return Estimate(phi, float(reached), n_iterations, converged)


def _lifted(start, row_weights):
    """The start as shares of which none is 0: what is 0 once would stay 0."""
    theta, phi = start
    # The mean of weighted rows, so that copies do not move the start.
    usual = np.average(theta.mean(axis=1), weights=row_weights)
    return normalised(theta + 0.1 * usual), normalised(phi + 0.1 * phi.mean())


class _Shard(NamedTuple):
    begin: int
    end: int
    counts: sparse.csr_array
    of_entry: np.ndarray
    weights: np.ndarray
    totals: np.ndarray


def _shards(counts, row_weights):
    """Rows cut where the number of entries passes a multiple of ``SHARD``."""
    of_shard = counts.indptr[:-1] // SHARD
    edges = np.flatnonzero(np.diff(of_shard, prepend=-1))
    return [_shard(counts, row_weights, *edge) for edge in zip(edges, [*edges[1:], counts.shape[0]], strict=True)]


def _shard(counts, row_weights, begin, end):
    rows = counts[begin:end]
    of_entry = np.repeat(np.arange(end - begin), np.diff(rows.indptr))
    return _Shard(begin, end, rows, of_entry, row_weights[begin:end], np.asarray(rows.sum(axis=1)).ravel())


def _iterated(parallel, shards, theta, phi):
    """(theta, phi, log-likelihood of the former ones) after one iteration."""
    by_term = np.ascontiguousarray(phi.T)
    found = np.empty_like(theta)
    added, likelihood = np.zeros_like(by_term), 0.0
    tasks = (delayed(_expected)(shard, theta[shard.begin : shard.end], by_term) for shard in shards)
    for shard, (part, terms, gained) in zip(shards, parallel(tasks), strict=True):
        found[shard.begin : shard.end] = part
        added += terms
        likelihood += gained
    return found, normalised((by_term * added).T + TERM_PRIOR), likelihood


def _expected(shard, theta, by_term):
    """What one shard gives: theta of its rows, its part of phi (terms × topics), its log-likelihood."""
    rows = shard.counts
    likely = predicted(theta, by_term, shard.of_entry, rows.indices)
    gained = (shard.weights[shard.of_entry] * rows.data) @ np.log(likely)
    ratio = sparse.csr_array((rows.data / likely, rows.indices, rows.indptr), shape=rows.shape)
    return normalised(theta * (ratio @ by_term) + DOCUMENT_PRIOR), ratio.T @ (shard.weights[:, None] * theta), gained


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


def _warn_of_haste(iterations, tolerance):
    warnings.warn(
        f"LDA was stopped after {iterations} iterations, while the log-likelihood of a token still gained more than "
        f"{tolerance:g} of itself. The topics are not settled: raise iterations, or tolerance if this is near enough.",
        ConvergenceWarning,
        stacklevel=4,
    )


def fold_in(counts, topic_terms):
    """Rows × topics, each row summing to 1: theta for a phi that stays as it is. Each row by itself.

    Starts from even shares. A row without a term keeps them.
    """
    by_term = np.ascontiguousarray(topic_terms.T)
    theta = np.full((counts.shape[0], len(topic_terms)), 1 / len(topic_terms))
    edges = np.flatnonzero(np.diff(counts.indptr[:-1] // _BLOCK, prepend=-1))
    for begin, end in zip(edges, [*edges[1:], counts.shape[0]], strict=True):
        theta[begin:end] = _settled(counts[begin:end], theta[begin:end], by_term)
    return theta


def _settled(rows, theta, by_term):
    moving = np.arange(len(theta))
    for _ in range(_SWEEPS):
        of_entry = np.repeat(np.arange(len(moving)), np.diff(rows.indptr))
        likely = predicted(theta[moving], by_term, of_entry, rows.indices)
        ratio = sparse.csr_array((rows.data / likely, rows.indices, rows.indptr), shape=rows.shape)
        now = normalised(theta[moving] * (ratio @ by_term) + DOCUMENT_PRIOR)
        left = np.abs(now - theta[moving]).max(axis=1) > _SETTLED
        theta[moving] = now
        moving, rows = moving[left], rows[left]
        if not len(moving):
            break
    return theta
