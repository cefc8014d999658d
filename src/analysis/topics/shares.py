"""Arrays of a fitted model as tables: the terms of a topic and the topics of a document, each summing to 1."""

import numpy as np
import pandas as pd
from scipy import sparse

from analysis import tables
from analysis.topics.errors import TopicsError, warn

SMALLEST = 1e-300


def normalised(matrix):
    """Return rows that sum to 1; a row of zeros stays as it is."""
    return matrix / np.maximum(matrix.sum(axis=1, keepdims=True), SMALLEST)


def document_shares(row_ids, row_topics, of_row):
    """(ids, shares): the mass of each document's rows added up and divided by its sum.

    ``row_topics`` are of rows that differ, ``of_row`` says which of them each row is. A document of no mass has even
    shares, and is reported.
    """
    document_ids, of_document = np.unique(row_ids.astype(str), return_inverse=True)
    mass = np.zeros((len(document_ids), row_topics.shape[1]))
    order = np.lexsort((of_row, of_document))  # so that passages are added in the same order, however they come
    np.add.at(mass, of_document[order], row_topics[of_row[order]])
    total = np.sort(mass, axis=1).sum(axis=1, keepdims=True)  # the same in any order of topics
    _report_even(document_ids[total.ravel() <= 0], len(document_ids))
    even = np.full_like(mass, 1 / mass.shape[1])
    return document_ids.astype(object), np.where(total > 0, mass / np.where(total > 0, total, 1), even)


def _report_even(without, n_documents):
    if len(without):
        warn(
            f"{len(without)} of {n_documents} documents hold no term of any topic and have even shares: "
            f"{str(without[0])!r}{' and others' * (len(without) > 1)}. They are kept; leave them out of the matrix if "
            "they should not count.",
            tables.SkippedWarning,
        )


def topic_table(topic_terms, terms):
    """Return ``tables.TopicTerms`` of an array of topics × terms."""
    weights = normalised(topic_terms)
    topic, term = np.nonzero(weights > 0)
    columns = {"topic": topic, "term": terms[term], "weight": weights[topic, term]}
    return tables.check(tables.TopicTerms, pd.DataFrame(columns))


def share_table(document_ids, shares):
    """Return ``tables.DocumentTopics`` of an array of documents × topics."""
    n_documents, n_topics = shares.shape
    columns = {
        "document_id": np.repeat(document_ids, n_topics),
        "topic": np.tile(np.arange(n_topics), n_documents),
        "share": shares.ravel(),
    }
    return tables.check(tables.DocumentTopics, pd.DataFrame(columns))


def share_matrix(document_topics):
    """(ids, documents × topics) of a table of ``tables.DocumentTopics``; a share that is not there is 0."""
    found = tables.check(tables.DocumentTopics, document_topics)
    ids, of_document = np.unique(found["document_id"].to_numpy(dtype=str), return_inverse=True)
    topic = found["topic"].to_numpy()
    shares = np.zeros((len(ids), int(topic.max(initial=-1)) + 1))
    shares[of_document, topic] = found["share"]
    return ids.astype(object), shares


def term_matrix(topic_terms):
    """(terms, topics × terms) of a table of ``tables.TopicTerms``, terms in rising order; what is not there is 0."""
    found = tables.check(tables.TopicTerms, topic_terms)
    terms, of_term = np.unique(found["term"].to_numpy(dtype=str), return_inverse=True)
    topic = found["topic"].to_numpy()
    weights = np.zeros((int(topic.max(initial=-1)) + 1, len(terms)))
    weights[topic, of_term] = found["weight"]
    return terms.astype(object), weights


def from_arrays(topic_word, document_topic, terms, *, document_ids=None):
    """Return the tables of a model that was fitted elsewhere: by tomotopy, gensim, BERTopic, topica or scikit-learn.

    Topics keep their numbers, so that they can be found again in the other library.

    Parameters
    ----------
    topic_word : array or sparse array, shape (n_topics, n_terms), none below 0
        Weights of terms; each topic is divided by its sum.
    document_topic : array or sparse array, shape (n_documents, n_topics), none below 0
        Each document is divided by its sum. One of zeros (an outlier of BERTopic) has even shares, and is reported.
    terms : sequence of str, length n_terms, each once
    document_ids : sequence of str, length n_documents, optional
        The number of the row, from "0" on, if not given.

    Returns
    -------
    topic_terms : DataFrame of ``tables.TopicTerms``
    document_topics : DataFrame of ``tables.DocumentTopics``

    Raises
    ------
    TopicsError
        The shapes do not fit each other, a number is below 0 or none, a topic has no weight, or a document is named
        twice.
    """
    words, topics = _array(topic_word, "topic_word"), _array(document_topic, "document_topic")
    terms = np.array(list(terms), dtype=object)
    named = map(str, range(len(topics))) if document_ids is None else document_ids
    ids = np.array(list(named), dtype=object)
    if words.shape[1] != len(terms) or topics.shape != (len(ids), len(words)):
        raise TopicsError(
            f"Expected topic_word of topics × {len(terms)} terms and document_topic of {len(ids)} documents × topics; "
            f"found {words.shape} and {topics.shape}. Transpose one, or give the terms in the order of its columns."
        )
    if len(empty := np.flatnonzero(words.sum(axis=1) <= 0)):
        raise TopicsError(f"Topic {empty[0]} of topic_word has no weight, and {len(empty)} such topics in all.")
    if len(set(ids)) < len(ids):
        raise TopicsError(
            f"Expected each document once; found {len(ids)} document_ids, {len(set(ids))} of them different."
        )
    document_ids, shares = document_shares(ids, topics, np.arange(len(ids)))
    return topic_table(words, terms), share_table(document_ids, shares)


def _array(given, name):
    found = np.asarray(given.toarray() if sparse.issparse(given) else given, dtype=float)
    if found.ndim != 2 or not found.size:
        raise TopicsError(f"{name} expects rows and columns; found an array of shape {found.shape}.")
    wrong = ~(np.isfinite(found) & (found >= 0))
    if wrong.any():
        raise TopicsError(
            f"{name} expects numbers of 0 or more; found {found[wrong][0]} in row {np.argwhere(wrong)[0][0]}, and "
            f"{wrong.sum()} such numbers in all."
        )
    return found
