"""The browser of topics: what it says is what the tables say, and what a report says stays text."""

import re
from html import unescape
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
from test_figures_topics import audit, names, prevalence, trends

from analysis import pages, tables

EVIL = "<script>document.title='hacked'</script>&<img src=x onerror=alert(1)>"
RIGHT_TO_LEFT = "مرحبا بالعالم"


def labels(n):
    rows = [(t, rank, f"often{t}", f"frex{t}", f"lift{t}", f"rel{t}") for t in range(n) for rank in (1, 2)]
    return tables.check(tables.TopicLabels, pd.DataFrame(rows, columns=tables.columns(tables.TopicLabels)))


def reports(*rows):
    """Rows of (topic, rank, document_id, share, outlet, published, title, n_documents)."""
    found = pd.DataFrame(rows, columns=tables.columns(tables.TopicDocuments))
    return tables.check(tables.TopicDocuments, found.assign(published=pd.to_datetime(found["published"], utc=True)))


def passages(*rows):
    found = pd.DataFrame(rows, columns=tables.columns(tables.TopicPassages))
    return tables.check(tables.TopicPassages, found.assign(published=pd.to_datetime(found["published"], utc=True)))


def documents(**texts):
    columns = {"document_id": list(texts), "outlet": "", "published": pd.NaT, "published_basis": "unknown"}
    found = pd.DataFrame(columns | {"title": "", "credit": "", "text": list(texts.values())})
    return tables.check(tables.Documents, found.assign(published=pd.to_datetime(found["published"], utc=True)))


REPORTS = reports(
    (0, 1, "d0", 0.93, "Post", "2024-05-24", "Storm floods harbour", 3), (0, 2, "d1", 0.5, "", None, EVIL, 1)
)  # fmt: skip
PASSAGES = passages((1, 1, "d1", 4, 9, 0.8, RIGHT_TO_LEFT, None, EVIL))


def browser(n=2, **given):
    return pages.topics(names(n), labels(n), audit(n, {1}), prevalence([""], n), **given)


