"""What a form asks about and what was decided: cases, their quantities as read and as decided, and the way back.

Knows no widget: a form shows this, and a test can do without one.
"""

from typing import NamedTuple

import pandas as pd

from analysis import tables
from analysis.forms._store import ChangedMeanwhileError
from analysis.quantities import CorrectionsError, correct, read_corrections
from analysis.quantities.corrections import FIELDS, KEY, NOT_STATED, as_text

# What a person has seen is written down in full, so that it holds when the quantity is read otherwise one day.
_SPEAKER = ("speaker", "speaker_start", "speaker_end")
PINNED = ("low", "high", "bound", "approximate", "counted", "event", "cumulative", *_SPEAKER)
_NUMBERS = ("low", "high", *_SPEAKER[1:])


class DecisionError(ValueError):
    """A decision cannot be made; the message says why, and what to do."""


class Case(NamedTuple):
    """A quantity a form asks about, by document, offsets and surface; ``reasons`` is "" where it was not listed."""

    document_id: str
    start: int
    end: int
    surface: str
    reasons: str = ""

    @property
    def key(self):
        """What tells it from others."""
        return self.document_id, self.start, self.end


class Cases:
    """The cases of a form, and what is decided of them.

    Parameters
    ----------
    hardest, quantities, documents, passages : DataFrame
        As of ``forms.review``.
    store : _store.Store
    """

    def __init__(self, hardest, quantities, documents, passages, store):
        self._store, self._done = store, []
        self.decided = store.read()
        listed = [Case(row.document_id, row.start, row.end, row.surface, row.reasons) for row in hardest.itertuples()]
        known = {case.key for case in listed}
        earlier = [
            Case(row["document_id"], int(row["start"]), int(row["end"]), row["surface"])
            for key, row in self.decided.items()
            if key not in known and row["decision"]
        ]
        self.all = [*listed, *earlier]
        self._copies = _copies(hardest, quantities, passages)
        self._documents, self._all_quantities, self._quantities = documents, quantities, quantities.iloc[:0]
        self.know({case.document_id for case in self.all} | {key[0] for keys in self._copies.values() for key in keys})

    # ---- What there is

    def decision(self, case):
        """The row of the file about a case, or an empty one."""
        return self.decided.get(case.key, dict.fromkeys(tables.columns(tables.Corrections), ""))

    def document(self, document_id):
        """The row of ``tables.Documents``, as a table of one row; none where there is no such report."""
        return self._documents[self._documents["document_id"] == document_id]

    def row(self, case):
        """The quantity as it is after what was decided; as it was read where nothing, or that it is none, was."""
        read, row = self._read(case.key), self.decision(case)
        if row["decision"] in ("confirm", "correct", "add"):
            found, outcome, _ = self._tried(read, row)
            if outcome in ("applied", "already so"):
                return found
        return read.iloc[0].to_dict() if len(read) else None

    def speakers(self, document_id):
        """Who is named in a report, for a person to choose from."""
        own = self._quantities[self._quantities["document_id"] == document_id]
        return sorted(set(own["speaker"]) - {""})

    def copies(self, case):
        """Keys of the same place of the same sentence in other reports, of which nothing was decided."""
        return [key for key in self._copies.get(case.key, []) if key not in self.decided]

    def know(self, document_ids):
        """Look up what was read in some more reports."""
        new = set(document_ids) - set(self._quantities["document_id"])
        found = self._all_quantities[self._all_quantities["document_id"].isin(new)]
        self._quantities = pd.concat([self._quantities, found]) if len(self._quantities) else found

    def places(self, document_id, surface):
        """Where some words stand in a report, [(Case, whether it is a quantity already)]."""
        self.know({document_id})
        text = "".join(self.document(document_id)["text"])
        found, at = [], text.find(surface) if surface else -1
        while at >= 0:
            case = Case(document_id, at, at + len(surface), surface)
            found.append((case, case.key in self.decided or len(self._read(case.key)) > 0))
            at = text.find(surface, at + 1)
        return found

    def open(self, case):
        """Put a case among ``all``, where it is not yet, and return its place there."""
        keys = [other.key for other in self.all]
        if case.key in keys:
            return keys.index(case.key)
        self.all.append(case)
        return len(keys)

    # ---- Deciding

    def decide(self, case, decision, changes, *, also=(), note="", by=""):
        """Write a decision of a case, and of its copies, into the file.

        Parameters
        ----------
        case : Case
        decision : str
            One of ``tables.DECISIONS``.
        changes : dict of str to str
            Cells a person has changed.
        also : sequence of keys
            Copies to be decided alike.
        note, by : str

        Raises
        ------
        DecisionError
            The decision cannot be applied; nothing was written.
        ChangedMeanwhileError
            Somebody else has decided; nothing was written, and ``decided`` holds what stands there now.
        """
        said = {"decision": decision, "note": note, "by": by}
        self._put({key: self._entry(key, said, changes) for key in [case.key, *also]})
        self.open(case)

    def undo(self):
        """Take back the last decision of this form that was not taken back yet.

        Raises
        ------
        DecisionError
            There is none.
        ChangedMeanwhileError
            Somebody else has changed it since; nothing was written.
        """
        if not self._done:
            raise DecisionError("There is nothing to undo: this form has decided nothing yet.")
        undone = self._done[-1]
        self._put(undone)
        del self._done[-2:]  # what was taken back, and the taking back
        self.all = [case for case in self.all if case.key not in undone or self.row(case) is not None]

    def _put(self, rows):
        before = {key: self.decided.get(key) for key in rows}
        try:
            self.decided = self._store.put(rows, self.decided)
        except ChangedMeanwhileError:
            self.decided = self._store.read()
            raise
        self._done.append(before)

    def _entry(self, key, said, changes):
        """The row of the file for a decision, with all that the person has seen stated in it."""
        surface = "".join(self.document(key[0])["text"])[key[1] : key[2]]
        about = {name: str(cell) for name, cell in zip(KEY, (*key, surface), strict=True)} | said
        empty = dict.fromkeys(tables.columns(tables.Corrections), "")
        if said["decision"] == "reject":
            return empty | about
        shown, read, former = self.row(Case(*key, surface)), self._read(key), self.decided.get(key, empty)
        about["decision"] = "add" if read.empty else said["decision"]
        before = read.iloc[:0] if shown is None else pd.DataFrame([shown]).astype(read.dtypes)
        decision = "add" if shown is None else "correct" if changes else "confirm"
        after = self._corrected(before, about | {"decision": decision} | changes)
        names = [name for name in FIELDS if name in PINNED or name in changes or former[name]]
        row = empty | cells(after, names) | about
        self._corrected(read, row)  # what is written can be applied to what is read, or it is not written
        return row

    def _corrected(self, before, row):
        after, outcome, detail = self._tried(before, row)
        if outcome not in ("applied", "already so"):
            raise DecisionError(f"{outcome}: {detail}")
        return after

    def _tried(self, before, row):
        """A table of one row, or none, after a correction: its row, the outcome and its detail."""
        stated = {name: cell for name, cell in row.items() if cell != ""}
        try:
            corrections = read_corrections(pd.DataFrame([stated]))
        except CorrectionsError as fault:
            raise DecisionError(str(fault).replace("the corrections, row 0, column ", "")) from None
        after, applied = correct(before, corrections, self.document(row["document_id"]))
        return (after.iloc[0].to_dict() if len(after) else None), *applied.loc[0, ["outcome", "detail"]]

    def _read(self, key):
        """The quantity as it was read, a table of one row or none."""
        table = self._quantities
        return table[(table["document_id"] == key[0]) & (table["start"] == key[1]) & (table["end"] == key[2])]


