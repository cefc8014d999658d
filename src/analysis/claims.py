"""Quantities counted once for each independent report, and where reports disagree."""

import math
import re
from collections import Counter, defaultdict

import pandas as pd

from analysis import tables

# Kinds of quantity that reports can agree or disagree on; a duration or an age is rarely the same fact twice.
_KINDS = ("count", "percent", "money", "measure", "rate")
# Two claims about the same thing whose values lie within this factor are shown as disputing each other; farther apart
# they are taken to speak of different events (1,200 killed in one attack, 35,000 in a war).
DISPUTED_WITHIN = 1.5


def gather(quantities, clusters, documents, shared_passages=None):
    """Join quantities of the same thing, the same event and compatible values into claims.

    The same thing is the same ``counted_class`` (or the same counted noun where there is no class), ``event``, ``unit``
    and ``per``. Values are compatible when what they imply overlaps: "about 250" implies 245 to 255, half its last
    stated digit either way, and "more than 250" implies 250 to 260, since a reporter who knew of 270 would have said so
    (implied rounding; Krifka 2007, "Approximate interpretation of number words"). A report that gives two different
    values speaks of two claims: no conflict within a report is resolved here.

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
    valueless = quantities["low"].isna() & quantities["high"].isna()
    nameless = (quantities["counted"] == "") & (quantities["counted_class"] == "") & (quantities["event"] == "")
    reasons = pd.Series("", index=quantities.index)
    reasons = reasons.mask(nameless & (quantities["unit"] == ""), "what is counted is not stated")
    reasons = reasons.mask(
        ~quantities["kind"].isin(_KINDS), "a " + quantities["kind"] + ", not compared between reports"
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
    when = quantities["document_id"].map(published)
    ordered = quantities.assign(_when=when).sort_values(["_when", "document_id", "start"], na_position="last")
    things = defaultdict(list)
    for row in ordered.itertuples(index=False):
        thing = row.counted_class or row.counted.casefold()
        things[thing, row.event, row.unit, row.per].append(row)
    return things


def _readings(rows):
    """Lists of quantities that give the same value in the same document."""
    readings = defaultdict(list)
    for row in rows:
        readings[row.document_id, row.low, row.high, row.bound].append(row)
    return list(readings.values())


def _compatible(readings):
    """Put each reading into the claim nearest to it among those it is compatible with, or into one of its own."""
    groups = []
    for reading in readings:
        fitting = [group for group in groups if all(_agree(reading[0], other[0]) for other in group)]
        if fitting:
            min(fitting, key=lambda group: abs(_value(group[0][0]) - _value(reading[0]))).append(reading)
        else:
            groups.append([reading])
    return groups


def _agree(one, other):
    """Readings of two documents agree when they name the same value or what they imply overlaps."""
    if one.document_id == other.document_id:
        return False
    if _value(one) == _value(other):
        return True
    (low, high), (other_low, other_high) = _implied(one), _implied(other)
    return low <= other_high and other_low <= high


def _value(row):
    """The number that stands in the text: of an open bound the finite end, of a range its middle."""
    ends = [end for end in (row.low, row.high) if math.isfinite(end)]
    return ends[-1] if row.bound in ("at most", "less than") else sum(ends) / len(ends)


def _implied(row):
    """The interval that a careful reporter would still describe in this way."""
    if row.bound == "between":
        return row.low, row.high
    value, step = _value(row), _last_digit(_value(row))
    low = value - step if row.bound in ("at most", "less than") else value
    high = value + step if row.bound in ("at least", "more than") else value
    return (low - step / 2, high + step / 2) if row.approximate else (low, high)


def _last_digit(value):
    """What one in the last stated digit is worth: 35,000 → 1,000; 250 → 10; 31 → 1; 2.5 → 0.1."""
    digits = f"{value:.15g}"
    if "e" in digits:
        digits = f"{value:f}".rstrip("0").rstrip(".")
    if "." in digits:
        return 10.0 ** -len(digits.split(".")[1])
    return 10.0 ** (len(digits) - len(digits.rstrip("0"))) if value else 1.0


# ---- claims


class _Witnesses:
    """Which documents speak for themselves: one witness for each cluster, and for each passage copied word for word."""

    def __init__(self, clusters, shared_passages):
        self._representative = dict(zip(clusters["document_id"], clusters["representative"], strict=True))
        self._copied = defaultdict(list)
        if shared_passages is not None:
            for row in shared_passages[~shared_passages["quoted"]].itertuples(index=False):
                self._copied[row.a, row.b].append(row)

    def count(self, rows):
        """Number of independent documents among those of ``rows``."""
        witness = {row.document_id: self._representative[row.document_id] for row in rows}
        for one in rows:
            for other in rows:
                if one.document_id < other.document_id and self._is_copy(one, other):
                    merged, kept = witness[other.document_id], witness[one.document_id]
                    witness = {name: kept if found == merged else found for name, found in witness.items()}
        return len(set(witness.values()))

    def _is_copy(self, one, other):
        return any(
            p.a_start <= one.start and one.end <= p.a_end and p.b_start <= other.start and other.end <= p.b_end
            for p in self._copied[one.document_id, other.document_id]
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
    return "same" if len({(row.low, row.high, row.bound, row.approximate) for row in rows}) == 1 else "compatible"


def _mark_disputed(claims, groups):
    by_thing = defaultdict(list)
    for claim, (thing, readings) in zip(claims, groups, strict=True):
        by_thing[thing].append((claim, readings))
    for rivals in by_thing.values():
        for claim, readings in rivals:
            if any(_disputes(readings, others) for other, others in rivals if other is not claim):
                claim["agreement"] = "disputed"


def _disputes(readings, others):
    """Two claims dispute each other when no document gives both and their values are near, yet incompatible."""
    if {r[0].document_id for r in readings} & {r[0].document_id for r in others}:
        return False
    near, far = sorted(abs(_value(group[0][0])) for group in (readings, others))
    return near > 0 and far <= DISPUTED_WITHIN * near


def _names(groups):
    """people-killed-35000, and -2 where the same would stand twice."""
    seen, names = Counter(), []
    for (thing, event, unit, per), readings in groups:
        words = [thing, event, unit, per, f"{_value(readings[0][0]):.15g}"]
        name = "-".join(re.sub(r"[^\w.]+", "-", word.casefold()).strip("-") for word in words if word)
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return names
