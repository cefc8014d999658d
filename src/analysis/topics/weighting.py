"""How much each document weighs, so that a report and its copies weigh as one; and TF-IDF that knows of it."""

import hashlib
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse

from analysis import tables
from analysis.topics.errors import TopicsError

_DIGITS = 12  # of a sum of weights: as many as no order of adding can change


def document_weights(document_ids, weights):
    """Return the weight of each row: 1, or what clusters or a Series say of its document."""
    if weights is None:
        return np.ones(len(document_ids))
    if isinstance(weights, pd.DataFrame):
        weights = shares_of_clusters(weights, document_ids)
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


def shares_of_clusters(clusters, document_ids):
    """Return one divided by the size of its cluster, by document."""
    clusters = tables.check(tables.Clusters, clusters)
    # A copy that is not in the matrix would take its share of the weight away with it.
    if strangers := sorted(set(clusters["document_id"]) - set(document_ids)):
        raise TopicsError(
            f"clusters name {strangers[0]!r}, which is not in the matrix; {len(strangers)} such documents in all. "
            "Cluster the documents that the matrix is of."
        )
    sizes = clusters.groupby("representative")["document_id"].transform("size")
    return pd.Series((1 / sizes).to_numpy(), index=clusters["document_id"])


def distinct(weights, row_weights):
    """(places of rows that differ, their weights added up, the place of each row among them).

    What a row and its copies weigh together is all that a model should see of them: as rows of their own they would
    move the start of the fit, and with it the optimum it ends in. The order is that of a hash of what the rows hold, so
    that neither the order of the matrix nor the names of copies change a bit.
    """
    digests = _digests(weights)
    _, first, of_row = np.unique(digests, return_index=True, return_inverse=True)
    return first, _added(row_weights, of_row, len(first)), of_row


class Seen(NamedTuple):
    """What a model sees: rows that hold something and differ, as they came and as TF-IDF, and what each weighs."""

    rows: sparse.csr_array
    weighed: sparse.csr_array
    weights: np.ndarray


def seen(rows, weighed, weights, stories=None):
    """Return `Seen` of distinct rows; if ``stories`` are given (stories × rows, see ``by_story``), a row for each.

    The row of a story is the weighted mean of its rows: it is what a model sees that gives all copies of a story the
    same topics, since the likelihood of LDA, and the squared error of NMF but for a constant, depend on nothing else.
    """
    if stories is not None:
        weights = stories.sum(axis=1)
        mean = sparse.csr_array(sparse.diags_array(1 / weights) @ stories)
        rows, weighed = (_sorted(mean @ each) for each in (rows, weighed))
        first, weights, _ = distinct(rows, np.round(weights, _DIGITS - 1))
        rows, weighed = rows[first], weighed[first]
    useful = np.flatnonzero((np.diff(rows.indptr) > 0) & (weights > 0))
    return Seen(rows[useful], weighed[useful], weights[useful])


def by_story(clusters, document_ids, row_weights, of_row):
    """Return stories × distinct rows, each the weight of the rows of a story; None where no story has two that differ.

    Of passages it is None, too: which passage of a copy is which of another is not known.
    """
    if not isinstance(clusters, pd.DataFrame) or len(set(document_ids)) < len(document_ids):
        return None
    named = clusters.set_index("document_id")["representative"].loc[document_ids]
    _, of_story = np.unique(named.to_numpy(dtype=str), return_inverse=True)
    n_rows = int(of_row.max()) + 1
    pairs, of_pair = np.unique(of_story.astype(np.int64) * n_rows + of_row, return_inverse=True)
    if len(pairs) == len(np.unique(pairs // n_rows)):
        return None
    held = _added(row_weights, of_pair, len(pairs))
    return sparse.csr_array((held, (pairs // n_rows, pairs % n_rows)), shape=(int(of_story.max()) + 1, n_rows))


def _sorted(rows):
    made = sparse.csr_array(rows)
    made.sort_indices()
    return made


def by_digest(rows):
    """Return the places of rows in the order of a hash of what they hold; of equals the first."""
    return np.argsort(_digests(rows), kind="stable")


def _digests(weights):
    indices, values = weights.indices.astype("<i8"), weights.data.astype("<f8")
    edges = zip(weights.indptr[:-1], weights.indptr[1:], strict=True)
    made = b"".join(
        hashlib.blake2b(indices[begin:end].tobytes() + values[begin:end].tobytes(), digest_size=16).digest()
        for begin, end in edges
    )
    return np.frombuffer(made, dtype="S16")


def _added(row_weights, of_row, n_rows):
    """Sums of weights, to twelve digits: n times 1/n is then 1 to the bit, in whatever order it is added."""
    order = np.lexsort((row_weights, of_row))
    sums = np.bincount(of_row[order], weights=row_weights[order], minlength=n_rows)
    scale = 10.0 ** (_DIGITS - 1 - np.floor(np.log10(np.where(sums > 0, sums, 1))))
    return np.round(sums * scale) / scale


def inverse_frequencies(rows, row_weights):
    """Return ``ln((1 + n) / (1 + df)) + 1`` for each term; n and df are sums of the weights of rows."""
    of_entry = np.repeat(row_weights, np.diff(rows.indptr))
    held = np.bincount(rows.indices, weights=of_entry, minlength=rows.shape[1])
    return np.log((1 + row_weights.sum()) / (1 + held)) + 1


def weigh(rows, inverse):
    """Return counts as unit rows of ``(1 + ln(count)) * inverse``."""
    weighed = (1 + np.log(rows.data)) * inverse[rows.indices]
    of_entry = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
    lengths = np.sqrt(np.bincount(of_entry, weights=weighed * weighed, minlength=rows.shape[0]))
    return sparse.csr_array((weighed / lengths[of_entry], rows.indices, rows.indptr), shape=rows.shape)
