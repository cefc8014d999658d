"""NMF of weighted rows: (rows × terms, weights of rows) → (rows × topics, topics × terms)."""

import numpy as np
from scipy import sparse
from sklearn.decomposition import NMF

_ITERATIONS = 400


def factorise(weights, n_topics, random_state, row_weights):
    """Rows are scaled by the root of their weight, since the error that NMF makes least is squared."""
    root = np.sqrt(row_weights)
    fitted = weights[root > 0]
    model = NMF(n_topics, init="nndsvda", random_state=random_state, max_iter=_ITERATIONS, tol=1e-5)
    model.fit(sparse.csr_matrix(sparse.diags_array(root[root > 0]) @ fitted))
    return model.transform(sparse.csr_matrix(weights)), model.components_
