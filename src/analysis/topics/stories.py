"""Documents by the story they tell: a cluster of near-duplicates is one story."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis import tables
from analysis.topics.errors import TopicsError


class Stories(NamedTuple):
    """Representatives in rising order, the story of each document, and how many documents each story has."""

    representatives: np.ndarray
    of_document: np.ndarray
    sizes: np.ndarray


def stories(document_ids, clusters=None):
    """Return the stories of documents; each is one of its own where no clusters are given.

    Raises
    ------
    TopicsError
        The clusters are of other documents.
    """
    ids = np.asarray(document_ids, dtype=str)
    if clusters is None:
        return Stories(ids.astype(object), np.arange(len(ids)), np.ones(len(ids), dtype=int))
    found = tables.check(tables.Clusters, clusters).set_index("document_id")["representative"]
    given = found.index.to_numpy(dtype=str)  # of objects setdiff1d is quadratic
    for strangers, where in ((np.setdiff1d(ids, given), "clusters"), (np.setdiff1d(given, ids), "the documents")):
        if len(strangers):
            raise TopicsError(
                f"Expected clusters of these documents; {str(strangers[0])!r} is not among {where}, and "
                f"{len(strangers)} such documents in all. Cluster the documents that the topics are of."
            )
    names = found.reindex(ids).to_numpy(dtype=str)
    representatives, of_document, sizes = np.unique(names, return_inverse=True, return_counts=True)
    return Stories(representatives.astype(object), of_document, sizes)


def rows_of(matrix, document_ids):
    """Return the matrix with the rows of these documents only."""
    kept = np.isin(matrix.document_ids.astype(str), np.asarray(document_ids, dtype=str))
    return tables.DocumentTermMatrix(matrix.weights[np.flatnonzero(kept)], matrix.document_ids[kept], matrix.terms)


def part(told, document_ids, kept):
    """Return (ids of the documents of the stories ``kept``, the clusters they make)."""
    among = np.isin(told.of_document, kept)
    ids = np.asarray(document_ids, dtype=object)[among]
    representatives = told.representatives[told.of_document[among]]
    return ids, pd.DataFrame({"document_id": ids, "representative": representatives, "score": 1.0})


def concentration(mass):
    """(effective number, largest share, its place) of stories for each topic, of stories × topics.

    The effective number is ``1 / sum(p ** 2)`` (inverse Simpson; Hill 1973, "Diversity and evenness"): as many equal
    stories would be as diverse. NaN and -1 for a topic without any mass.
    """
    total = mass.sum(axis=0)
    held = total > 0
    shares = mass / np.where(held, total, 1)
    squares = np.where(held, (shares**2).sum(axis=0), np.nan)
    # A sum of squares may exceed 1 by rounding, and no topic rests on less than one story.
    effective = np.maximum(1 / squares, 1)
    return (
        effective,
        np.where(held, np.minimum(shares.max(axis=0), 1), np.nan),
        np.where(held, shares.argmax(axis=0), -1),
    )
