"""Zero in words: "no deaths", "none of the crew was hurt", "nobody died".

"No" counts only what happens to people or is destroyed, as ``lexicon/events.csv`` and ``counted.csv`` know it: "no
doubt", "no longer" and "no evidence" count nothing. "No reports of deaths" does not say that there were none.
"""

from functools import cache

from analysis import lexicon
from analysis.quantities import events
from analysis.quantities.numerals import Number
from analysis.quantities.vocabulary import Finder, alternatives

_SPEECH = frozenset(
    {"report", "reports", "word", "mention", "claims", "sign", "signs", "evidence", "information", "doubt"}
)
# Between "no one" and "was hurt" nothing may stand that makes a wish, a plan or another clause of it.
_OTHER = r"(?!(?:to|that|who|if|would|can|could|should|must|may|might|will|but|and|when|unless|until|wants?)\b)"


def find(text):
    """Return a ``Number`` of value 0 for each word that says so, from left to right.

    >>> text = "No doubt there were no further deaths, and nobody else was hurt."
    >>> [text[number.start : number.end] for number in find(text)]
    ['no', 'nobody']
    """
    return [Number(*match.span(), 0.0, "zero") for match in _pattern().finditer(text)]


@cache
def _pattern():
    harm, happened = (alternatives(events.words_at(position)) for position in ("counted", "after"))
    counted = alternatives(row["word"] for row in lexicon.rows("counted"))
    happens = rf"\s+(?:{_OTHER}[\w’'-]+\s+){{0,6}}?(?:{happened})\b"
    adjectives = rf"(?:(?!(?:{alternatives(lexicon.words('function_words') | _SPEECH)})\b)[a-z-]+\s+){{0,2}}?"
    return Finder(
        rf"(?i:\b(?:(?:no\s?one|no-one|nobody|none)(?={happens})"
        rf"|(?:no|not\s+a\s+single)(?=\s+{adjectives}(?:(?:{harm})\b|(?:{counted})\b{happens}))))",
        ["no", "noone", "not", "none", "nobody"],
    )
