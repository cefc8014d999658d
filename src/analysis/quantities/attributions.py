"""Attributions within a sentence: the speaker, the reporting words, and the part of the sentence they answer for.

Who is not named is never guessed.
"""

import re

from analysis.quantities import assessments, citations, reporting
from analysis.quantities.reporting import Attribution

__all__ = ["Attribution", "bare", "covering", "distance", "find"]

_BRACKETS = re.compile(r"\([^()]*\)")


def find(text):
    """Return the ``Attribution`` of every reporting expression of a sentence, from left to right.

    >>> text = "Gaza's health ministry says 5 died."
    >>> [(said.cue, text[said.start : said.end]) for said in find(text)]
    [('says', "Gaza's health ministry")]
    """
    found = citations.find(text) + assessments.find(text)
    taken = [(min(said.cue_start, said.start), max(said.end, said.cue_end)) for said in found]
    found += reporting.find(text, taken)
    brackets = [match.span() for match in _BRACKETS.finditer(text)] if "(" in text else []
    return sorted((_in_brackets(text, said, brackets) for said in found), key=lambda said: (said.cue_start, said.start))


def covering(found, start, end):
    """Return the ``Attribution`` that answers for ``[start, end)``, or None.

    Firm ones go before others, one who is cited before one who cites, and then the nearest.
    """
    fitting = [
        said
        for said in found
        if said.scope_start <= start
        and end <= said.scope_end
        and not said.start <= start < max(said.end, said.cue_start)
    ]
    return min(
        fitting,
        key=lambda said: (not said.firm, not said.cue.startswith("citing"), distance(said, start, end)),
        default=None,
    )


def distance(said, start, end):
    """How many characters lie between a cue and a quantity."""
    return min(abs(start - said.cue_end), abs(said.cue_start - end))


def bare(text):
    """Return the ``Attribution`` of a sentence that only says who spoke before it, "Mary Smith said.", or None."""
    return reporting.bare(text)


def _in_brackets(text, said, brackets):
    """Keep what a speaker in brackets says to the brackets; "12 dead (according to medics)" reaches back."""
    held = next((span for span in brackets if span[0] <= said.cue_start < span[1]), None)
    if held is None:
        return said
    alone = not text[held[0] + 1 : min(said.start, said.cue_start)].strip()
    low = said.scope_start if alone and said.scope_start < said.cue_start else max(said.scope_start, held[0])
    return said._replace(scope_start=low, scope_end=min(said.scope_end, held[1]))
