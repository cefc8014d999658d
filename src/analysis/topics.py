"""What documents are about: NMF and LDA in which a report and its copies may weigh as one."""

import numbers

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.decomposition import NMF
from threadpoolctl import threadpool_limits

from analysis import tables

_NMF_ITERATIONS = 400
_LDA_ITERATIONS = 300
_LDA_TOLERANCE = 1e-5  # relative gain of the log-likelihood of a token at which the fit stops
_DOCUMENT_PRIOR, _TERM_PRIOR = 0.1, 0.01
_SMALLEST = 1e-300


class TopicsError(ValueError):
    """No topics can be fitted to this matrix with these options; the message says what to change."""


def fit(matrix, *, n_topics, random_state, method="nmf", weights=None):
    """Fit topics to documents, or to passages that are then added up for each document.

    ``nmf`` is scikit-learn's NMF (Frobenius norm, NNDSVDa start) and wants TF-IDF weights from ``terms.weigh``.
    ``lda`` is latent Dirichlet allocation fitted by MAP-EM (Asuncion et al. 2009, "On smoothing and inference for topic
    models"), started from NMF, and wants counts from ``terms.count``. Both use one BLAS thread and give the same bytes
    on any number of cores.

    Parameters
    ----------
    matrix : DocumentTermMatrix
        Rows in the order of documents; several rows of one document are its passages.
    n_topics : int
        At least 1, at most the number of different rows that hold a term and the number of terms.
    random_state : int
        Seed of the start. Required, so that nobody gets an unseeded result by forgetting it.
    method : "nmf" or "lda"
    weights : DataFrame of ``tables.Clusters``, or Series of weights by ``document_id``, optional
        Of clusters, each document weighs one divided by the size of its cluster, so that forty copies of a story count
        as one story. Every document weighs 1 when not given.

    Returns
    -------
    topic_terms : DataFrame of ``tables.TopicTerms``
        The weights of a topic sum to 1. Topic 0 is the one with the largest weighted share of the corpus, and so on.
    document_topics : DataFrame of ``tables.DocumentTopics``
        The shares of a document sum to 1; a document without a term has even shares.

    Raises
    ------
    TopicsError
        ``n_topics``, ``method`` or ``random_state`` does not fit, a weight is missing, negative or given twice,
        clusters name a document that is not in the matrix, or LDA is given weights that are not counts.
    """
    row_weights = _document_weights(matrix.document_ids, weights)
    _refuse_seed(random_state)
    _refuse_counts(matrix, method)
    different, weights_of_different, of_row = _merged(matrix.weights, row_weights)
    _refuse(different, n_topics, method, weights_of_different)
    with threadpool_limits(limits=1):
        fitter = {"nmf": _nmf, "lda": _lda}[method]
        row_topics, topic_terms = fitter(different, n_topics, random_state, weights_of_different)
    document_ids, shares = _document_shares(matrix.document_ids, row_topics[of_row])
    mass = _document_weights(document_ids, weights) @ shares
    order = np.lexsort((np.arange(n_topics), -mass))
    return _topic_table(topic_terms[order], matrix.terms), _share_table(document_ids, shares[:, order])


def _document_weights(document_ids, weights):
    if weights is None:
        return np.ones(len(document_ids))
    if isinstance(weights, pd.DataFrame):
        weights = _shares_of_clusters(weights, document_ids)
    if weights.index.has_duplicates:
        again = weights.index[weights.index.duplicated()][0]
        raise TopicsError(f"Expected one weight for each document; found several for {again!r}.")
    found = weights.reindex(document_ids).to_numpy(dtype=float)
    wrong = ~(np.isfinite(found) & (found >= 0))
    if wrong.any():
        raise TopicsError(
            f"Expected a weight of 0 or more for each document; found {found[wrong][0]} for "
            f"{document_ids[wrong][0]!r}, and {wrong.sum()} such rows in all."
        )
    return found


def _shares_of_clusters(clusters, document_ids):
    """One divided by the size of its cluster, by document."""
    clusters = tables.check(tables.Clusters, clusters)
    # A copy that is not in the matrix would take its share of the weight away with it.
    if strangers := sorted(set(clusters["document_id"]) - set(document_ids)):
        raise TopicsError(
            f"clusters name {strangers[0]!r}, which is not in the matrix; {len(strangers)} such documents in all. "
            "Cluster the documents that the matrix is of."
        )
    sizes = clusters.groupby("representative")["document_id"].transform("size")
    return pd.Series((1 / sizes).to_numpy(), index=clusters["document_id"])


def _refuse_seed(random_state):
    if not isinstance(random_state, numbers.Integral) or isinstance(random_state, bool):
        raise TopicsError(f"random_state is a whole number, so that the fit can be repeated; found {random_state!r}.")


def _refuse_counts(matrix, method):
    found = matrix.weights.data
    wrong = (found < 0) | (found % 1 != 0)
    if method == "lda" and wrong.any():
        raise TopicsError(
            f"method='lda' wants counts from terms.count; found the weight {found[wrong][0]:.6g}, and {wrong.sum()} "
            "that are not whole numbers in all."
        )


