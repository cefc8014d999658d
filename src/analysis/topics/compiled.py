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

    ``scratch`` is (entries of the longest row, and one more) × topics: the terms of a row stand side by side while it
    is swept.
    """
    indptr, indices, data = rows
    prior, n_sweeps, settled = limits
    n_topics = theta.shape[1]
    wanted, own = scratch[0], scratch[1:]
    for row in range(theta.shape[0]):
        begin, n_entries = indptr[row], indptr[row + 1] - indptr[row]
        for entry in range(n_entries):
            for topic in range(n_topics):
                own[entry, topic] = by_term[indices[begin + entry], topic]
        for _ in range(n_sweeps):
            for topic in range(n_topics):
                wanted[topic] = 0.0
            for entry in range(n_entries):
                likely = 0.0
                for topic in range(n_topics):
                    likely += theta[row, topic] * own[entry, topic]
                ratio = data[begin + entry] / max(likely, 1e-300)
                for topic in range(n_topics):
                    wanted[topic] += ratio * own[entry, topic]
            total = 0.0
            for topic in range(n_topics):
                wanted[topic] = theta[row, topic] * wanted[topic] + prior
                total += wanted[topic]
            moved = 0.0
            for topic in range(n_topics):
                share = wanted[topic] / total
                moved = max(moved, abs(share - theta[row, topic]))
                theta[row, topic] = share
            if moved <= settled:
                break
