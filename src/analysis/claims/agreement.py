"""Whether the documents of a claim agree with one another and with those of other claims."""

from collections import defaultdict
from itertools import islice

from analysis.claims.readings import meaning, value_of

# Two claims about the same thing whose values lie within this factor are shown as disputing each other; farther apart
# they are taken to speak of different events (1,200 killed in one attack, 35,000 in a war).
DISPUTED_WITHIN = 1.5


def agreement_of(rows, document_ids):
    """What the readings of one claim say of each other: "single", "same" or "compatible"."""
    if len(document_ids) == 1:
        return "single"
    return "same" if len({meaning(row) for row in rows}) == 1 else "compatible"


def mark_disputed(claims, groups):
    """Write "disputed" into the claims that another document disputes."""
    by_thing = defaultdict(list)
    for claim, (thing, readings) in zip(claims, groups, strict=True):
        by_thing[thing].append((claim, readings))
    for rivals in by_thing.values():
        for claim, other in _disputes(rivals):
            claim["agreement"] = other["agreement"] = "disputed"


def _disputes(rivals):
    """Yield claims that dispute each other: no document gives both, and their values are near, yet incompatible."""
    # From the smallest value on, so that each is compared with the few that are near and not with all of them.
    ordered = sorted(
        (
            (abs(value_of(readings[0][0])), {reading[0].document_id for reading in readings}, claim)
            for claim, readings in rivals
        ),
        key=lambda rival: rival[0],
    )
    for index, (near, documents, claim) in enumerate(ordered):
        for far, others, other in islice(ordered, index + 1, None):
            if not 0 < near <= far <= DISPUTED_WITHIN * near:
                break
            if documents.isdisjoint(others):
                yield claim, other
