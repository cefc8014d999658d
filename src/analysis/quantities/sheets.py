"""A CSV file as a spreadsheet leaves it: rows of text under known columns, and the file again with all that was in it.

Knows nothing of corrections: bytes go in, rows of text come out, and back.
"""

import csv
import io
from dataclasses import dataclass, replace
from difflib import get_close_matches

_BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_DELIMITERS = ",;\t"
_LONGEST_CELL = 10_000_000


class SheetError(ValueError):
    """A file is no table of text; the message names the file, the row, the column, and what to do."""


@dataclass(frozen=True)
class Sheet:
    """Rows of text by column name, and how their file spells them.

    Parameters
    ----------
    name : str
        The file, for messages.
    header : tuple of str
    rows : tuple of dict
        Cells as they stand, without the blanks around them.
    delimiter, newline, encoding : str
    first : int
        The number of the first row, for messages: 2 in a file, which has its header above it.
    """

    name: str
    header: tuple
    rows: tuple = ()
    delimiter: str = ","
    newline: str = "\n"
    encoding: str = "utf-8"
    first: int = 2

    def where(self, place):
        """The row at a place, for a message: "corrections.csv, row 3"."""
        return f"{self.name}, row {place + self.first}"


def parse(content, name, *, required, known):
    """Return the ``Sheet`` of some bytes.

    Parameters
    ----------
    content : bytes
        UTF-8, or UTF-16 with its mark; cells between commas, semicolons or tabs.
    name : str
        The file, for messages.
    required, known : sequence of str
        Columns that must be there, and all that may be. Capitals, blanks and order do not matter.

    Raises
    ------
    SheetError
    """
    text, encoding = _decoded(content, name)
    first = text.partition("\n")[0].strip()
    is_told = first.lower().startswith("sep=") and len(first) == len("sep=;")  # a line of Excel's about the delimiter
    delimiter = first[-1] if is_told else max(_DELIMITERS, key=first.count)
    cells = _cells(text.partition("\n")[2] if is_told else text, delimiter, name)
    header = tuple(cell.strip().lower() for cell in cells[0]) if cells else ()
    _refuse_columns(header, name, required, known)
    sheet = Sheet(name, header, (), delimiter, "\r\n" if "\r\n" in text else "\n", encoding)
    return replace(sheet, rows=tuple(_row(header, row, sheet.where(place)) for place, row in enumerate(cells[1:])))


def of_records(header, records, name, *, required, known):
    """Return the ``Sheet`` of rows that are no file: ``records`` are dicts of text. Raises as ``parse`` does."""
    _refuse_columns(header, name, required, known)
    return Sheet(name, tuple(header), tuple(records), first=0)


def written(sheet):
    """Bytes of a ``Sheet``, with the delimiter, the line ends and the encoding it was read with."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=sheet.delimiter, lineterminator=sheet.newline)
    writer.writerow(sheet.header)
    writer.writerows([row.get(name, "") for name in sheet.header] for row in sheet.rows)
    return stream.getvalue().encode(sheet.encoding)


def with_row(sheet, place, row):
    """Return a sheet with ``row`` at ``place`` (None: at the end); where ``row`` is None, without what stands there.

    Columns that are new come last; cells of columns that ``row`` does not name stay as they are.
    """
    rows = list(sheet.rows)
    if row is None:
        del rows[place]
    elif place is None:
        rows.append(row)
    else:
        rows[place] = rows[place] | row
    new = [name for name, cell in (row or {}).items() if name not in sheet.header and cell]
    return replace(sheet, header=(*sheet.header, *new), rows=tuple(rows))


def _decoded(content, name):
    encoding = next((encoding for mark, encoding in _BOMS.items() if content.startswith(mark)), "utf-8")
    try:
        return content.decode(encoding), encoding
    except UnicodeDecodeError as fault:
        row = content[: fault.start].count(b"\n") + 1
        raise SheetError(
            f"{name}, row {row}: expected {encoding.removesuffix('-sig').upper()}; found bytes that are none. Save the "
            'file as "CSV UTF-8 (comma delimited)" in Excel, or as Unicode (UTF-8) in LibreOffice.'
        ) from None


def _cells(text, delimiter, name):
    csv.field_size_limit(_LONGEST_CELL)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as fault:
        raise SheetError(
            f"{name}: expected cells between {delimiter!r}, those with quotation marks inside quoted whole; found "
            f"{fault}. Save the file from a spreadsheet, which quotes them."
        ) from None


def _refuse_columns(header, name, required, known):
    missing = [column for column in required if column not in header]
    if missing:
        raise SheetError(
            f"{name}, row 1: expected the columns {', '.join(required)}; {', '.join(missing)} missing, found "
            f"{', '.join(filter(None, header)) or 'none'}. Name the columns in the first row."
        )
    twice = next((column for column in header if column and header.count(column) > 1), None)
    if twice:
        raise SheetError(f"{name}, row 1: expected each column once; found {twice} twice. Take one of them out.")
    unknown = next((column for column in header if column and column not in known), None)
    if unknown:
        near = get_close_matches(unknown, known, n=1)
        meant = f" Did you mean {near[0]}?" if near else ""
        raise SheetError(
            f"{name}, row 1: expected columns among {', '.join(known)}; found {unknown}.{meant} "
            "Rename it, or take it out; words of your own belong in note."
        )


def _row(header, cells, where):
    beyond = [cell for cell in cells[len(header) :] if cell.strip()]
    if beyond:
        raise SheetError(
            f"{where}: expected {len(header)} cells; found {len(cells)}, the last {cells[-1]!r}. Quote cells that hold "
            "the delimiter, or save the file from a spreadsheet."
        )
    padded = [*cells, *[""] * (len(header) - len(cells))]
    nameless = [cell for column, cell in zip(header, padded, strict=False) if not column and cell.strip()]
    if nameless:
        raise SheetError(
            f"{where}: expected each cell under a name; found {nameless[0]!r} under none. Name its column."
        )
    return {column: cell.strip() for column, cell in zip(header, padded, strict=False) if column}
