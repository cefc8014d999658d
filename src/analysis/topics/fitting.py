"""The verb ``fit``: a matrix and weights go in, the tables of topics come out."""

from analysis.topics.model import Model


def fit(matrix, *, n_topics, random_state, method="nmf", weights=None, **options):
    """Fit topics to documents, or to passages that are then added up for each document.

    Parameters
    ----------
    matrix : DocumentTermMatrix
        Counts from ``terms.count``; NMF also takes TF-IDF from ``terms.weigh``, in whose document frequencies every
        copy counts. Several rows of one document are its passages.
    n_topics : int
        At least 1, at most the number of different rows that hold a term and the number of terms.
    random_state : int
        Seed of the start. Required, so that nobody gets an unseeded result by forgetting it.
    method : "nmf" or "lda"
        See ``topics.Model``, which has the same options and can be kept.
    weights : DataFrame of ``tables.Clusters``, or Series of weights by ``document_id``, optional
        Of clusters, each document weighs one divided by the size of its cluster, so that forty copies of a story count
        as one story. Every document weighs 1 when not given.
    **options
        ``iterations``, ``tolerance``, ``n_jobs`` and ``progress``, as in ``topics.Model``.

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

    Warns
    -----
    tables.SkippedWarning
        Documents hold no term of any topic.
    sklearn.exceptions.ConvergenceWarning
        The iterations ended before the topics settled.
    """
    model = Model(n_topics, random_state=random_state, method=method, **options).fit(matrix, weights)
    return model.topic_terms(), model.document_topics()
