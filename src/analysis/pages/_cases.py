"""The hardest cases as a list, each in its words, for a reader who has no form to decide them in."""

from types import SimpleNamespace

from analysis import tables
from analysis.pages import _marks
from analysis.pages._reports import FAINT, WHO, heading, mark
from analysis.pages._words import described, with_checks

_AROUND = 300


def case(row, document, *, reasons="", decided=""):
    """Return one quantity in the words around it and what was read of it, as HTML.

    Parameters
    ----------
    row : dict
        A row of ``tables.Quantities``.
    document : named tuple of ``tables.Documents``
    reasons, decided : str
        Why it is worth a check, and what somebody decided; "" where nothing is to be said.

    Raises
    ------
    TableError
        The quantity does not stand in the document.
    """
    row = SimpleNamespace(**row, reasons=reasons, checked=decided)
    title, facts = heading(document)
    told = " · ".join(_marks.html(line) for line in described(row).splitlines())
    return (
        f'<p style="margin:0"><b><bdi>{_marks.html(row.document_id)}</bdi></b> <bdi>{title}</bdi> '
        f'<span style="{FAINT}"><bdi>{facts}</bdi> · characters {row.start:,} to {row.end:,}</span></p>'
        f'<div dir="auto" style="padding:2px 0">{_excerpt(row, document)}</div>'
        f'<div style="{FAINT}">{told}</div>'
    )


def cases(hardest, quantities, documents):
    """Return the hardest cases as a list in HTML: report, words, what was read, and why they are worth a check.

    Parameters
    ----------
    hardest : DataFrame of ``tables.Hardest``
    quantities : DataFrame of ``tables.Quantities``
    documents : DataFrame of ``tables.Documents``

    Raises
    ------
    TableError
        A table breaks its shape, or a case is of a quantity or a document that is not there.
    """
    hardest = tables.check(tables.Hardest, hardest)
    if hardest.empty:
        return f'<p style="{FAINT}">No case is listed: none has a reason to be checked, or all are decided.</p>'
    ids = set(hardest["document_id"])
    rows = with_checks(quantities[quantities["document_id"].isin(ids)], hardest, None)
    rows = {(row.document_id, row.start): row for row in rows.itertuples()}
    known = {row.document_id: row for row in documents[documents["document_id"].isin(ids)].itertuples()}
    items = [_item(listed, rows, known) for listed in hardest.itertuples()]
    return f"<ol>{''.join(items)}</ol>"


def _item(listed, rows, documents):
    row, document = rows.get((listed.document_id, listed.start)), documents.get(listed.document_id)
    if row is None or document is None:
        raise tables.TableError(
            f"Hardest cases are expected to be of the quantities and documents beside them; {listed.surface!r} at "
            f"{listed.start} of {listed.document_id} is of neither. List the cases anew: quantities.hardest."
        )
    known = {name: getattr(row, name) for name in tables.columns(tables.Quantities)}
    return f'<li style="margin:0 0 12px 0">{case(known, document, reasons=listed.reasons)}</li>'


def _excerpt(row, document):
    """The words around a quantity: it is marked, and its speaker where one stands there."""
    text = document.text
    _marks.refuse_misplaced(text, row)
    spans = [(row.start, row.end, ("quantity", row))]
    if row.speaker:
        spans.append((int(row.speaker_start), int(row.speaker_end), ("speaker", row)))
    first, last = _marks.blank_before(text, row.start - _AROUND), _marks.blank_after(text, row.end + _AROUND)
    pieces = _marks.cut(first, last, [span for span in spans if span[0] < last and first < span[1]])
    words = "".join(_piece(text, piece) for piece in pieces)
    return "… " * (first > 0) + words + " …" * (last < len(text))


def _piece(text, piece):
    words = _marks.html(text[piece.start : piece.end]).replace("\n", "<br>")
    kinds = dict(piece.spans)
    if "speaker" in kinds:
        words = f'<span style="{WHO}">{words}</span>'
    return mark(words, kinds["quantity"], piece) if "quantity" in kinds else words
