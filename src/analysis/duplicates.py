"""Near-duplicate pairs, all of them, and the clusters they join."""

import warnings

import numpy as np
import pandas as pd
from scipy import sparse

from analysis import tables

_BLOCK = 1024  # rows multiplied at once; results do not depend on it


def find(matrix, documents, *, threshold, window=None, across=None):
    """Return every pair of documents whose cosine reaches ``threshold``; none is lost and none below is returned.

    Parameters
    ----------
    matrix : DocumentTermMatrix
        Rows of unit length, one for each document, as ``terms.weigh`` makes them.
    documents : DataFrame of ``tables.Documents``
    threshold : float in (0, 1]
        Compared in float64 with sums taken in the order of terms, so that the answer is the same on every run.
    window : str or Timedelta, optional
        Only pairs published at most this far apart: ``"3D"``, ``"36h"``. Documents without a date are left out.
    across : str, optional
        Only pairs that differ in this column, such as ``"outlet"``. Documents where it is empty are left out.

    Returns
    -------
    DataFrame of ``tables.Pairs``
        ``score`` is the cosine; ``containment`` the share of the distinct terms of the poorer document that the other
        has too; ``lag`` the hours from ``a`` to ``b``, negative where ``b`` came first, NaN where a date is missing.

    Warns
    -----
    SkippedWarning
        Documents were left out: without a term, or, where the option asks for it, without a date or a value.

    Raises
    ------
    ValueError, tables.TableError
        An option is out of range, a column is missing, or matrix and documents do not speak of the same documents.
    """
    _refuse_threshold(threshold)
    width = None if window is None else _width(window)
    about = _about(matrix, documents)
    _refuse_lengths(matrix)
    eligible = _eligible(matrix, about, window, across)
    rows, columns, scores = _joined(matrix.weights, eligible, threshold)
    kept = _within(about, rows, columns, width) & _differing(about, rows, columns, across)
    return _as_pairs(matrix, about, rows[kept], columns[kept], scores[kept])


def cluster(pairs, documents):
    """Group documents so that every member reaches the threshold of ``pairs`` with its representative.

    Documents are taken from the earliest to the latest (those without a date last, equals by id). One that no
    representative before it resembles becomes a representative; any other joins the representative before it that it
    resembles most. So a chain A–B–C in which A and C do not resemble each other is not one cluster, as it would be with
    connected components, and the row order of the tables does not matter (star clusters; Aslam, Pelekhov & Rus 2004).

    Returns
    -------
    DataFrame of ``tables.Clusters``
        One row for each document; a document alone represents itself, with score 1.
    """
    order = documents.sort_values(["published", "document_id"], na_position="last")["document_id"].tolist()
    neighbours = _neighbours(pairs, order)
    representative = {}
    for document_id in order:
        earlier = [
            (score, other) for score, other in neighbours[document_id] if representative.get(other) == (1.0, other)
        ]
        # max() keeps the first of equals, and neighbours stand from earliest to latest
        representative[document_id] = max(earlier, key=lambda found: found[0], default=(1.0, document_id))
    rows = [(document_id, name, score) for document_id, (score, name) in representative.items()]
    return tables.check(tables.Clusters, pd.DataFrame(rows, columns=tables.columns(tables.Clusters)))


def _neighbours(pairs, order):
    """document_id → [(score, earlier neighbour)], from the earliest neighbour to the latest."""
    place = {document_id: index for index, document_id in enumerate(order)}
    strangers = (set(pairs["a"]) | set(pairs["b"])) - place.keys()
    if strangers:
        raise tables.TableError(f"pairs name {min(strangers)!r}, which is not among the {len(order)} documents.")
    neighbours = {document_id: [] for document_id in order}
    for a, b, score in zip(pairs["a"], pairs["b"], pairs["score"], strict=True):
        earlier, later = sorted((a, b), key=place.__getitem__)
        neighbours[later].append((score, earlier))
    for found in neighbours.values():
        found.sort(key=lambda pair: place[pair[1]])
    return neighbours


def _refuse_threshold(threshold):
    if not 0 < threshold <= 1:
        raise ValueError(f"threshold is a cosine: expected above 0 and at most 1; found {threshold}. Try 0.25 or 0.8.")


def _width(window):
    # A bare number would be read as nanoseconds, which is never what was meant.
    text = str(window).strip()
    try:
        width = pd.NaT if text.lstrip("+-").replace(".", "", 1).isdigit() else pd.Timedelta(window)
    except (ValueError, TypeError):
        width = pd.NaT
    if not width >= pd.Timedelta(0):
        raise ValueError(f"window is a length of time of 0 or more with its unit: '3D', '36h'; found {text!r}.")
    return width


