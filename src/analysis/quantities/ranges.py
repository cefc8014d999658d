"""Neighbouring numbers as one mention or two: ranges, shares, scores and changes, and units that a list shares."""

import re
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

from analysis import lexicon
from analysis.quantities import units
from analysis.quantities.vocabulary import alternatives

_TO = re.compile(r"\s?[-–—−]\s?|\s+(?:to|through|or|till|until)\s+|\s?[-\s]to[-\s]")
_DASH = re.compile(r"\s?[-–—−]\s?")
_AND = re.compile(r"\s+and\s+")
_BETWEEN = re.compile(
    r"\bbetween\s+(?:an\s+estimated\s+|about\s+|around\s+|(?:the\s+)?ages?\s+(?:of\s+)?)?$", re.IGNORECASE
)
_FROM = re.compile(r"\bfrom\s+$", re.IGNORECASE)
_FROM_SOME = re.compile(
    r"\bfrom\s+(?:(?:about|around|some|an?\s+estimated|just|nearly|roughly|more\s+than|over|only)\s+)?$", re.IGNORECASE
)
_BY = re.compile(r"\s?[x×]\s?|\s+by\s+")
_LISTED = re.compile(r"\s+(?:and|or|&)\s+")
_SCORE_AFTER = re.compile(
    r"\s+(?:win|won|victory|defeat|loss|lead|draw|up|down|ahead|success|triumph|thrashing|scoreline)\b"
)
_CHANGES = re.compile(
    r"\b(?:by|up|down|rose|fell|climbed|jumped|dropped|gained|lost|added|slipped|increased)\s+(?:by\s+)?$"
)
_RATIO = re.compile(r"\s+(?:in|(?P<out>out\s+of))\s+(?:every\s+)?")
_ROUND = frozenset({10.0, 100.0, 1000.0, 10_000.0, 100_000.0})
_NEXT_SCORE = re.compile(r"[\s,;(]{1,3}(?:and\s+)?")
_LOW_SCORE = 7
_UNTIL = re.compile(r"\sto\s(?:[a-z]+\s){0,2}$")
_OTHER_CLAUSE = re.compile(r"[.;:,]|\b(?:and|but)\b")
_CHANGE_WITHIN = 60
_STEP = re.compile(r"(?:\s?%|\s+per\s?cent|\s+percent)?\s+to\s+")
_GAPS_OF_TWO = 3
_SCALES = (1e12, 1e9, 1e7, 1e6, 1e5, 1e3, 1e2)
_SHARED_KINDS = frozenset({"percent", "money", "measure", "duration"})


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


def joined(text, numbers):
    """Return a ``Mention`` for each of ``numbers``, one for two where they are a range, a score or a share."""
    mentions, index = [], 0
    while index < len(numbers):
        first, *others = numbers[index : index + 4]
        changes = bool(others) and _is_change(text, first, *others[:2]) and not _are_two_ranges(text, first, *others)
        mention = _pair(text, first, others[0]) if others and not changes else None
        index += 1 if mention is None else 2
        alone = first._replace(value=_before_change(first, others[0])) if changes else first
        mentions.append(mention or _single(text, alone))
    # From the last to the first, so that "5, 6 or 7 kg" hands its unit on.
    for first, second in reversed(list(pairwise(mentions))):
        _share_unit(text, first, second)
        _share_score(text, first, second)
    for first, second in pairwise(mentions):
        _share_score(text, second, first)
    return mentions


def _share_score(text, mention, beside):
    """A set that was lost stands beside one that was won: 3-6 in "7-5 3-6 7-5" is no range."""
    first, last = sorted((mention, beside), key=lambda each: each.start)
    low = mention.form == "range" and mention.kind == "count" and mention.high <= _LOW_SCORE
    if low and beside.kind == "score" and _NEXT_SCORE.fullmatch(text, first.end, last.start):
        mention.kind = "score"


def _is_change(text, first, second, third=None):
    """Tell "rose from 31 to 45" and "from 24 to 33-35 billion", which are two values, from "ages from 31 to 45"."""
    if None in (first.value, second.value) or not _FROM_SOME.search(text, 0, first.start):
        return False
    between = text[first.end : second.start]
    if not _UNTIL.search(between) or _OTHER_CLAUSE.search(between):
        return False
    if third is not None and third.value is not None and _DASH.fullmatch(text, second.end, third.start):
        return True
    return _changing().search(text, max(0, first.start - _CHANGE_WITHIN), first.start) is not None


