"""Whether the documents of a claim agree with one another and with those of other claims."""

from collections import defaultdict
from itertools import islice

from analysis.claims.readings import meaning

# Two claims about the same thing whose values lie within this factor are held against each other; farther apart they
# are taken to speak of different events (1,200 killed in one attack, 35,000 in a war).
NEAR = 1.5
CONFLICT, BETWEEN_SPEAKERS, UPDATE = "conflict", "conflict between speakers", "update"
# Of several, the one a reader must look at first stands in the table.
_FIRST_TO_READ = (CONFLICT, BETWEEN_SPEAKERS, UPDATE)


def agreement_of(group):
    """What the readings of one claim say of each other: "single", "same" or "compatible"."""
    if len(group.documents) == 1:
        return "single"
    return "same" if len({meaning(row) for row in group.rows}) == 1 else "compatible"


def mark_rivals(claims, groups):
    """Write into the claims what other documents say against them.

    Parameters
    ----------
    claims : list of dict
        Rows of ``tables.Claims``; "agreement" is changed.
    groups : list of (tuple, Group)
        The thing of each claim, and its readings.
    """
    by_thing = defaultdict(list)
    for claim, (thing, group) in zip(claims, groups, strict=True):
        by_thing[thing].append((claim, group))
    found = defaultdict(set)
    for rivals in by_thing.values():
        for (claim, group), (other, larger) in _rivals(rivals):
            relation = _relation(claim, group, other, larger)
            found[other["claim_id"]].add(relation)
            if relation != UPDATE:  # the count that another one carries on was right in its day
                found[claim["claim_id"]].add(relation)
    for claim in claims:
        said = found.get(claim["claim_id"], ())
        claim["agreement"] = next((name for name in _FIRST_TO_READ if name in said), claim["agreement"])


def _rivals(claims):
    """Yield two claims, the smaller first, that may speak of one fact and differ: no document gives both values."""
    # From the smallest value on, so that each is compared with the few that are near and not with all of them.
    ordered = sorted(claims, key=lambda pair: (abs(pair[1].value), pair[0]["claim_id"]))
    for index, (claim, group) in enumerate(ordered):
        near = abs(group.value)
        for other, larger in islice(ordered, index + 1, None):
            if not 0 < near <= abs(larger.value) <= NEAR * near:
                break
            if group.documents.isdisjoint(larger.documents) and group.may_concern(larger):
                yield (claim, group), (other, larger)


def _relation(claim, group, other, larger):
    # NaT is later than nothing.
    later = claim["first_published"] < other["first_published"] and abs(group.value) < abs(larger.value)
    if later and "cumulative" in larger.kinds and "incremental" not in group.kinds | larger.kinds:
        return UPDATE
    speakers, others = ({row.speaker_name for row in rows} - {""} for rows in (group.rows, larger.rows))
    return BETWEEN_SPEAKERS if speakers and others and speakers.isdisjoint(others) else CONFLICT
