"""Latent Dirichlet allocation by MAP-EM: (rows × terms, weights of rows) → (rows × topics, topics × terms)."""

import numpy as np
from scipy import sparse

from analysis.topics.nmf import factorise
from analysis.topics.shares import SMALLEST, normalised

_ITERATIONS = 300
_TOLERANCE = 1e-5  # relative gain of the log-likelihood of a token at which the fit stops
_DOCUMENT_PRIOR, _TERM_PRIOR = 0.1, 0.01


def estimate(counts, n_topics, random_state, row_weights):
    """Maximise the posterior of theta (rows × topics) and phi (topics × terms) by expectation-maximisation."""
    theta, phi = factorise(_smoothed(counts), n_topics, random_state, row_weights)
    # The mean of weighted rows, so that copies do not move the start.
    usual = np.average(theta.mean(axis=1), weights=row_weights)
    theta, phi = normalised(theta + 0.1 * usual), normalised(phi + 0.1 * phi.mean())
    rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    n_tokens = row_weights[rows] @ counts.data
    reached = -np.inf
    for _ in range(_ITERATIONS):
        predicted = np.maximum(np.einsum("nk,nk->n", theta[rows], phi.T[counts.indices]), SMALLEST)
        likelihood = (row_weights[rows] * counts.data) @ np.log(predicted) / n_tokens
        if likelihood - reached < _TOLERANCE * abs(likelihood):
            break
        reached = likelihood
        ratio = sparse.csr_array((counts.data / predicted, counts.indices, counts.indptr), shape=counts.shape)
        weighted = sparse.diags_array(row_weights) @ ratio
        theta, phi = (
            normalised(theta * (ratio @ phi.T) + _DOCUMENT_PRIOR),
            normalised(phi * (weighted.T @ theta).T + _TERM_PRIOR),
        )
    # Passages are added up by the words they hold, so a row's topics are counted in words.
    return theta * np.asarray(counts.sum(axis=1)).reshape(-1, 1), phi


def _smoothed(counts):
    """Counts as unit rows of 1 + ln(count), a start that a few frequent words do not rule."""
    logged = sparse.csr_array((1 + np.log(counts.data), counts.indices, counts.indptr), shape=counts.shape)
    lengths = np.sqrt(np.asarray(logged.power(2).sum(axis=1)).ravel())
    return sparse.csr_array(sparse.diags_array(1 / np.where(lengths > 0, lengths, 1)) @ logged)
