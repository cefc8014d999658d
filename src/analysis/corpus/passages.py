"""Documents as passages: sentences by NLTK's Punkt, told our abbreviations, with no downloaded data."""

import re
from functools import cache
from itertools import pairwise

import pandas as pd

from analysis import lexicon, tables

# A run of blanks is entered at its first blank only: tried at each, a page of blanks takes the square of its length.
_LINE_BREAK = re.compile(r"(?<![ \t\r])[ \t\r]*\n\s*")
_BLANK_LINE = re.compile(r"(?<![ \t\r])[ \t\r]*\n[ \t\r]*\n\s*")
_QUOTED_CALL = re.compile(r"[?!]['\"’”»)\]]+\Z")
_ENDS_A_SENTENCE = re.compile(r"[.!?:…][\"'”’)\]]*\s*$")
_LONGEST_WRAPPED_LINE = 100


# Punkt's own list of what may close a sentence after its full stop, and curly quotes.
_REALIGNMENT = re.compile(r'["\'”’»)\]}]+?(?:\s+|(?=--)|$)', re.MULTILINE)


def split(documents):
    """Return the passages (sentences) of documents.

    A paragraph break always ends a passage; a single line break does too, unless the document is wrapped at a fixed
    width. Sentences follow Kiss & Strunk (2006, "Unsupervised Multilingual Sentence Boundary Detection") as NLTK
    implements it, with the abbreviations of ``lexicon/abbreviations.csv`` in the place of learned ones.

    Returns
    -------
    DataFrame of ``tables.Passages``
        ``text`` is ``documents.text[start:end]``, without blanks at its ends; what lies between passages is blank.
    """
    rows = [
        (document_id, start, end, text[start:end])
        for document_id, text in zip(documents["document_id"], documents["text"], strict=True)
        for start, end in _sentences(text)
    ]
    return tables.check(tables.Passages, pd.DataFrame(rows, columns=tables.columns(tables.Passages)))


def _sentences(text):
    for begin, finish in _paragraphs(text):
        spans = _punkt().span_tokenize(text[begin:finish])
        for start, end in _rejoined(text, [(begin + start, begin + end) for start, end in spans]):
            blank = len(text[start:end]) - len(text[start:end].lstrip())
            if text[start:end].strip():
                yield start + blank, start + len(text[start:end].rstrip())


def _paragraphs(text):
    position = 0
    for gap in (_BLANK_LINE if _is_wrapped(text) else _LINE_BREAK).finditer(text):
        yield position, gap.start()
        position = gap.end()
    yield position, len(text)


def _is_wrapped(text):
    """A text wrapped at a fixed width: many short lines, most of which break off in the middle of a sentence."""
    lines = [line.rstrip() for line in text.split("\n")]
    inner = [line for line, following in pairwise(lines) if line and following]
    if len(inner) < 4 or max(map(len, lines)) > _LONGEST_WRAPPED_LINE:
        return False
    return sum(not _ENDS_A_SENTENCE.search(line) for line in inner) > len(inner) / 2


def _rejoined(text, spans):
    """Put what Punkt parted too eagerly together again."""
    joined = []
    for start, end in spans:
        if joined and _goes_on(text, *joined[-1], start):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _goes_on(text, begin, finish, start):
    """Tell “No.” before 7, an abbreviation only before a number, and “Stop!” before he said, from a sentence's end."""
    if text[start].isdigit():
        return bool(_before_number().search(text, begin, finish))
    # Whatever closes after the mark is a few characters long; searching all of a passage would cost its square.
    return text[start].islower() and bool(_QUOTED_CALL.search(text, max(begin, finish - 9), finish))


@cache
def _before_number():
    words = [row["abbreviation"] for row in lexicon.rows("abbreviations") if row["before_number_only"] == "yes"]
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})\.\Z", re.IGNORECASE)


@cache
def _punkt():
    # Only now: importing NLTK takes a second, and who only reads documents need not wait for it.
    from nltk.tokenize.punkt import PunktLanguageVars, PunktParameters, PunktSentenceTokenizer

    class NewsLanguage(PunktLanguageVars):
        re_boundary_realignment = _REALIGNMENT

    known = PunktParameters()
    known.abbrev_types = {r["abbreviation"] for r in lexicon.rows("abbreviations") if r["before_number_only"] == "no"}
    known.sent_starters = set(lexicon.words("sentence_starters"))
    return PunktSentenceTokenizer(known, lang_vars=NewsLanguage())
