"""The verb ``fit``: a matrix and weights go in, the tables of topics come out."""

import numpy as np
from threadpoolctl import threadpool_limits

from analysis.topics.errors import refuse_counts, refuse_seed, refuse_size
from analysis.topics.lda import estimate
from analysis.topics.nmf import factorise
from analysis.topics.shares import document_shares, share_table, topic_table
from analysis.topics.weighting import document_weights, merged


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
    row_weights = document_weights(matrix.document_ids, weights)
    refuse_seed(random_state)
    refuse_counts(matrix, method)
    different, weights_of_different, of_row = merged(matrix.weights, row_weights)
    refuse_size(different, n_topics, method, weights_of_different)
    with threadpool_limits(limits=1):
        fitter = {"nmf": factorise, "lda": estimate}[method]
        row_topics, topic_terms = fitter(different, n_topics, random_state, weights_of_different)
    document_ids, shares = document_shares(matrix.document_ids, row_topics[of_row])
    mass = document_weights(document_ids, weights) @ shares
    order = np.lexsort((np.arange(n_topics), -mass))
    return topic_table(topic_terms[order], matrix.terms), share_table(document_ids, shares[:, order])
