"""Who says so without a reporting verb: "according to X", "X's estimate of", "in a CNN poll", "Mary Smith: “…”"."""

import re
from functools import cache

from analysis.quantities import numerals, subjects
from analysis.quantities.reporting import Attribution
from analysis.quantities.speakers import kind_of, kinds
from analysis.quantities.subjects import is_known, may_speak, noun_phrase, role, trimmed_end
from analysis.quantities.vocabulary import alternatives

_LONGEST_LEAD = 14
_LABEL = re.compile(r"(?:^|\s[-–—]\s)((?:[A-Z][\w.’'-]*\s(?:and\s)?){1,5}?[A-Z][\w’'-]+|[A-Z][\w’'-]+):(?=\s*[“\"‘'])")
_QUOTED_BEHIND_COLON = re.compile(r":\s*(?:[“\"]|'')")
_LONGEST_INTRODUCTION = 250
_HEADLINE = re.compile(r"((?:[A-Z][\w.’'-]*\s)(?:[\w.’'-]+\s){0,4}?[\w’'-]+|[A-Z][\w.’'-]+)(:)\s+(?=[\w“\"‘'])")
_HEADLINE_END = re.compile(r"(:|\s[-–—])\s((?:[\w.’'-]+\s){0,4}[\w’'-]+)$")
_SAID_BEFORE = re.compile(r"\b(?:said|says|say|wrote|reported)\s+$")
_DASHED = re.compile(r"\s*([-–—―]+)\s*((?:[A-Z][\w.’'-]*\s?){1,5}(?:,.{1,60})?)$")


def find(text):
    """Return the ``Attribution`` of every expression that names a speaker without a reporting verb."""
    return [*_cited(text), *_labels(text), *_in_survey(text), *_estimates(text), *_passive(text)]


def before_quotation(text):
    """Return the ``Attribution`` of words that end with a colon before a quotation, or None.

    Named is the text that is quoted, "this finding:", or whoever the sentence begins with, "Smith made a promise:".
    """
    colon = text.rstrip().rfind(":")
    if colon < 0 or len(text) > _LONGEST_INTRODUCTION:
        return None
    document = _document_before_colon().search(text, 0, colon)
    subject = document.span(1) if document else subjects.of_sentence(text, colon)
    if subject is None or not (document or subjects.is_named(text[slice(*subject)])):
        return None
    return Attribution(*subject, ":", colon, colon + 1, colon + 1, len(text), False)


def behind_quotation(text):
    """Return the ``Attribution`` of a line that only names who was quoted before it, "― Mary Smith.", or None."""
    match = _DASHED.match(text.rstrip(" ."))
    if match is None:
        return None
    start, end = match.span(2)
    return Attribution(start, min(end, (text.find(",", start) + 1 or end + 1) - 1), match[1], *match.span(1), 0, 0)


def _cited(text):
    """Read "according to X": at the head of a sentence it answers for what follows, else for what stands before it."""
    found, floor = [], 0
    for match in _citation().finditer(text):
        if match[1].lower() == "citing" and not (match[2][0].isupper() or is_known(match[2])):
            continue
        start, end = match.start(2), trimmed_end(text, *match.span(2))
        lead = text[floor : match.start()].strip(' ,;“"(')
        leads = not lead or (match.start() < _LONGEST_LEAD and floor == 0 and not numerals.may_hold(lead))
        words = match[1].rstrip()
        cue = (start, end, words, match.start(1), match.start(1) + len(words))
        found.append(Attribution(*cue, *((end, len(text)) if leads else (floor, match.start()))))
        if not leads:
            found.append(Attribution(*cue, end, len(text), False))
        floor = match.end()
    return found


def _labels(text):
    """Read "Mary Smith: “…”", as digests and headlines print it, and "Medics: 12 dead" or "12 dead: medics"."""
    label = _LABEL.search(text) or _HEADLINE.match(text)
    if label is None:
        return _introduced(text) or _headline_end(text)
    start, end = label.start(1), trimmed_end(text, *label.span(1))
    phrase = text[start:end]
    if not may_speak(phrase) or (label.re is _HEADLINE and (not kind_of(phrase) or subjects.has_verb(phrase))):
        return _introduced(text) or _headline_end(text)
    cue = label.span(2) if label.re.groups > 1 else (end, end + 1)
    return [Attribution(start, end, ":", *cue, cue[1], len(text), False)]


def _introduced(text):
    """Read "Smith made the following comment: “…”"."""
    quotation = _QUOTED_BEHIND_COLON.search(text)
    said = before_quotation(text[: quotation.start() + 1]) if quotation else None
    return [said._replace(scope_end=len(text))] if said is not None else []


