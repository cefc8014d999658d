"""What readers decided of quantities: read from a CSV that a person or a form wrote, and held to what may be decided.

A blank cell leaves a field as it was read. ``(none)`` says that it is not stated: that there is no speaker, no event.
"""

import math
import re
from pathlib import Path

import pandas as pd

from analysis import tables
from analysis.quantities import sheets, speakers

NOT_STATED = "(none)"
KEY = ("document_id", "start", "end", "surface")
REQUIRED = (*KEY, "decision")
FIELDS = tuple(name for name in tables.columns(tables.Corrections)[len(REQUIRED) :] if name not in ("note", "by"))
COLUMNS = (*REQUIRED, *FIELDS, "note", "by")
# A copy of the table of hardest cases, or of quantities, with decisions beside them is a file of corrections. Its other
# columns tell what was read, and are not decided.
_BESIDE = tuple(
    name for shape in (tables.Hardest, tables.Quantities) for name in tables.columns(shape) if name not in COLUMNS
)
_CHOICES = {
    "bound": tables.BOUNDS,
    "trend": ("up", "down"),
    "kind": tables.KINDS,
    "cumulative": ("cumulative", "incremental"),
    "speaker_kind": tuple(kind for kind in speakers.KINDS if kind),
}
_NEVER_EMPTY = ("bound", "kind", "approximate")
_WHOLE = ("start", "end", "speaker_start", "speaker_end")
_YES = frozenset({"true", "yes", "1", "1.0", "wahr", "vrai", "verdadero", "vero"})
_NO = frozenset({"false", "no", "0", "0.0", "falsch", "faux", "falso"})
_INFINITE = {"inf": math.inf, "+inf": math.inf, "infinity": math.inf, "∞": math.inf, "-inf": -math.inf, "-∞": -math.inf}
_MOST_FAULTS = 10


class CorrectionsError(ValueError):
    """Corrections cannot be read; the message says in which file, row and column, what was expected, and what to do."""


def read_corrections(corrections):
    """Return corrections as a table, every cell held to what may stand there.

    Parameters
    ----------
    corrections : path of a CSV file, or DataFrame
        The columns document_id, start, end, surface and decision, and, where wished, columns of ``tables.Quantities``,
        note and by. A file may be as a spreadsheet leaves it: commas, semicolons or tabs, a byte order mark, TRUE and
        FALSE, 35000.0, columns in any order. A path where nothing is holds no corrections.

        ``decision`` is ``confirm`` (it is right as it was read), ``reject`` (it is no quantity), ``correct`` (fields
        are changed), ``add`` (a quantity that was missed), or blank while nobody has decided. A blank cell leaves a
        field as it was read; ``(none)`` says that it is not stated.

    Returns
    -------
    DataFrame of ``tables.Corrections``

    Raises
    ------
    CorrectionsError
        All faults of the cells are listed, ten at most.
    """
    if isinstance(corrections, pd.DataFrame):
        return _as_table(of_frame(corrections))
    path = Path(corrections)
    return _as_table(of_bytes(path.read_bytes(), path.name)) if path.exists() else tables.empty(tables.Corrections)


def of_bytes(content, name):
    """Return the ``sheets.Sheet`` of a file of corrections.

    Raises
    ------
    CorrectionsError
    """
    return _sheet(sheets.parse, content, name)


def _sheet(read, *given):
    try:
        return read(*given, required=REQUIRED, known=(*COLUMNS, *_BESIDE))
    except sheets.SheetError as fault:
        raise CorrectionsError(str(fault)) from None


def of_frame(frame):
    """Return the ``sheets.Sheet`` of a DataFrame; True, 35000.0 and NaN become what a CSV would say."""
    text = frame.astype(object).where(frame.notna(), "").map(lambda cell: str(cell).strip())
    return _sheet(sheets.of_records, list(map(str, text.columns)), text.to_dict("records"), "the corrections")


def decided(sheet):
    """Return the corrections of a sheet, [(its place among the rows, {column: text})]; rows without a cell are none.

    Raises
    ------
    CorrectionsError
    """
    found, faults = [], []
    for place, cells in enumerate(sheet.rows):
        if any(cells.values()):
            row, wrong = _row(cells, sheet.delimiter)
            faults += [f"{sheet.where(place)}, column {column}: {words}" for column, words in wrong]
            found.append((place, row))
    if not faults:
        faults = _repeated(found, sheet)
    if faults:
        more = [f"… and {len(faults) - _MOST_FAULTS} more"] if len(faults) > _MOST_FAULTS else []
        raise CorrectionsError("\n".join(faults[:_MOST_FAULTS] + more))
    return found


def _as_table(sheet):
    rows = [row for _, row in decided(sheet)]
    frame = pd.DataFrame(rows, columns=list(COLUMNS)).astype({"start": "int64", "end": "int64"})
    return tables.check(tables.Corrections, frame)


