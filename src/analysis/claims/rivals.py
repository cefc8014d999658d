"""Claims that plausibly count one event and give values that part: found without holding each against each."""

import math
from collections import defaultdict

from analysis.claims import places, who
from analysis.claims.periods import may_overlap

# Two claims about the same thing whose values lie within this factor are held against each other; farther apart they
# are taken to speak of different events (1,200 killed in one attack, 35,000 in a war).
NEAR = 1.5
# Of twenty pairs of readings as near to each other as these, one may be so by chance.
CROWD = 0.05
_NEWS = 3  # days between reports of an event that at least one of them does not date
_SHORT = 7  # days; a longer time is a period, and its dead are not those of an attack
_STEP = math.log(NEAR)


def pairs(groups, background):
    """Return pairs of groups, the smaller value first, that speak of one fact and differ.

    Parameters
    ----------
    groups : list of Group
        Of one thing.
    background : Background

    Returns
    -------
    list of (int, int)
        Places in ``groups``.
    """
    if not groups or not _is_comparable(groups[0].rows[0]):
        return []
    found = []
    for first, second in sorted(_candidates(groups, background)):
        one, other = groups[first], groups[second]
        if _near(one, other) and _differ(one, other) and _of_one_event(one, other, background):
            smaller = sorted((first, second), key=lambda place: (abs(groups[place].value), place))
            found.append(tuple(smaller))
    return found


def _is_comparable(row):
    """Of people it must be stated what happened to them: that 5,000 did this and 6,000 that is no dispute."""
    return row.event != "" or row.counted_class != "people"


# ---- which pairs to look at


def _candidates(groups, background):
    """Pairs that share a place, of which few readings speak, or a text; and whose values and days are near."""
    shelves, found = defaultdict(list), set()
    for index, group in enumerate(groups):
        if group.value == 0:
            continue
        step = int(math.log(abs(group.value)) // _STEP)
        for where in _shelves(group, background):
            for near in (step - 1, step, step + 1):
                found.update((other, index) for other in shelves.get((*where, near), ()))
            shelves[(*where, step)].append(index)
    return found


def _shelves(group, background):
    """Where a group is laid and looked for: by text, and by place with each week that it may speak of."""
    found = [("text", text) for text in sorted(group.texts, key=str)]
    weeks, written = _weeks(group), group.span_of_writing
    for place in sorted({"", *(key for stated in group.places for key in stated.keys)}):
        if written is None or group.is_total:  # may meet another one of any day
            found += [(place, None)] * _may_tell(group, background, place, (None, None))
        if written is not None and _may_tell(group, background, place, (written[0] - _NEWS, written[1] + _NEWS)):
            found += [(place, week) for week in weeks]
    return found


def _weeks(group):
    """Weeks that the days and the writing of a group touch, with what is near enough."""
    spans = [(days.first, days.last) for days in group.likely if days.first is not None]
    if group.span_of_writing is not None and len(spans) < len(group.likely):
        first, last = group.span_of_writing
        spans.append((first - _NEWS, last + _NEWS))
    return sorted({week for first, last in spans for week in range(first // 7, last // 7 + 1)})


def _may_tell(group, background, place, days):
    """Whether any value near that of the group might be told from a crowd of events at a place."""
    value = abs(group.value)
    window = ("written", *days)
    return background.least_crowd(value / NEAR**2, value * NEAR**2, value, place, window) <= CROWD


# ---- what they have in common


def _near(one, other):
    low, high = sorted((abs(one.value), abs(other.value)))
    return 0 < low <= high <= NEAR * low and one.value * other.value > 0


def _differ(one, other):
    """Whether no two readings are compatible, and no document gives both values but as those of two speakers."""
    if not (one.span[1] < other.span[0] or other.span[1] < one.span[0]):
        return False
    both = one.documents & other.documents
    own_reports = one.documents > both and other.documents > both
    return own_reports and all(_disputed(one, other, document_id) for document_id in both)


def _disputed(one, other, document_id):
    """Whether a document has two values from two speakers; given without, they are of two things."""
    said, others = (
        {row.speaker_name for row in group.rows if row.document_id == document_id} for group in (one, other)
    )
    return "" not in said | others and said.isdisjoint(others)


def _of_one_event(one, other, background):
    """Whether two claims plausibly count the same people of the same event, and not by chance of a crowd of events."""
    window, common = _window(one, other), _common_places(one, other)
    if window is None or not common:
        return False
    if not all(who.may_be_same(counted, others) for counted in one.whos for others in other.whos):
        return False
    if not any(one.may_be_by(named) for named in other.means):
        return False
    if one.texts & other.texts:
        return True
    values = abs(one.value), abs(other.value)
    near = min(values) / NEAR, max(values) * NEAR
    return min(background.crowd(near, place, window) for place in common) <= CROWD


def _common_places(one, other):
    """Keys of the places that hold a reading of each, "" if any may; none if each states another."""
    found = set()
    for place, firm in one.places.items():
        for others, also_firm in other.places.items():
            related = places.relation(place, others)
            if related == places.OTHER and firm and also_firm:
                return ()
            if related != places.OTHER:
                found.add(places.shared(place, others) if related == places.SAME else "")
    return sorted(found)


def _window(one, other):
    """The days in which both may speak of one event, None if there are none."""
    meeting = [(days, others) for days in one.likely for others in other.likely if may_overlap(days, others)]
    known = [(days, others) for days, others in meeting if days.first is not None and others.first is not None]
    for days, others in known:
        if _alike_long(days, others):
            return "happened", max(days.first, others.first), min(days.last, others.last)
    return None if known or not meeting else _between(one, other)


def _alike_long(days, others):
    return (days.last - days.first > _SHORT) == (others.last - others.first > _SHORT)


def _between(one, other):
    """The days of writing that are nearest to each other; None if they are too far apart, but for totals."""
    spans = [group.span_of_writing for group in (one, other)]
    if None in spans:
        return ("written", None, None) if spans == [None, None] else None
    # Of spans that overlap, a day in both; else the end of the earlier and the beginning of the later.
    first, last = sorted((min(span[1] for span in spans), max(span[0] for span in spans)))
    apart = max(span[0] for span in spans) - min(span[1] for span in spans)
    if apart > _NEWS and not (one.is_total and other.is_total):
        return None
    return "written", first - 1, last + 1
