"""Expectation and fold-in of LDA, compiled: what ``plain`` does, in a fraction of the time for a large corpus.

numba compiles when a kernel is first called on a machine, which takes some seconds, and keeps the result beside the
code; loading it takes half a second. A row gets the same bits beside any others, and on any number of threads.
"""

import numpy as np
from numba import njit

# Sums over topics may be taken in any order, so that they are vectors; NaN and infinity keep their meaning.
_kernel = njit(cache=True, nogil=True, _nrt=False, fastmath={"reassoc", "contract", "nsz", "arcp"})


@_kernel
def expected(rows, weights, theta, by_term, products, added):
    """Fill ``products`` (rows × topics), add to ``added`` (terms × topics), return the log-likelihood.

    ``rows`` is (indptr, indices, data) of counts, of which indptr may begin anywhere. ``products`` is
    theta ∘ (r φᵀ), ``added`` θᵀ W r, with r the counts divided by their probabilities.
    """
    indptr, indices, data = rows
    n_topics, gained = theta.shape[1], 0.0
    for row in range(theta.shape[0]):
        for topic in range(n_topics):
            products[row, topic] = 0.0
        told, product = 0.0, 1.0
        for entry in range(indptr[row], indptr[row + 1]):
            term, count, likely = indices[entry], data[entry], 0.0
            for topic in range(n_topics):
                likely += theta[row, topic] * by_term[term, topic]
            likely = max(likely, 1e-300)
            if count == 1.0 and likely > 1e-100:
                product *= likely
                if product < 1e-200:  # one logarithm for many of them
                    told += np.log(product)
                    product = 1.0
            else:
                told += count * np.log(likely)
            ratio = count / likely
            weighed = weights[row] * ratio
            for topic in range(n_topics):
                products[row, topic] += ratio * by_term[term, topic]
                added[term, topic] += weighed * theta[row, topic]
        for topic in range(n_topics):
            products[row, topic] *= theta[row, topic]
        gained += weights[row] * (told + np.log(product))
    return gained


@_kernel
def folded(rows, theta, by_term, scratch, limits):
    """Settle ``theta`` (rows × topics) for a phi that stays; ``limits`` are prior, sweeps, and what is settled.

    ``scratch`` holds as many numbers as there are topics.
    """
    indptr, indices, data = rows
    prior, n_sweeps, settled = limits
    n_topics = theta.shape[1]
    for row in range(theta.shape[0]):
        for _ in range(n_sweeps):
            for topic in range(n_topics):
                scratch[topic] = 0.0
            for entry in range(indptr[row], indptr[row + 1]):
                term, likely = indices[entry], 0.0
                for topic in range(n_topics):
                    likely += theta[row, topic] * by_term[term, topic]
                ratio = data[entry] / max(likely, 1e-300)
                for topic in range(n_topics):
                    scratch[topic] += ratio * by_term[term, topic]
            total = 0.0
            for topic in range(n_topics):
                scratch[topic] = theta[row, topic] * scratch[topic] + prior
                total += scratch[topic]
            moved = 0.0
            for topic in range(n_topics):
                share = scratch[topic] / total
                moved = max(moved, abs(share - theta[row, topic]))
                theta[row, topic] = share
            if moved <= settled:
                break
