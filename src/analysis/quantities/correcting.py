"""Quantities as readers corrected them, and what became of each correction: none is dropped, none applied by half."""

import math
import re
from typing import NamedTuple

import pandas as pd

from analysis import tables
from analysis.quantities import bounds, counted
from analysis.quantities import speakers as naming
from analysis.quantities.corrections import FIELDS, KEY, NOT_STATED, CorrectionsError, as_text

_NUMBERS = ("low", "high")
_OFFSETS = ("speaker_start", "speaker_end")
_ORDER = ("reject", "confirm", "correct", "add", "")
_UNLESS_ADDED = {"bound": "exact", "approximate": False, "kind": "count"}
_BOUNDED_BELOW, _BOUNDED_ABOVE = ("at least", "more than"), ("at most", "less than")
_SHOWN = 60


class _Refusal(ValueError):  # noqa: N818 - what it says becomes an outcome, and never leaves this module
    """A correction cannot be applied; the message says why, and what to do."""


class _Outcome(NamedTuple):
    outcome: str
    detail: str = ""
    was: str = ""
    became: str = ""


def correct(quantities, corrections, documents, *, speakers=None):
    """Return quantities as readers corrected them, and what became of each correction.

    What follows from a changed field follows it, unless it is stated too: ``high`` of "at least" is inf and of an exact
    number ``low``; ``counted_class`` is of the new noun; offsets, name and kind are of the new speaker, who is looked
    for nearest to the number, and whose cue is kept where old and new words overlap.

    Parameters
    ----------
    quantities : DataFrame of ``tables.Quantities``
        As they were extracted.
    corrections : DataFrame of ``tables.Corrections``
        Of ``read_corrections``.
    documents : DataFrame of ``tables.Documents``
    speakers : DataFrame or path of a CSV file, optional
        As for ``extract``: names and kinds of speakers.

    Returns
    -------
    (DataFrame of ``tables.Quantities``, DataFrame of ``tables.CorrectionsApplied``)
        ``outcome`` is ``applied``, ``already so``, ``no longer matches`` (other words, or no quantity, stand there
        now: ``detail`` says which), ``cannot be applied`` or ``not decided``. Only ``applied`` changes anything.

    Raises
    ------
    CorrectionsError
        Two corrections are of one quantity: their ids differ in zeros only, which a spreadsheet takes away.
    TableError
        A table breaks its shape.
    """
    quantities = tables.check(tables.Quantities, quantities)
    corrections = tables.check(tables.Corrections, corrections)
    texts = _texts(corrections, documents)
    corrections = _with_known_ids(corrections, texts)
    known = naming.known(speakers)
    before = {name: own.to_dict("records") for name, own in _of(quantities, corrections).groupby("document_id")}
    rows = {name: {row["start"]: row for row in before.get(name, ())} for name in set(corrections["document_id"])}
    decisions, outcomes = corrections.to_dict("records"), {}
    for place in sorted(range(len(decisions)), key=lambda place: _ORDER.index(decisions[place]["decision"])):
        row = decisions[place]
        outcomes[place] = _apply(row, rows[row["document_id"]], texts.get(row["document_id"]), known)
    told = pd.DataFrame([outcomes[place] for place in range(len(decisions))], columns=list(_Outcome._fields))
    applied = pd.concat([corrections[[*KEY, "decision", "note", "by"]].reset_index(drop=True), told], axis=1)
    return _changed(quantities, before, rows), tables.check(tables.CorrectionsApplied, applied)


def _of(quantities, corrections):
    """The quantities of the documents that are corrected."""
    return quantities[quantities["document_id"].isin(set(corrections["document_id"]))]


def _changed(quantities, before, rows):
    """The table with rows taken out, changed and added."""
    former = {(name, row["start"]): row for name, own in before.items() for row in own}
    now = {(name, start): row for name, own in rows.items() for start, row in own.items()}
    touched = sorted(key for key in {*former, *now} if former.get(key) is not now.get(key))
    if not touched:
        return quantities
    keys = pd.MultiIndex.from_frame(quantities[["document_id", "start"]])
    kept = quantities[~keys.isin(touched)]
    new = pd.DataFrame([now[key] for key in touched if key in now], columns=quantities.columns)
    parts = [part for part in (kept, new.astype(quantities.dtypes)) if len(part)]
    return tables.check(tables.Quantities, pd.concat(parts)) if parts else tables.empty(tables.Quantities)


# ---- Texts, and the ids that spreadsheets write


def _texts(corrections, documents):
    """Texts of the documents that are corrected, by their ids."""
    documents = tables.check(tables.Documents, documents)
    wanted = set(corrections["document_id"])
    found = documents["document_id"].isin(wanted)
    if found.sum() < len(wanted):
        found |= documents["document_id"].map(bare_id).isin({bare_id(name) for name in wanted})
    return documents[found].set_index("document_id")["text"].to_dict()