def _headline_end(text):
    """Read "12 dead: medics" and "12 dead - UN"; a headline has no full stop."""
    label = _HEADLINE_END.search(text)
    if label is None or not kind_of(label[2]):
        return []
    start, end = label.span(1)
    cue_start = end - len(label[1].strip())
    return [Attribution(*label.span(2), label[1].strip(), cue_start, end, 0, start, False)]


def _in_survey(text):
    """Read "in a CNN poll, 58 percent …" and "by one estimate"."""
    under = [Attribution(*m.span(2), m[1], *m.span(1), m.end(), len(text), False) for m in _under().finditer(text)]
    return under + [
        Attribution(*m.span(2), m[1], *m.span(1), 0, len(text), False)
        for m in _survey().finditer(text)
        if not _SAID_BEFORE.search(text, 0, m.start())
        and (m.start() == 0 or text[m.end() : m.end() + 1] in (",", ".", "") or text[m.start() - 2] == ",")
    ]


def _estimates(text):
    """Read "the ministry's estimate of", "a New York Times report that" and "under Mary Smith's plan"."""
    found = []
    if not _may_estimate().search(text):
        return found
    for match in _possessive().finditer(text):
        group = "owner" if match["owner"] else "outlet"
        start, end = match.span(group)
        if may_speak(text[start:end]):
            scope = (0, len(text)) if match["under"] else (match.end(), len(text))
            cue = match.span("noun") if match["owner"] else match.span("report")
            found.append(Attribution(start, end, text[slice(*cue)], *cue, *scope, False))
    return found


def _passive(text):
    """Read "12 deaths reported by the ministry": the number stands before it."""
    found = []
    for match in _by().finditer(text):
        start, end = match.start(2), trimmed_end(text, *match.span(2))
        floor = max(text.rfind(mark, 0, match.start()) for mark in (";", "; ", "(")) + 1
        found.append(Attribution(start, end, match[1], *match.span(1), floor, match.start(), False))
    return found


@cache
def _citation():
    released = rf"(?:[\w-]+\s+){{1,4}}?(?:{alternatives(role('released'))})\s+by\s+"
    cues = r"according\s+to|citing|in\s+the\s+words\s+of|as\s+(?:reported|estimated)\s+by|(?:(?<=[,(]\s)|(?<=\()|^)per"
    return re.compile(rf"(?:(?<=\W)|^)((?:{cues})(?:\s+{released})?)\s*(?<=\s){noun_phrase()}", re.IGNORECASE)


@cache
def _document_before_colon():
    nouns = alternatives({word for word, kind in kinds().items() if kind == "document"} | {"finding", "findings"})
    return re.compile(rf"\b((?:this|the|an?|another|one|its|their)\s+(?:[\w’'-]+\s+){{0,3}}?(?:{nouns}))\s*$")


@cache
def _survey():
    return re.compile(
        r"\b([Ii]n|[Bb]y|[Ff]rom|[Pp]er)\s+((?:an?|the|one|another|its|their|some)\s+(?:[\w’'./&-]+\s+){0,7}?"
        rf"(?:{alternatives(role('survey'))})\b)(?!\s+(?:card|of\s+the|by))"
    )


@cache
def _under():
    """Read "Under Missouri law, …" and "under the deal, …"."""
    words = alternatives(role("under"))
    return re.compile(rf"\b([Uu]nder)\s+((?:[Tt]he\s+|[A-Z])(?:[\w’'.-]+\s+){{0,5}}?(?:{words})),")


@cache
def _may_estimate():
    """What every estimate holds, for a quick look at a sentence."""
    nouns, surveys = alternatives(role("report noun")), alternatives(role("survey"))
    return re.compile(rf"['’]s?\s+(?:[a-z-]+\s+){{0,2}}(?:{nouns})\b|[A-Z][\w.&’'-]*\s+(?:{surveys})\s")


@cache
def _possessive():
    nouns = alternatives(role("report noun"))
    surveys = alternatives(word for word in role("survey") if not word.endswith("s") or word == "analysis")
    owner = r"(?:[Tt]he\s+)?(?:[A-Z][\w.&-]*\s+){0,4}[\w.]*[A-Za-z]"
    return re.compile(
        rf"(?P<under>\b[Uu]nder\s+|\b[Bb]y\s+)?(?<![\w’'])(?P<owner>{owner})(?:['’]s|(?<=s)['’])\s+"
        rf"(?:(?!(?:{nouns})\b)[a-z-]+\s+){{0,2}}(?P<noun>(?:{nouns})\b(?(under)\s*,|\s+(?:of|that)\b))"
        rf"|\b(?P<outlet>(?:[Aa]n?|[Tt]he)\s+(?:[A-Z][\w.&’'-]*\s+){{1,5}}(?P<report>(?:{surveys})))\s+"
        r"(?:that|of|from|out|on|published|released|showing|finding|found)\b"
    )


@cache
def _by():
    return re.compile(rf"\b((?:{alternatives(role('passive report'))})\s+by)\s+{noun_phrase()}")
