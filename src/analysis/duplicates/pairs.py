"""Near-duplicate pairs: every pair of documents whose cosine reaches a threshold."""

from numbers import Real

import numpy as np
import pandas as pd
import psutil
from tqdm import tqdm

from analysis import tables
from analysis._join import plain
from analysis.duplicates.archive import Archive
from analysis.duplicates.scope import meeting, scope, side

SMALL = 4_000_000  # comparisons that are done before a compiled kernel is loaded
BYTES_PER_PAIR = 200  # in the finished table, with what it takes to make it: measured


class TooManyPairsError(MemoryError):
    """The answer does not fit; the message says how large it is and what would make it fit."""


def find(matrix, documents, *, threshold, against=None, output=None, memory=None, progress=True, **restrictions):
    """Return every pair of documents whose cosine reaches ``threshold``; none is lost and none below is returned.

    The method is an exact join with prefix bounds after Bayardo, Ma & Srikant (2007) and Anastasiu & Karypis (2014);
    ``docs/methods.md`` has the proof. Neither the number of threads nor the order of rows changes a bit of the answer.

    Parameters
    ----------
    matrix : DocumentTermMatrix
        Rows of unit length, one for each document, as ``terms.weigh`` makes them.
    documents : DataFrame of ``tables.Documents``
    threshold : float in (0, 1]
        Compared in float64 with sums taken in the order of terms.
    against : Archive or (DocumentTermMatrix, DataFrame), optional
        Another corpus of other documents with the same terms (``terms.weigh(…, weighting=…)``). Then only pairs of one
        document from each are returned: new reports against an archive, or one text against a million. Of an
        ``Archive`` only what ``window`` can reach is loaded.
    output : path or URL, optional
        A folder to write the pairs to, more than fit into memory, as ``find_stored`` does, on one core or on as many as
        ``joblib.parallel_config`` names. Then the table of parts is returned, and ``memory`` and ``progress`` play no
        part; ``duplicates.read_parts`` reads the pairs. What was interrupted goes on where it stopped.
    memory : str or int, optional
        What the answer may take: ``"4GB"`` or a number of bytes. Half of the free memory if not given.
    progress : bool, default True
        Show a bar with a time estimate where it takes longer than a few seconds.
    **restrictions
        ``window``: only pairs published at most this far apart (``"3D"``, ``"36h"``); documents without a date are left
        out. ``across``: only pairs that differ in this column, such as ``"outlet"``. ``within``: only pairs that agree
        in this column, such as ``"language"``. Documents where such a column is empty are left out.

    Returns
    -------
    DataFrame of ``tables.Pairs``
        ``score`` is the cosine; ``containment`` the share of the distinct terms of the poorer document that the other
        has too; ``lag`` the hours from ``a`` to ``b``, negative where ``b`` came first, NaN where a date is missing.

    Warns
    -----
    SkippedWarning
        Documents were left out: without a term, or, where an option asks for it, without a date or a value.

    Raises
    ------
    TooManyPairsError
        The answer would take more than ``memory``; the message names a threshold that would not.
    ValueError, tables.TableError
        An option is out of range, a column is missing, or matrix and documents do not speak of the same documents.
    """
    refuse_threshold(threshold)
    own = scope(**restrictions)
    if output is not None:
        from analysis.duplicates import stored  # only now: it builds on this module

        return stored.stream(matrix, documents, output, threshold=threshold, against=against, **restrictions)
    first, second = sides(matrix, documents, against, own)
    found = joined(first, second, meeting(first, second, own), threshold, limit=limit(memory), progress=progress)
    return as_pairs(first, second, *found)


def refuse_threshold(threshold):
    """Refuse what is not a cosine above 0."""
    is_number = isinstance(threshold, Real) and not isinstance(threshold, bool)
    if not (is_number and 0 < threshold <= 1):
        raise ValueError(
            f"threshold is a cosine: expected a number above 0 and at most 1; found {threshold!r}. Try 0.25 or 0.8."
        )


def sides(matrix, documents, against, own):
    """Return both sides of a comparison; they are the same object where documents are compared among themselves."""
    first = side(matrix, documents, own)
    if isinstance(against, Archive):
        against = against.near(first.about["published"], own.window)
    return first, first if against is None else _other(matrix, against, own)


def _other(matrix, against, own):
    other_matrix, other_documents = against
    if not np.array_equal(matrix.terms, other_matrix.terms):
        raise tables.TableError(
            f"Expected the same terms in both corpora; found {len(matrix.terms)} and {len(other_matrix.terms)}. Weigh "
            "both with one weighting: terms.weigh(documents, weighting=terms.fit(archive))."
        )
    shared = pd.Index(matrix.document_ids).intersection(pd.Index(other_matrix.document_ids))
    if len(shared):
        raise tables.TableError(
            f"Expected other documents in the corpus compared against; {len(shared)} are in both, first {shared[0]!r}."
        )
    return side(other_matrix, other_documents, own)