def _are_two_ranges(text, *numbers):
    """Tell "from 5 to 7 per cent to 3 to 5 per cent", a change of ranges, from a change of values."""
    gaps = [_gap(text, *pair) for pair in pairwise(numbers)]
    return len(gaps) == _GAPS_OF_TWO and all(_STEP.fullmatch(gap) for gap in gaps)


@cache
def _changing():
    words = alternatives(row["word"] for row in lexicon.rows("trends"))
    return re.compile(rf"\b(?:{words})\b[^.;:]*\bfrom\b[^.;:]*$", re.IGNORECASE)


def _before_change(first, second):
    """The value a change began with, in the scale of the one it ended with: 24 of "from 24 to 33 billion"."""
    if second.scaled and not first.scaled and first.currency in ("", second.currency) and 0 < first.value < 1000:
        for scale in _SCALES:
            if scale <= second.value < scale * 1000 and 1 / 20 < first.value * scale / second.value < 20:
                return first.value * scale
    return first.value


def _share_unit(text, first, second):
    """A number without a unit has that of the next: "5 and 6 kg", "from 4.8 to 4.7 percent", "3 by 4 metres"."""
    if first.kind != "count" or first.end != first.tail or second.kind not in _SHARED_KINDS or first.form == "vague":
        return
    joins = (_LISTED, _TO) if _FROM.search(text, 0, first.start) else (_LISTED, _BY)
    if any(join.fullmatch(text, first.end, second.start) for join in joins):
        first.kind, first.unit = second.kind, second.unit


def _single(text, number):
    mention = Mention(number.start, number.end, number.value, number.value, form=number.form)
    return _measured(text, mention, number)


def _pair(text, first, second):
    """Return a range ("20 to 30", "between 12 and 15") or a score ("2-1") of two neighbours, or None."""
    if first.value is None or second.value is None or {"fraction", "zero"} & {first.form, second.form}:
        return None
    gap = _gap(text, first, second)
    ratio = _RATIO.fullmatch(gap)
    if ratio and _is_ratio(text, first, second, bool(ratio["out"])):
        share = first.value / second.value
        return Mention(first.start, second.end, share, share, kind="rate", unit="share", form="fraction")
    before = text[max(0, first.start - 30) : first.start]
    between = _BETWEEN.search(before) if _AND.fullmatch(gap) else None
    if not between and (not _TO.fullmatch(gap) or _are_two_currencies(first, second)):
        return None
    low, high = _scaled(first, second), abs(second.value) if "-" in gap or "–" in gap else second.value
    if _is_score(text, gap, first, second):
        return Mention(first.start, second.end, *sorted((low, high)), "between", "score", form="range")
    if low >= high or (" to " in gap and high > 3 * low and _CHANGES.search(before)):
        return None
    start = between.start() if between else _from(before, first.start) if " to " in gap else first.start
    start = max(0, first.start - 30) + between.start() if between else start
    return _measured(text, Mention(start, second.end, low, high, "between", form="range"), second, first.currency)


def _are_two_currencies(first, second):
    """Tell "RM79 or US$113" from "US$ 89 to $93 billion", where the second dollar is as American as the first."""
    if not (first.currency and second.currency):
        return False
    one, other = units.money(first.currency), units.money(second.currency)
    return not (one.endswith(other) or other.endswith(one))


def _is_ratio(text, first, second, out_of):
    """Tell a share: "one in five", "nearly 6 in 10", "three out of four"; not "two in five attacks", "3 in 10 days"."""
    if not 0 < first.value < second.value or second.value != int(second.value) or first.value != int(first.value):
        return False
    unit = units.after(text, second.end)
    if unit is not None and unit.kind == "duration":
        return False
    return out_of or (first.value == 1 and second.value > 2) or second.value in _ROUND


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
        for scale in _SCALES:
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
    unit = units.after(text, mention.end) or (units.after_of(text, mention.end) if number.scaled else None)
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
