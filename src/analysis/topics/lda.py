"""Latent Dirichlet allocation by MAP-EM on counts, and the topics of rows it has not seen.

Asuncion, Welling, Smyth & Teh 2009, "On smoothing and inference for topic models". Rows are cut into shards that do not
depend on the number of threads, and what they give is added in their order: one thread and four leave the same bytes.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from joblib import Parallel, delayed
from sklearn.exceptions import ConvergenceWarning
from tqdm import tqdm

from analysis.topics import plain
from analysis.topics.errors import warn
from analysis.topics.shares import SMALLEST, normalised

DOCUMENT_PRIOR, TERM_PRIOR = 0.1, 0.1
SHARD = 1 << 20  # entries of a matrix that one thread takes at once
_SHARDS = 16  # at most, since each adds an array of terms × topics
_BLOCK = 1 << 18  # entries folded in at once; each row is computed on its own
_LIMITS = (DOCUMENT_PRIOR, 100, 1e-4)  # of a fold-in: prior, sweeps, and the change of a share that is none
_LONG = 3  # how far every second step goes, in steps of EM
COMPILED_FROM = 1_000_000  # entries times topics; with fewer the compiler costs more than it saves


class Estimate(NamedTuple):
    """What EM found, and how far it came."""

    topic_terms: np.ndarray
    log_likelihood: float
    n_iterations: int
    converged: bool


class _Reached(NamedTuple):
    """Of a token: the logarithm of the posterior, and of its likelihood alone."""

    posterior: float
    log_likelihood: float


def kernels(*, compiled):
    """Return the module that computes: ``compiled``, or ``plain``."""
    if not compiled:
        return plain
    from analysis.topics import compiled as module  # numba takes its time to load

    return module


def estimate(counts, row_weights, start, *, iterations, tolerance, compiled=False, n_jobs=None, progress=False):
    """Maximise the posterior of theta (rows × topics) and phi (topics × terms), from a start of both.

    Every second step goes three times as far as EM would (over-relaxed; Salakhutdinov & Roweis 2003, "Adaptive
    overrelaxed bound optimization methods"), and is taken back where the posterior falls.

    Warns
    -----
    ConvergenceWarning
        The iterations ended while the posterior of a token still gained more than ``tolerance`` of itself.
    """
    shards, expected = _shards(counts, SHARD, _SHARDS), kernels(compiled=compiled).expected
    n_tokens = max(float(row_weights @ counts.sum(axis=1)), SMALLEST)
    with Parallel(n_jobs=n_jobs, require="sharedmem", return_as="generator") as parallel:
        step = _Step(parallel, counts, row_weights, n_tokens, shards, expected)
        bar = tqdm(range(1, iterations + 1), desc="topics", delay=5, disable=not progress)
        found = _climbed(step, _lifted(start, row_weights), bar, tolerance)
    if not found.converged:
        _warn_of_haste(iterations, tolerance)
    return found


def _climbed(step, state, steps, tolerance):
    """The `Estimate` after ordinary and long steps in turn, until two of them gain too little."""
    held, long, before, reached = state, False, -np.inf, -np.inf
    for n_iterations in steps:
        image, told = step(state)
        if long and not told.posterior >= reached:  # NaN is none
            state, long = held, False
            continue
        converged = bool(not long and told.posterior - before <= 2 * tolerance * abs(told.posterior))
        found = Estimate(image.by_term.T, told.log_likelihood, n_iterations, converged)
        if converged:
            break
        before = before if long else told.posterior
        reached, held, long = told.posterior, image, not long
        state = _stretched(state, image) if long else image
    return found._replace(topic_terms=np.ascontiguousarray(found.topic_terms))


class _State(NamedTuple):
    """Theta, rows × topics, each row summing to 1; and phi as terms × topics, each column summing to 1."""

    theta: np.ndarray
    by_term: np.ndarray


def _lifted(start, row_weights):
    """The start as shares of which none is 0: what is 0 once would stay 0."""
    theta, phi = start
    # The mean of weighted rows, so that copies do not move the start.
    usual = np.average(theta.mean(axis=1), weights=row_weights)
    # In the order of C, which is what the kernels are compiled for.
    theta = np.ascontiguousarray(normalised(theta + 0.1 * usual))
    return _State(theta, _columns_normalised(phi.T + 0.1 * phi.mean()))


def _columns_normalised(by_term):
    by_term = np.ascontiguousarray(by_term)
    by_term /= by_term.sum(axis=0)
    return by_term


def _stretched(before, after):
    """As far in the direction of a step as ``_LONG`` of them, in logarithms, so that no share falls below 0."""
    theta, by_term = (new * (new / old) ** (_LONG - 1) for old, new in zip(before, after, strict=True))
    return _State(normalised(theta), _columns_normalised(by_term))


def _shards(counts, size, most):
    """Edges of rows, cut where the number of entries passes a multiple of ``size``; ``most`` shards or fewer."""
    size = max(size, -(-counts.nnz // most))
    edges = np.flatnonzero(np.diff(counts.indptr[:-1] // size, prepend=-1))
    return list(pairwise([*edges, counts.shape[0]]))


class _Step(NamedTuple):
    """One iteration of EM, shard by shard."""

    parallel: object
    counts: object
    weights: np.ndarray
    n_tokens: float
    shards: list
    expected: object

    def __call__(self, state):
        """(the `_State` after it, the `_Reached` of the one before)."""
        found, added = np.empty_like(state.theta), np.zeros_like(state.by_term)
        likelihood, prior = 0.0, TERM_PRIOR * float(np.log(state.by_term).sum())
        tasks = (delayed(self._shard)(edges, state, found) for edges in self.shards)
        for terms, gained, of_theta in self.parallel(tasks):
            added += terms
            likelihood, prior = likelihood + gained, prior + of_theta
        added *= state.by_term
        added += TERM_PRIOR
        reached = _Reached((likelihood + prior) / self.n_tokens, likelihood / self.n_tokens)
        return _State(found, _columns_normalised(added)), reached

    def _shard(self, edges, state, found):
        """Fill the rows of theta; return the part of phi, the log-likelihood and that of theta by its prior."""
        rows = slice(*edges)
        theta, weights, added = state.theta[rows], self.weights[rows], np.zeros_like(state.by_term)
        gained = self.expected(_part(self.counts, edges), weights, theta, state.by_term, found[rows], added)
        found[rows] = normalised(found[rows] + DOCUMENT_PRIOR)
        return added, gained, DOCUMENT_PRIOR * float(weights @ np.log(theta).sum(axis=1))


def _part(counts, edges):
    """(indptr, indices, data) of some rows, without a copy of the last two."""
    return counts.indptr[edges[0] : edges[1] + 1], counts.indices, counts.data


def _warn_of_haste(iterations, tolerance):
    warn(
        f"LDA was stopped after {iterations} iterations, while the posterior of a token still gained more than "
        f"{tolerance:g} of itself. The topics are not settled: raise iterations, or tolerance if this is near enough.",
        ConvergenceWarning,
    )


def fold_in(counts, topic_terms, *, compiled=False, n_jobs=None, progress=False):
    """Rows × topics, each row summing to 1: theta for a phi that stays as it is. Each row by itself.

    Starts from even shares. A row without a term keeps them.
    """
    by_term = np.ascontiguousarray(topic_terms.T)
    theta = np.full((counts.shape[0], len(topic_terms)), 1 / len(topic_terms))
    blocks, folded = _shards(counts, _BLOCK, max(counts.nnz, 1)), kernels(compiled=compiled).folded

    def settle(edges):
        part = _part(counts, edges)
        scratch = np.empty((int(np.diff(part[0]).max(initial=0)) + 1, len(topic_terms)))
        folded(part, theta[slice(*edges)], by_term, scratch, _LIMITS)

    parallel = Parallel(n_jobs=n_jobs, require="sharedmem", return_as="generator")
    done = parallel(delayed(settle)(edges) for edges in blocks)
    for _ in tqdm(done, total=len(blocks), desc="shares", delay=5, disable=not progress):
        pass
    return theta
