"""Quantities joined into claims."""

from collections import Counter, defaultdict
from itertools import count

import pandas as pd

from analysis import tables
from analysis.claims.agreement import agreement_of, mark, relation
from analysis.claims.datelines import written
from analysis.claims.grouping import compatible
from analysis.claims.periods import length
from analysis.claims.readings import by_thing, plain, readings_of, reasons
from analysis.claims.rivals import pairs
from analysis.claims.settings import Settings
from analysis.claims.witnesses import Witnesses

_DAY = pd.Timedelta(1, "D")


def gather(quantities, clusters, documents, shared_passages=None, *, within="30D"):
    """Join quantities of the same thing, event, place and time, and of compatible values, into claims.

    The same thing is the same ``event``, ``unit`` and ``per``, and the same ``counted_class`` (the same counted noun
    where there is no class or no event). Values are compatible when what they imply overlaps: "about 250" implies 245
    to 255, half its last stated digit either way, and "more than 250" implies 250 to 260, since a reporter who knew of
    270 would have said so (implied rounding; Krifka 2007, "Approximate interpretation of number words"). A report that
    gives two different values speaks of two claims: no conflict within a report is resolved here.

    Places are compatible when they are equal, one lies in the other (``lexicon/places.csv`` knows spellings and some
    parts) or one is not stated. Times are compatible when the days they name may overlap (resolved against the date of
    the report: "on Monday" is the last Monday) or one names none; a total ("cumulative") names none. Documents
    published more than ``within`` apart state one fact only where both give totals, or both name days that overlap.

    Parameters
    ----------
    quantities : DataFrame of ``tables.Quantities``
    clusters : DataFrame of ``tables.Clusters``
    documents : DataFrame of ``tables.Documents``
    shared_passages : DataFrame of ``tables.SharedPassages``, optional
        A quantity inside a passage that two documents share word for word, and not as a quotation, is one witness.
    within : str, Timedelta or None
        A length of time with its unit: "30D", "36h". None joins reports of any age. Reports of no known date are
        never too far apart.

    Returns
    -------
    claims : DataFrame of ``tables.Claims``
        ``low`` and ``high`` span all readings. ``n_independent`` counts documents once for each cluster or shared
        passage; ``n_speakers`` counts ``speaker_name``. ``agreement`` is "single" (one document), "same" (all readings
        alike) or "compatible"; where another document gives an incompatible value within a factor of 1.5 for the same
        place and time, it is "update" (this claim is the later, a total, and larger), "conflict between speakers" (each
        value has its own) or "conflict". Of several, a conflict goes before one between speakers, and both before an
        update.
    claim_quantities : DataFrame of ``tables.ClaimQuantities``
        Which quantities make up a claim; ``witness`` names the independent report that each stands for. What stands
        in no claim is told by ``left_out``.

    Raises
    ------
    TableError
        Quantities or clusters name a document that is not there, or clusters lack one.
    ValueError
        ``within`` is no length of time.
    """
    width = length("within", within)
    published = documents.set_index("document_id")["published"]
    _refuse_strangers(quantities, published.index, clusters)
    chosen = quantities[reasons(quantities) == ""]
    chosen = chosen.assign(written=written(documents).reindex(chosen["document_id"]).array)
    gathering = _Gathering(documents, clusters, shared_passages, None if width is None else width / _DAY)
    for thing, rows in by_thing(chosen):
        gathering.add(thing, rows)
    return (
        tables.check(tables.Claims, pd.DataFrame(gathering.claims, columns=tables.columns(tables.Claims))),
        tables.check(
            tables.ClaimQuantities, pd.DataFrame(gathering.members, columns=tables.columns(tables.ClaimQuantities))
        ),
    )


class _Gathering:
    """Claims and their members, made of one thing after another; no more than one is held with all its readings."""

    def __init__(self, documents, clusters, shared_passages, within):
        self._settings = Settings(documents, clusters, shared_passages)
        self._witnesses = Witnesses(clusters, shared_passages)
        self._published = dict(zip(documents["document_id"], documents["published"], strict=True))
        self._within = within
        self._names, self._numbers = set(), defaultdict(int)
        self.claims, self.members = [], []

    def add(self, thing, rows):
        """Join the quantities of one thing into claims."""
        groups, background = compatible(readings_of(rows, self._settings), self._within)
        claims = [self._claim(thing, group) for group in groups]
        rivals = [
            (smaller, larger, relation(groups[smaller], groups[larger], self._within))
            for smaller, larger in pairs(groups, background)
        ]
        mark(claims, [rival for rival in rivals if rival[2]])
        self.claims += claims

    def _claim(self, thing, group):
        name, rows = self._name(thing, group), group.rows
        witness = self._witnesses.of(rows)
        self.members += [(name, row.document_id, row.start, witness[row.document_id]) for row in rows]
        counted = Counter(row.counted for row in rows if row.counted)
        dates = [self._published[document_id] for document_id in group.documents]
        return {
            "claim_id": name,
            "counted": min(counted, key=lambda noun: (-counted[noun], noun), default=rows[0].counted_class),
            "event": rows[0].event,
            "unit": rows[0].unit,
            "low": min(row.low for row in rows),
            "high": max(row.high for row in rows),
            "n_documents": len(group.documents),
            "n_independent": len(set(witness.values())),
            "n_speakers": len({row.speaker_name for row in rows} - {""}),
            "agreement": agreement_of(group),
            "against": "",
            "first_published": min((date for date in dates if not pd.isna(date)), default=pd.NaT),
        }

    def _name(self, thing, group):
        """people-killed-35000, and -2 where the same would stand twice."""
        first = plain(*thing, f"{group.value:.15g}")
        name = next(name for name in _numbered(first, self._numbers[first]) if name not in self._names)
        self._numbers[first] += 1
        self._names.add(name)
        return name


def _numbered(first, used):
    return (first if number == 1 else f"{first}-{number}" for number in count(used + 1))


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
