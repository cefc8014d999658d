"""Quantities counted once for each independent report, and where reports disagree."""

import math
import re
from collections import Counter, defaultdict
from decimal import Decimal
from functools import cache
from itertools import count, islice

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from analysis import tables

# Kinds of quantity that reports can agree or disagree on; a duration or an age is rarely the same fact twice.
_KINDS = ("count", "percent", "money", "measure", "rate")
# Two claims about the same thing whose values lie within this factor are shown as disputing each other; farther apart
# they are taken to speak of different events (1,200 killed in one attack, 35,000 in a war).
DISPUTED_WITHIN = 1.5


def gather(quantities, clusters, documents, shared_passages=None):
    """Join quantities of the same thing, the same event and compatible values into claims.

    The same thing is the same ``event``, ``unit`` and ``per``, and the same ``counted_class`` (the same counted noun
    where there is no class or no event). Values are compatible when what they imply overlaps: "about 250" implies 245
    to 255, half its last stated digit either way, and "more than 250" implies 250 to 260, since a reporter who knew of
    270 would have said so (implied rounding; Krifka 2007, "Approximate interpretation of number words"). A report that
    gives two different values speaks of two claims: no conflict within a report is resolved here.

    Parameters
    ----------
    quantities : DataFrame of ``tables.Quantities``
    clusters : DataFrame of ``tables.Clusters``
    documents : DataFrame of ``tables.Documents``
    shared_passages : DataFrame of ``tables.SharedPassages``, optional
        A quantity inside a passage that two documents share word for word, and not as a quotation, is one witness.

    Returns
    -------
    claims : DataFrame of ``tables.Claims``
        ``low`` and ``high`` span all readings. ``n_independent`` counts documents once for each cluster or shared
        passage; ``n_speakers`` counts ``speaker_name``. ``agreement`` is "single" (one document), "same" (all readings
        alike), "compatible", or "disputed": another document gives an incompatible value within a factor of 1.5.
    claim_quantities : DataFrame of ``tables.ClaimQuantities``
        What stands in no claim is told by ``left_out``.
    """
    published = documents.set_index("document_id")["published"]
    _refuse_strangers(quantities, published.index, clusters)
    chosen = quantities[_reasons(quantities) == ""]
    groups = [
        (thing, readings)
        for thing, rows in sorted(_by_thing(chosen, published).items())
        for readings in _compatible(_readings(rows))
    ]
    witnesses = _Witnesses(clusters, shared_passages)
    names = _names(groups)
    claims = [_claim(name, readings, witnesses, published) for name, (_, readings) in zip(names, groups, strict=True)]
    _mark_disputed(claims, groups)
    members = [
        (name, row.document_id, row.start)
        for name, (_, readings) in zip(names, groups, strict=True)
        for reading in readings
        for row in reading
    ]
    return (
        tables.check(tables.Claims, pd.DataFrame(claims, columns=tables.columns(tables.Claims))),
        tables.check(tables.ClaimQuantities, pd.DataFrame(members, columns=tables.columns(tables.ClaimQuantities))),
    )


def left_out(quantities):
    """Return the quantities that stand in no claim, with a column ``reason``."""
    reasons = _reasons(quantities)
    return quantities.assign(reason=reasons)[reasons != ""].reset_index(drop=True)


def _reasons(quantities):
    valueless = quantities["low"].isna() | quantities["high"].isna()
    valueless |= np.isinf(quantities["low"]) & np.isinf(quantities["high"])
    # A convention may give "dozens" a number; that is the convention's figure, and no report can dispute it.
    valueless |= quantities["bound"] == "vague"
    nameless = (quantities["counted"] == "") & (quantities["counted_class"] == "") & (quantities["event"] == "")
    reasons = pd.Series("", index=quantities.index)
    # Not even with a unit: "5 percent" of nobody knows what would join all the reports that state some 5 percent.
    reasons = reasons.mask(nameless, "what is counted is not stated")
    reasons = reasons.mask(
        ~quantities["kind"].isin(_KINDS), "of the kind " + quantities["kind"] + ", not compared between reports"
    )
    return reasons.mask(valueless, "no value: " + quantities["bound"])


def _refuse_strangers(quantities, document_ids, clusters):
    for name, found in (("quantities", quantities["document_id"]), ("clusters", clusters["document_id"])):
        strangers = sorted(set(found) - set(document_ids))
        if strangers:
            raise tables.TableError(
                f"{name} name {strangers[0]!r}, which is not among the {len(document_ids)} documents."
            )
    missing = sorted(set(quantities["document_id"]) - set(clusters["document_id"]))
    if missing:
        raise tables.TableError(
            f"clusters name no {missing[0]!r}; cluster the same documents that the quantities are of."
        )


# ---- readings: the same value in one document, once or more


def _by_thing(quantities, published):
    """(class or noun, event, unit, per) → quantities, from the earliest document to the latest."""
    when = published.reindex(quantities["document_id"]).array  # map() of no rows would lose the kind
    ordered = quantities.assign(_when=when).sort_values(["_when", "document_id", "start"], na_position="last")
    things = defaultdict(list)
    for row in ordered.itertuples(index=False):
        things[_thing(row), row.event, row.unit, row.per].append(row)
    return things


def _thing(row):
    """A class stands for its nouns where something happened to them: Palestinians and people killed are one thing.

    Where nothing did, two crossings and two countries are not, though both are places.
    """
    noun = row.counted.casefold()
    return (row.counted_class or noun) if row.event else (noun or row.counted_class)


