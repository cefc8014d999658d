"""Numbers of one sentence as mentions: each with its range, unit, hedges and bounds."""

import re

from analysis.quantities import bounds, counted, names, numerals, ranges, units, zeros

_JOIN_BOUNDS = re.compile(r",?\s+(?:and|but)\s+|,\s+")
_WITH_EQUAL = {"more than": "at least", "less than": "at most"}


def find(text):
    """Return the ``Mention`` of every quantity of ``text`` from left to right; years, dates and names are left out."""
    numbers = sorted(numerals.find(text) + zeros.find(text))
    if not numbers:
        return []
    calendar = names.spans(text)
    dated = [n for n in numbers if not any(n.start < end and start < n.end for start, end in calendar)]
    kept = [n for n in dated if not names.is_name(text, n, _counts) and not _is_glued_name(text, n)]
    kept = names.without_lists(text, dated, kept)
    return _merged(text, _bounded(text, ranges.joined(text, kept)))


def _counts(following):
    return units.after(following, 0) is not None or counted.begins_with_noun(following[:60])


def _is_glued_name(text, number):
    """5G and 3D are names: letters stand at the digits that are no unit."""
    if number.form != "digits" or number.end >= len(text) or not text[number.end].isalpha():
        return False
    return units.after(text, number.end) is None


def _bounded(text, mentions):
    """Read the hedges around each mention and turn values into intervals."""
    floor = 0
    for mention in mentions:
        mention.hedges = bounds.before(text, mention.start, floor)
        following = bounds.after(text, mention.tail) or bounds.after(text, mention.end)
        if following is not None:
            mention.hedges.append(following)
        _apply(mention)
        floor = mention.hedge_end
    return mentions


def _apply(mention):
    mention.approximate = any(hedge.approximate for hedge in mention.hedges)
    if mention.low is None:
        mention.bound = "vague"
        return
    stated = [hedge.bound for hedge in mention.hedges if hedge.bound != "exact"]
    if mention.bound == "exact" and stated:
        mention.bound = _stated_bound(stated)
        mention.low, mention.high = bounds.interval(mention.low, mention.bound)


def _stated_bound(stated):
    """A hedge behind the number has the last word; "more than 5 or equal" is at least 5."""
    if stated[-1] == "equal":
        return _WITH_EQUAL.get(stated[0], "exact" if stated[0] == "equal" else stated[0])
    return stated[-1]


def _merged(text, mentions):
    """Make one of "more than 10 and less than 40", where the lower bound comes below the upper one."""
    merged = []
    for mention in mentions:
        last = merged[-1] if merged else None
        if last is not None and _JOIN_BOUNDS.fullmatch(text[last.end : mention.hedge_start]) and _meet(last, mention):
            low, high = (last, mention) if last.bound in ("at least", "more than") else (mention, last)
            last.low, last.high, last.end, last.bound = low.low, high.high, mention.end, "between"
            last.tail = mention.tail
        else:
            merged.append(mention)
    return merged


def _meet(a, b):
    lower, upper = ("at least", "more than"), ("at most", "less than")
    if a.bound in lower and b.bound in upper:
        return a.low < b.high
    return a.bound in upper and b.bound in lower and b.low < a.high
