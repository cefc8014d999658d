"""Who a speaker is: the canonical name and the kind of a label, by ``lexicon/speakers.csv`` and a user's own table."""

import re
from functools import cache
from pathlib import Path

import pandas as pd

from analysis import lexicon
from analysis.quantities import sheets

KINDS = ("official", "armed party", "NGO or UN", "media", "witness", "document", "unnamed", "")
UNATTRIBUTED = {
    "speaker": "",
    "speaker_start": pd.NA,
    "speaker_end": pd.NA,
    "speaker_name": "",
    "speaker_kind": "",
    "cue": "",
}
COLUMNS = ("label", "name", "kind", "context")
_ARTICLE = re.compile(r"^(?:the|a|an)\s+", re.IGNORECASE)
_WORD = re.compile(r"[a-z](?:[a-z.]*[a-z.])?")
_BEHIND_HEAD = frozenset(["of", "for", "in", "at", "by", "with", "from"])


class SpeakersError(ValueError):
    """A table of speakers can not be used; the message says what was expected, what was found and in which row."""


def known(table=None):
    """Return the speakers known by label: those of ``lexicon/speakers.csv``, and before them those of ``table``.

    Parameters
    ----------
    table : DataFrame or path of a CSV file, optional
        The columns label (as it stands in reports, without its article), name, kind (one of ``KINDS``) and, if wished,
        context (a word the document must hold for the label to mean this speaker) and note (words of your own).

    Returns
    -------
    dict of str to list of dict
        Small letters of a label to its rows, the first that fits counts.

    Raises
    ------
    SpeakersError
        The file cannot be read, a column or a label is missing, a column or a kind is unknown, or a label has two
        names.
    """
    found = {}
    for row in [*_rows(table), *lexicon.rows("speakers")]:
        found.setdefault(_key(row["label"]), []).append(row)
    return found


def name_of(label, holds, table):
    """Return ``(name, kind)`` of a speaker: by the table, else the label without its article.

    Parameters
    ----------
    label : str
        The speaker word for word.
    holds : callable
        Told a word, answers whether the document holds it; some labels name a speaker only there, as "local health
        authorities" in a report on Gaza.
    table : dict
        Of ``known``.
    """
    bare = _ARTICLE.sub("", " ".join(label.split()))
    for row in table.get(_key(bare), ()):
        is_other_word = row["label"].isupper() and bare.islower()  # "who" is not the WHO
        if not is_other_word and (not row["context"] or holds(row["context"])):
            return row["name"], row["kind"]
    return bare, kind_of(bare)


def _rows(table):
    """Rows of a user's table, checked."""
    if table is None:
        return []
    sheet = _sheet(table)
    rows = [{column: row.get(column, "") for column in COLUMNS} for row in sheet.rows]
    names = {}
    for place, row in enumerate(rows):
        _refuse_wrong(sheet.where(place), row)
        first = names.setdefault((_key(row["label"]), row["context"]), row["name"])
        if first != row["name"]:
            raise SpeakersError(
                f"{sheet.where(place)}: expected one name for a label; {row['label']!r} is {first!r} and "
                f"{row['name']!r}. Take one of them out, or say in context which reports mean it."
            )
    return rows


def _sheet(table):
    asked = {"required": COLUMNS[:3], "known": (*COLUMNS, "note")}
    try:
        if isinstance(table, pd.DataFrame):
            return sheets.of_frame(table, "speakers", **asked)
        return sheets.parse(Path(table).read_bytes(), Path(table).name, **asked)
    except sheets.SheetError as fault:
        raise SpeakersError(str(fault)) from None
    except OSError as fault:
        raise SpeakersError(
            f"speakers expects a CSV file with the columns label, name and kind; {table} cannot be read "
            f"({fault.strerror}). Name another file, or None."
        ) from None


def _refuse_wrong(where, row):
    if not row["label"] or not row["name"]:
        raise SpeakersError(f"{where}: expected a label and a name; found {row['label']!r} and {row['name']!r}.")
    if row["kind"] not in KINDS:
        listed = ", ".join(kind for kind in KINDS if kind)
        raise SpeakersError(f"{where}, column kind: expected one of {listed}; found {row['kind']!r}.")


def kind_of(label):
    """Kind of a speaker by its head, the last word before "of", "for" … that ``lexicon/speaker_kinds.csv`` holds.

    >>> kind_of("the health ministry of a neighbouring state"), kind_of("Mary Smith")
    ('official', '')
    """
    words, head = _words_and_head(label)
    known = kinds()
    return next((known[word] for word in [*reversed(words[:head]), *words[head:]] if word in known), "")


def head_of(label):
    """Head of a speaker, the last word before "of", "for" …, in small letters."""
    words, head = _words_and_head(label)
    return words[head - 1] if head else ""


def _words_and_head(label):
    words = _WORD.findall(label.lower().replace("'s", "").replace("’s", ""))
    return words, next((index for index, word in enumerate(words) if word in _BEHIND_HEAD), len(words))


@cache
def kinds():
    """Words that tell a speaker's kind, with the kind."""
    return {row["word"]: row["kind"] for row in lexicon.rows("speaker_kinds")}


def _key(label):
    return label.lower().replace("’", "'").strip(" .")
