"""Numbers of one sentence as mentions: each with its range, unit, hedges and bounds."""

import re
from dataclasses import dataclass, field

from analysis.quantities import bounds, counted, names, numerals, units

_TO = re.compile(r"\s?[-–—−]\s?|\s+(?:to|through|or|till|until)\s+|[-\s]to[-\s]")
_AND = re.compile(r"\s+and\s+")
_BETWEEN = re.compile(r"\bbetween\s+(?:an\s+estimated\s+|about\s+|around\s+)?$", re.IGNORECASE)
_FROM = re.compile(r"\bfrom\s+$", re.IGNORECASE)
_JOIN_BOUNDS = re.compile(r",?\s+(?:and|but)\s+|,\s+")
_SCORE_AFTER = re.compile(
    r"\s+(?:win|won|victory|defeat|loss|lead|draw|up|down|ahead|success|triumph|thrashing|scoreline)\b"
)
_CHANGES = re.compile(
    r"\b(?:by|up|down|rose|fell|climbed|jumped|dropped|gained|lost|added|slipped|increased)\s+(?:by\s+)?$"
)
_WITH_EQUAL = {"more than": "at least", "less than": "at most"}
_RATIO = re.compile(r"\s+(?:in|out\s+of)\s+(?:every\s+)?")


@dataclass
class Mention:
    """A number in a sentence with local offsets; ``hedge_start`` and ``hedge_end`` include its hedges."""

    start: int
    end: int
    low: float | None
    high: float | None
    bound: str = "exact"
    kind: str = "count"
    unit: str = ""
    per: str = ""
    form: str = "digits"
    approximate: bool = False
    hedges: list = field(default_factory=list)
    tail: int = 0

    @property
    def hedge_start(self):
        """Where the mention begins with its hedges."""
        return min([self.start, *(hedge.start for hedge in self.hedges)])

    @property
    def hedge_end(self):
        """Where the mention ends with its hedges and units."""
        return max([self.end, self.tail, *(hedge.end for hedge in self.hedges)])


def find(text):
    """Return the ``Mention`` of every quantity of ``text`` from left to right; years, dates and names are left out."""
    numbers = numerals.find(text)
    if not numbers:
        return []
    calendar = names.spans(text)
    kept = [n for n in numbers if not any(n.start < end and start < n.end for start, end in calendar)]
    kept = [n for n in kept if not names.is_name(text, n, _counts) and not _is_glued_name(text, n)]
    return _merged(text, _bounded(text, _joined(text, kept)))


def _counts(following):
    return units.after(following, 0) is not None or counted.begins_with_noun(following[:60])


def _is_glued_name(text, number):
    """5G and 3D are names: letters stand at the digits that are no unit."""
    if number.form != "digits" or number.end >= len(text) or not text[number.end].isalpha():
        return False
    return units.after(text, number.end) is None


def _joined(text, numbers):
    """Join numbers into ranges and scores; the rest become mentions of one value."""
    mentions, index = [], 0
    while index < len(numbers):
        first, second = numbers[index], numbers[index + 1] if index + 1 < len(numbers) else None
        mention = _pair(text, first, second) if second is not None else None
        index += 1 if mention is None else 2
        single = mention or _single(text, first)
        if mention is None and second is not None:
            _share_unit(text, single, second)
        mentions.append(single)
    return mentions


def _share_unit(text, mention, second):
    """The first number of "from 4.8 to 4.7 percent" is measured in what the second is."""
    if mention.kind == "count" and mention.end == mention.tail and _FROM.search(text, 0, mention.start):
        other = _single(text, second)
        if _TO.fullmatch(text, mention.end, second.start) and other.kind in ("percent", "money", "measure"):
            mention.kind, mention.unit = other.kind, other.unit


def _single(text, number):
    mention = Mention(number.start, number.end, number.value, number.value, form=number.form)
    return _measured(text, mention, number)


def _pair(text, first, second):
    """Return a range ("20 to 30", "between 12 and 15") or a score ("2-1") of two neighbours, or None."""
    if first.value is None or second.value is None or "fraction" in (first.form, second.form):
        return None
    gap = _gap(text, first, second)
    if _RATIO.fullmatch(gap) and _is_ratio(first, second):
        share = first.value / second.value
        return Mention(first.start, second.end, share, share, kind="rate", unit="share", form="fraction")
    before = text[max(0, first.start - 30) : first.start]
    between = _BETWEEN.search(before) if _AND.fullmatch(gap) else None
    if not between and not _TO.fullmatch(gap):
        return None
    low, high = _scaled(first, second), abs(second.value) if "-" in gap or "–" in gap else second.value
    if _is_score(text, gap, first, second):
        return Mention(first.start, second.end, *sorted((low, high)), "between", "score", form="range")
    if low >= high or (" to " in gap and high > 3 * low and _CHANGES.search(before)):
        return None
    start = between.start() if between else _from(before, first.start) if " to " in gap else first.start
    start = max(0, first.start - 30) + between.start() if between else start
    return _measured(text, Mention(start, second.end, low, high, "between", form="range"), second, first.currency)


def _is_ratio(first, second):
    """Tell a share: "one in five" and "one out of three", but not "killed two in five attacks"."""
    return first.value == 1 and second.value > 2 and second.value == int(second.value)


def _from(before, start):
    found = _FROM.search(before)
    return start - (len(before) - found.start()) if found else start


def _gap(text, first, second):
    """What stands between two numbers, less the unit or sign that both carry, as in 5% to 7%."""
    unit = units.after(text, first.end)
    same = units.after(text, second.end)
    if unit is not None and same is not None and unit[:2] == same[:2]:
        return text[unit.end : second.start]
    return text[first.end : second.start]


def _scaled(first, second):
    """The low end of "2 to 3 million" takes the scale of the high end."""
    if second.scaled and not first.scaled and first.value < 1000 <= second.value:
        for scale in (1e12, 1e9, 1e7, 1e6, 1e5, 1e3, 1e2):
            if scale <= second.value < scale * 1000 and first.value * scale < second.value:
                return first.value * scale
    return first.value


def _is_score(text, gap, first, second):
    """Small numbers with a hyphen that do not rise, or stand before a word of winning, are a score."""
    if gap not in ("-", "–") or max(first.value, second.value) > 300 or first.currency:
        return False
    wins = _SCORE_AFTER.match(text, second.end) is not None
    return (wins or first.value >= second.value) and units.after(text, second.end) is None


def _measured(text, mention, number, currency=""):
    """Give a mention its kind and unit by what stands around it."""
    currency = number.currency or currency
    unit = units.after(text, mention.end)
    if currency:
        mention.kind, mention.unit = "money", units.money(currency)
        if unit is not None and unit.kind == "money":
            mention.end = unit.end
    elif units.is_age(text, mention.start, mention.end):
        mention.kind, mention.unit = "age", "year"
    elif unit is not None:
        mention.kind, mention.unit = unit.kind, unit.name
        mention.end, mention.tail = (unit.end, 0) if unit.kind in ("percent", "money") else (mention.end, unit.end)
    elif mention.form == "fraction":
        mention.kind, mention.unit = "rate", "share"
    mention.tail = max(mention.end, mention.tail)
    mention.per, mention.tail = units.per(text, mention.tail)
    return mention


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
        mention.low, mention.high = bounds.interval(mention.low, mention.bound, mention.kind)


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
