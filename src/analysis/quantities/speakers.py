"""Who a speaker is: the canonical name and the kind of a label, by ``lexicon/speakers.csv``."""

import re
from functools import cache

from analysis import lexicon

_ARTICLE = re.compile(r"^(?:the|a|an)\s+", re.IGNORECASE)
_WORD = re.compile(r"[a-z](?:[a-z.]*[a-z.])?")
_BEHIND_HEAD = frozenset(["of", "for", "in", "at", "by", "with", "from"])


def name_of(label, holds):
    """Return ``(name, kind)`` of a speaker: by the lexicon, else the label without its article.

    Parameters
    ----------
    label : str
        The speaker word for word.
    holds : callable
        Told a word, answers whether the document holds it; some labels name a speaker only there, as "local health
        authorities" in a report on Gaza.
    """
    bare = _ARTICLE.sub("", " ".join(label.split()))
    known = _known().get(_key(bare))
    if known is not None and known["label"].isupper() and bare.islower():
        known = None  # "who" is not the WHO
    if known is not None and (not known["context"] or holds(known["context"])):
        return known["name"], known["kind"]
    return bare, kind_of(bare)


def kind_of(label):
    """Kind of a speaker by its head, the last word before "of", "for" … that ``lexicon/speaker_kinds.csv`` holds.

    >>> kind_of("the health ministry of a neighbouring state"), kind_of("Mary Smith")
    ('official', '')
    """
    words, head = _words_and_head(label)
    known = kinds()
    return next((known[word] for word in [*reversed(words[:head]), *words[head:]] if word in known), "")


def head_of(label):
    """Head of a speaker, the last word before "of", "for" …, in small letters."""
    words, head = _words_and_head(label)
    return words[head - 1] if head else ""


def _words_and_head(label):
    words = _WORD.findall(label.lower().replace("'s", "").replace("’s", ""))
    return words, next((index for index, word in enumerate(words) if word in _BEHIND_HEAD), len(words))


@cache
def kinds():
    """Words that tell a speaker's kind, with the kind."""
    return {row["word"]: row["kind"] for row in lexicon.rows("speaker_kinds")}


def _key(label):
    return label.lower().replace("’", "'").strip(" .")


@cache
def _known():
    return {_key(row["label"]): row for row in lexicon.rows("speakers")}
