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
    """What a model sees: rows that differ, and what each weighs."""

    rows: sparse.csr_array
    weights: np.ndarray

    def useful(self):
        """Return those that hold a term and weigh something."""
        kept = np.flatnonzero((np.diff(self.rows.indptr) > 0) & (self.weights > 0))
        return Seen(self.rows[kept], self.weights[kept])


def seen(rows, row_weights, stories=None):
    """Return `Seen` of distinct rows; if ``stories`` are given (stories × rows, see ``by_story``), a row for each.

    A story is seen as most of its reports tell it: each term as often as in the middle one of them. What one copy has
    lost, or an outlet put below it, then changes nothing; the mean would move with every word, and with it the start
    of the fit and the optimum it ends in.
    """
    if stories is None:
        return Seen(rows, row_weights)
    n_told = np.diff(stories.indptr)
    several = stories[np.flatnonzero(n_told > 1)]
    found = sparse.csr_array(
        sparse.vstack([rows[stories[np.flatnonzero(n_told == 1)].indices], medians(several, rows)])
    )
    found.sort_indices()
    first, weights, _ = distinct(found, np.ones(found.shape[0]))
    return Seen(found[first], weights)


def by_story(clusters, document_ids, of_row):
    """Return stories × distinct rows, how often a story has each; None where no story has two that differ.

    Of passages it is None, too: which passage of a copy is which of another is not known.
    """
    if not isinstance(clusters, pd.DataFrame) or len(set(document_ids)) < len(document_ids):
        return None
    named = clusters.set_index("document_id")["representative"].loc[document_ids]
    _, of_story = np.unique(named.to_numpy(dtype=str), return_inverse=True)
    shape = (int(of_story.max(initial=-1)) + 1, int(of_row.max(initial=-1)) + 1)
    made = sparse.csr_array((np.ones(len(of_row)), (of_story, of_row)), shape=shape)
    return made if (np.diff(made.indptr) > 1).any() else None


def medians(stories, rows):
    """Return stories × terms: each term as often as in the middle report of a story, of two middle ones their mean.

    A story of which no term is in half of the reports, such as a long chain, has the mean of its rows.
    """
    sizes, pairs = stories.sum(axis=1), sparse.coo_array(stories)
    lengths = np.diff(rows.indptr)[pairs.col]
    entries = np.arange(lengths.sum()) + np.repeat(rows.indptr[pairs.col] - (np.cumsum(lengths) - lengths), lengths)
    story, times = np.repeat(pairs.row, lengths), np.repeat(pairs.data, lengths)
    term, value = rows.indices[entries], rows.data[entries]
    order = np.lexsort((-value, term, story))
    story, times, term, value = story[order], times[order], term[order], value[order]
    until = _within(times, story.astype(np.int64) * rows.shape[1] + term)
    middle = sum((until - times <= place) & (place < until) for place in ((sizes[story] - 1) // 2, sizes[story] // 2))
    found = sparse.csr_array((value * middle / 2, (story, term)), shape=(len(sizes), rows.shape[1]))
    found.eliminate_zeros()
    scattered = np.where(np.diff(found.indptr) == 0, 1 / np.maximum(sizes, 1), 0)
    return found + sparse.diags_array(scattered) @ stories @ rows if scattered.any() else found


def _within(times, group):
    """Sums up to each place within its group; groups stand together."""
    total = np.cumsum(times)
    begins = np.flatnonzero(np.diff(group, prepend=-1))
    before = np.concatenate([[0.0], total])[begins]
    return total - np.repeat(before, np.diff(np.append(begins, len(group))))


def commonest_first(rows):
    """Return the places of terms, those first that most rows hold: what is asked for often then lies together."""
    return np.argsort(-np.bincount(rows.indices, minlength=rows.shape[1]), kind="stable")


def columns(rows, order):
    """Return rows with their columns in another order."""
    to = np.empty(len(order), dtype=rows.indices.dtype)
    to[order] = np.arange(len(order))
    made = sparse.csr_array((rows.data.copy(), to[rows.indices], rows.indptr), shape=rows.shape)
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
