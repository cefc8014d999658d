"""The join of small corpora: products of sparse blocks, without a compiler to wait for."""

import numpy as np
from scipy import sparse

_BLOCK = 1_024  # rows multiplied at once; results do not depend on it
_SLACK = 1e-9  # far above the rounding of a product, whose order of summation is scipy's own


def join(first, second, threshold):
    """Yield (rows of first, rows of second, cosines, numbers of shared terms) of all pairs that reach the threshold."""
    transposed = sparse.csc_array(second.T).tocsr()
    for begin in range(0, first.shape[0], _BLOCK):
        products = sparse.coo_array(first[begin : begin + _BLOCK] @ transposed)
        near = products.data >= threshold - _SLACK
        a, b = products.row[near].astype(np.int64) + begin, products.col[near].astype(np.int64)
        scores, n_shared = _scores(first, second, a, b)
        reached = scores >= threshold
        yield a[reached], b[reached], scores[reached], n_shared[reached]


def _scores(first, second, a, b):
    """Cosines, summed one product after another in the order of columns, as in ``kernels``; shared terms."""
    scores, n_shared = np.empty(len(a)), np.empty(len(a), dtype=np.int32)
    for begin in range(0, len(a), _BLOCK):
        part = slice(begin, begin + _BLOCK)
        shared = sparse.csr_array(first[a[part]].multiply(second[b[part]]))
        shared.sort_indices()
        # A product with a vector of ones adds up each row from left to right, starting with 0; sum() may add in pairs.
        scores[part] = shared @ np.ones(shared.shape[1])
        n_shared[part] = np.diff(shared.indptr)
    # Lengths are 1 up to rounding, so copies may come out at 1 ± 1e-16; they are 1.
    return np.where(np.abs(scores - 1) < 1e-12, 1.0, scores), n_shared
