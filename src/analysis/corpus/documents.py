"""Any table of reports as a table of documents."""

import json
import re
from collections import Counter

import numpy as np
import pandas as pd

from analysis import tables

_OPTIONAL = ("outlet", "title", "credit")
_WHOLE_DATE = re.compile(r"\d{4}-?\d{2}-?\d{2}(?:\D.*)?", re.DOTALL)
_NESTED = list | tuple | dict | set | bytes | np.ndarray
_LIKELY_TEXT = ("body", "content", "article", "fulltext", "full_text", "article_content", "maintext", "story", "Text")


class CorpusError(ValueError):
    """A corpus that cannot be read; the message names the file, the row and the column, and what to do."""


def from_frame(frame, *, columns=None, dates=None):
    """Return the documents of a DataFrame.

    Parameters
    ----------
    frame : DataFrame
        Needs ``document_id`` and ``text``; may have ``outlet``, ``published``, ``published_basis``, ``title``,
        ``credit``. Other columns are kept, lists and mixtures of kinds as text; so is an index that has a name. The
        text is not changed by a single character, but that half an emoji (a lone surrogate) becomes U+FFFD.
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
        A column is missing or stands twice, an id stands twice or is empty, a cell of a column named above holds a
        list, a dict or bytes, or a date cannot be read.
    """
    return as_documents(frame, "the frame", columns=columns, dates=dates)


def as_documents(frame, where, *, columns=None, dates=None):
    """``from_frame``, with ``where`` to name the file in messages."""
    frame = _renamed(unindexed(frame), columns or {}, where)
    _refuse_missing(frame, where)
    _refuse_repeated_columns(frame, where)
    _refuse_nested(frame, where)
    ids = _identifiers(frame["document_id"], where)
    documents = frame.assign(
        document_id=ids,
        text=_stated(frame["text"]),
        **{name: _stated(frame[name]) if name in frame else "" for name in _OPTIONAL},
        published=_moments(frame["published"], ids, dates, where) if "published" in frame else pd.NaT,
    )
    dated = documents["published"].notna()
    basis = _stated(frame["published_basis"]) if "published_basis" in frame else pd.Series("", index=frame.index)
    documents["published_basis"] = basis.mask((basis == "") & dated, "column").mask(~dated, "unknown")
    for name in set(documents.columns) - set(tables.columns(tables.Documents)):
        documents[name] = _storable(documents[name])
    return tables.check(tables.Documents, documents.rename(columns=str))


def unindexed(frame):
    """The frame with its rows counted from 0; an index that has a name (``set_index("document_id")``) is a column."""
    named = [name for name in frame.index.names if name is not None and name not in frame.columns]
    return frame.reset_index(level=named).reset_index(drop=True) if named else frame.reset_index(drop=True)


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
    twice = [theirs for theirs, count in Counter(columns.values()).items() if count > 1]
    if twice:
        raise CorpusError(f"columns= takes {twice[0]!r} for two of our columns. Give each column of yours one name.")
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


def _refuse_repeated_columns(frame, where):
    names = frame.columns.map(str)
    if names.has_duplicates:
        again = names[names.duplicated()][0]
        raise CorpusError(f"{where}: expected each column once; found {again!r} twice. Rename or drop one of the two.")


def _refuse_nested(frame, where):
    """Lists and bytes would be written as Python spells them, and read as if a reporter had."""
    for name in tables.columns(tables.Documents):
        if name in frame and frame[name].dtype == object:
            wrong = frame[name].map(lambda cell: isinstance(cell, _NESTED))
            if wrong.any():
                kind = type(frame[name][wrong].iloc[0]).__name__
                raise CorpusError(
                    f"{where}: expected text in {name}; found {kind} in {_rows(wrong)}. "
                    "Join lists and decode bytes before, or take the field that is meant."
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
    if values.dtype.kind == "f" and (values.dropna() % 1 == 0).all() and (values.dropna().abs() < 2**63).all():
        values = values.astype("Int64")
    words = [str(value) for value in values.astype("object").where(values.notna(), "")]
    try:
        return pd.Series(words, index=values.index, dtype="str")
    except UnicodeEncodeError:  # half of a surrogate pair, as a cut-off emoji leaves it, cannot be stored
        whole = [word.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for word in words]
        return pd.Series(whole, index=values.index, dtype="str")


def _moments(values, ids, dates, where):
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
            f"{where}: expected {expected} in published; found {words[wrong].iloc[0]!r} in {_rows(wrong)} "
            f"(document_id {ids[wrong].iloc[0]!r}). "
            "Declare the format, for example dates='%m/%d/%Y', or leave the cell empty where the date is not known."
        )
    return moments.dt.as_unit("us")


def _storable(values):
    """A further column as one kind of value, so that it can be written: lists and mixtures become text."""
    if isinstance(values.dtype, pd.SparseDtype):
        values = values.sparse.to_dense()
    if isinstance(values.dtype, pd.StringDtype):
        return values.fillna("")
    kinds = values.dtype.categories.dtype if isinstance(values.dtype, pd.CategoricalDtype) else values.dtype
    if kinds.kind in "biufMm" or isinstance(kinds, pd.StringDtype):
        return values
    return _stated(pd.Series([_as_json(cell) for cell in values], index=values.index, dtype="object"))


def _as_json(cell):
    """A list, dict, set or array as JSON, which is the same in every run; anything else as it is."""
    if isinstance(cell, dict):
        cell = {str(name): value for name, value in cell.items()}
    nested = isinstance(cell, list | tuple | dict | set | frozenset | np.ndarray)
    return json.dumps(cell, ensure_ascii=False, sort_keys=True, default=_plain) if nested else cell


def _plain(value):
    if isinstance(value, set | frozenset):
        return sorted(value, key=str)
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else str(value)


def _rows(wrong, at_most=5):
    """Rows counted from 1, as a reader of the file counts them below its header."""
    rows = [str(row + 1) for row in wrong[wrong].index]
    more = f" and {len(rows) - at_most} more" if len(rows) > at_most else ""
    return f"row{'s' if len(rows) > 1 else ''} {', '.join(rows[:at_most])}{more}"
