"""NMF of weighted rows, and the topics of rows it has not seen."""

import numpy as np
from scipy import sparse
from sklearn.decomposition import NMF

_BLOCK = 4096  # rows that are folded in at once; each is computed on its own
_SWEEPS = 200
_SETTLED = 1e-7  # a row is left alone when a sweep changes none of its topics by more than this share of the largest


def factorise(rows, row_weights, n_topics, random_state, *, iterations, tolerance=1e-5):
    """(rows × topics, topics × terms) of scikit-learn's NMF, Frobenius norm, NNDSVDa start.

    Rows are scaled by the root of their weight, since the error that NMF makes least is squared.
    """
    root = np.sqrt(row_weights).astype(rows.dtype)
    scaled = sparse.csr_matrix(sparse.diags_array(root) @ rows)
    model = NMF(n_topics, init="nndsvda", random_state=random_state, max_iter=iterations, tol=tolerance)
    found = model.fit_transform(scaled)
    return found / root[:, None], model.components_


def started(rows, row_weights, n_topics, random_state, *, iterations):
    """As ``factorise``, in float32, for a start that need not settle: all iterations are made, no warning is due."""
    found = factorise(rows.astype(np.float32), row_weights, n_topics, random_state, iterations=iterations, tolerance=0)
    return tuple(factor.astype(np.float64) for factor in found)


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
