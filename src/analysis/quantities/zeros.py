"""Zero in words: "no deaths", "none of the crew was hurt", "nobody died".

"No" counts only what happens to people or is destroyed, as ``lexicon/events.csv`` and ``counted.csv`` know it: "no
doubt", "no longer" and "no evidence" count nothing. "No reports of deaths" does not say that there were none.
"""

import re
from functools import cache

from analysis import lexicon
from analysis.quantities.numerals import Number
from analysis.quantities.vocabulary import alternatives

_SPEECH = frozenset(
    {"report", "reports", "word", "mention", "claims", "sign", "signs", "evidence", "information", "doubt"}
)
_QUICK = re.compile(r"\b[Nn][Oo](?:t|ne|body)?\b")
# Between "no one" and "was hurt" nothing may stand that makes a wish, a plan or another clause of it.
_OTHER = r"(?!(?:to|that|who|if|would|can|could|should|must|may|might|will|but|and|when|unless|until|wants?)\b)"


def find(text):
    """Return a ``Number`` of value 0 for each word that says so, from left to right.

    >>> text = "No doubt there were no further deaths, and nobody else was hurt."
    >>> [text[number.start : number.end] for number in find(text)]
    ['no', 'nobody']
    """
    if _QUICK.search(text) is None:
        return []
    return [Number(*match.span(), 0.0, "zero") for match in _pattern().finditer(text)]


@cache
def _pattern():
    events = lexicon.rows("events")
    harm = alternatives(row["words"] for row in events if row["position"] == "counted")
    happened = alternatives(row["words"] for row in events if row["position"] == "after")
    counted = alternatives(row["word"] for row in lexicon.rows("counted"))
    happens = rf"\s+(?:{_OTHER}[\w’'-]+\s+){{0,6}}?(?:{happened})\b"
    adjectives = rf"(?:(?!(?:{alternatives(lexicon.words('function_words') | _SPEECH)})\b)[a-z-]+\s+){{0,2}}?"
    return re.compile(
        rf"\b(?:(?:no\s?one|no-one|nobody|none)(?={happens})"
        rf"|(?:no|not\s+a\s+single)(?=\s+{adjectives}(?:(?:{harm})\b|(?:{counted})\b{happens})))",
        re.IGNORECASE,
    )