def _refuse(different, n_topics, method, weights):
    if method not in ("nmf", "lda"):
        raise TopicsError(f"method is 'nmf' or 'lda'; found {method!r}.")
    useful = int(((np.diff(different.indptr) > 0) & (weights > 0)).sum())
    most = min(useful, different.shape[1])
    if not (isinstance(n_topics, numbers.Integral) and 1 <= n_topics <= most):
        raise TopicsError(
            f"n_topics: expected 1 to {most}, for {useful} different rows that hold a term and {different.shape[1]} "
            f"terms; found {n_topics}. Ask for fewer topics, or fit passages instead of documents."
        )


def _merged(weights, row_weights):
    """(rows that differ, their weights added up, the place of each row among them).

    What a row and its copies weigh together is all that a model should see of them: as rows of their own they would
    move the start of the fit, and with it the optimum it ends in.
    """
    places = {}
    edges = zip(weights.indptr[:-1], weights.indptr[1:], strict=True)
    keys = [(weights.indices[begin:end].tobytes(), weights.data[begin:end].tobytes()) for begin, end in edges]
    of_row = np.array([places.setdefault(key, len(places)) for key in keys], dtype=int)
    _, first = np.unique(of_row, return_index=True)
    return weights[first], np.bincount(of_row, weights=row_weights, minlength=len(places)), of_row


# ---- the two models: (rows × terms, weights of rows) → (mass of topics in rows, topics × terms)


def _nmf(weights, n_topics, random_state, row_weights):
    """Rows are scaled by the root of their weight, since the error that NMF makes least is squared."""
    root = np.sqrt(row_weights)
    fitted = weights[root > 0]
    model = NMF(n_topics, init="nndsvda", random_state=random_state, max_iter=_NMF_ITERATIONS, tol=1e-5)
    model.fit(sparse.csr_matrix(sparse.diags_array(root[root > 0]) @ fitted))
    return model.transform(sparse.csr_matrix(weights)), model.components_


def _lda(counts, n_topics, random_state, row_weights):
    """Maximise the posterior of theta (rows × topics) and phi (topics × terms) by expectation-maximisation."""
    theta, phi = _nmf(_smoothed(counts), n_topics, random_state, row_weights)
    # The mean of weighted rows, so that copies do not move the start.
    usual = np.average(theta.mean(axis=1), weights=row_weights)
    theta, phi = _normalised(theta + 0.1 * usual), _normalised(phi + 0.1 * phi.mean())
    rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    n_tokens = row_weights[rows] @ counts.data
    reached = -np.inf
    for _ in range(_LDA_ITERATIONS):
        predicted = np.maximum(np.einsum("nk,nk->n", theta[rows], phi.T[counts.indices]), _SMALLEST)
        likelihood = (row_weights[rows] * counts.data) @ np.log(predicted) / n_tokens
        if likelihood - reached < _LDA_TOLERANCE * abs(likelihood):
            break
        reached = likelihood
        ratio = sparse.csr_array((counts.data / predicted, counts.indices, counts.indptr), shape=counts.shape)
        weighted = sparse.diags_array(row_weights) @ ratio
        theta, phi = (
            _normalised(theta * (ratio @ phi.T) + _DOCUMENT_PRIOR),
            _normalised(phi * (weighted.T @ theta).T + _TERM_PRIOR),
        )
    # Passages are added up by the words they hold, so a row's topics are counted in words.
    return theta * np.asarray(counts.sum(axis=1)).reshape(-1, 1), phi


def _smoothed(counts):
    """Counts as unit rows of 1 + ln(count), a start that a few frequent words do not rule."""
    logged = sparse.csr_array((1 + np.log(counts.data), counts.indices, counts.indptr), shape=counts.shape)
    lengths = np.sqrt(np.asarray(logged.power(2).sum(axis=1)).ravel())
    return sparse.csr_array(sparse.diags_array(1 / np.where(lengths > 0, lengths, 1)) @ logged)


def _normalised(matrix):
    return matrix / np.maximum(matrix.sum(axis=1, keepdims=True), _SMALLEST)


# ---- tables


def _document_shares(row_ids, row_topics):
    """(ids, shares): the mass of each document's rows added up and divided by its sum."""
    document_ids, of_row = np.unique(row_ids.astype(str), return_inverse=True)
    mass = np.zeros((len(document_ids), row_topics.shape[1]))
    np.add.at(mass, of_row, row_topics)  # rows may come in any order
    total = mass.sum(axis=1, keepdims=True)
    even = np.full_like(mass, 1 / mass.shape[1])
    return document_ids.astype(object), np.where(total > 0, mass / np.where(total > 0, total, 1), even)


def _topic_table(topic_terms, terms):
    weights = _normalised(topic_terms)
    topic, term = np.nonzero(weights > 0)
    columns = {"topic": topic, "term": terms[term], "weight": weights[topic, term]}
    return tables.check(tables.TopicTerms, pd.DataFrame(columns))


def _share_table(document_ids, shares):
    n_documents, n_topics = shares.shape
    columns = {
        "document_id": np.repeat(document_ids, n_topics),
        "topic": np.tile(np.arange(n_topics), n_documents),
        "share": shares.ravel(),
    }
    return tables.check(tables.DocumentTopics, pd.DataFrame(columns))