def _refuse_lengths(matrix):
    """Counts, or weights that were not divided by the length of the row, have no cosine as their product."""
    lengths = np.sqrt(np.asarray(matrix.weights.power(2).sum(axis=1)).ravel())
    wrong = (np.diff(matrix.weights.indptr) > 0) & ~(np.abs(lengths - 1) < 1e-9)
    if wrong.any():
        raise tables.TableError(
            f"Expected rows of length 1, as terms.weigh makes them; found {lengths[wrong][0]:.6g} for "
            f"{matrix.document_ids[wrong][0]!r}, and {wrong.sum()} such rows in all."
        )


def _about(matrix, documents):
    """Documents in the order of the rows of the matrix."""
    about = documents.set_index("document_id")
    if len(set(matrix.document_ids)) < len(matrix.document_ids):
        raise tables.TableError("Expected one row for each document; this matrix was made of passages.")
    if missing := sorted(set(matrix.document_ids) ^ set(about.index)):
        raise tables.TableError(
            f"matrix and documents must be of the same documents; {len(missing)} are in one only, first {missing[0]!r}."
        )
    if (matrix.document_ids[:-1] > matrix.document_ids[1:]).any():
        raise tables.TableError("Expected the rows of the matrix in the order of document_id, as of terms.weigh.")
    return about.loc[matrix.document_ids]


def _eligible(matrix, about, window, across):
    """Rows that can be compared, saying how many can not, and why."""
    eligible = np.diff(matrix.weights.indptr) > 0
    _warn(~eligible, "hold no term")
    if window is not None:
        undated = about["published"].isna().to_numpy()
        _warn(eligible & undated, f"have no date and were not compared within window={str(window)!r}")
        eligible &= ~undated
    if across is not None:
        if across not in about.columns:
            raise ValueError(
                f"across names a column of documents; found no {across!r} among {', '.join(about.columns)}."
            )
        unknown = about[across].isna().to_numpy() | about[across].isin([""]).to_numpy()
        _warn(eligible & unknown, f"state no {across} and were not compared across={across!r}")
        eligible &= ~unknown
    return eligible


def _warn(skipped, why):
    if skipped.any():
        warnings.warn(f"{skipped.sum()} of {len(skipped)} documents {why}.", tables.SkippedWarning, stacklevel=4)


def _joined(weights, eligible, threshold):
    """Rows, columns (row < column) and cosines of all eligible pairs that reach the threshold."""
    chosen = np.flatnonzero(eligible)
    weights = weights[chosen]
    transposed = sparse.csc_array(weights.T).tocsr()
    found = [_block(weights, transposed, begin, threshold) for begin in range(0, weights.shape[0], _BLOCK)]
    rows, columns, scores = (np.concatenate(parts) for parts in zip(*found, strict=True)) if found else ([], [], [])
    return chosen[np.asarray(rows, dtype=int)], chosen[np.asarray(columns, dtype=int)], np.asarray(scores, dtype=float)


def _block(weights, transposed, begin, threshold):
    products = sparse.coo_array(weights[begin : begin + _BLOCK] @ transposed)
    rows = products.row + begin
    # Lengths are 1 up to rounding, so exact copies may come out at 1 ± 1e-16; they are 1.
    scores = np.where(np.abs(products.data - 1) < 1e-12, 1.0, products.data)
    kept = (rows < products.col) & (scores >= threshold)
    return rows[kept], products.col[kept], scores[kept]


def _within(about, rows, columns, width):
    if width is None:
        return np.ones(len(rows), dtype=bool)
    return np.abs(_hours(about, rows, columns)) <= width / pd.Timedelta(hours=1)


def _differing(about, rows, columns, across):
    if across is None:
        return np.ones(len(rows), dtype=bool)
    values = about[across].to_numpy()
    return values[rows] != values[columns]


def _hours(about, rows, columns):
    published = about["published"].to_numpy(dtype="datetime64[us]")  # in UTC; an array of objects is far slower
    return (published[columns] - published[rows]) / np.timedelta64(1, "h")


def _as_pairs(matrix, about, rows, columns, scores):
    # Rows of the matrix are in the order of ids, so a row before another is the smaller id.
    return tables.check(
        tables.Pairs,
        pd.DataFrame(
            {
                "a": matrix.document_ids[rows],
                "b": matrix.document_ids[columns],
                "score": scores,
                "containment": _containment(matrix.weights, rows, columns),
                "lag": _hours(about, rows, columns),
            }
        ),
    )


def _containment(weights, rows, columns):
    present = sparse.csr_array((np.ones_like(weights.data), weights.indices, weights.indptr), shape=weights.shape)
    n_terms = np.diff(weights.indptr)
    shared = [
        (present[rows[i : i + _BLOCK]] * present[columns[i : i + _BLOCK]]).sum(axis=1)
        for i in range(0, len(rows), _BLOCK)
    ]
    return (np.concatenate(shared) if shared else np.array([])) / np.minimum(n_terms[rows], n_terms[columns])
