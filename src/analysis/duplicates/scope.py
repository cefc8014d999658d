"""Which documents are compared: what is left out and said, and which may meet."""

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis import tables

_BLOCK = 8_192  # rows looked at at once


@dataclass(frozen=True)
class Scope:
    """What restricts a comparison, as the user gave it.

    ``window`` is a length of time or None; ``across`` and ``within`` are names of columns of documents or None.
    """

    window: pd.Timedelta | None
    across: str | None
    within: str | None

    @property
    def columns(self):
        """The columns of documents that are needed."""
        return ["published", *dict.fromkeys(name for name in (self.across, self.within) if name)]

    @property
    def ordered(self):
        """Whether only neighbours in the order of ``within`` and time may meet."""
        return self.window is not None or self.within is not None


def scope(*, window=None, across=None, within=None):
    """Return a ``Scope``, refusing what cannot be meant."""
    if across is not None and across == within:
        raise ValueError(
            f"across={across!r} and within={within!r} exclude each other: no pair differs and agrees in it."
        )
    return Scope(None if window is None else _width(window), across, within)


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


@dataclass(frozen=True)
class Side:
    """Documents of one side of a comparison, row by row of its matrix."""

    matrix: tables.DocumentTermMatrix
    about: pd.DataFrame


@dataclass(frozen=True)
class Meeting:
    """Rows of two sides in an order in which those that may meet stand side by side.

    ``queries`` and ``target`` are rows of the two matrices; ``reach`` gives, for each of ``queries``, the first place
    in ``target`` and the one after the last. ``apart`` numbers the rows of each matrix; equal numbers do not meet.
    """

    queries: np.ndarray
    target: np.ndarray
    reach: tuple
    apart: tuple | None


def side(matrix, documents, scope):
    """Return matrix and documents as one side, refusing what does not fit together."""
    ids = pd.Index(matrix.document_ids)
    if not ids.is_unique:
        raise tables.TableError(
            f"Expected one row for each document; {ids[ids.duplicated()][0]!r} stands twice. "
            "Was this matrix made of passages?"
        )
    own = pd.Index(documents["document_id"])
    if not own.is_unique:
        raise tables.TableError(f"Expected each document_id once; {own[own.duplicated()][0]!r} stands twice.")
    if len(strangers := ids.symmetric_difference(own)):
        raise tables.TableError(
            "matrix and documents must be of the same documents; "
            f"{len(strangers)} are in one only, first {strangers[0]!r}."
        )
    if not ids.is_monotonic_increasing:
        raise tables.TableError("Expected the rows of the matrix in the order of document_id, as of terms.weigh.")
    for option, name in (("across", scope.across), ("within", scope.within)):
        others = [column for column in documents.columns if column != "document_id"]
        if name is not None and name not in others:
            raise ValueError(f"{option} names a column of documents; found no {name!r} among {', '.join(others)}.")
    _refuse_weights(matrix)
    return Side(matrix, documents[scope.columns].iloc[own.get_indexer(ids)])


def _refuse_weights(matrix):
    """Counts, or weights that were not divided by the length of the row, have no cosine as their product."""
    weights = matrix.weights
    if weights.format != "csr" or weights.dtype != np.float64:
        raise tables.TableError(f"Expected weights as csr of float64; found {weights.format} of {weights.dtype}.")
    if not weights.has_canonical_format:
        raise tables.TableError(
            "Expected the columns of each row in rising order, each once; call weights.sum_duplicates() first."
        )
    wrong = ~(weights.data >= 0)  # catches NaN as well
    if wrong.any():
        row = int(np.searchsorted(weights.indptr, np.flatnonzero(wrong)[0], side="right")) - 1
        raise tables.TableError(
            f"Expected weights of 0 or more; found {weights.data[wrong][0]} for {matrix.document_ids[row]!r}, "
            f"and {wrong.sum()} such weights in all."
        )
    lengths = np.sqrt(_squared(weights))
    wrong = (np.diff(weights.indptr) > 0) & ~(np.abs(lengths - 1) < 1e-6)
    if wrong.any():
        raise tables.TableError(
            f"Expected rows of length 1, as terms.weigh makes them; found {lengths[wrong][0]:.6g} for "
            f"{matrix.document_ids[wrong][0]!r}, and {wrong.sum()} such rows in all."
        )


