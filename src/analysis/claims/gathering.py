"""Quantities joined into claims."""

import re
from collections import Counter
from itertools import count

import pandas as pd

from analysis import tables
from analysis.claims.agreement import agreement_of, mark_disputed
from analysis.claims.grouping import compatible
from analysis.claims.readings import by_thing, readings_of, reasons, value_of
from analysis.claims.witnesses import Witnesses


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
    chosen = quantities[reasons(quantities) == ""]
    groups = [
        (thing, readings)
        for thing, rows in sorted(by_thing(chosen, published).items())
        for readings in compatible(readings_of(rows))
    ]
    witnesses = Witnesses(clusters, shared_passages)
    names = _names(groups)
    claims = [_claim(name, readings, witnesses, published) for name, (_, readings) in zip(names, groups, strict=True)]
    mark_disputed(claims, groups)
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
        "agreement": agreement_of(rows, document_ids),
        "first_published": published.loc[document_ids].min(),
    }


def _names(groups):
    """people-killed-35000, and -2 where the same would stand twice."""
    names = {}  # of a dict the keys stay in order
    for (thing, event, unit, per), readings in groups:
        words = [thing, event, unit, per, f"{value_of(readings[0][0]):.15g}"]
        name = "-".join(re.sub(r"[^\w.]+", "-", word.casefold()).strip("-") for word in words if word)
        free = (again for again in count(1) if _numbered(name, again) not in names)
        names[_numbered(name, next(free))] = None
    return list(names)


def _numbered(name, again):
    return name if again == 1 else f"{name}-{again}"
