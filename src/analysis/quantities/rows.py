"""The quantities of some documents, a row for each: what every rule found of a number, put side by side."""

from itertools import groupby
from typing import NamedTuple

import pandas as pd

from analysis import tables
from analysis.quantities import bounds, context, counted, events, mentions, ones, parses, units
from analysis.quantities import speakers as naming
from analysis.quantities.speaking import Speakers

_LONGEST_SENTENCE = 3000
_HAS_EVENT = frozenset({"count", "rate", "percent"})
_COUNTS_WHAT_FOLLOWS_OF = frozenset({"percent", "rate", "measure", "money"})
_COUNTS_NOTHING = frozenset({"duration", "age", "score"})


class Reading(NamedTuple):
    """How a text is read: the convention for vague words, the known speakers by label, and a parser or None."""

    vague: str
    known: dict
    parser: object


def of_batch(passages, titles, reading):
    """Quantities of some documents, in no checked order of columns; runs in a process of its own."""
    records = []
    rows = zip(passages["document_id"], passages["start"], passages["text"], strict=True)
    for document_id, sentences in groupby(rows, key=lambda row: row[0]):
        pieces = [piece for _, start, text in sentences for piece in _pieces(start, text)]
        report = context.Report(pieces, titles.get(document_id, ""))
        records.extend(_records(document_id, report, pieces, reading))
    return pd.DataFrame(records, columns=tables.columns(tables.Quantities))


def _pieces(start, text):
    """Cut what is too long for a sentence, at a mark or a blank, so that time stays linear in text."""
    while len(text) > _LONGEST_SENTENCE:
        mark = max(text.rfind(mark, 1, _LONGEST_SENTENCE) for mark in (", ", "\n", "; "))
        cut = mark + 1 if mark > 0 else text.rfind(" ", 1, _LONGEST_SENTENCE) + 1 or _LONGEST_SENTENCE
        yield start, text[:cut]
        start, text = start + cut, text[cut:]
    yield start, text


def _records(document_id, report, sentences, reading):
    """Yield a row for each quantity of a document."""
    said = Speakers(sentences)
    parsed = parses.of(reading.parser, [text for _, text in sentences])
    for index, (offset, text) in enumerate(sentences):
        found = mentions.find(text)
        if not found:
            continue
        triggers = events.triggers(text)
        spans = [(mention.start, mention.end) for mention in found if mention.kind != "duration"]
        around = report.sentence(index, spans)
        people = ""
        for mention in found:
            row = {"document_id": document_id} | _number(offset, text, mention, reading.vague)
            what = _what(text, mention, triggers, people, parsed.get(index))
            if what["counted_class"] == "people" and counted.names_people(what["counted"]):
                people = what["counted"]
            yield row | what | _when(around, mention) | _who(said, index, mention, reading.known, parsed.get(index))


def _number(offset, text, mention, vague):
    """The number itself: where it stands, its interval and its unit."""
    surface = text[mention.start : mention.end]
    low, high = bounds.vague(surface, vague) if mention.low is None else (mention.low, mention.high)
    return {
        "start": offset + mention.start,
        "end": offset + mention.end,
        "surface": surface,
        "low": low,
        "high": high,
        "bound": mention.bound,
        "approximate": mention.approximate,
        "hedge": _hedge(text, mention),
        "kind": mention.kind,
        "unit": mention.unit,
        "trend": context.trend(text, mention.hedge_start),
    }


def _hedge(text, mention):
    """The hedges word for word: those before the number from first to last, then the one after it."""
    before = [hedge for hedge in mention.hedges if hedge.end <= mention.start]
    after = [hedge for hedge in mention.hedges if hedge.start >= mention.end]
    parts = [text[min(hedge.start for hedge in before) : max(hedge.end for hedge in before)]] if before else []
    return " … ".join(parts + [text[hedge.start : hedge.end] for hedge in after])


def _what(text, mention, triggers, last, parse):
    """What is counted, its class, the event, and what it is per; ``last`` is the people counted before."""
    if mention.kind in _COUNTS_NOTHING or ones.is_rank(text, mention.start, mention.end):
        return {"counted": "", "counted_class": "", "event": "", "per": mention.per}
    phrase = _phrase(text, mention, parse)
    of_class = counted.class_of(phrase.of) if phrase.phrase else ""
    event = events.NONE
    if mention.kind in _HAS_EVENT:
        event = events.nearest(text, triggers, (mention.hedge_start, mention.hedge_end), phrase, of_class)
    if mention.kind == "money":
        of_class = "money"
    elif not of_class and mention.kind == "count" and event.of == "people":
        of_class = "people"
    stated = phrase.phrase or (last if mention.kind == "count" and event.of == "people" else "")
    per = mention.per or (units.per(text, phrase.end)[0] if phrase.phrase else "")
    return {"counted": stated, "counted_class": of_class, "event": event.name, "per": per}


def _phrase(text, mention, parse):
    """The counted noun phrase: by a parse where there is one, else behind the number, else before it."""
    parsed = (
        parses.counted(parse, text, mention.start, mention.end)
        if parse is not None and mention.kind == "count"
        else None
    )
    if parsed is not None:
        return parsed
    phrase = counted.after(text, mention.hedge_end, needs_of=mention.kind in _COUNTS_WHAT_FOLLOWS_OF)
    return phrase if phrase.phrase or mention.kind != "count" else counted.before(text, mention.hedge_start)


def _when(around, mention):
    """When and where, and whether it adds up; a duration or an age does not."""
    span = (mention.start, mention.hedge_end)
    cumulative = around.cumulative(*span) if mention.kind in _HAS_EVENT else ""
    # What adds up over days and places is of those that it names.
    inherit = mention.kind in _HAS_EVENT and cumulative != "cumulative"
    time, time_basis = around.time(*span, inherit=inherit)
    place, place_basis = around.place(*span, inherit=inherit and not context.is_of_years(time))
    return {
        "cumulative": cumulative,
        "time": time,
        "time_basis": time_basis,
        "place": place,
        "place_basis": place_basis,
    }


def _who(said, index, mention, known, parse):
    """The speaker word for word, with offsets into the document, and by name."""
    of, attribution = said.of(index, mention.start, mention.end)
    if attribution is None and parse is not None:
        of, attribution = index, parses.speaker(parse, mention.start, mention.end)
    index = of
    if attribution is None:
        return naming.UNATTRIBUTED
    offset, text = said.sentences[index]
    named = said.name_of(index, attribution)
    name, kind = naming.name_of(named, said.holds, known)
    return {
        "speaker": text[attribution.start : attribution.end],
        "speaker_start": offset + attribution.start,
        "speaker_end": offset + attribution.end,
        "speaker_name": name,
        "speaker_kind": kind,
        "cue": attribution.cue,
    }
