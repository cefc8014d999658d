"""A text with spans marked in it: cut at the ends of all spans, so that those that overlap or nest are told apart."""

import re
from html import escape
from itertools import pairwise
from typing import NamedTuple

from analysis import tables
from analysis.pages._words import visible

LONG = 20_000
_AROUND = 300
_BLANK = re.compile(r"\s")


class Piece(NamedTuple):
    """A piece of a text that no span begins or ends in.

    ``spans`` is what the spans over it are marked with, the last to begin last; ``is_gap`` says that it is left out.
    """

    start: int
    end: int
    spans: tuple = ()
    is_gap: bool = False


def pieces(text, spans):
    """Cut a text into ``Piece``; ``spans`` are (start, end, mark). Of a long text only words around spans are kept."""
    inside = sorted((s for s in spans if s[0] < s[1] <= len(text)), key=lambda span: (span[0], -span[1]))
    gaps = _gaps(text, inside)
    found = cut(0, len(text), inside, edges=[at for gap in gaps.items() for at in gap])
    return [piece._replace(is_gap=True) if piece.start in gaps else piece for piece in found]


def cut(start, end, spans, *, edges=()):
    """Cut ``[start, end)`` at the ends of all spans, and at ``edges``."""
    ends = {start, end, *edges, *(at for span in spans for at in span[:2] if start < at < end)}
    coming = sorted(spans, key=lambda span: (span[0], -span[1]), reverse=True)
    open_spans, found = [], []
    for first, last in pairwise(sorted(ends)):
        while coming and coming[-1][0] <= first:
            open_spans.append(coming.pop())
        open_spans = [span for span in open_spans if span[1] > first]
        found.append(Piece(first, last, tuple(span[2] for span in open_spans)))
    return found


def _gaps(text, spans):
    """What of a long text is left out, {start: end}: all but its beginning and the words around the spans."""
    if len(text) <= LONG:
        return {}
    gaps, at = {}, blank_after(text, _AROUND)
    for start, end, _ in spans:
        first = blank_before(text, start - _AROUND)
        if first > at:
            gaps[at] = first
        at = max(at, blank_after(text, end + _AROUND))
    return gaps | ({at: len(text)} if at < len(text) else {})


def html(text):
    """A text as HTML, in which nothing of it is markup."""
    return escape(visible(text))


def left_out(n_characters):
    """Say how much of a long report is not shown."""
    return f"… {n_characters:,} characters without a quantity are left out …"


def refuse_misplaced(text, row):
    """Refuse a quantity that does not stand where its offsets say."""
    if text[row.start : row.end] != row.surface:
        raise tables.TableError(
            f"Quantities are expected to stand in the documents beside them: found {text[row.start : row.end][:40]!r} "
            f"from {row.start} to {row.end} of {row.document_id} in the place of {row.surface!r}. Give the documents "
            "the quantities were read from."
        )


def blank_before(text, at):
    """Where the word begins that a cut at ``at`` would go through, or a little before it."""
    found = [match.end() for match in _BLANK.finditer(text, max(0, at - _AROUND), max(0, at))]
    return found[-1] if found else max(0, at)


def blank_after(text, at):
    """Where the word ends that a cut at ``at`` would go through."""
    found = _BLANK.search(text, min(at, len(text)), min(at + _AROUND, len(text)))
    return found.start() if found else min(at, len(text))
