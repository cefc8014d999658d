"""Reports with their quantities marked in place, as a part of a page that needs neither a script nor a style sheet.

JupyterLab takes scripts, style sheets and most attributes out of a notebook that is not trusted. What it leaves is used
here: marks, inline styles, titles, and lists that open without a script.
"""

import pandas as pd

from analysis import tables
from analysis.pages import _marks, _selection
from analysis.pages._words import SYMBOLS, described, with_checks

AT_MOST = 5
_BASE = "color:#222222;padding:0 2px;"
_FILLS = {
    "happened": "background-color:#cfe4f5;font-weight:bold;",
    "counted": "background-color:#fbe7c2;",
    "other": "background-color:#ffffff;",
}
_LINES = {True: "border-bottom:2px solid #0b4f78;", False: "border-bottom:2px dotted #a33b00;"}
WHO = "font-style:italic;border-bottom:1px dashed #767676"
_FRAME = "background-color:#ffffff;color:#222222;padding:8px;margin:0 0 8px 0;"
_FRAME += "border:1px solid #d9d9d9;overflow-wrap:anywhere"
FAINT = "color:#595959"


def marked(quantities, documents, *, hardest=None, corrections_applied=None, at_most=AT_MOST):
    """Return reports with their quantities marked in place, as HTML for the output of a notebook.

    Nothing of a report is markup in it: ``<script>`` is shown as text. It needs no script and keeps its look in a
    notebook that is not trusted. Pointing at a mark shows bound, counted, speaker and what else is stated; the list
    under each report says the same to those who do not point.

    Parameters
    ----------
    quantities : DataFrame of ``tables.Quantities``
    documents : DataFrame of ``tables.Documents``
    hardest : DataFrame of ``tables.Hardest``, optional
        Cases to be marked; their reports are shown first.
    corrections_applied : DataFrame of ``tables.CorrectionsApplied``, optional
        What readers checked is marked as checked.
    at_most : int, default 5
        Reports. A line says how many of how many are shown, and why these.

    Raises
    ------
    TableError
        A table breaks its shape, or a quantity does not stand in its document.
    """
    quantities, documents = tables.check(tables.Quantities, quantities), tables.check(tables.Documents, documents)
    shown = _selection.shown(documents, quantities, hardest=hardest, at_most=at_most)
    rows = with_checks(shown.quantities, hardest, corrections_applied)
    own = dict(list(rows.groupby("document_id")))
    reports = [
        _report(document, own.get(document.document_id, rows.iloc[:0])) for document in shown.documents.itertuples()
    ]
    return f'<p style="{FAINT}">{shown.words}</p>{_LEGEND}{"".join(reports)}'


def sort_of(row):
    """What a quantity is marked as: people to whom something ``happened``, another thing ``counted``, or ``other``."""
    if row.event and row.counted_class in ("people", "children", "households"):
        return "happened"
    return "counted" if row.kind == "count" else "other"


def heading(document):
    """Title, outlet and day of a report as HTML, as far as they are stated."""
    day = "" if pd.isna(document.published) else f"{document.published:%Y-%m-%d}"
    facts = " · ".join(part for part in (document.outlet, day) if part)
    return _marks.html(document.title), _marks.html(facts)


def spans(rows):
    """Spans of quantities and speakers, each marked with ("quantity", row) or ("speaker", None)."""
    found = [(row.start, row.end, ("quantity", row)) for row in rows]
    speakers = {(int(row.speaker_start), int(row.speaker_end)) for row in rows if row.speaker}
    return found + [(start, end, ("speaker", None)) for start, end in sorted(speakers)]


def _report(document, rows):
    rows = list(rows.itertuples())
    for row in rows:
        _marks.refuse_misplaced(document.text, row)
    body = "".join(_piece(document.text, piece) for piece in _marks.pieces(document.text, spans(rows)))
    title, facts = heading(document)
    name = f"<b><bdi>{_marks.html(document.document_id)}</bdi></b> <bdi>{title}</bdi>"
    return (
        f'<div style="{_FRAME}"><p>{name} <span style="{FAINT}"><bdi>{facts}</bdi></span></p>'
        f'<div dir="auto" style="max-height:360px;overflow:auto">{body}</div>{_list(rows)}</div>'
    )


def _piece(text, piece):
    if piece.is_gap:
        return f'<p style="{FAINT}">{_marks.left_out(piece.end - piece.start)}</p>'
    words = _marks.html(text[piece.start : piece.end]).replace("\n", "<br>")
    rows = [row for kind, row in piece.spans if kind == "quantity"]
    if len(rows) < len(piece.spans):
        words = f'<span style="{WHO}">{words}</span>'
    return mark(words, rows[-1], piece) if rows else words


def mark(words, row, piece):
    """A piece of a quantity as a mark that needs no style sheet; what it says in words is its title."""
    before = SYMBOLS.get(row.bound, "") + "~" * row.approximate if piece.start == row.start else ""
    after = _signs(row) if piece.end == row.end else ""
    style = _BASE + _FILLS[sort_of(row)] + _LINES[row.speaker != ""]
    title = _marks.html(described(row)).replace("\n", "&#10;")
    return f'<mark dir="auto" style="{style}" title="{title}">{_small(before)}{words}{_small(after)}</mark>'


def _signs(row):
    return "⚑" * (row.reasons != "") + "✓" * (row.checked != "")


def _small(words):
    return f'<sup style="line-height:0">{words}</sup>' if words else ""


def _list(rows):
    if not rows:
        return f'<p style="{FAINT}">No quantity was read in this report.</p>'
    items = "".join(f"<li>{_marks.html(described(row)).replace(chr(10), '; ')}</li>" for row in rows)
    numbers = f"{len(rows):,} quantit{'y' if len(rows) == 1 else 'ies'}"
    return f"<details><summary>{numbers} as a list</summary><ol>{items}</ol></details>"


_LEGEND = (
    f'<p style="{FAINT}">'
    f'<mark style="{_BASE}{_FILLS["happened"]}{_LINES[True]}">people to whom something happened</mark> '
    f'<mark style="{_BASE}{_FILLS["counted"]}{_LINES[True]}">another count</mark> '
    f'<mark style="{_BASE}{_FILLS["other"]}{_LINES[True]}">a duration, an age, a share, a measure</mark> '
    f'· line below: <mark style="{_BASE}{_FILLS["other"]}{_LINES[True]}">a speaker is named</mark> '
    f'<mark style="{_BASE}{_FILLS["other"]}{_LINES[False]}">nobody is named</mark> '
    f'· <span style="{WHO}">who says so</span> · ≥ at least, &gt; more than, ≤ at most, &lt; less than, – a range, '
    "? vague, ~ about · ⚑ among the hardest cases, ✓ checked by a reader</p>"
)
