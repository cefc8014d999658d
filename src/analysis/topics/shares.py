"""Arrays of a fitted model as tables: the terms of a topic and the topics of a document, each summing to 1."""

import numpy as np
import pandas as pd

from analysis import tables

SMALLEST = 1e-300


def normalised(matrix):
    """Return rows that sum to 1; a row of zeros stays as it is."""
    return matrix / np.maximum(matrix.sum(axis=1, keepdims=True), SMALLEST)


def document_shares(row_ids, row_topics):
    """(ids, shares): the mass of each document's rows added up and divided by its sum."""
    document_ids, of_row = np.unique(row_ids.astype(str), return_inverse=True)
    mass = np.zeros((len(document_ids), row_topics.shape[1]))
    np.add.at(mass, of_row, row_topics)  # rows may come in any order
    total = mass.sum(axis=1, keepdims=True)
    even = np.full_like(mass, 1 / mass.shape[1])
    return document_ids.astype(object), np.where(total > 0, mass / np.where(total > 0, total, 1), even)


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
