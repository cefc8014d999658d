"""Why a quantity may have been misread: each reason is told from the tables alone, by a rule of a few lines.

What the reasons are called, what they count and how they are put in words stands in ``lexicon/reasons.csv``.
"""

import re
from functools import cache

import numpy as np
import pandas as pd

from analysis import lexicon, tables
from analysis.quantities.vocabulary import alternatives

_FAR_HEDGE = 25
_FAR_NOUN = 60
_FAR_SPEAKER = 150
_LONG_SPEAKER = 9
_LONG_NOUN = 6
_MANY_NUMBERS = 8
_WIDE = 10
_MOST_PEOPLE = 2e8
_YEARS = r"(?:1[89]|20)\d\d"
_FALLS = re.compile(r"\s*(?:[-–—−]|to)\s*")
_LETTER = re.compile(r"[^\W_]|[@#/_]")
_DENIES = re.compile(r"\b(?:den(?:y|ies|ied|ying)|reject(?:s|ed|ing)?|dismiss(?:es|ed|ing)?)\b", re.IGNORECASE)
_SHORT_UNITS = frozenset({"in", "m", "g", "c", "f", "b", "l", "t", "h"})


def of(quantities, passages):
    """Tell which reasons hold for each quantity.

    Parameters
    ----------
    quantities : DataFrame of ``tables.Quantities``, checked
    passages : DataFrame of ``tables.Passages``, checked

    Returns
    -------
    (DataFrame of bool, DataFrame)
        One column for each row of ``lexicon/reasons.csv``, in its order; and where each quantity stands: ``passage``
        (row of ``passages``), ``inner`` (its offset there) and ``sentence``. Both have the rows of ``quantities``.

    Raises
    ------
    TableError
        A quantity stands in no passage, or other words stand there.
    """
    places = located(quantities, passages)
    seen = pd.concat([quantities, places], axis=1)
    flags = {row["reason"]: np.asarray(_RULES[row["reason"]](seen), dtype=bool) for row in lexicon.rows("reasons")}
    return pd.DataFrame(flags, index=quantities.index), places


def located(quantities, passages):
    """Return the columns ``passage``, ``inner`` and ``sentence`` of ``of``; raises as ``of`` does."""
    documents = pd.Index(passages["document_id"].unique())
    width = int(max(passages["end"].max(), quantities["end"].max(), 0)) + 1 if len(passages) else 1
    begins = documents.get_indexer(passages["document_id"]) * width + passages["start"].to_numpy()
    wanted = documents.get_indexer(quantities["document_id"]) * width + quantities["start"].to_numpy()
    rows = np.searchsorted(begins, wanted, side="right") - 1
    found = (wanted >= 0) & (rows >= 0)
    sentences = passages["text"].to_numpy()[np.where(found, rows, 0)] if len(passages) else np.array([], dtype=object)
    inner = wanted - begins[rows] if len(passages) else wanted
    here = zip(found, sentences, inner, quantities["surface"], strict=True) if len(passages) else ()
    stands = [known and text[at : at + len(surface)] == surface[: len(text) - at] for known, text, at, surface in here]
    _refuse_misplaced(quantities, np.array(stands, dtype=bool))
    columns = {"passage": rows, "inner": inner, "sentence": sentences}
    return pd.DataFrame(columns, index=quantities.index)


def _refuse_misplaced(quantities, stands):
    wrong = np.flatnonzero(~stands) if len(stands) == len(quantities) else np.arange(len(quantities))
    if len(wrong):
        first = quantities.iloc[wrong[0]]
        raise tables.TableError(
            f"Quantities are expected to stand in the passages beside them; {first['surface']!r} does not stand at "
            f"{first['start']} of a passage of {first['document_id']}, nor do {len(wrong) - 1} others stand at theirs. "
            "Give the passages the quantities were read from."
        )


# ---- the speaker


def _reporting_word_without_speaker(seen):
    return _where(seen["speaker"] == "", seen["sentence"], lambda text: _reporting().search(text) is not None)


def _is_pronoun(seen):
    return seen["speaker"].str.lower().isin(_pronouns())


def _unnamed_pronoun(seen):
    return _is_pronoun(seen) & (seen["speaker_name"].str.lower() == seen["speaker"].str.lower())


def _named_pronoun(seen):
    return _is_pronoun(seen) & ~_unnamed_pronoun(seen)