def _readings(rows):
    """Lists of quantities that give the same value in the same document."""
    readings = defaultdict(list)
    for row in rows:
        readings[row.document_id, row.low, row.high, row.bound].append(row)
    return list(readings.values())


class _Group:
    """Readings of which each agrees with each, so that what they imply has a part in common (Helly 1923)."""

    def __init__(self):
        self.readings, self.documents, self.low, self.high = [], set(), -math.inf, math.inf

    def add(self, reading, low, high):
        self.readings.append(reading)
        self.documents.add(reading[0].document_id)
        self.low, self.high = max(self.low, low), min(self.high, high)

    def distance(self, row):
        return abs(_value(self.readings[0][0]) - _value(row))


def _compatible(readings):
    """Put each reading into the claim nearest to it among those it is compatible with, or into one of its own."""
    groups = []
    for reading in readings:
        row = reading[0]
        low, high = _implied(*_meaning(row))
        fitting = [
            group
            for group in groups
            if group.low <= high and low <= group.high and row.document_id not in group.documents
        ]
        if not fitting:
            groups.append(_Group())
        nearest = min(fitting, key=lambda group, row=row: group.distance(row), default=groups[-1])
        nearest.add(reading, low, high)
    return [group.readings for group in groups]


def _meaning(row):
    return row.low, row.high, row.bound, row.approximate


def _value(row):
    return _stated(row.low, row.high, row.bound)


@cache
def _stated(low, high, bound):
    """The number that stands in the text: of an open bound the finite end, of a range its middle."""
    ends = [end for end in (low, high) if math.isfinite(end)]
    return ends[-1] if bound in ("at most", "less than") else sum(ends) / len(ends)


@cache
def _implied(low, high, bound, approximate):
    """The interval that a careful reporter would still describe in this way."""
    if bound == "between":
        return low, high
    value = _stated(low, high, bound)
    step = _last_digit(value)
    low = value - step if bound in ("at most", "less than") else value
    high = value + step if bound in ("at least", "more than") else value
    return (low - step / 2, high + step / 2) if approximate else (low, high)


def _last_digit(value):
    """What one in the last stated digit is worth: 35,000 → 1,000; 250 → 10; 31 → 1; 2.5 → 0.1."""
    return 10.0 ** Decimal(f"{value:.15g}").normalize().as_tuple().exponent


# ---- claims


class _Witnesses:
    """Which documents speak for themselves: one witness for each cluster, and for each passage copied word for word."""

    def __init__(self, clusters, shared_passages):
        self._representative = dict(zip(clusters["document_id"], clusters["representative"], strict=True))
        self._copied = defaultdict(lambda: defaultdict(list))
        if shared_passages is not None:
            for row in shared_passages[~shared_passages["quoted"]].itertuples(index=False):
                self._copied[row.a][row.b].append(row)

    def count(self, rows):
        """Number of independent documents among those of ``rows``."""
        places = defaultdict(list)
        for row in rows:
            places[row.document_id].append(row)
        names = sorted({self._representative[document_id] for document_id in places})
        number = {name: index for index, name in enumerate(names)}
        edges = [(number[self._representative[a]], number[self._representative[b]]) for a, b in self._copies(places)]
        if not edges:
            return len(names)
        one, other = np.array(edges).T
        graph = sparse.coo_array((np.ones(len(edges)), (one, other)), shape=(len(names), len(names)))
        return int(connected_components(graph, directed=False, return_labels=False))

    def _copies(self, places):
        """Pairs of documents that state the quantity in one passage which they share."""
        for a in places:
            for b in self._copied[a].keys() & places.keys() if a in self._copied else ():
                if any(_holds(passage, places[a], places[b]) for passage in self._copied[a][b]):
                    yield a, b


def _holds(passage, rows_a, rows_b):
    return any(passage.a_start <= row.start and row.end <= passage.a_end for row in rows_a) and any(
        passage.b_start <= row.start and row.end <= passage.b_end for row in rows_b
    )


def _claim(name, readings, witnesses, published):
    rows = [row for reading in readings for row in reading]
    document_ids = sorted({row.document_id for row in rows})
    counted = Counter(row.counted for row in rows if row.counted)
    return {
        "claim_id": name,
        "counted": min(counted, key=lambda noun: (-counted[noun], noun), default=rows[0].counted_class),
        "event": rows[0].event,
        "unit": rows[0].unit,
        "low": min(row.low for row in rows),
        "high": max(row.high for row in rows),
        "n_documents": len(document_ids),
        "n_independent": witnesses.count(rows),
        "n_speakers": len({row.speaker_name for row in rows} - {""}),
        "agreement": _agreement(rows, document_ids),
        "first_published": published.loc[document_ids].min(),
    }


def _agreement(rows, document_ids):
    if len(document_ids) == 1:
        return "single"
    return "same" if len({_meaning(row) for row in rows}) == 1 else "compatible"


def _mark_disputed(claims, groups):
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
            (abs(_value(readings[0][0])), {reading[0].document_id for reading in readings}, claim)
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


def _names(groups):
    """people-killed-35000, and -2 where the same would stand twice."""
    names = {}  # of a dict the keys stay in order
    for (thing, event, unit, per), readings in groups:
        words = [thing, event, unit, per, f"{_value(readings[0][0]):.15g}"]
        name = "-".join(re.sub(r"[^\w.]+", "-", word.casefold()).strip("-") for word in words if word)
        free = (again for again in count(1) if _numbered(name, again) not in names)
        names[_numbered(name, next(free))] = None
    return list(names)


def _numbered(name, again):
    return name if again == 1 else f"{name}-{again}"
