"""Whether the documents of a claim agree with one another and with those of other claims."""

from collections import defaultdict

from analysis.claims import places, who
from analysis.claims.periods import may_overlap

# Two claims about the same thing whose values lie within this factor are held against each other; farther apart they
# are taken to speak of different events (1,200 killed in one attack, 35,000 in a war).
NEAR = 1.5
CONFLICT, BETWEEN_SPEAKERS, UPDATE = "conflict", "conflict between speakers", "update"
# Of several, the one a reader must look at first stands in the table.
_FIRST_TO_READ = (CONFLICT, BETWEEN_SPEAKERS, UPDATE)
# The share of readings that would be as near to each other by chance, up to which two are taken to tell of one event.
CROWD = 0.05
_DAYS = 7
_NEWS = 3  # days between reports of an event that at least one of them does not date


def agreement_of(group):
    """What the readings of one claim say of each other: "single", "same" or "compatible"."""
    if len(group.documents) == 1:
        return "single"
    return "same" if len({reading.meaning for reading in group.readings}) == 1 else "compatible"


def mark_rivals(claims, groups, backgrounds, within):
    """Write into the claims what other documents say against them.

    Parameters
    ----------
    claims : list of dict
        Rows of ``tables.Claims``; "agreement" is changed.
    groups : list of (tuple, Group)
        The thing of each claim, and its readings.
    backgrounds : dict
        The ``Background`` of each thing.
    within : float or None
        Days up to which two totals are held against each other.
    """
    by_thing = defaultdict(list)
    for claim, (thing, group) in zip(claims, groups, strict=True):
        by_thing[thing].append((claim, group))
    found = defaultdict(set)
    for thing, rivals in by_thing.items():
        for (claim, group), (other, larger) in _rivals(rivals, backgrounds[thing], within):
            relation = _relation(group, larger)
            found[other["claim_id"]].add(relation)
            if relation != UPDATE:  # the count that another one carries on was right in its day
                found[claim["claim_id"]].add(relation)
    for claim in claims:
        said = found.get(claim["claim_id"], ())
        claim["agreement"] = next((name for name in _FIRST_TO_READ if name in said), claim["agreement"])


def _rivals(claims, background, within):
    """Yield two claims, the smaller first, that speak of one fact and differ: no document gives both values."""
    ordered = sorted(claims, key=lambda pair: (abs(pair[1].value), pair[0]["claim_id"]))
    for index, (claim, group) in enumerate(ordered):
        near = abs(group.value)
        for other, larger in ordered[index + 1 :]:
            if not 0 < near <= abs(larger.value) <= NEAR * near:
                break
            if _differ(group, larger) and _of_one_event(group, larger, background, within):
                yield (claim, group), (other, larger)


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


def _of_one_event(one, other, background, within):
    """Whether two claims plausibly count the same people of the same event, and not by chance of a crowd of events."""
    if not one.rows[0].event and one.rows[0].counted_class == "people":
        return False  # who did something in common is not stated
    window, common = _window(one, other, within), _common_places(one, other)
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


def _window(one, other, within):
    """The days in which both may speak of one event, None if there are none."""
    meeting = [(days, others) for days in one.likely for others in other.likely if may_overlap(days, others)]
    known = [(days, others) for days, others in meeting if days.first is not None and others.first is not None]
    for days, others in known:
        if _alike_long(days, others):
            return "happened", max(days.first, others.first), min(days.last, others.last)
    return None if known or not meeting else _between(one, other, within)


def _between(one, other, within):
    """The days of writing that are nearest to each other, of totals any; None if they are too far apart."""
    spans = [group.span_of_writing for group in (one, other)]
    if None in spans:
        return "written", None, None
    first, last = sorted((min(span[1] for span in spans), max(span[0] for span in spans)))
    far = within if one.is_total and other.is_total else _NEWS
    if far is not None and last - first > far and not (spans[0][0] <= spans[1][1] and spans[1][0] <= spans[0][1]):
        return None
    return "written", first - 1, last + 1


def _alike_long(days, others):
    """Whether both are about a day, or both about a longer time: the dead of a year are not those of an attack."""
    return (days.last - days.first > _DAYS) == (others.last - others.first > _DAYS)


def _relation(group, larger):
    """How the smaller of two claims of one fact stands to the larger, whose values are apart."""
    speakers, others = ({row.speaker_name for row in rows} - {""} for rows in (group.rows, larger.rows))
    if _later(group, larger) and (larger.is_total or speakers & others):
        return UPDATE
    return BETWEEN_SPEAKERS if speakers and others and speakers.isdisjoint(others) else CONFLICT


def _later(group, larger):
    spans = group.span_of_writing, larger.span_of_writing
    return None not in spans and spans[0][0] < spans[1][0] and abs(group.value) < abs(larger.value)