def _speaker_of_another_sentence(seen):
    first = seen["start"] - seen["inner"]
    last = first + seen["sentence"].str.len()
    return ((seen["speaker_end"] <= first) | (seen["speaker_start"] >= last)).fillna(False)


def _two_speakers(seen):
    named = seen[seen["speaker"] != ""]
    n_speakers = named.groupby("passage")["speaker_start"].nunique()
    return seen["passage"].map(n_speakers).fillna(0) > 1


def _far_speaker(seen):
    gap = np.maximum(seen["start"] - seen["speaker_end"], seen["speaker_start"] - seen["end"])
    return (gap > _FAR_SPEAKER).fillna(False) & ~_speaker_of_another_sentence(seen)


def _toll(seen):
    return (seen["kind"] == "count") & seen["event"].isin(["killed", "injured", "killed or injured"])


# ---- what is counted, and what happened


def _nothing_counted(seen):
    return (seen["kind"] == "count") & (seen["counted"] == "") & (seen["counted_class"] == "")


def _noun_from_event(seen):
    return (seen["kind"] == "count") & (seen["counted"] == "") & (seen["counted_class"] != "")


def _noun_elsewhere(seen):
    near = [
        counted in text[max(0, at - _FAR_NOUN) : at + len(surface) + _FAR_NOUN + len(counted)]
        for counted, text, at, surface in zip(
            seen["counted"], seen["sentence"], seen["inner"], seen["surface"], strict=True
        )
    ]
    return ~np.array(near, dtype=bool)


def _noun_unknown(seen):
    is_taken = (seen["counted"] != "") & (seen["counted_class"] == "people") & (seen["event"] != "")
    return _where(is_taken, seen["counted"], lambda phrase: not _knows_people(phrase))


@cache
def _knows_people(phrase):
    words = re.findall(r"[\w-]+", phrase)
    return any(word.lower() in _people() or _PEOPLES.search(word) for word in words)


_PEOPLES = re.compile(r"^[A-Z]\w+(?:ans|is|ese|men)$|(?:ers|ors|ists|ants|ees|men|ians|others?)$|-year-old")


def _another_event_nearer(seen):
    is_asked = (seen["event"] != "") & (seen["kind"] == "count")
    columns = zip(is_asked, seen["sentence"], seen["inner"], seen["surface"], seen["event"], strict=True)
    return [asked and _is_nearer(text, at, at + len(surface), event) for asked, text, at, surface, event in columns]


def _is_nearer(text, start, end, event):
    own, other = len(text), len(text)
    for match in _triggers().finditer(text):
        gap = max(match.start() - end, start - match.end(), 0)
        if event in _events()[_key(match[0])]:
            own = min(own, gap)
        else:
            other = min(other, gap)
    return other < own


def _no_event(seen):
    people = (seen["event"] == "") & (seen["kind"] == "count") & seen["counted_class"].isin(["people", "children"])
    return _where(people, seen["sentence"], lambda text: _triggers().search(text) is not None)


# ---- the number


def _falling_range(seen):
    """A number, "to" or a dash, and a smaller one of the same kind."""
    following = seen.shift(-1)
    together = (following["passage"] == seen["passage"]) & (following["kind"] == seen["kind"])
    falls = (following["high"] < seen["low"]) & together
    gaps = zip(falls, seen["sentence"], seen["inner"] + seen["surface"].str.len(), following["inner"], strict=True)
    first = np.array([fell and bool(_FALLS.fullmatch(text, end, int(start))) for fell, text, end, start in gaps])
    first = first.astype(bool)
    return first | np.append(False, first[:-1]) if len(first) else first


def _touches(seen):
    columns = zip(seen["sentence"], seen["inner"], seen["surface"], seen["kind"], strict=True)
    return [_touches_letters(*row) for row in columns]


def _touches_letters(text, at, surface, kind):
    before, after = text[at - 1 : at], text[at + len(surface) : at + len(surface) + 1]
    return bool(_LETTER.match(before)) or (kind == "count" and bool(_LETTER.match(after)))


def _far_hedge(seen):
    columns = zip(seen["hedge"], seen["sentence"], seen["inner"], seen["surface"], strict=True)
    return [hedge != "" and _is_far(hedge, text, at, at + len(surface)) for hedge, text, at, surface in columns]


