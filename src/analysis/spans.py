"""Words and quotations of a text as character spans, so that what is found can be pointed at. Imports nobody."""

import re

# An apostrophe inside a word belongs to it ("Gaza’s"); a hyphen or a full stop parts words ("cease-fire" is two).
WORD = re.compile(r"\w+(?:['’]\w+)*")
_CLOSES = {"“": '”"', '"': '"”', "‘": "’”", "«": "»", "„": '“”"'}
_OPENS = re.compile(f"[{''.join(_CLOSES)}]")


def words(text):
    """Return ``(start, end, form)`` of each word; ``form`` is case-folded with straight apostrophes.

    >>> words("Gaza’s U.N. aid")
    [(0, 6, "gaza's"), (7, 8, 'u'), (9, 10, 'n'), (12, 15, 'aid')]
    """
    return [(m.start(), m.end(), m.group().casefold().replace("’", "'")) for m in WORD.finditer(text)]


def quotations(text):
    """Return ``(start, end)`` of each passage inside quotation marks, the marks included.

    Straight and curly marks may be mixed, as they are in news ("withdraw”). A quotation that is not closed runs to the
    end of its paragraph, which is how newspapers print one of several paragraphs.

    >>> quotations('He said "no” and left.')
    [(8, 12)]
    """
    found, position, limit = [], 0, 0
    while (opening := _next_opening(text, position)) is not None:
        if limit <= opening:  # looked for once in each paragraph, which may be all of a long text
            line_break = text.find("\n", opening)
            limit = len(text) if line_break < 0 else line_break
        position = _closing(text, opening, limit)
        found.append((opening, position))
    return found


def inside(start, end, spans):
    """Tell whether ``[start, end)`` lies in one of ``spans``."""
    return any(begin <= start and end <= finish for begin, finish in spans)


def _next_opening(text, position):
    return next((m.start() for m in _OPENS.finditer(text, position) if _opens(text, m.start())), None)


def _opens(text, index):
    """A mark opens when no letter or digit stands before it and no blank after it; inches and apostrophes do not."""
    before, after = text[index - 1 : index], text[index + 1 : index + 2]
    return not (before.isalnum() or after.isspace() or not after)


def _closing(text, opening, limit):
    """End of the quotation; a single mark between letters is an apostrophe and closes nothing."""
    closes = _CLOSES[text[opening]]
    for index in range(opening + 1, limit):
        if text[index] in closes and not (text[index] == "’" and text[index + 1 : index + 2].isalnum()):
            return index + 1
    return limit
