"""Where direct speech stands in a sentence, and whether it is still open at its end."""

import re

_MARK = re.compile(r"[“”\"„«»]|''")
_OPENING, _CLOSING = "“„«", "”»"


def regions(text, is_open=False):
    """Return the spans of ``text`` inside quotation marks, and whether a quotation is open at its end.

    Parameters
    ----------
    text : str
    is_open : bool, default False
        Whether a quotation is open where ``text`` begins.

    Notes
    -----
    A mark opens or closes by what stands next to it, as print mixes straight and curly ones ("withdraw”); one with a
    letter or a blank on both sides goes by its form. A paragraph of a long quotation opens again without having closed.

    >>> regions('He said "no” and “we')
    ([(9, 11), (18, 20)], True)
    """
    found, start = [], 0 if is_open else None
    for mark in _MARK.finditer(text):
        if _opens(text, mark, start is not None):
            start = mark.end() if start is None else start
        elif start is not None:
            found.append((start, mark.start()))
            start = None
    if start is not None:
        found.append((start, len(text)))
    return found, start is not None


def begins_with_mark(text):
    """Tell whether a text begins with a mark, as a paragraph of a quotation does."""
    return _MARK.match(text) is not None


def ends_with_mark(text):
    """Tell whether a text ends with a mark that closes."""
    return text.rstrip()[-1:] in (*_CLOSING, '"') or text.rstrip().endswith("''")


def holding(spans, position):
    """Return the span that holds ``position``, or None."""
    return next((span for span in spans if span[0] <= position < span[1]), None)


def _opens(text, mark, is_open):
    before, after = text[mark.start() - 1 : mark.start()], text[mark.end() : mark.end() + 1]
    joined_before = bool(before) and not before.isspace() and before not in "([—–-―"
    joined_after = bool(after) and (after.isalnum() or after in "$£€‘'[…")
    if joined_before != joined_after:
        return joined_after
    if mark.group() in _OPENING:
        return True
    return mark.group() not in _CLOSING and not is_open