def text_of(html):
    """What a reader sees: no tags, no style, no script of ours."""
    html = re.sub(r"<(style|script)>.*?</\1>", "", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


class Tags(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.found, self.open = [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in ("meta", "input", "rect", "path", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in ("rect", "path"):
            assert self.open.pop() == tag


def test_every_topic_is_a_section_with_a_link_to_it():
    tags = Tags(browser(3).html)
    ids = [attributes["id"] for tag, attributes in tags.found if tag == "section"]
    links = [attributes["href"] for tag, attributes in tags.found if tag == "a"]
    assert ids == ["topic-0", "topic-1", "topic-2"]
    assert links[1:] == [f"#{each}" for each in ids]
    assert not tags.open, "every tag that is opened is closed"


def test_it_says_what_the_tables_say():
    said = text_of(browser(2, reports=REPORTS, passages=PASSAGES, documents=documents(d0="It rained.", d1="x")).html)
    assert "Written 25 % (21 % to 29 %) , printed 26 % (21 % to 29 %) of the corpus." in said
    assert "2 topics in 20 reports, which tell 20 stories." in said
    assert "First terms by four measures often often and only here (FREX) only here (lift) relevance" in said
    assert "often0 frex0 lift0 rel0" in said
    assert "Storm floods harbour 93% · Post · 2024-05-24, 3 copies; d0 Read it It rained." in said
    assert "50% · outlet not stated · no date; d1" in said
    assert "Effective number of stories behind it: 100 ; the largest has 10%." in said
    assert "One story owns this topic. Effective number of stories behind it: 50 ; the largest has 40%" in said


def test_what_a_report_contains_is_shown_as_text_everywhere():
    named = names(2).assign(name=EVIL, note=EVIL, label=["0 · " + EVIL, "1 · " + EVIL])
    terms = labels(2).assign(probability=EVIL)
    owned = audit(2, {0}, title=EVIL)
    page = pages.topics(
        named, terms, owned, prevalence([""], 2), reports=REPORTS, passages=PASSAGES, by={EVIL: prevalence([EVIL], 2)},
        documents=documents(d0=EVIL, d1="</details></section>" + EVIL),
    )  # fmt: skip
    tags = Tags(page.html)
    assert len([tag for tag, _ in tags.found if tag == "script"]) == 1
    assert not [tag for tag, _ in tags.found if tag == "img"]
    assert not [name for _, attributes in tags.found for name in attributes if name.startswith("on")]
    assert text_of(page.html).count(EVIL) >= 10


def test_nothing_is_fetched():
    html = browser(2, reports=REPORTS, trends=trends(2), by={"outlet": prevalence(["A", "B"], 2)}).html
    assert "default-src 'none'" in html
    assert not re.search(r"(?:src|href)=[\"'](?!#)", html)
    assert not re.search(r"https?://", html)


def test_a_topic_in_no_report_says_so():
    page = pages.topics(names(2), labels(2), audit(2, none={1}), prevalence([""], 2))
    assert "No report has any of this topic." in text_of(page.html)


def test_long_texts_are_cut_and_it_is_said():
    said = text_of(browser(2, reports=REPORTS, documents=documents(d0="word " * 5000, d1="x")).html)
    assert "… cut after 20,000 of 25,000 characters." in said


def test_curves_are_drawn_where_stories_are_near_and_said_in_words():
    html = browser(2, trends=trends(2)).html
    first = re.search(r'<svg class="curve".*?</svg>', html, flags=re.DOTALL).group()
    assert re.search(r'aria-label="Share written, from \d', first)
    assert [first.count(f'class="{name}"') for name in ("band", "pale", "written", "printed")] == [1, 1, 1, 1]
    pale, written = (re.search(rf'd="M([\d.]+) [^"]*" class="{name}"', first).group(1) for name in ("pale", "written"))
    assert float(pale) < float(written), "the bold line begins where stories are near"
    assert "nan" not in first
    nothing_near = browser(2, trends=trends(2).assign(n_near=0)).html
    assert 'class="written"' not in nothing_near
    assert "Pale: fewer than 5 stories near" in text_of(nothing_near)


def test_curves_of_a_population_have_no_band():
    whole = trends(2).assign(low=np.nan, high=np.nan)
    html = browser(2, trends=whole).html
    assert 'class="band"' not in html
    assert 'class="written"' in html


def test_groups_stand_under_the_name_of_their_column_and_the_largest_are_kept():
    few = text_of(browser(2, by={"section": prevalence(["", "Sport"], 2, interval=0)}).html)
    assert "By section stories written printed not stated 20" in few
    many = prevalence([f"g{i:02}" for i in range(60)], 2)
    many.loc[many["group"] == "g59", "n_stories"] = 99
    said = text_of(browser(2, by={"outlet": many}).html)
    assert "By outlet, 50 of 60 with most stories" in said
    assert "g59 99" in said
    assert "g58" not in said


def test_the_same_tables_give_the_same_bytes_in_any_order_of_rows():
    given = [names(2), labels(2), audit(2), prevalence([""], 2)]
    more = {"reports": REPORTS, "passages": PASSAGES, "trends": trends(2), "by": {"outlet": prevalence(["A", "B"], 2)}}
    turned = {name: table[::-1] for name, table in more.items() if name != "by"}
    turned["by"] = {"outlet": more["by"]["outlet"][::-1]}
    assert pages.topics(*(table[::-1] for table in given), **turned).html == pages.topics(*given, **more).html


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"prevalence": prevalence(["A", "B"], 2)}, "prevalence expects one group, the whole corpus; found 2"),
        ({"labels": labels(3)}, "topic_names does not hold the topic 2, and 1 such topics"),
        ({"audit": audit(1)}, "Topic 1 has a name and no terms, stories or share"),
    ],
    ids=["groups", "strangers", "lacking"],
)
def test_tables_of_two_fits_are_refused(given, message):
    tables_of = {"labels": labels(2), "audit": audit(2), "prevalence": prevalence([""], 2)} | given
    with pytest.raises(tables.TableError, match=message):
        pages.topics(names(2), *tables_of.values())
