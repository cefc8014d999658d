"""Who says so in a document: within the sentence, or through a quotation or an interview that runs over several."""

import re

from analysis.quantities import attributions

_MOST_PASSAGES_QUOTED = 6
_MOST_PASSAGES_IN_TURN = 12
_FEWEST_TURNS = 3
_TURN = re.compile(r"[“\"]?([A-Z][A-Z.’'-]{2,20}(?: [A-Z][A-Z.’'-]*){0,2}):\s")
_MARKS = ("“", "”", '"')


class Speakers:
    """The speakers of one document's sentences, read when a quantity asks for them.

    Parameters
    ----------
    texts : list of str
        The sentences of the document in their order.
    """

    def __init__(self, texts):
        self._texts = texts
        self._found = {}
        self._open = None
        self._turn = None

    def of(self, index, start, end):
        """Return ``(sentence, Attribution)`` that answers for ``[start, end)`` of a sentence, or ``(index, None)``."""
        said = attributions.covering(self._attributions(index), start, end)
        if said is not None:
            return index, said
        return self._of_quotation(index, start) or self._of_turn(index) or (index, None)

    def _of_quotation(self, index, start):
        """The speaker of a quotation that began in an earlier sentence or ends in a later one."""
        if not _after_marks(self._openings()[index], self._texts[index][:start]):
            return None
        for other in self._same_quotation(index):
            text, found = self._texts[other], self._attributions(other)
            if found and (text[-1] == ":" or any(mark in text for mark in _MARKS)):
                return other, found[-1]
        return None

    def _same_quotation(self, index):
        """Sentences of the same quotation: those after this one until it closes, then those before it."""
        openings = self._openings()
        for other in range(index + 1, min(len(self._texts), index + _MOST_PASSAGES_QUOTED)):
            if not openings[other]:
                break
            yield other
        for other in range(index - 1, max(-1, index - _MOST_PASSAGES_QUOTED), -1):
            yield other
            if not openings[other + 1] and self._texts[other + 1][0] not in _MARKS:
                break

    def _of_turn(self, index):
        """Whose turn it is in an interview printed as "PENCE: …"; a turn may have many sentences."""
        for other in range(index, max(-1, index - _MOST_PASSAGES_IN_TURN), -1):
            label = self._turns().get(other)
            if label is not None:
                end = label.end(1)
                return other, attributions.Attribution(*label.span(1), ":", end, end + 1, end + 1, end + 1, False)
        return None

    def _turns(self):
        """Sentences that begin a turn; one label, as "STORY:", makes no interview."""
        if self._turn is None:
            found = {index: label for index, text in enumerate(self._texts) if (label := _TURN.match(text))}
            is_interview = len(found) >= _FEWEST_TURNS and len({label[1] for label in found.values()}) > 1
            self._turn = found if is_interview else {}
        return self._turn

    def _openings(self):
        """Whether a quotation is open at the start of each sentence."""
        if self._open is None:
            self._open = [False]
            for text in self._texts:
                self._open.append(_after_marks(self._open[-1], text))
        return self._open

    def _attributions(self, index):
        if index not in self._found:
            self._found[index] = attributions.find(self._texts[index])
        return self._found[index]


def _after_marks(is_open, text):
    """Whether a quotation is open after a text, when it was or was not before it."""
    if not any(mark in text for mark in _MARKS):
        return is_open
    for character in text:
        if character in _MARKS:
            is_open = character == "“" or (character == '"' and not is_open)
    return is_open
