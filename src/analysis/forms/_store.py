"""The file of corrections as a form writes it: each decision at once, and never over somebody else's."""

from analysis import provenance
from analysis.quantities import corrections, sheets
from analysis.quantities.correcting import known_ids

# With a byte order mark, without which Excel takes curly quotes for something else and saves them so.
_EMPTY = (",".join(corrections.COLUMNS) + "\n").encode("utf-8-sig")


class ChangedMeanwhileError(RuntimeError):
    """Somebody else has decided since the file was last read; ``theirs`` holds those rows as they stand there now."""

    def __init__(self, theirs):
        super().__init__(f"{len(theirs)} decided by somebody else since")
        self.theirs = theirs


class Store:
    """A CSV of corrections on disk, which other forms, spreadsheets and people write too.

    Parameters
    ----------
    path : Path
        Need not be there; the first decision begins it.
    ids : set of str
        Documents there are; a spreadsheet may have taken zeros from their names.
    """

    def __init__(self, path, ids):
        self.path, self._ids = path, ids

    def read(self):
        """Return the decisions as they are now, {(document_id, start, end): row of text}.

        Raises
        ------
        CorrectionsError
            The file cannot be read as corrections.
        """
        return {key: row for key, (_, row) in self._places()[1].items()}

    def put(self, rows, seen):
        """Write some decisions, all or none, and return what is decided then.

        Parameters
        ----------
        rows : dict of key to row, or to None
            None takes a decision back.
        seen : dict of key to row
            The decisions as they were last read.

        Raises
        ------
        ChangedMeanwhileError
            One of ``rows`` is not what it was when it was last read; nothing was written.
        CorrectionsError
            The file, or what it would become, cannot be read as corrections; nothing was written.
        """
        with provenance.lock(self.path.with_name(f".{self.path.name}.lock"), holder="Another form"):
            sheet, places = self._places()
            now = {key: row for key, (_, row) in places.items()}
            theirs = {key: now.get(key) for key in rows if now.get(key) != seen.get(key)}
            if theirs:
                raise ChangedMeanwhileError(theirs)
            # From the last to the first, so that what is taken out does not move what is still to be changed.
            for key in sorted(rows, key=lambda key: -places[key][0] if key in places else 1):
                if rows[key] is not None or key in places:
                    sheet = sheets.with_row(sheet, places[key][0] if key in places else None, rows[key])
            corrections.decided(sheet)
            provenance.write({self.path: sheets.written(sheet)})
        return self.read()

    def _places(self):
        """The sheet, and {key: (its place among the rows, row of text)}."""
        content = self.path.read_bytes() if self.path.exists() else _EMPTY
        sheet = corrections.of_bytes(content, self.path.name)
        found = corrections.decided(sheet)
        ids = known_ids([row["document_id"] for _, row in found], self._ids)
        rows = [
            (place, {name: str(cell) for name, cell in row.items()} | {"document_id": name})
            for (place, row), name in zip(found, ids, strict=True)
        ]
        return sheet, {(row["document_id"], int(row["start"]), int(row["end"])): (place, row) for place, row in rows}
