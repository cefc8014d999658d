"""Any table of reports as a table of documents."""

import json
import re

import pandas as pd

from analysis import tables

_OPTIONAL = ("outlet", "title", "credit")
_WHOLE_DATE = re.compile(r"\d{4}-?\d{2}-?\d{2}(?:\D.*)?", re.DOTALL)
_LIKELY_TEXT = ("body", "content", "article", "fulltext", "full_text", "article_content", "maintext", "story", "Text")


class CorpusError(ValueError):
    """A corpus that cannot be read; the message names the file, the row and the column, and what to do."""


def from_frame(frame, *, columns=None, dates=None):
    """Return the documents of a DataFrame.

    Parameters
    ----------
    frame : DataFrame
        Needs ``document_id`` and ``text``; may have ``outlet``, ``published``, ``published_basis``, ``title``,
        ``credit``. Other columns are kept as they are. The text is not changed by a single character.
    columns : dict, optional
        Our names for other people's columns: ``{"text": "body", "published": "date"}``.
    dates : str, optional
        ``strptime`` format of ``published``, such as ``"%m/%d/%Y"``; ISO 8601 when not given. A time without a zone is
        taken as UTC, a time with one is kept in UTC.

    Returns
    -------
    DataFrame of ``tables.Documents``, ordered by ``document_id``

    Raises
    ------
    CorpusError
        A column is missing, an id stands twice or is empty, or a date cannot be read.
    """
    return as_documents(frame, "the frame", columns=columns, dates=dates)


def as_documents(frame, where, *, columns=None, dates=None):
    """``from_frame``, with ``where`` to name the file in messages."""
    frame = _renamed(frame.reset_index(drop=True), columns or {}, where)
    _refuse_missing(frame, where)
    documents = frame.assign(
        document_id=_identifiers(frame["document_id"], where),
        text=_stated(frame["text"]),
        **{name: _stated(frame[name]) if name in frame else "" for name in _OPTIONAL},
        published=_moments(frame["published"], dates, where) if "published" in frame else pd.NaT,
    )
    dated = documents["published"].notna()
    basis = _stated(frame["published_basis"]) if "published_basis" in frame else pd.Series("", index=frame.index)
    documents["published_basis"] = basis.mask((basis == "") & dated, "column").mask(~dated, "unknown")
    for name in set(documents.columns) - set(tables.columns(tables.Documents)):
        documents[name] = _storable(documents[name])
    return tables.check(tables.Documents, documents.rename(columns=str))


def _renamed(frame, columns, where):
    columns = {ours: theirs for ours, theirs in columns.items() if theirs is not None}
    found = ", ".join(map(str, frame.columns)) or "none"
    unknown = [ours for ours in columns if ours not in tables.columns(tables.Documents)]
    if unknown:
        known = ", ".join(tables.columns(tables.Documents))
        raise CorpusError(f"columns= maps our names to yours; {unknown[0]!r} is not one of ours: {known}.")
    absent = [theirs for theirs in columns.values() if theirs not in frame.columns]
    if absent:
        raise CorpusError(f"{where}: columns= names {absent[0]!r}, which is not there; found the columns {found}.")
    # A column of ours that stood there already is kept, under another name.
    names = {ours: f"{ours}_given" for ours, theirs in columns.items() if ours != theirs}
    return frame.rename(columns=names | {theirs: ours for ours, theirs in columns.items()})


def _refuse_missing(frame, where):
    for name in ("document_id", "text"):
        if name not in frame.columns:
            found = ", ".join(map(str, frame.columns)) or "none"
            likely = next((column for column in _LIKELY_TEXT if column in frame.columns), "body")
            example = {"text": likely} if name == "text" else {name: "id"}
            raise CorpusError(
                f"{where}: expected a column {name!r}; found the columns {found}. "
                f"Name the right one, for example columns={example}."
            )


def _identifiers(values, where):
    ids = _stated(values).str.strip()
    if (ids == "").any():
        rows = _rows(ids == "")
        raise CorpusError(f"{where}: expected a document_id in every row; found none in {rows}.")
    again = ids.duplicated(keep=False)
    if again.any():
        name = ids[again].iloc[0]
        raise CorpusError(
            f"{where}: expected each document_id once; found {name!r} in {_rows(ids == name)}, and "
            f"{ids[again].nunique()} repeated ids in all. Make them distinct, drop the repeated rows, or read the file "
            "with columns={'document_id': None}, which numbers its rows."
        )
    return ids


def _stated(values):
    """Values as text, what is missing as the empty string; 7.0 that was 7 in a column with gaps is "7" again."""
    if values.dtype.kind == "f" and (values.dropna() % 1 == 0).all():
        values = values.astype("Int64")
    return values.astype("object").where(values.notna(), "").map(str).astype("str")


def _moments(values, dates, where):
    if values.dtype.kind == "M" or isinstance(values.dtype, pd.DatetimeTZDtype):
        return pd.to_datetime(values, utc=True).dt.as_unit("us")
    words = _stated(values).str.strip()
    # A year or a month alone would be read as its first day, which nobody stated.
    whole = words if dates else words.where(words.str.fullmatch(_WHOLE_DATE), "")
    moments = pd.to_datetime(whole.where(whole != ""), format=dates or "ISO8601", errors="coerce", utc=True)
    wrong = (words != "") & moments.isna()
    if wrong.any():
        expected = f"dates like {dates!r}" if dates else "ISO dates (2024-05-24 or 2024-05-24T10:00+02:00)"
        raise CorpusError(
            f"{where}: expected {expected} in published; found {words[wrong].iloc[0]!r} in {_rows(wrong)}. "
            "Declare the format, for example dates='%m/%d/%Y', or leave the cell empty where the date is not known."
        )
    return moments.dt.as_unit("us")


def _storable(values):
    """A further column as one kind of value, so that it can be written: lists and mixtures become text."""
    if values.dtype != object:
        return values
    as_text = values.map(
        lambda v: json.dumps(v, ensure_ascii=False, sort_keys=True) if isinstance(v, list | dict) else v
    )
    return _stated(as_text)


def _rows(wrong, at_most=5):
    """Rows counted from 1, as a reader of the file counts them below its header."""
    rows = [str(row + 1) for row in wrong[wrong].index]
    more = f" and {len(rows) - at_most} more" if len(rows) > at_most else ""
    return f"row{'s' if len(rows) > 1 else ''} {', '.join(rows[:at_most])}{more}"