def known_ids(names, known):
    """Names of documents, each that is not among ``known`` replaced by the one there that it can only mean, if any."""
    meant = {}
    if not set(names) <= set(known):
        for name in known:
            meant.setdefault(bare_id(name), []).append(name)
    fitting = [[name] if name in known else meant.get(bare_id(name), []) for name in names]
    return [found[0] if len(found) == 1 else name for name, found in zip(names, fitting, strict=True)]


def bare_id(name):
    """An id without what a spreadsheet takes for spelling: 007 becomes 7 there, and 12 becomes 12.0."""
    number = re.fullmatch(r"0*(\d+?)(?:\.0+)?", name)
    return number[1] if number else name


def _with_known_ids(corrections, texts):
    """Corrections with the ids of the documents, where one that is not known can only mean one that is."""
    renamed = corrections.assign(document_id=known_ids(corrections["document_id"], texts))
    twice = renamed.duplicated(list(KEY))
    if twice.any():
        row = renamed[twice].iloc[0]
        raise CorrectionsError(
            f"Corrections expect one decision for {row['surface']!r} at {row['start']} of {row['document_id']}; found "
            "two, whose ids differ in zeros at their beginning only. Keep the one that holds."
        )
    return renamed


# ---- One correction


def _apply(row, rows, text, known):
    """Apply a correction to the ``rows`` of its document, {start: row}; where it is not applied, nothing is changed."""
    if row["decision"] == "":
        return _Outcome("not decided")
    amiss = _amiss(row, text)
    if amiss:
        return _Outcome("no longer matches", amiss)
    row = row | {"surface": text[row["start"] : row["end"]]}
    found = rows.get(row["start"]) if rows.get(row["start"], {}).get("end") == row["end"] else None
    if row["decision"] == "reject":
        if found is None:
            return _Outcome("already so", _read_there(row, rows))
        del rows[row["start"]]
        return _Outcome("applied", "", _told(found, ("hedge", "surface", "counted", "event", "speaker")), "no quantity")
    if found is None and (row["decision"] != "add" or row["start"] in rows):
        return _Outcome(
            "no longer matches", _read_there(row, rows) or "no quantity is read there; to have one, decide add"
        )
    try:
        return _put(row, rows, found, text, known)
    except _Refusal as fault:
        return _Outcome("cannot be applied", str(fault))


def _put(row, rows, found, text, known):
    base = _blank(row) if found is None else found
    new = _consistent(base, row, text, known)
    changed = [name for name in FIELDS if not _same(base[name], new[name])]
    if found is not None and not changed:
        return _Outcome("already so")
    rows[row["start"]] = new
    was = "no quantity" if found is None else _told(found, changed)
    return _Outcome("applied", "", was, _told(new, changed))


def _blank(row):
    """A quantity of which only the place is known."""
    empty = dict.fromkeys(tables.columns(tables.Quantities), "") | _UNLESS_ADDED | naming.UNATTRIBUTED
    return empty | dict.fromkeys(_NUMBERS, math.nan) | {name: row[name] for name in KEY}


def _amiss(row, text):
    """Say what stands in the place of the surface, or nothing where it stands there."""
    if text is None:
        return f"there is no report {row['document_id']}"
    there = text[row["start"] : row["end"]]
    if _same_words(there, row["surface"]):
        return ""
    stands = f"“{there}” stands there now" if there else f"the report ends at {len(text)}"
    places = [match.start() for match in re.finditer(re.escape(row["surface"]), text)]
    nearest = min(places, key=lambda place: (abs(place - row["start"]), place), default=None)
    return stands if nearest is None else f"{stands}; the next “{row['surface']}” begins at {nearest}"


def _same_words(there, surface):
    """Whether words are equal but for what a spreadsheet changes: blanks, and the spelling of a number in digits."""
    return " ".join(there.split()) == " ".join(surface.split()) or (
        there != "" and there[0].isdigit() and _digits(there) == _digits(surface)
    )


def _digits(words):
    return re.sub(r"\.0+$", "", re.sub(r"[,\s]", "", words))


def _read_there(row, rows):
    """Say which other quantity is read in this place."""
    overlapping = [
        other for _, other in sorted(rows.items()) if other["start"] < row["end"] and row["start"] < other["end"]
    ]
    told = [f"“{other['surface']}” ({other['start']} to {other['end']})" for other in overlapping]
    return f"{' and '.join(told)} is read there; decide reject for it first" if told else ""


# ---- A quantity in which everything fits


def _consistent(base, row, text, known):
    """The quantity with its changes and what follows from them."""
    stated = {name: _value(name, row[name]) for name in FIELDS if row[name]}
    new = base | stated | _speaker(base, stated, row, text, known)
    if new["counted"] != base["counted"] and "counted_class" not in stated:
        new["counted_class"] = counted.class_of(counted.after(new["counted"], 0).of)
    return new | _bases(base, new) | _interval(base, new, stated)


def _bases(base, new):
    """Where time and place were found, if they were changed: a reader states them."""
    return {f"{name}_basis": new[name] and "reader" for name in ("time", "place") if new[name] != base[name]}


