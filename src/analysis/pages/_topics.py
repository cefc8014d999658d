"""A browser of topics: what they are called and hold, where and when they are written of, and by which reports."""

from html import escape

from analysis import tables
from analysis.pages import _charts as charts
from analysis.pages import _topics_look as look
from analysis.pages._document import document

_MEASURES = {
    "probability": "often",
    "frex": "often and only here (FREX)",
    "lift": "only here (lift)",
    "relevance": "relevance",
}
_LONGEST, _GROUPS = 20_000, 50
_WRITTEN = "each story counted once"
_PRINTED = "each copy counted"


def topics(
    topic_names, topic_labels, audit, prevalence, *, reports=None, passages=None, by=None, trends=None, documents=None
):
    """Return a page to read topics in: names, terms, prevalence, stories, time, outlets, reports and passages.

    It is one document that fetches nothing and needs no script to be read; with one it is searched (the key /) and
    walked through (j and k). What comes from a report is escaped.

    Parameters
    ----------
    topic_names : DataFrame of ``tables.TopicNames``
    topic_labels : DataFrame of ``tables.TopicLabels``
    audit : DataFrame of ``tables.TopicAudit``
    prevalence : DataFrame of ``tables.TopicPrevalence``
        Of one group: the whole corpus.
    reports : DataFrame of ``tables.TopicDocuments``, optional
    passages : DataFrame of ``tables.TopicPassages``, optional
    by : dict of str to DataFrame of ``tables.TopicPrevalence``, optional
        By the name of a column, ``{"outlet": …}``. The 50 groups with most stories are shown.
    trends : DataFrame of ``tables.TopicTrends``, optional
    documents : DataFrame of ``tables.Documents``, optional
        For the texts of the reports; of one longer than 20,000 characters the beginning is shown.

    Returns
    -------
    tables.Page

    Raises
    ------
    tables.TableError
        A table breaks its shape, speaks of a topic that has no name, or ``prevalence`` has several groups.
    """
    names = tables.check(tables.TopicNames, topic_names)
    given = {"reports": reports, "passages": passages, "trends": trends, "by": by, "documents": documents}
    shown = _Tables(topic_labels, audit, prevalence, given)
    shown.refuse_strangers(set(names["topic"]))
    entries = "".join(_entry(name, shown) for name in names.itertuples())
    sections = "".join(_section(name, shown) for name in names.itertuples())
    body = (
        f'<a class="skip" href="#topics">Skip to the topics</a>{_tools()}'
        f'<div class="pane"><nav aria-label="Topics"><ol>{entries}</ol></nav>'
        f'<main id="topics" tabindex="-1"><p class="faint">{_about(names, shown)}</p>{sections}</main></div>'
    )
    return document("Topics", body, style=look.STYLE, script=look.SCRIPT, height=640)


class _Tables:
    """The tables of a page, each checked, empty where it was not given."""

    def __init__(self, labels, audit, prevalence, given):
        self.labels = tables.check(tables.TopicLabels, labels)
        self.audit = tables.check(tables.TopicAudit, audit)
        self.prevalence = tables.check(tables.TopicPrevalence, prevalence)
        self.reports = _given(tables.TopicDocuments, given["reports"])
        self.passages = _given(tables.TopicPassages, given["passages"])
        self.by = {name: tables.check(tables.TopicPrevalence, table) for name, table in (given["by"] or {}).items()}
        self.trends = _given(tables.TopicTrends, given["trends"])
        texts = _given(tables.Documents, given["documents"])
        self.texts = dict(zip(texts["document_id"], texts["text"], strict=True))
        if self.prevalence["group"].nunique() != 1:
            raise tables.TableError(
                f"prevalence expects one group, the whole corpus; found {self.prevalence['group'].nunique()}. Give "
                "shares of groups as by=."
            )
        self.highest = _most(self.trends)

    def refuse_strangers(self, known):
        given = [self.labels, self.audit, self.prevalence, self.reports, self.passages, self.trends, *self.by.values()]
        for table in given:
            if strangers := sorted(set(table["topic"]) - known):
                raise tables.TableError(
                    f"topic_names does not hold the topic {strangers[0]}, and {len(strangers)} such topics in all. "
                    "Give tables of one fit."
                )
        for table in (self.labels, self.audit, self.prevalence):
            if lacking := sorted(known - set(table["topic"])):
                raise tables.TableError(
                    f"Topic {lacking[0]} has a name and no terms, stories or share. Give tables of one fit."
                )

    def share(self, topic, counting):
        own = self.prevalence[(self.prevalence["topic"] == topic) & (self.prevalence["counting"] == counting)]
        return next(own.itertuples())

    def of(self, table, topic):
        return getattr(self, table)[getattr(self, table)["topic"] == topic]


def _given(shape, table):
    return tables.empty(shape) if table is None else tables.check(shape, table)


def _most(shares):
    found = shares[["share", "high"]].max().max()
    return float(found) if found > 0 else 1.0


def _tools():
    return (
        '<div class="tools" hidden><label>Search topics, reports and passages '
        '<input id="find" type="search" autocomplete="off"></label> <span id="told" role="status"></span>'
        "<p><kbd>/</kbd> search, <kbd>Esc</kbd> clear, <kbd>j</kbd> next topic, <kbd>k</kbd> topic before</p></div>"
    )


def _about(names, shown):
    first = shown.prevalence.iloc[0]
    return (
        f"{_count(len(names), 'topic')} in {_count(first['n_documents'], 'report')}, which tell "
        f"{_count(first['n_stories'], 'story', 'stories')}. Written: {_WRITTEN}; printed: {_PRINTED}. In brackets: the "
        "interval that drawing other stories would give; it says nothing of how the topics themselves might differ."
    )