def _is_far(hedge, text, start, end):
    for part in hedge.split(" … "):
        before, after = text.rfind(part, 0, start), text.find(part, end)
        gaps = [start - before - len(part)] * (before >= 0) + [after - end] * (after >= 0)
        if not gaps and part in text[start:end]:
            continue
        if not gaps or min(gaps) > _FAR_HEDGE:
            return True
    return False


def _one(seen):
    return (seen["surface"].str.lower() == "one") & (seen["kind"] == "count") & (seen["event"] == "")


def _short_unit(seen):
    columns = zip(seen["kind"] == "measure", seen["sentence"], seen["inner"], seen["surface"], strict=True)
    return [measured and _unit_word(text, at + len(surface)) in _SHORT_UNITS for measured, text, at, surface in columns]


def _unit_word(text, end):
    word = re.compile(r"\s+([A-Za-z]+)\b(?!\.)").match(text, end)
    return word[1].lower() if word else ""


def _too_many_people(seen):
    return seen["counted_class"].isin(["people", "children"]) & (seen["event"] != "") & (seen["low"] > _MOST_PEOPLE)


def _many_numbers(seen):
    return seen.groupby("passage")["start"].transform("size") > _MANY_NUMBERS


_RULES = {
    "other speaker's word": _reporting_word_without_speaker,
    "unnamed pronoun": _unnamed_pronoun,
    "named pronoun": _named_pronoun,
    "other sentence": _speaker_of_another_sentence,
    "two speakers": _two_speakers,
    "far speaker": _far_speaker,
    "long speaker": lambda seen: seen["speaker"].str.count(r"\S+") >= _LONG_SPEAKER,
    "denied": lambda seen: seen["cue"].str.contains(_DENIES),
    "toll without speaker": lambda seen: _toll(seen) & (seen["speaker"] == ""),
    "nothing counted": _nothing_counted,
    "noun from event": _noun_from_event,
    "noun elsewhere": _noun_elsewhere,
    "noun unknown": _noun_unknown,
    "long noun": lambda seen: seen["counted"].str.count(r"\S+") >= _LONG_NOUN,
    "other event nearer": _another_event_nearer,
    "no event": _no_event,
    "no value": lambda seen: (seen["bound"] == "vague") & seen["low"].isna(),
    "year": lambda seen: (seen["kind"] == "count") & (seen["counted"] == "") & seen["surface"].str.fullmatch(_YEARS),
    "falling range": _falling_range,
    "wide range": lambda seen: (seen["bound"] == "between") & (seen["low"] * _WIDE < seen["high"]),
    "in a word": _touches,
    "far hedge": _far_hedge,
    "one": _one,
    "short unit": _short_unit,
    "too many people": _too_many_people,
    "share": lambda seen: (seen["kind"] == "rate") & (seen["unit"] == "share"),
    "list of numbers": _many_numbers,
}


# ---- words


def _where(asked, texts, tell):
    """Ask ``tell`` of the texts that are asked for; False for the others."""
    return [is_asked and tell(text) for is_asked, text in zip(asked, texts, strict=True)]


def _key(phrase):
    return " ".join(phrase.lower().split())


@cache
def _reporting():
    """Words that say that somebody says, without those that are often something else."""
    cues = [row["cue"] for row in lexicon.rows("cues") if row["kind"] == "says"]
    return re.compile(rf"\b(?:{alternatives([*cues, 'according to'])})\b", re.IGNORECASE)


@cache
def _pronouns():
    return frozenset(row["word"] for row in lexicon.rows("attribution_words") if row["role"] == "speaking pronoun")


@cache
def _people():
    """Nouns for people, and for people of whom an event is told: "the wounded", "lives"."""
    nouns = {row["word"] for row in lexicon.rows("counted") if row["class"] in ("people", "children", "households")}
    told = {
        row["words"] for row in lexicon.rows("events") if row["position"] == "counted" and row["object"] == "people"
    }
    return frozenset(nouns | told | {"lives"})


@cache
def _events():
    """Words of an event to the events they may mean."""
    named = {}
    for row in lexicon.rows("events"):
        named.setdefault(_key(row["words"]), set()).add(row["event"])
    return named


@cache
def _triggers():
    return re.compile(rf"\b(?:{alternatives(_events())})\b", re.IGNORECASE)
