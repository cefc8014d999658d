"""What happened to what is counted: killed, displaced, delivered …, found by its words in the same clause."""

import re
from functools import cache
from typing import NamedTuple

from analysis import lexicon
from analysis.quantities.vocabulary import Finder, alternatives, whole

_FARTHEST = 90
_COMMA, _CONJUNCTION, _NUMBER = 15, 12, 25
_PASSIVE = re.compile(r"\b(?:was|were|been|being|be|is|are|get|gets|got)\s+(?:\w+ly\s+)?$", re.IGNORECASE)
_OBJECT = re.compile(
    r"\s+(?:(?:at least|more than|some|about|around|nearly|up to|over|the|a|an|his|her|their|its|several|dozens|many)\b"
    r"|(?:one|two|three|four|five|six|seven|eight|nine|ten)\b|\d)",
    re.IGNORECASE,
)
_BREAK = re.compile(
    r"[;:]|\s[-–—]\s|\b(?:but|while|whereas|although|though|where|(?:through|in|by|to|from|on|under|during)\s+which)\b"
)
_JOINT = re.compile(r",|\band\b|\bor\b")
_NUMBER_BETWEEN = re.compile(r"\d[\d,.]*")
_RISES_TO = re.compile(r"\b(?:to|at|of|is|reached|reaching|passed|stood at)\s+$")


class Trigger(NamedTuple):
    """A word of ``lexicon/events.csv`` at its place."""

    start: int
    end: int
    words: str


class Event(NamedTuple):
    """An event and the class of what it happens to ("people" or "things")."""

    name: str
    of: str


NONE = Event("", "")


def triggers(text):
    """Return the ``Trigger`` words of ``text`` from left to right."""
    return [Trigger(m.start(), m.end(), " ".join(m.group().lower().split())) for m in _pattern().finditer(text)]


@cache
def words_at(position):
    """Words of ``lexicon/events.csv`` that stand "before" or "after" a number, or are "counted" or a "noun"."""
    return frozenset(row["words"] for row in lexicon.rows("events") if row["position"] == position)


def nearest(text, found, span, counted, of_class):
    """Return the ``Event`` nearest to a quantity, or ``NONE``.

    Parameters
    ----------
    text : str
    found : list of Trigger
    span : (int, int)
        The quantity with its hedges.
    counted : counted.Counted
    of_class : str
        The class of what is counted; where a word may mean two events ("sent"), it decides.

    Notes
    -----
        A trigger inside the counted phrase ("300 deaths") wins; then the nearest that stands as its kind must: an
        active verb or "death toll of" before the quantity, a passive or intransitive one after it.
    """
    best, best_cost = NONE, _FARTHEST
    low, high = span[0] - 2 * _FARTHEST, max(counted.end, span[1]) + 2 * _FARTHEST
    for trigger in found:
        if trigger.end < low or trigger.start > high:
            continue
        event, cost = _weigh(text, trigger, span, counted, of_class)
        if event is not None and cost < best_cost:
            best, best_cost = event, cost
    return best


def _weigh(text, trigger, span, counted, of_class):
    start, end = span
    forms = {position: _fitting(named, of_class) for position, named in _events()[trigger.words].items()}
    if counted.start <= trigger.start and trigger.end <= counted.end:
        return forms.get("counted") or forms.get("after"), -1
    if trigger.end <= start:
        event = forms.get("noun") or (None if _is_passive(text, trigger) else forms.get("before"))
        between = text[trigger.end : start]
        if "noun" in forms and _RISES_TO.search(between) and not _BREAK.search(between):
            return forms["noun"], _COMMA
        return event, _cost(between, "before")
    if trigger.start >= counted.end:
        acts = counted.of != "others" and _acts(text, trigger, end)
        event = None if "before" in forms and acts else forms.get("after")
        return event, _cost(text[max(counted.end, end) : trigger.start], "after")
    return None, _FARTHEST


def _acts(text, trigger, end):
    """Tell an active verb with its object ("30 militants killed 5 soldiers") from a passive or a bare participle.

    Right after the number no one acts: "three killed, over 70 injured". Nor does anyone before a number that something
    happened to, in a headline without commas: "30 civilians killed 5 injured".
    """
    if trigger.start <= end + 1 or _of_its_own().match(text, trigger.end):
        return False
    return _OBJECT.match(text, trigger.end) is not None and not _is_passive(text, trigger)


def _is_passive(text, trigger):
    return (
        not trigger.words.endswith("ing")
        and _PASSIVE.search(text[max(0, trigger.start - 24) : trigger.start]) is not None
    )


def _fitting(named, of_class):
    """The first event whose object is of the class counted; things may be of any class but people."""
    people = of_class in ("people", "children", "households")
    fitting = (event for event in named if not of_class or (event.of == "people") == people)
    return next(fitting, None)


def _cost(between, side):
    if _BREAK.search(between):
        return _FARTHEST
    joints = _JOINT.findall(between)
    numbers = len(_NUMBER_BETWEEN.findall(between))
    weight = 1 if side == "after" else 1.2
    return len(between) * weight + _COMMA * len(joints) + min(numbers, 2) * _NUMBER


@cache
def _events():
    """Trigger words to {position: events}."""
    table = {}
    for row in lexicon.rows("events"):
        table.setdefault(row["words"].lower(), {}).setdefault(row["position"], []).append(
            Event(row["event"], row["object"])
        )
    return table


@cache
def _of_its_own():
    """A number with an event behind it, at the end of a clause: " 5 injured in Homs", but not " 5 wounded soldiers"."""
    happened = alternatives(words_at("after"))
    return re.compile(
        rf"{_OBJECT.pattern}\s*(?:than\s+)?[\d,]*\s*(?:(?:others?|more|people)\s+)?(?:{happened})\b"
        r"(?=\s*(?:$|[^\w\s]|(?:and|as|at|after|by|during|in|near|on|when)\b))",
        re.IGNORECASE,
    )


@cache
def _pattern():
    return Finder(whole(_events()), _events())