def cells(row, names):
    """Fields of a quantity as cells of a correction, every one stated."""
    return {name: str(spelled(name, row[name])) or NOT_STATED for name in names}


def spelled(name, value):
    """A field of a quantity as a person reads it; "" where nothing is stated."""
    if name in _NUMBERS:
        return "" if pd.isna(value) else as_text(value)
    return value


def _copies(hardest, quantities, passages):
    """{key: keys of the same place of the same sentence in other documents}."""
    listed = hardest[hardest["n_copies"] > 0]
    prints = passages[passages["text"].isin(set(listed["sentence"]))]
    own = quantities[quantities["document_id"].isin(set(prints["document_id"]))]
    read = {(row.document_id, row.start): row.end for row in own.itertuples()}
    found = {}
    for case in listed.itertuples():
        alike = prints[prints["text"] == case.sentence]
        inner = _inner(case, alike)
        found[(case.document_id, case.start, case.end)] = [
            (row.document_id, row.start + inner, read[(row.document_id, row.start + inner)])
            for row in alike.itertuples()
            if row.document_id != case.document_id and (row.document_id, row.start + inner) in read
        ]
    return found


def _inner(case, alike):
    """The offset of a case in its sentence."""
    own = alike[
        (alike["document_id"] == case.document_id) & (alike["start"] <= case.start) & (alike["end"] >= case.end)
    ]
    return case.start - int(own["start"].max())