def _squared(weights):
    """Sum of squares of each row, some rows at a time, so that no second copy of a large matrix is made."""
    sums, filled = np.zeros(weights.shape[0]), np.flatnonzero(np.diff(weights.indptr))
    for begin in range(0, len(filled), _BLOCK):
        rows = filled[begin : begin + _BLOCK]
        first, last = weights.indptr[rows[0]], weights.indptr[rows[-1] + 1]
        sums[rows] = np.add.reduceat(np.square(weights.data[first:last]), weights.indptr[rows] - first)
    return sums


def eligible(side, scope):
    """Return which rows can be compared, saying how many can not, and why."""
    kept = np.diff(side.matrix.weights.indptr) > 0
    _warn(~kept, "hold no term")
    if scope.window is not None:
        undated = side.about["published"].isna().to_numpy()
        _warn(kept & undated, f"have no date and were not compared within window={_spelled(scope.window)!r}")
        kept &= ~undated
    for option, name in (("across", scope.across), ("within", scope.within)):
        if name is not None:
            unknown = (side.about[name].isna() | side.about[name].isin([""])).to_numpy()
            _warn(kept & unknown, f"state no {name} and were not compared {option}={name!r}")
            kept &= ~unknown
    return kept


def _spelled(width):
    days, rest = divmod(width, pd.Timedelta(days=1))
    return f"{days}D" if not rest else f"{width / pd.Timedelta(hours=1):g}h"


def _warn(skipped, why):
    if skipped.any():
        warnings.warn(f"{skipped.sum()} of {len(skipped)} documents {why}.", tables.SkippedWarning, stacklevel=5)


def meeting(first, second, scope):
    """Return which rows of two sides may meet; ``second`` is ``first`` to compare documents among themselves."""
    sides = _distinct(first, second)
    groups, apart = _numbered(first, second, scope.within), _numbered(first, second, scope.across)
    chosen = []
    for side in sides:  # not a comprehension, which is a frame of its own in some versions of Python: see _warn
        chosen.append(np.flatnonzero(eligible(side, scope)))  # noqa: PERF401
    places = [_places(*each, scope)[rows] for *each, rows in zip(sides, groups, chosen, strict=False)]
    if scope.ordered:
        orders = [np.lexsort((rows, place.imag, place.real)) for rows, place in zip(chosen, places, strict=True)]
        chosen = [rows[order] for rows, order in zip(chosen, orders, strict=True)]
        places = [place[order] for place, order in zip(places, orders, strict=True)]
    reach = _reach(places[0], places[-1], scope)
    if first is second:
        reach = reach[0], np.minimum(reach[1], np.arange(len(chosen[0])))
    return Meeting(chosen[0], chosen[-1], reach, apart if scope.across else None)


def _distinct(first, second):
    return [first] if first is second else [first, second]


def _numbered(first, second, name):
    """Equal numbers for equal values of a column, over both sides; zeros without a column."""
    if name is None:
        return tuple(np.zeros(len(side.about), dtype=np.int32) for side in (first, second))
    values = pd.concat([side.about[name] for side in _distinct(first, second)])
    numbers = pd.factorize(values)[0].astype(np.int32)
    return numbers[: len(first.about)], numbers[len(numbers) - len(second.about) :]


def _places(side, groups, scope):
    """Group and time as one sortable number: numpy orders complex numbers by their real part, then the imaginary one.

    Microseconds since 1970 are exact in float64 for 285 years either way.
    """
    moments = side.about["published"].to_numpy(dtype="datetime64[us]")  # in UTC; an array of objects is far slower
    timed = np.where(np.isnat(moments), 0, moments.astype(np.int64)) if scope.window is not None else 0
    return groups + 1j * timed


def _reach(queries, target, scope):
    if not scope.ordered:
        return np.zeros(len(queries), np.int64), np.full(len(queries), len(target))
    width = 1j * (scope.window // pd.Timedelta(microseconds=1) if scope.window is not None else 0)
    return np.searchsorted(target, queries - width, "left"), np.searchsorted(target, queries + width, "right")