def _repeated(found, sheet):
    first, faults = {}, []
    for place, row in found:
        key = tuple(row[column] for column in KEY)
        before = first.setdefault(key, place)
        if before != place:
            faults.append(
                f"{sheet.where(place)}: expected one decision for {row['surface']!r} at {row['start']} of "
                f"{row['document_id']}; found another in row {before + sheet.first}. Keep the one that holds."
            )
    return faults


# ---- A row


def _row(cells, delimiter):
    """Return a row as text of one spelling, and its faults, [(column, words)]."""
    row, faults = dict.fromkeys(COLUMNS, ""), []
    for column in COLUMNS:
        try:
            row[column] = _read(column, cells.get(column, ""), delimiter)
        except ValueError as fault:
            faults.append((column, str(fault)))
    return row, faults or _contradictions(row)


def _read(column, cell, delimiter):
    if column in KEY and not cell:
        raise ValueError("expected a value in each row; found none. Copy it from the table of quantities.")
    if column == "decision":
        return _one_of(cell.lower(), [word for word in tables.DECISIONS if word]) if cell else ""
    if column in ("document_id", "surface", "note", "by") or not cell:
        return cell
    if cell.lower() == NOT_STATED:
        if column in _NEVER_EMPTY:
            raise ValueError(f"expected a value or a blank cell; found {cell!r}, and every quantity has one.")
        return NOT_STATED
    if column == "approximate":
        return _truth(cell)
    if column in _WHOLE:
        return _whole(cell) if column in KEY else str(_whole(cell))
    if column in ("low", "high"):
        return as_text(_number(cell, delimiter))
    return _one_of(cell, _CHOICES[column]) if column in _CHOICES else cell


def _one_of(cell, choices):
    found = {choice.lower(): choice for choice in choices}.get(" ".join(cell.lower().split()))
    if found is None:
        raise ValueError(f"expected one of {', '.join(choices)}; found {cell!r}.")
    return found


def _truth(cell):
    if cell.lower() in _YES | _NO:
        return str(cell.lower() in _YES)
    raise ValueError(f"expected TRUE or FALSE; found {cell!r}.")


def _whole(cell):
    if not re.fullmatch(r"\d+([.,]0+)?", cell):
        raise ValueError(f"expected a whole number of characters, such as 120; found {cell!r}.")
    return int(re.split("[.,]", cell)[0])


def _number(cell, delimiter):
    """A number in digits. Where cells stand between semicolons, a comma is a decimal sign, as where Excel writes so."""
    text = re.sub(r"[\s\u00a0\u202f]", "", cell)
    if text.lower() in _INFINITE:
        return _INFINITE[text.lower()]
    point, group = (",", ".") if delimiter == ";" else (".", ",")
    if re.fullmatch(rf"-?\d{{1,3}}{re.escape('.')}\d{{3}}", text) and delimiter == ";":
        raise ValueError(
            f"expected digits without marks between them; found {cell!r}, which may be {text.replace('.', '')} or "
            f"{text.replace('.', ',')}. Write one of these."
        )
    if re.fullmatch(rf"-?\d{{1,3}}({re.escape(group)}\d{{3}})+({re.escape(point)}\d+)?", text):
        text = text.replace(group, "")
    if not re.fullmatch(r"-?\d+([.,]\d+)?([eE][+-]?\d+)?", text) or (group == "," and "," in text):
        raise ValueError(f"expected a number in digits, such as 35000, or inf for no upper end; found {cell!r}.")
    return float(text.replace(",", "."))


def as_text(value):
    """A number as corrections spell it: 35000, 0.5, inf; NaN is ``(none)``."""
    if pd.isna(value):
        return NOT_STATED
    return str(int(value)) if math.isfinite(value) and value == int(value) else repr(float(value))


def _contradictions(row):
    """Faults of a row whose cells are right one by one."""
    if row["end"] <= row["start"]:
        return [("end", f"expected more than start, {row['start']}; found {row['end']}.")]
    if row["decision"] == "correct" and not any(row[name] for name in FIELDS):
        return [("decision", "expected a field to correct; found none. Fill one in, or decide confirm.")]
    if row["decision"] == "add" and not (row["low"] or row["high"] or row["bound"] == "vague"):
        return [("low", "expected the value of what is added; found none. Fill in low, or give it the bound vague.")]
    if bool(row["speaker_start"] != "") != bool(row["speaker_end"] != ""):
        return [("speaker_end", "expected speaker_start and speaker_end together; found one. Fill in both, or none.")]
    ends = [row[name] for name in ("low", "high") if row[name] not in ("", NOT_STATED)]
    if len(ends) == 2 and float(ends[0]) > float(ends[1]):
        return [("high", f"expected at least low, {ends[0]}; found {ends[1]}.")]
    return []