def _entry(name, shown):
    share = charts.percent(shown.share(name.topic, "written").share)
    return (
        f'<li><a href="#topic-{name.topic}"><span dir="auto">{escape(name.label)}</span><span>{share}</span></a></li>'
    )


def _section(name, shown):
    note = f'<p dir="auto">{escape(name.note)}</p>' if name.note else ""
    each = (_prevalence, _stories, _terms, _reports, _passages, _time, _groups)
    parts = [part(name.topic, shown) for part in each]
    return (
        f'<section id="topic-{name.topic}" tabindex="-1" aria-labelledby="name-{name.topic}">'
        f'<h2 id="name-{name.topic}" dir="auto">{escape(name.label)}</h2>{note}{"".join(parts)}</section>\n'
    )


def _prevalence(topic, shown):
    written, printed = (charts.interval(shown.share(topic, counting)) for counting in tables.COUNTINGS)
    return f"<p>Written <b>{written}</b>, printed <b>{printed}</b> of the corpus.</p>"


def _stories(topic, shown):
    row = next(shown.of("audit", topic).itertuples())
    if not row.n_documents:
        return '<p class="warn">No report has any of this topic.</p>'
    number = f"{row.n_effective:,.0f}" if row.n_effective >= 10 else f"{row.n_effective:.1f}"
    title = f"“{escape(row.title)}”" if row.title else escape(row.representative)
    copies = f", printed {row.n_documents:,} times" if row.n_documents > 1 else ""
    said = f"Effective number of stories behind it: <b>{number}</b>; the largest has {row.largest_share:.0%}"
    if not row.owned:
        return f"<p>{said}.</p>"
    return f'<p class="warn"><b>One story owns this topic.</b> {said}: <span dir="auto">{title}</span>{copies}.</p>'


def _terms(topic, shown):
    own = shown.of("labels", topic)
    head = "".join(f'<th scope="col">{words}</th>' for words in _MEASURES.values())
    rows = "".join(
        "<tr>" + "".join(f'<td dir="auto">{escape(getattr(row, name))}</td>' for name in _MEASURES) + "</tr>"
        for row in own.itertuples()
    )
    return f'<h3>First terms by four measures</h3><div class="wide"><table><tr>{head}</tr>{rows}</table></div>'


def _time(topic, shown):
    own = shown.of("trends", topic)
    if own.empty:
        return ""
    written, printed = (own[own["counting"] == counting].reset_index(drop=True) for counting in tables.COUNTINGS)
    few = " Pale: fewer than 5 stories near." if (own["n_near"] < charts.FEW).any() else ""
    return (
        f"<h3>Over time</h3>{charts.curve(written, printed, shown.highest)}"
        f'<p class="faint">Line and band: written, with its interval. Dashed: printed.{few}</p>'
    )


def _groups(topic, shown):
    return "".join(_by(name, table, topic) for name, table in shown.by.items())


def _by(name, table, topic):
    own = table[table["topic"] == topic]
    printed = {row.group: row for row in own[own["counting"] == "printed"].itertuples()}
    written = own[own["counting"] == "written"]
    kept = written.sort_values("n_stories", ascending=False, kind="stable").head(_GROUPS).sort_index()
    most = _most(table)
    rows = "".join(
        f'<tr><td dir="auto">{escape(row.group) or "not stated"}</td><td class="number">{row.n_stories:,}</td>'
        f'<td class="number">{charts.interval(row)}</td><td>{charts.bar(row, most)}</td>'
        f'<td class="number">{charts.interval(printed[row.group])}</td></tr>'
        for row in kept.itertuples()
    )
    cut = f", {_GROUPS} of {len(written):,} with most stories" if len(kept) < len(written) else ""
    head = "".join(f'<th scope="col">{words}</th>' for words in ("", "stories", "written", "", "printed"))
    return f'<h3>By {escape(name)}{cut}</h3><div class="wide"><table><tr>{head}</tr>{rows}</table></div>'


def _reports(topic, shown):
    rows = "".join(_report(row, shown.texts.get(row.document_id)) for row in shown.of("reports", topic).itertuples())
    return f'<h3>Reports that have most of it, one for each story</h3><ol class="examples">{rows}</ol>' if rows else ""


def _report(row, text):
    copies = f", {row.n_documents:,} copies" if row.n_documents > 1 else ""
    title = escape(row.title) or "without a title"
    head = f'<span dir="auto">{title}</span> <span class="faint">{_said(row)}{copies}; {escape(row.document_id)}</span>'
    if text is None:
        return f"<li>{head}</li>"
    cut = "" if len(text) <= _LONGEST else f"<p>… cut after {_LONGEST:,} of {len(text):,} characters.</p>"
    return (
        f'<li>{head}<details><summary>Read it</summary><p dir="auto">{escape(text[:_LONGEST])}</p>{cut}</details></li>'
    )


def _passages(topic, shown):
    rows = "".join(
        f'<blockquote><span dir="auto">{escape(row.text)}</span> <span class="faint">{_said(row)}; '
        f"{escape(row.document_id)}</span></blockquote>"
        for row in shown.of("passages", topic).itertuples()
    )
    return f"<h3>Passages that have most of it, one for each story</h3>{rows}" if rows else ""


def _said(row):
    """Share, outlet and day of a report or a passage."""
    day = "no date" if row.published is None or row.published != row.published else f"{row.published:%Y-%m-%d}"
    return f"{row.share:.0%} · {escape(row.outlet) or 'outlet not stated'} · {day}"


def _count(number, noun, plural=None):
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
