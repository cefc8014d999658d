"""Pages of quantities: nothing of a report is markup, each span is marked in its place, what is left out is told."""

import json
import re
from html import unescape
from html.parser import HTMLParser

import pandas as pd
import pytest
from claims_of import NAN, quantities_of, stated

from analysis import corpus, pages, provenance, quantities, tables
from analysis.pages import _marks, _quantities, _selection, _words

EVIL = 'At least 12 people were killed, <script>alert("3")</script> said. AT&T & <b>bold</b> "more".'


class Text(HTMLParser):
    """What a page shows of its elements: tags met, text of marks by id, and all text outside scripts and styles."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.tags, self.marks, self.text, self._open = [], {}, "", []
        self.titles = {}
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        given = dict(attrs)
        if tag not in ("br", "meta", "input", "link"):
            self._open.append((tag, given.get("data-q") or given.get("title") if tag == "mark" else None))
        if tag == "mark" and "title" in given:
            self.titles[given.get("id", given["title"])] = given["title"]
        if tag == "br":
            self.text += "\n"

    def handle_endtag(self, tag):
        assert self._open.pop()[0] == tag, "elements are nested as they are opened"

    def handle_data(self, words):
        if any(tag in ("script", "style") for tag, _ in self._open):
            return
        self.text += words
        for tag, key in self._open:
            if tag == "mark" and key is not None:
                self.marks[key] = self.marks.get(key, "") + words


def read(*texts, **columns):
    ids = [f"r{number:04}" for number in range(len(texts))]
    documents = corpus.from_frame(pd.DataFrame({"document_id": ids, "text": list(texts)} | columns))
    return quantities.extract(corpus.split(documents)), documents


def data_of(page):
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', page.html, re.DOTALL)[1])


# ---- Escaped


def test_what_a_report_contains_is_text():
    found, documents = read(EVIL, title=["<img src=x onerror=alert(1)>"], outlet=["</script><script>alert(2)"])
    for html in (pages.marked(found, documents), pages.quantities(found, documents).html):
        shown = Text(html)
        assert shown.tags.count("script") in (0, 2), "the page's own two, or none"
        assert "img" not in shown.tags
        assert '<script>alert("3")</script> said. AT&T & <b>bold</b> "more".' in shown.text
        assert "<img src=x onerror=alert(1)>" in shown.text


def test_data_of_a_report_cannot_end_the_script_that_holds_it():
    found, documents = read(EVIL, outlet=["</script><script>alert(2)//\u2028"])
    page = pages.quantities(found, documents)
    assert data_of(page)["columns"]["outlet"]["words"] == ["</script><script>alert(2)//\u2028"]
    assert "\u2028" not in page.html.split('id="data">')[1].split("</script>")[0]


def test_control_characters_are_shown_as_pictures_and_offsets_hold():
    found, documents = read("At\x00 least\x1b 12 people\x85 died. A\ttab\nand a line.")
    page = pages.quantities(found, documents)
    assert "At␀ least␛ " in page.html
    assert "people\ufffd died. A\ttab\nand" in page.html
    assert Text(page.html).marks["0"] == "12"
    page.html.encode("utf-8")


def test_words_from_right_to_left_keep_to_themselves():
    found, documents = read("قتل 12 people were killed \u202eevil", title=["حلب"])
    page = pages.quantities(found, documents)
    assert "\u202e" not in page.html, "behind it, 15 would be read as 51"
    assert '<mark dir="auto"' in pages.marked(found, documents)
    assert '<div class="text" dir="auto">' in page.html
    assert "<bdi>حلب</bdi>" in page.html
    assert "unicode-bidi:isolate" in page.html
    assert 'dir="auto"' in pages.marked(found, documents)


# ---- Marked


def spans_of(text, *spans):
    return [
        (text[piece.start : piece.end], piece.spans)
        for piece in _marks.pieces(text, [(*s, n) for n, s in enumerate(spans)])
    ]


@pytest.mark.parametrize(
    ("spans", "pieces"),
    [
        ([(1, 3)], [("a", ()), ("bc", (0,)), ("def", ())]),
        ([(0, 6)], [("abcdef", (0,))]),
        ([(0, 6), (2, 3)], [("ab", (0,)), ("c", (0, 1)), ("def", (0,))]),
        ([(0, 4), (2, 6)], [("ab", (0,)), ("cd", (0, 1)), ("ef", (1,))]),
        ([(0, 2), (2, 4)], [("ab", (0,)), ("cd", (1,)), ("ef", ())]),
        ([], [("abcdef", ())]),
    ],
)
def test_spans_that_nest_and_overlap_are_cut_at_all_ends(spans, pieces):
    assert spans_of("abcdef", *spans) == pieces


def test_each_quantity_has_its_place_whatever_lies_over_it():
    text = "More than 20 to 30 thousand people fled."
    outer = stated("r0000", 5, start=10) | {"surface": "20 to 30 thousand", "end": 27}
    inner = stated("r0000", 5, start=16) | {"surface": "30 thousand people", "end": 34}
    _, documents = read(text)
    found = quantities_of(outer, inner)
    page = pages.quantities(found, documents)
    assert Text(page.html).marks == {"0": "20 to ", "1": "30 thousand people"}
    assert re.findall(r'id="q(\d)" tabindex="0"', page.html) == ["0", "1"]
    assert Text(page.html).text.count("More than 20 to 30 thousand people fled.") == 1


def test_a_mark_tells_bound_counted_and_speaker():
    found, documents = read("More than 35,000 Palestinians have been killed, Gaza's health ministry says.")
    told = Text(pages.quantities(found, documents).html).titles["q0"]
    assert told.splitlines()[:3] == [
        "“More than 35,000”: more than 35,000",
        "counts: Palestinians (people)",
        "what happened: killed",
    ]
    assert "who says so: Gaza's health ministry (official), “says”" in told
    assert told in unescape(pages.marked(found, documents))
    assert "<i" not in pages.marked(found, documents)


def test_marks_differ_without_colour():
    found, documents = read("Medics said five people died. Two homes burned for three hours.")
    html = pages.marked(found, documents)
    styles = [re.search(r"style=\"(.*?)\"", part)[0] for part in re.findall(r"<mark.*?</mark>", html)[5:]]
    assert ["font-weight:bold" in style for style in styles] == [True, False, False]
    assert ["solid" in style for style in styles] == [True, False, False]
    page = pages.quantities(found, documents).html
    assert re.findall(r'<mark class="([\w ]+)" data-q', page) == ["happened named", "counted", "other"]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"bound": "exact", "low": 35000.0, "high": 35000.0}, "35,000"),
        ({"bound": "exact", "low": 0.25, "high": 0.25}, "0.25"),
        ({"bound": "at least"}, "12 or more"),
        ({"bound": "more than"}, "more than 12"),
        ({"bound": "at most", "low": 0.0, "high": 12.0}, "12 or less"),
        ({"bound": "less than", "low": 0.0, "high": 12.0}, "less than 12"),
        ({"bound": "between", "low": 12.0, "high": 15.0}, "12 to 15"),
        ({"bound": "vague", "low": NAN, "high": NAN}, "no value"),
        ({"bound": "vague", "low": 12.0, "high": 120.0}, "12 to 120 by convention"),
        ({"bound": "exact", "approximate": True}, "about 12"),
    ],
)
def test_a_value_in_words(row, words):
    (quantity,) = quantities_of(stated("a", 12) | row).itertuples()
    assert _words.value(quantity) == words


def test_hardest_cases_and_what_readers_checked_are_flagged():
    found, documents = read("They said 12 people were killed. Five homes burned.")
    listed = quantities.hardest(found, corpus.split(documents))
    rows = found.tail(1)[["document_id", "start", "end", "surface"]].assign(decision="correct", low=7)
    new, applied = quantities.correct(found, quantities.read_corrections(rows), documents)
    page = pages.quantities(new, documents, hardest=listed, corrections_applied=applied)
    assert re.findall(r'data-a="(.)"', page.html) == ["⚑", "✓"]
    columns = data_of(page)["columns"]
    assert columns["checked"]["words"] == ["", "was low 5, high 5"]
    assert listed["reasons"][0] in columns["reasons"]["words"]
    html = pages.marked(new, documents, hardest=listed, corrections_applied=applied)
    assert "checked by a reader: was low 5, high 5" in html


def test_quantities_of_other_documents_are_refused():
    found, documents = read("They saw 12 people.")
    other = documents.assign(text="They saw 13 people.")
    for make in (pages.marked, pages.quantities):
        with pytest.raises(tables.TableError, match="found '13' from 9 to 11 of r0000 in the place of '12'"):
            make(found, other)


# ---- What is shown of how much


def test_all_are_shown_where_they_fit():
    found, documents = read("They saw 12 people.", "Nothing here.")
    assert _selection.shown(documents, found, at_most=5).words == "2 reports with 1 quantity: all are shown."
    assert "No quantity was read in this report." in pages.marked(found, documents)


def test_of_many_reports_those_of_the_hardest_cases_are_shown_first():
    found, documents = read("They saw 12 people and 3 dogs.", "They saw 13 people.", "Ninety people were killed.")
    listed = quantities.hardest(found, corpus.split(documents), at_most=1)
    assert listed["document_id"].tolist() == ["r0002"]
    shown = _selection.shown(documents, found, hardest=listed, at_most=2)
    assert shown.documents["document_id"].tolist() == ["r0000", "r0002"]
    assert shown.words == (
        "2 of 3 reports are shown (those of the hardest cases first, then those with the most quantities), "
        "with 3 of 4 quantities."
    )
    assert _selection.shown(documents, found, at_most=1).documents["document_id"].tolist() == ["r0000"]
    assert "(those with the most quantities)" in _selection.shown(documents, found, at_most=1).words


def test_characters_and_quantities_are_bounded_too():
    found, documents = read(*["They saw 12 people and 3 dogs."] * 5)
    assert len(_selection.shown(documents, found, at_most=9, characters=31).documents) == 2
    assert len(_selection.shown(documents, found, at_most=9, most_quantities=3).documents) == 2
    one = _selection.shown(documents.head(1), found.head(2), at_most=9, most_quantities=1)
    assert one.words == "1 report is shown, with 1 of 2 quantities."


def test_two_thousand_reports_make_a_page_that_says_how_many_it_shows():
    texts = [f"They saw {number} people and {number + 1} dogs." for number in range(2, 2002)]
    found, documents = read(*texts)
    page = pages.quantities(found, documents)
    assert page.html.count("<article") == 1000
    words = "1,000 of 2,000 reports are shown (those with the most quantities), with 2,000 of "
    assert f"{words}{len(found):,} quantities." in page.html
    assert 'href="../data/tables/quantities.csv"' in page.html
    assert data_of(page)["n"] == 2000


def test_where_all_of_them_are_is_the_file_that_provenance_writes(monkeypatch):
    assert _quantities.CSV_ROWS == provenance.CSV_ROWS
    found, documents = read("They saw 12 people and 3 dogs.")
    monkeypatch.setattr(_quantities, "CSV_ROWS", 1)
    assert 'href="../data/tables/quantities.parquet"' in pages.quantities(found, documents).html


def test_of_a_long_report_the_words_around_its_numbers_are_shown():
    text = "word " * 6000 + "They saw 12 people. " + "word " * 6000
    found, documents = read(text)
    for html in (pages.quantities(found, documents).html, pages.marked(found, documents)):
        assert len(html) < 40_000
        left = [
            int(number.replace(",", "")) for number in re.findall(r"… ([\d,]+) characters without a quantity", html)
        ]
        shown = Text(html)
        assert len(left) == 2
        assert sum(left) > 58_000
        assert "word They saw 12 people. word" in " ".join(shown.text.split())


def test_a_text_of_megabytes_without_a_blank_is_shown_in_time():
    found, documents = read("12," * 400_000)
    html = pages.quantities(found.head(20), documents).html
    assert len(html) < 200_000


def test_no_quantities_and_no_reports_make_pages_too():
    found, documents = read("Nothing here.")
    assert "1 report with 0 quantities: all are shown." in pages.quantities(found, documents).html
    assert "0 reports with 0 quantities: all are shown." in pages.quantities(found, documents.iloc[:0]).html
    assert "0 reports" in pages.marked(found, documents.iloc[:0])


# ---- The table's data, and the list of cases


def test_the_table_holds_every_field_and_its_sheet_is_a_file_of_corrections():
    found, documents = read("At least 12 people died. Some dozens fled.", outlet=["A"], published=["2024-05-24"])
    data = data_of(pages.quantities(found, documents))
    columns = data["columns"]
    assert set(tables.columns(tables.Quantities)) <= set(columns)
    assert columns["high"]["numbers"] == ["inf", None]
    assert columns["low"]["numbers"] == [12, None]
    assert [columns["surface"]["words"][code] for code in columns["surface"]["codes"]] == ["12", "dozens"]
    assert columns["published"]["words"] == ["2024-05-24"]
    assert data["sheet"] == tables.columns(tables.Corrections)


def test_the_same_tables_make_the_same_page_in_any_order_of_rows(seed_documents):
    found = quantities.extract(corpus.split(seed_documents))
    shuffled = found.sample(frac=1, random_state=1), seed_documents.sample(frac=1, random_state=2)
    assert pages.quantities(found, seed_documents) == pages.quantities(*shuffled)
    assert pages.marked(found, seed_documents) == pages.marked(*shuffled)


def test_cases_are_listed_in_their_order_with_words_and_reasons(seed_documents):
    passages = corpus.split(seed_documents)
    found = quantities.extract(passages)
    listed = quantities.hardest(found, passages, at_most=3)
    html = pages.cases(listed, found, seed_documents)
    assert html.count("<li") == 3
    for row in listed.itertuples():
        assert f"to check: {row.reasons}" in unescape(html)
    assert "No case is listed" in pages.cases(listed.iloc[:0], found, seed_documents)
    with pytest.raises(tables.TableError, match=r"is of neither\. List the cases anew"):
        pages.cases(listed, found.iloc[:0], seed_documents)


def test_a_page_too_large_for_a_notebook_says_so_there():
    page = pages.document("Large & <wide>", "x" * tables.LARGEST_SHOWN)
    assert page._repr_html_() == (
        "<p>“Large &amp; &lt;wide&gt;” has 1.5 million characters, too many for a notebook. "
        "Save it, and open it in a browser.</p>"
    )
