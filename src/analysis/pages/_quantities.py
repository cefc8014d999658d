"""The page of quantities: a table to sort and filter, and the reports with every quantity marked in place."""

import json
import math
from importlib import resources

import pandas as pd

from analysis import tables
from analysis.pages import _marks, _selection
from analysis.pages._document import document as whole
from analysis.pages._reports import heading, sort_of, spans
from analysis.pages._words import SYMBOLS, described, visible, with_checks

AT_MOST = 1000
CHARACTERS = 4_000_000
QUANTITIES = 20_000
CSV_ROWS = 10_000  # as provenance has it: longer tables have no CSV beside them
_CHOICES = 25  # a column with no more words than these is filtered by choosing one
_SHOWN = {
    "document_id": "report",
    "hedge": "hedge",
    "surface": "number",
    "low": "low",
    "high": "high",
    "counted": "counted",
    "event": "event",
    "speaker": "speaker",
    "speaker_name": "known as",
    "speaker_kind": "speaker is",
    "bound": "bound",
    "kind": "kind",
    "counted_class": "class",
    "cumulative": "adds up",
    "time": "time",
    "place": "place",
    "outlet": "outlet",
    "published": "published",
    "reasons": "to check",
    "checked": "checked",
}
_SEARCHED = (
    "document_id",
    "outlet",
    "surface",
    "hedge",
    "counted",
    "event",
    "speaker",
    "speaker_name",
    "time",
    "place",
)
_NUMBERS = ("start", "end", "low", "high", "speaker_start", "speaker_end")


def quantities(quantities, documents, *, hardest=None, corrections_applied=None, at_most=AT_MOST):
    """Return a page with a table of quantities to sort and filter, each row leading to its place in the report.

    Reports are shown whole, with quantities and speakers marked; of those longer than 20,000 characters the words
    around them. Rows that pass the filters can be had as CSV, with an empty column for decisions, which
    ``quantities.read_corrections`` reads.

    Parameters
    ----------
    quantities : DataFrame of ``tables.Quantities``
    documents : DataFrame of ``tables.Documents``
    hardest : DataFrame of ``tables.Hardest``, optional
        Cases to be marked; their reports are shown first.
    corrections_applied : DataFrame of ``tables.CorrectionsApplied``, optional
        What readers checked is marked as checked.
    at_most : int, default 1000
        Reports. No report is added when those there have 4,000,000 characters or 20,000 quantities. The page says how
        many of how many are shown, why these, and where all of them are.

    Returns
    -------
    ``tables.Page``

    Raises
    ------
    TableError
        A table breaks its shape, or a quantity does not stand in its document.
    """
    all_rows, documents = tables.check(tables.Quantities, quantities), tables.check(tables.Documents, documents)
    limits = {"at_most": at_most, "characters": CHARACTERS, "most_quantities": QUANTITIES}
    shown = _selection.shown(documents, all_rows, hardest=hardest, **limits)
    rows = with_checks(shown.quantities, hardest, corrections_applied).merge(
        shown.documents[["document_id", "outlet", "published"]], on="document_id", how="left"
    )
    columns = _columns(rows, shown.documents)
    body = _BODY.format(
        words=shown.words,
        table_file=f"data/tables/quantities.{'csv' if len(all_rows) <= CSV_ROWS else 'parquet'}",
        reports=_report_choices(shown.documents, rows),
        head=_head(columns),
        articles="".join(_articles(shown.documents, rows)),
        data=_data(columns, len(rows)),
    )
    script, style = (_beside(f"quantities.{kind}") for kind in ("js", "css"))
    return whole("Quantities in their reports", body, style=style, script=script, height=760)


def _beside(name):
    return (resources.files(__package__) / name).read_text(encoding="utf-8")


# ---- The table


def _columns(rows, documents):
    """Columns as the script reads them: numbers, or different words and which of them each row has."""
    ids = documents["document_id"].tolist()  # in the order of the reports, which the choice of a report names
    places = {name: place for place, name in enumerate(ids)}
    columns = {"document_id": {"words": ids, "codes": [places[name] for name in rows["document_id"]]}}
    days = rows["published"].dt.strftime("%Y-%m-%d").fillna("")
    texts = rows.assign(published=days, approximate=rows["approximate"].map(str))
    for name in [*tables.columns(tables.Quantities)[1:], "outlet", "published", "reasons", "checked"]:
        if name in _NUMBERS:
            columns[name] = {"numbers": [_as_json(cell) for cell in rows[name]]}
        else:
            codes, words = pd.factorize(texts[name].astype(object), sort=True)
            columns[name] = {"words": [visible(word) for word in words], "codes": codes.tolist()}
    return columns


def _as_json(cell):
    """A number as JSON can hold it: None for what is not stated, "inf" for no end."""
    if pd.isna(cell):
        return None
    if math.isinf(cell):
        return "inf" if cell > 0 else "-inf"
    return int(cell) if cell == int(cell) else float(cell)


