"""What the documents of a claim say of one another, and what those of other claims say against them."""

CONFLICT, BETWEEN_SPEAKERS, UPDATE = "conflict", "conflict between speakers", "update"
# Of several, the one a reader must look at first stands in the table.
_FIRST_TO_READ = (CONFLICT, BETWEEN_SPEAKERS, UPDATE)


def agreement_of(group):
    """What the readings of one claim say of each other: "single", "same" or "compatible"."""
    if len(group.documents) == 1:
        return "single"
    return "same" if len({reading.meaning for reading in group.readings}) == 1 else "compatible"


def relation(smaller, larger, within):
    """How two claims of one fact whose values part stand to each other: "update" is said of the larger one.

    "" for two totals that were written more than ``within`` days apart: of the older one nobody says that it is wrong.
    """
    speakers, others = ({row.speaker_name for row in group.rows} - {""} for group in (smaller, larger))
    if _is_later(smaller, larger) and (larger.is_total or speakers & others):
        return UPDATE
    if within is not None and smaller.is_total and larger.is_total and _apart(smaller, larger) > within:
        return ""
    return BETWEEN_SPEAKERS if speakers and others and speakers.isdisjoint(others) else CONFLICT


def _apart(*groups):
    """Days between the writing of two groups, 0 where they overlap or no date is known."""
    spans = [group.span_of_writing for group in groups]
    return 0 if None in spans else max(0, max(span[0] for span in spans) - min(span[1] for span in spans))


def _is_later(smaller, larger):
    spans = smaller.span_of_writing, larger.span_of_writing
    return None not in spans and spans[0][0] < spans[1][0]


def mark(claims, rivals):
    """Write into the claims what other documents say against them.

    Parameters
    ----------
    claims : list of dict
        Rows of ``tables.Claims``; "agreement" and "against" are changed.
    rivals : list of (int, int, str)
        Places of the smaller and the larger of two claims, and their relation.
    """
    said = {}
    for smaller, larger, related in rivals:
        said.setdefault(larger, []).append((related, smaller))
        if related != UPDATE:  # the count that another one carries on was right in its day
            said.setdefault(smaller, []).append((related, larger))
    for place, against in said.items():
        related, other = min(against, key=lambda pair: _order(pair, claims))
        claims[place] |= {"agreement": related, "against": claims[other]["claim_id"]}


def _order(pair, claims):
    """The gravest first, then the one with most behind it."""
    related, other = pair
    return _FIRST_TO_READ.index(related), -claims[other]["n_independent"], claims[other]["claim_id"]
