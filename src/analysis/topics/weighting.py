"""How much each document weighs, so that a report and its copies may weigh as one."""

import numpy as np
import pandas as pd

from analysis import tables
from analysis.topics.errors import TopicsError


def document_weights(document_ids, weights):
    """Return the weight of each row: 1, or what clusters or a Series say of its document."""
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


def merged(weights, row_weights):
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