def _value(name, cell):
    """A cell as the table of quantities holds it."""
    if name in _NUMBERS:
        return math.nan if cell == NOT_STATED else float(cell)
    if name in _OFFSETS:
        return pd.NA if cell == NOT_STATED else int(cell)
    if name == "approximate":
        return cell == "True"
    return "" if cell == NOT_STATED else cell


def _interval(base, new, stated):
    """``low`` and ``high`` that the bound allows, from what is stated, else from the value there was."""
    if all(_same(base[name], new[name]) for name in (*_NUMBERS, "bound")):
        return {}
    low, high = stated.get("low"), stated.get("high")
    if new["bound"] == "vague":
        return {"low": math.nan, "high": math.nan} if low is None and high is None else _rising(new)
    if new["bound"] == "between":
        return _rising(new, needs="both ends, low and high")
    if new["bound"] in _BOUNDED_BELOW:
        value, other, expected = low, high, math.inf
    elif new["bound"] in _BOUNDED_ABOVE:
        value, other, expected = high, low, None
    else:
        value = high if low is None else low
        other, expected = high, value
    value = _point(base) if value is None else value
    if value is None or not math.isfinite(value):
        raise _Refusal(f"{new['bound']} needs a number; fill in {'high' if new['bound'] in _BOUNDED_ABOVE else 'low'}")
    if other is not None and expected is not None and other != expected:
        raise _Refusal(
            f"{new['bound']} goes from {as_text(value)} to {as_text(expected)}, not to {as_text(other)}; "
            "change the bound, or leave high blank"
        )
    interval = dict(zip(_NUMBERS, bounds.interval(value, new["bound"]), strict=True))
    return _rising(interval | ({"low": low} if expected is None and low is not None else {}))


def _rising(row, *, needs=""):
    if needs and not (math.isfinite(row["low"]) and math.isfinite(row["high"])):
        raise _Refusal(f"{row['bound']} needs {needs}")
    if row["low"] > row["high"]:
        raise _Refusal(f"low would be {as_text(row['low'])} and high {as_text(row['high'])}; fill in both")
    return {name: row[name] for name in _NUMBERS}


def _point(base):
    """The one number a quantity stated before, whatever its bound."""
    if base["bound"] in _BOUNDED_ABOVE:
        return base["high"]
    return base["low"] if base["bound"] in ("exact", *_BOUNDED_BELOW) else None


# ---- Who says so


def _speaker(base, stated, row, text, known):
    """The fields of the speaker, where one is stated by words or offsets."""
    if not {"speaker", *_OFFSETS} & stated.keys():
        return {}
    given = {name: stated[name] for name in ("speaker_name", "speaker_kind", "cue") if name in stated}
    if stated.get("speaker") == "":
        return naming.UNATTRIBUTED | given
    start, end = _speaker_span(base, stated, row, text)
    words = text[start:end]
    name, kind = naming.name_of(words, lambda word: word in text, known)
    overlaps = base["speaker"] != "" and start < base["speaker_end"] and base["speaker_start"] < end
    if overlaps and words == base["speaker"]:
        name, kind = base["speaker_name"], base["speaker_kind"]
    found = {"speaker": words, "speaker_start": start, "speaker_end": end, "speaker_name": name, "speaker_kind": kind}
    return found | {"cue": base["cue"] if overlaps else ""} | given


def _speaker_span(base, stated, row, text):
    words, start, end = (stated.get(name) for name in ("speaker", *_OFFSETS))
    if start is not None and not pd.isna(start):
        there = text[start:end]
        if not there or (words is not None and not _same_words(there, words)):
            raise _Refusal(f"“{there[:_SHOWN]}” stands from {start} to {end}, not the speaker “{words or ''}”")
        return start, end
    if words is None:
        raise _Refusal("a speaker needs words or offsets; write (none) as speaker if nobody is named")
    if words == base["speaker"]:
        return base["speaker_start"], base["speaker_end"]
    places = [match.span() for match in re.finditer(_any_blanks(words), text)]
    if not places:
        raise _Refusal(f"the speaker “{words}” does not stand in the report; copy the words, or state speaker_name")
    return min(places, key=lambda span: (max(row["start"] - span[1], span[0] - row["end"]), span))


def _any_blanks(words):
    return r"(?<!\w)" + r"\s+".join(re.escape(word) for word in words.split()) + r"(?!\w)"


# ---- In words


def _same(one, other):
    return (pd.isna(one) and pd.isna(other)) or (pd.isna(one) == pd.isna(other) and one == other)


def _told(row, names):
    """Fields in words: “low 35, high 36”; what is not stated is (none)."""
    return ", ".join(f"{name} {_spelled(name, row[name])}" for name in names)


def _spelled(name, value):
    if name in _NUMBERS:
        return as_text(value)
    return NOT_STATED if pd.isna(value) or value == "" else str(value)
