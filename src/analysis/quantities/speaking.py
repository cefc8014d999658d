"""Who says so in a document: within the sentence, or through a quotation or an interview that runs over several."""

import re

from analysis import lexicon
from analysis.quantities import attributions, citations, quotes, subjects

_MOST_PASSAGES_QUOTED = 6
_MOST_PASSAGES_IN_TURN = 12
_MOST_PASSAGES_TO_NAME = 4
_LONGEST_BARE = 90
_PARAGRAPH = 2
_FEWEST_TURNS = 3
_TURN = re.compile(r"[“\"]?([A-Z][A-Z.’'-]{2,20}(?: [A-Z][A-Z.’'-]*){0,2}):\s")
_NAMED_FIRST = re.compile(r"((?:[A-Z][\w’'-]*\.?\s+)+[A-Z][\w’'-]*\w)(?:,|\s+[a-z])")
_PERSONS = frozenset({"he", "she"})


class Speakers:
    """The speakers of one document's sentences, read when a quantity asks for them.

    Parameters
    ----------
    sentences : list of (int, str)
        The sentences of the document in their order, each with its offset.
    """

    def __init__(self, sentences):
        self.sentences = sentences
        self._texts = [text for _, text in sentences]
        self._found = {}
        self._quoted = None
        self._turn = None

    def of(self, index, start, end):
        """Return ``(sentence, Attribution)`` that answers for ``[start, end)`` of a sentence, or ``(index, None)``."""
        quotation = quotes.holding(self._regions(index), start)
        if quotation is None:
            said = attributions.covering(self._outer(index), start, end)
        else:
            said = self._within(index, quotation, start, end)
        if said is not None:
            return index, said
        found = self._of_quotation(index, start, end) if quotation is not None else None
        return found or self._of_turn(index) or (index, None)

    def holds(self, word):
        """Tell whether the document holds a word."""
        return any(word in text for text in self._texts)

    def name_of(self, index, said):
        """Return the words that name the speaker of ``of``: of a pronoun, those of the last speaker it may mean."""
        label = self._texts[index][said.start : said.end]
        if not subjects.is_pronoun(label):
            return label
        if label.lower() in ("who", "which"):
            return subjects.antecedent(self._texts[index], said.start) or label
        earlier = [other for other in self._attributions(index) if other.end <= said.start]
        for other in range(index, max(-1, index - _MOST_PASSAGES_TO_NAME), -1):
            found = earlier if other == index else self._attributions(other)
            name = self._antecedent(other, found, label.lower(), said.start if other == index else None)
            if name:
                return name
        return label

    def _antecedent(self, index, found, pronoun, limit):
        """The last speaker of a sentence, or the person it begins with; "it" and "they" are no single person."""
        text = self._texts[index]
        labels = [text[said.start : said.end] for said in found]
        named = [label for label in labels if not subjects.is_pronoun(label)]
        if named:
            return named[-1]
        first = _NAMED_FIRST.match(text) if pronoun in _PERSONS else None
        if first is None or first[1].split()[0].lower() in lexicon.words("function_words"):
            return ""
        return first[1] if limit is None or first.end(1) < limit else ""

    def _within(self, index, quotation, start, end):
        """Who is named within a quotation, or who says it in the same sentence; a pronoun there means too many."""
        text, low, high = self._texts[index], *quotation
        inner = [
            said
            for said in self._attributions(index)
            if low <= said.cue_start < high and not subjects.is_pronoun(text[said.start : said.end])
        ]
        return attributions.covering(inner, start, end) or attributions.covering(self._outer(index), start, end)

    def _of_quotation(self, index, start, end):
        """The speaker of a quotation who is named in another of its sentences, or right before or behind it."""
        first, last = self._reach(index)
        own = self._outer(index)
        if own:
            return index, min(own, key=lambda said: attributions.distance(said, start, end))
        for other in range(index + 1, last + 1):
            if self._outer(other):
                return other, self._outer(other)[0]
        return self._behind(last) or self._before(index, first)

    def _behind(self, last):
        """The speaker of "“….” X said." printed as a sentence of its own, or of "“….” ― X"."""
        following = last + 1
        if following >= len(self._texts) or not quotes.ends_with_mark(self._texts[last]):
            return None
        text = self._texts[following]
        said = citations.behind_quotation(text)
        if said is None and len(text) <= _LONGEST_BARE and not self._regions(following):
            said = attributions.bare(text)
        return None if said is None else (following, said)

    def _before(self, index, first):
        """The speaker named before a quotation: in its first sentence, before a colon, or in the quotation before."""
        for other in range(index - 1, max(-1, index - _MOST_PASSAGES_QUOTED), -1):
            outer, text = self._outer(other), self._texts[other]
            if outer and (other >= first or self._regions(other) or text.endswith(":")):
                return other, outer[-1]
            if text.endswith(":") and (said := citations.before_quotation(text)) is not None:
                return other, said
            if other < first and not self._is_quotation(other):
                return None
        return None

    def _is_quotation(self, index):
        regions = self._regions(index)
        return len(regions) == 1 and regions[0][1] - regions[0][0] >= len(self._texts[index]) - 4

    def _reach(self, index):
        """First and last sentence of the quotation that runs through a sentence."""
        first = last = index
        while last + 1 < len(self._texts) and last - index < _MOST_PASSAGES_QUOTED and self._open_after(last):
            last += 1
        while first > 0 and index - first < _MOST_PASSAGES_QUOTED and self._open_after(first - 1):
            first -= 1
        return first, last

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

    def _regions(self, index):
        return self._quotations()[index][0]

    def _open_after(self, index):
        """Whether a quotation of a sentence goes on in the next one."""
        return index + 1 < len(self._texts) and self._quotations()[index][1]

    def _quotations(self):
        """Quoted spans of each sentence, and whether the quotation goes on in the next."""
        if self._quoted is None:
            self._quoted, is_open = [], False
            for index, (_, text) in enumerate(self.sentences):
                is_open = is_open and not self._closes_paragraph(index)
                regions, is_open = quotes.regions(text, is_open)
                self._quoted.append((regions, is_open and not self._closes_paragraph(index + 1)))
        return self._quoted

    def _closes_paragraph(self, index):
        """A quotation ends with its paragraph, unless the next one begins with a mark."""
        if index >= len(self.sentences):
            return True
        offset, text = self.sentences[index]
        before, previous = self.sentences[index - 1]
        return offset - before - len(previous) >= _PARAGRAPH and not quotes.begins_with_mark(text)

    def _outer(self, index):
        """Attributions of a sentence outside its quotations."""
        regions = self._regions(index)
        return [said for said in self._attributions(index) if quotes.holding(regions, said.cue_start) is None]

    def _attributions(self, index):
        if index not in self._found:
            self._found[index] = attributions.find(self._texts[index])
        return self._found[index]
