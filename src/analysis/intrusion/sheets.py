"""Sheets for coders, and their answers read back: nothing changed, unfinished or answered twice is taken."""

import csv
from pathlib import Path

import pandas as pd

from analysis import tables
from analysis.intrusion.errors import IntrusionError
from analysis.intrusion.hashing import locked

_QUESTIONS = {
    "word": "Which word does not belong with the others?",
    "word set": "Which set of words is about something else than the others?",
    "document": "Which report is about something else than the others?",
    "passage": "Which passage is about something else than the others?",
}
_TEST, _SHOWN_FAULTS = 16, 20


def sheet(items, key):
    """Return the table a coder fills in: a row for each item, its options side by side, and an empty ``answer``.

    ``test`` is the beginning of the digest of items and key: it says nothing about what is right, and ties the answers
    to the key as it was when the sheet was made. The coder writes one letter for each item.

    Parameters
    ----------
    items : DataFrame of ``tables.IntrusionItems``
    key : DataFrame of ``tables.IntrusionKey``

    Returns
    -------
    DataFrame
        ``item``, ``question``, a column for each letter ("" where an item has fewer), ``answer`` and ``test``.

    Raises
    ------
    IntrusionError
        Items or key were changed after they were made.
    """
    items, _, found = locked(items, key)
    letters = sorted(set(items["place"]))
    rows = [
        {"item": item, "question": _QUESTIONS[kind]} | dict.fromkeys(letters, "") | _options(own)
        for kind in _QUESTIONS
        for item, own in items[items["kind"] == kind].groupby("item")
    ]
    return pd.DataFrame(rows).assign(answer="", test=found[:_TEST])


def _options(rows):
    return dict(zip(rows["place"], rows["text"], strict=True))


def collect(paths, items, key):
    """Return the answers of several coders, each in a CSV of its own that is named for the coder.

    Parameters
    ----------
    paths : sequence of str or Path
        Sheets that were filled in: ``anna.csv`` is what the coder anna answered.
    items : DataFrame of ``tables.IntrusionItems``
    key : DataFrame of ``tables.IntrusionKey``

    Returns
    -------
    DataFrame of ``tables.IntrusionAnswers``

    Raises
    ------
    IntrusionError
        A file is missing, of another test or not such a sheet; an option was changed; an item has no answer, two, or
        one that is no letter of it. All faults are told, with file, row and column; the header is row 1.
    """
    items, key, found = locked(items, key)
    paths = [Path(path) for path in ([paths] if isinstance(paths, str | Path) else paths)]
    _refuse_coders(paths)
    faults, answers = [], []
    for path in paths:
        rows = _rows(path)
        read = _Sheet(path.name, items, found[:_TEST])
        answers += [(item, path.stem, place) for item, place in read.answers(rows)]
        faults += read.faults
    if faults:
        shown = "\n".join(f"  {fault}" for fault in faults[:_SHOWN_FAULTS])
        more = f"\n  and {len(faults) - _SHOWN_FAULTS} more" if len(faults) > _SHOWN_FAULTS else ""
        raise IntrusionError(f"{len(faults)} faults; nothing is scored before they are mended:\n{shown}{more}")
    made = pd.DataFrame(answers, columns=["item", "coder", "place"]).merge(key[["item", "kind"]], on="item")
    return tables.check(tables.IntrusionAnswers, made)


def _refuse_coders(paths):
    stems = [path.stem for path in paths]
    again = sorted({stem for stem in stems if stems.count(stem) > 1})
    if again or not stems:
        raise IntrusionError(
            "Expected a sheet for each coder, named for the coder; found "
            + (f"two sheets of {again[0]}." if again else "none.")
        )


def _rows(path):
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise IntrusionError(f"There is no sheet {path}.") from None
    except UnicodeDecodeError:
        raise IntrusionError(f"{path.name} is not UTF-8. Save it as “CSV UTF-8”.") from None
    # A spreadsheet in a country with decimal commas writes semicolons.
    header = text.partition("\n")[0]
    return csv.DictReader(text.splitlines(keepends=True), delimiter=max(",;\t", key=header.count), restval="")


class _Sheet:
    """A sheet held to the items it was made of."""

    def __init__(self, name, items, test):
        self.name, self.test, self.faults = name, test, []
        self.options = {item: _options(rows) for item, rows in items.groupby("item")}

    def answers(self, reader):
        """(item, letter) of each row that can be scored; what is wrong with the others is added to the faults."""
        letters = sorted({letter for options in self.options.values() for letter in options})
        lacking = [name for name in ("item", *letters, "answer", "test") if name not in (reader.fieldnames or [])]
        if lacking:
            self.faults.append(f"{self.name}, row 1: the column {', '.join(lacking)} is missing; is this the sheet?")
            return []
        found, seen = [], {}
        for number, row in enumerate(reader, start=2):
            if not any((value or "").strip() for value in row.values() if isinstance(value, str)):
                continue  # spreadsheets add empty rows
            item = row["item"].strip()
            if item in seen:
                self._fault(number, "item", f"{item} was answered in row {seen[item]} already")
                continue
            seen[item] = number
            if self._is_whole(number, item, row):
                found.append((item, row["answer"].strip().lower()))
        missing = [item for item in self.options if item not in seen]
        self.faults += [f"{self.name}: the row of {item} is missing" for item in missing]
        return found

    def _is_whole(self, number, item, row):
        options = self.options.get(item)
        if options is None:
            return self._fault(number, "item", f"there is no item {item!r}")
        if row["test"].strip() != self.test:
            return self._fault(number, "test", f"{row['test']!r} is another test than {self.test!r}")
        changed = [place for place, text in options.items() if _plain(row[place]) != _plain(text)]
        for place in changed:
            self._fault(number, place, f"{item} was changed: expected {_cut(options[place])}, found {_cut(row[place])}")
        answer = row["answer"].strip().lower()
        if not answer:
            return self._fault(number, "answer", f"{item} has no answer")
        if answer not in options:
            return self._fault(
                number, "answer", f"{item} expects one letter of {', '.join(options)}; found {_cut(answer)}"
            )
        return not changed

    def _fault(self, row, column, said):
        self.faults.append(f"{self.name}, row {row}, {column}: {said}")
        return False


def _plain(text):
    """What is left of a text when a spreadsheet had it in hand: no blanks at ends, no mark of text before a formula."""
    return " ".join((text or "").split()).removeprefix("'")


def _cut(text):
    text = " ".join((text or "").split())
    return repr(text if len(text) <= 40 else text[:39] + "…")
