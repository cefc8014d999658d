"""A quantity in words, for whoever points at it: its value, what it counts, who says so, when and where."""

import math

import numpy as np
import pandas as pd

SYMBOLS = {"at least": "≥", "more than": ">", "at most": "≤", "less than": "<", "between": "–", "vague": "?"}
_VALUES = {
    "at least": "{low} or more",
    "more than": "more than {low}",
    "at most": "{high} or less",
    "less than": "less than {high}",
    "between": "{low} to {high}",
}
_ADDS_UP = {"cumulative": "a total so far", "incremental": "new in the time stated"}
_LARGEST_IN_FULL = 1e15
_CONTROLS = {code: 0x2400 + code for code in range(32) if chr(code) not in "\t\n\r"} | {0x7F: 0x2421}
# With the two marks that turn words round: 15 behind one of them is read as 51.
_CONTROLS |= dict.fromkeys([*range(0x80, 0xA0), *range(0xD800, 0xE000), 0x202D, 0x202E, 0xFFFE, 0xFFFF], 0xFFFD)


def described(row):
    """Return a quantity in words, a line for each fact, those that are not stated left out.

    Parameters
    ----------
    row : named tuple of ``tables.Quantities``, with ``reasons`` and ``checked``
    """
    kind = "" if row.kind == "count" else row.kind
    unit = " ".join(part for part in (row.unit, f"per {row.per}" if row.per else "") if part)
    lines = [
        f"“{' '.join(part for part in (row.hedge, row.surface) if part)}”: {value(row)}",
        _stated("what kind", ", ".join(part for part in (kind, unit) if part)),
        _stated("counts", _counted(row)),
        _stated("what happened", row.event),
        _stated("adds up", _ADDS_UP.get(row.cumulative, "")),
        _stated("rises or falls", row.trend),
        _stated("when", row.time),
        _stated("where", row.place),
        f"who says so: {speaker(row)}",
        _stated("to check", row.reasons),
        _stated("checked by a reader", row.checked),
    ]
    return "\n".join(line for line in lines if line)


def value(row):
    """The value in words: "35,000 or more"."""
    if row.bound == "vague" and math.isnan(row.low):
        return "no value"
    if row.bound == "vague":
        return f"{number(row.low)} to {number(row.high)} by convention"
    words = _VALUES.get(row.bound, "{low}").format(low=number(row.low), high=number(row.high))
    return f"about {words}" if row.approximate else words


def speaker(row):
    """Who says so, in words."""
    if not row.speaker:
        return "nobody is named"
    also = f", that is {row.speaker_name}" if row.speaker_name.lower() not in row.speaker.lower() else ""
    kind = f" ({row.speaker_kind})" if row.speaker_kind else ""
    return f"{row.speaker}{also}{kind}" + (f", “{row.cue}”" if row.cue else "")


def _counted(row):
    if not row.counted or row.counted == row.counted_class:
        return row.counted_class
    return row.counted + (f" ({row.counted_class})" if row.counted_class else "")


def number(value):
    """A number as people write it: 35,000; 0.25; no end."""
    if not math.isfinite(value):
        return "no number" if math.isnan(value) else "no end"
    if value == int(value) and abs(value) < _LARGEST_IN_FULL:
        return f"{int(value):,}"
    return f"{value:,.6g}"


def visible(text):
    """A text in which control characters, which no page may hold, are pictures of themselves; as long as before."""
    return text.translate(_CONTROLS)


def with_checks(quantities, hardest, corrections_applied):
    """Quantities with ``reasons`` and ``checked``: why they are worth a check, and what a reader decided; or ""."""
    found = quantities.assign(reasons="", checked="")
    keys = pd.MultiIndex.from_frame(found[["document_id", "start"]])
    if hardest is not None:
        found["reasons"] = _looked_up(keys, hardest, hardest["reasons"])
    if corrections_applied is not None:
        counts = corrections_applied[corrections_applied["outcome"].isin(["applied", "already so"])]
        found["checked"] = _looked_up(keys, counts, [_decided(row) for row in counts.itertuples()])
    return found


def _looked_up(keys, table, words):
    known = pd.MultiIndex.from_frame(table[["document_id", "start"]])
    places = known.get_indexer(keys)
    return np.append(np.asarray(words, dtype=object), "")[places]


def _decided(row):
    return f"was {row.was}" if row.outcome == "applied" else "right as it was read"


def _stated(name, words):
    return f"{name}: {words}" if words else ""
