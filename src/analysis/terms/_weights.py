"""From counts to weights: the factors of a term, and how they are put on a matrix."""

import numpy as np


def term_factors(most, *, sublinear):
    """Return the factor of each count from 0 to ``most``: the count itself, or ``1 + ln(count)``.

    Both ways of counting look it up here: two logarithms may differ in the last bit.
    """
    factors = np.arange(most + 1, dtype=np.float64)
    if sublinear:
        np.log(factors[1:], out=factors[1:])
        factors[1:] += 1
    return factors


def inverse_frequencies(frequencies, n_documents):
    """Return ``ln((1 + n) / (1 + df)) + 1`` for each term."""
    return np.log((1 + n_documents) / (1 + frequencies)) + 1


def weigh(matrix, tf, idf):
    """Replace counts by ``tf[count] * idf`` and divide each row by its length, in place.

    Squares are added in the order of columns, as the kernel of the same name does, so both give the same bits.
    """
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    weights = tf[matrix.data.astype(np.int64)] * idf[matrix.indices]
    lengths = np.sqrt(np.bincount(rows, weights=weights * weights, minlength=matrix.shape[0]))
    matrix.data[:] = weights / lengths[rows]