def limit(memory):
    """Return how many pairs fit into what the user allows, or into half of what is free."""
    if memory is None:
        return psutil.virtual_memory().available // 2 // BYTES_PER_PAIR
    return _bytes(memory) // BYTES_PER_PAIR


def _bytes(memory):
    units = {"B": 1, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12}
    text = str(memory).strip().upper()
    digits = text.rstrip("BKMGT ")
    try:
        size = int(float(digits) * units[text[len(digits) :].strip() or "B"])
    except (ValueError, KeyError, OverflowError):
        size = -1
    if size <= 0:
        raise ValueError(f"memory is a size above 0 such as '4GB' or a number of bytes; found {memory!r}.")
    return size


def is_small(meet):
    """Whether so few documents are compared that a compiled kernel is not worth loading."""
    return len(meet.queries) * len(meet.target) <= SMALL


def joined(first, second, meet, threshold, *, limit, progress=False):
    """Return rows of both sides, cosines and numbers of shared terms of all pairs that reach the threshold."""
    if is_small(meet):
        parts = _plainly(first, second, meet, threshold)
    else:
        parts = _compiled(first, second, meet, threshold, limit, progress)
    kept, n_found = [], 0
    try:
        for part in parts:
            n_found += len(part[0])
            if n_found > limit:
                raise TooManyPairsError(
                    f"More than {n_found:,} pairs reach {threshold}; {limit:,} fit into memory. "
                    "duplicates.forecast says how many there are at which threshold. Raise the threshold, give a "
                    "window, or allow more with memory=."
                )
            kept.append(part)
    finally:
        parts.close()
    columns = zip(*kept, strict=True) if kept else ([], [], [], [])
    return [
        np.concatenate([np.empty(0, kind), *column]).astype(kind) for kind, column in zip(_KINDS, columns, strict=True)
    ]


_KINDS = (np.int64, np.int64, np.float64, np.int32)


def _plainly(first, second, meet, threshold):
    weights = first.matrix.weights[meet.queries], second.matrix.weights[meet.target]
    for a, b, scores, n_shared in plain.join(*weights, threshold):
        met = (meet.reach[0][a] <= b) & (b < meet.reach[1][a])
        a, b = meet.queries[a], meet.target[b]
        if meet.apart is not None:
            met &= meet.apart[0][a] != meet.apart[1][b]
        yield a[met], b[met], scores[met], n_shared[met]


def _compiled(first, second, meet, threshold, limit, progress):
    from analysis._join import search  # only now: five reports need not wait for a compiler
    from analysis.duplicates import forecasts

    job = search.job(first.matrix.weights, second.matrix.weights, meet)
    depth = search.best_depth(job, threshold)
    if len(meet.queries) * len(meet.target) / 2 > limit:
        forecasts.refuse(forecasts.drawn(job, first, second, threshold, depth), threshold, limit)
    goal = search.aim(job, threshold, depth)
    # The first seconds say nothing; smoothing=0 takes the mean of all that was done, which is what holds.
    with tqdm(total=1, desc="duplicates", unit_scale=True, smoothing=0, delay=5, disable=not progress) as bar:
        bar.bar_format = "{desc}: {percentage:3.0f} % [{elapsed}<{remaining}]"
        for found, _, share in search.run(job, goal):
            bar.update(min(share, 1 - bar.n))  # shares may add up to a hair above 1
            yield found


def _published(side):
    return side.about["published"].to_numpy(dtype="datetime64[us]")  # in UTC; an array of objects is far slower


def lags(first, second, rows, others):
    """Return how far apart pairs were published, NaT where a date is missing."""
    return np.abs(_published(first)[rows.astype(int)] - _published(second)[others.astype(int)])


def as_pairs(first, second, rows, others, scores, n_shared):
    """Return found rows as a table of ``tables.Pairs``."""
    sides = [first] if first is second else [first, second]
    ids = pd.array(np.concatenate([side.matrix.document_ids for side in sides]), dtype="str")
    n_terms = np.concatenate([np.diff(side.matrix.weights.indptr) for side in sides])
    published = np.concatenate([_published(side) for side in sides])
    # Numbered in the order of ids: of one corpus they are already.
    by_id = np.arange(len(ids)) if first is second else np.argsort(np.argsort(ids.astype(object), kind="stable"))
    others = others if first is second else others + len(first.about)
    swapped = by_id[rows] > by_id[others]
    a, b = np.where(swapped, others, rows), np.where(swapped, rows, others)
    order = np.lexsort((by_id[b], by_id[a]))
    a, b = a[order], b[order]
    return tables.check(
        tables.Pairs,
        pd.DataFrame(
            {
                "a": ids.take(a),
                "b": ids.take(b),
                "score": scores[order],
                "containment": n_shared[order] / np.minimum(n_terms[a], n_terms[b]),
                "lag": (published[b] - published[a]) / np.timedelta64(1, "h"),
            }
        ),
    )