def _data(columns, n_rows):
    sheet = [name for name in tables.columns(tables.Corrections) if name in (*columns, "decision", "note", "by")]
    shown = {"n": n_rows, "columns": columns, "shown": list(_SHOWN), "searched": list(_SEARCHED), "sheet": sheet}
    text = json.dumps(shown, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    # In a script element nothing is escaped, so what could end it is spelled otherwise.
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _head(columns):
    names = "".join(
        f'<th scope="col" data-name="{name}" aria-sort="none"><button type="button">{label}<span></span></button></th>'
        for name, label in _SHOWN.items()
    )
    filters = "".join(f"<th>{_filter(name, label, columns[name])}</th>" for name, label in _SHOWN.items())
    return f"<tr>{names}</tr><tr>{filters}</tr>"


def _filter(name, label, column):
    common = f'id="filter-{name}" data-filter="{name}" aria-label="filter {label}"'
    if "numbers" in column:
        return f'<input {common} placeholder="&gt;100" title="&gt;100, &lt;=5, 10..20, 35000 or (none)">'
    words = column["words"]
    if len(words) > _CHOICES or name == "document_id":
        return f'<input {common} placeholder="words" title="words in it, =words for all of it, or (none)">'
    options = "".join(
        f'<option value="{"=" + _marks.html(word) if word else "(none)"}">{_marks.html(word) or "(none)"}</option>'
        for word in words
    )
    return f'<select {common}><option value="">all</option>{options}</select>'


# ---- The reports


def _report_choices(documents, rows):
    counts = rows["document_id"].value_counts()
    options = [
        f'<option value="{place}">{_marks.html(_label(document))} ({counts.get(document.document_id, 0):,})</option>'
        for place, document in enumerate(documents.itertuples())
    ]
    return f'<option value="">all reports</option>{"".join(options)}'


def _label(document):
    return " ".join(part for part in (document.document_id, document.title[:60]) if part)


def _articles(documents, rows):
    numbered = [(place, row) for place, row in enumerate(rows.itertuples())]
    own = {}
    for place, row in numbered:
        own.setdefault(row.document_id, []).append((place, row))
    for place, document in enumerate(documents.itertuples()):
        yield _article(place, document, own.get(document.document_id, []))


def _article(place, document, numbered):
    rows = [row for _, row in numbered]
    for row in rows:
        _marks.refuse_misplaced(document.text, row)
    numbers = {row.start: number for number, row in numbered}
    text = "".join(_piece(document.text, piece, numbers) for piece in _marks.pieces(document.text, spans(rows)))
    title, facts = heading(document)
    name = f"<bdi>{_marks.html(document.document_id)}</bdi> <bdi>{title}</bdi>"
    return (
        f'<article data-r="{place}"><h3>{name} <span class="faint"><bdi>{facts}</bdi></span></h3>'
        f'<div class="text" dir="auto">{text}</div></article>\n'
    )


def _piece(text, piece, numbers):
    if piece.is_gap:
        return f'<span class="gap">\n{_marks.left_out(piece.end - piece.start)}\n</span>'
    words = _marks.html(text[piece.start : piece.end])
    rows = [row for kind, row in piece.spans if kind == "quantity"]
    if len(rows) < len(piece.spans):
        words = f'<span class="who" data-s="{piece.start}">{words}</span>'
    return _mark(words, rows[-1], piece, numbers) if rows else words


def _mark(words, row, piece, numbers):
    number = numbers[row.start]
    sorts = " ".join([sort_of(row), *(["named"] if row.speaker else []), *([] if piece.end == row.end else ["more"])])
    before = SYMBOLS.get(row.bound, "") + "~" * row.approximate if piece.start == row.start else ""
    after = "⚑" * (row.reasons != "") + "✓" * (row.checked != "") if piece.end == row.end else ""
    # What begins a quantity is its place. Of several over a piece the last to begin is marked, so none lacks a place.
    is_first = piece.start == row.start
    own = f' id="q{number}" tabindex="0" title="{_marks.html(described(row))}"' if is_first else ""
    signs = (f' data-b="{before}"' if before else "") + (f' data-a="{after}"' if after else "")
    return f'<mark class="{sorts}" data-q="{number}"{own}{signs}>{words}</mark>'


_BODY = """
<p class="faint">{words} All of them: <a class="file" href="../{table_file}">{table_file}</a>.</p>
<noscript><p>The table needs scripts; the reports below do not.</p></noscript>
<div class="tools">
<label>search <input id="search" type="search" placeholder="words of a row"></label>
<label>report <select id="report">{reports}</select></label>
<label>show <select id="check"><option value="">all quantities</option><option value="check">⚑ hardest cases</option>
<option value="checked">✓ checked by a reader</option></select></label>
<button id="clear" type="button">Clear</button>
<button id="download" type="button" title="the rows that pass, with an empty column for decisions">CSV of these
rows</button>
</div>
<div id="panes">
<section class="pane" aria-label="table of quantities">
<div class="scroll"><table id="table"><thead>{head}</thead><tbody></tbody></table></div>
<div class="tools"><button id="before" type="button">before</button><button id="after" type="button">next</button>
<span id="count" role="status"></span></div>
</section>
<section class="pane" aria-label="reports">
<p class="faint"><mark class="happened named">people to whom something happened</mark>
<mark class="counted named">another count</mark> <mark class="named">a duration, an age, a share, a measure</mark>
· line: <mark class="named">a speaker is named</mark> <mark>nobody is named</mark>
· <span class="who">who says so</span> · ≥ at least, &gt; more than, ≤ at most, &lt; less than, – a range, ? vague,
~ about · ⚑ to check, ✓ checked</p>
<div class="scroll" id="reports" tabindex="0" role="region" aria-label="texts of reports">
{articles}</div>
<div id="card" role="status">Point at a marked number, or go to it with the Tab key, to read what was understood.</div>
</section>
</div>
<script type="application/json" id="data">{data}</script>
"""
