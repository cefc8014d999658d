"""A parser of the user's own: what it adds to nouns and speakers, and that nothing is needed of it."""

import pandas as pd
import pytest

from analysis import corpus, quantities


class Token:
    """A token as spaCy has them, of a parse written by hand."""

    def __init__(self, text, idx, pos_, dep_):
        self.text, self.idx, self.pos_, self.dep_ = text, idx, pos_, dep_
        self.head, self.children = self, []

    @property
    def subtree(self):
        """The token and all that hang on it."""
        yield self
        for child in self.children:
            yield from child.subtree


class Parser:
    """A pipeline that knows the parses of some texts: lines of word, part of speech, dependency, place of the head."""

    def __init__(self, *written):
        self._parses = dict(_parse(lines) for lines in written)
        self.asked = []

    def pipe(self, texts):
        """Yield a parse for each text; of one it does not know, tokens that hang on nothing."""
        for text in texts:
            self.asked.append(text)
            yield self._parses.get(text, [])


def _parse(lines):
    rows = [line.split("/") for line in lines.split()]
    text = " ".join(word for word, *_ in rows)
    tokens, idx = [], 0
    for word, pos, dep, _ in rows:
        tokens.append(Token(word, idx, pos, dep))
        idx += len(word) + 1
    for token, (_, _, _, head) in zip(tokens, rows, strict=True):
        token.head = tokens[int(head)]
        if token.head is not token:
            token.head.children.append(token)
    return text, tokens


NOUN = (
    "Some/DET/advmod/1 12/NUM/nummod/4 Green/PROPN/compound/3 Line/PROPN/compound/4 buses/NOUN/nsubj/5 left/VERB/ROOT/5"
)
SPEECH = (
    "Smith/PROPN/nsubj/1 reckons/VERB/ROOT/1 the/DET/det/3 army/NOUN/nsubj/5 has/AUX/aux/5 lost/VERB/ccomp/1 "
    "12/NUM/nummod/7 tanks/NOUN/dobj/5"
)
NO_SPEECH = (
    "Smith/PROPN/nsubj/1 hates/VERB/ROOT/1 the/DET/det/3 army/NOUN/nsubj/5 which/PRON/nsubj/5 lost/VERB/ccomp/1 "
    "12/NUM/nummod/7 tanks/NOUN/dobj/5"
)
OWN_SUBJECT = "12/NUM/nummod/1 people/NOUN/nsubj/2 said/VERB/ROOT/2"


def read(text, parser=None):
    documents = corpus.from_frame(pd.DataFrame({"document_id": ["a"], "text": [text]}))
    return quantities.extract(corpus.split(documents), parser=parser)


def test_the_noun_a_number_modifies_is_counted():
    text = "Some 12 Green Line buses left"
    assert read(text, Parser(NOUN))["counted"].tolist() == ["Green Line buses"]


def test_a_noun_of_the_rules_stays_where_the_parse_has_none():
    assert read("Some 12 buses left", Parser())["counted"].tolist() == ["buses"]


def test_the_subject_of_the_reporting_verb_above_speaks_where_no_rule_names_one(monkeypatch):
    from analysis.quantities import speaking

    monkeypatch.setattr(speaking.attributions, "find", lambda text: [])
    text = "Smith reckons the army has lost 12 tanks"
    (row,) = read(text, Parser(SPEECH)).itertuples()
    assert (row.speaker, row.cue) == ("Smith", "reckons")
    assert text[row.speaker_start : row.speaker_end] == "Smith"
    assert read(text)["speaker"].tolist() == [""]


@pytest.mark.parametrize(
    ("text", "parse"), [("Smith hates the army which lost 12 tanks", NO_SPEECH), ("12 people said", OWN_SUBJECT)]
)
def test_a_parse_makes_nobody_speak_who_does_not(text, parse):
    assert read(text, Parser(parse))["speaker"].tolist() == [""]


def test_a_rule_goes_before_the_parse():
    text = "Smith says the army has lost 12 tanks"
    parser = Parser(SPEECH.replace("reckons", "says").replace("Smith", "Smith"))
    assert read(text, parser)["speaker"].tolist() == read(text)["speaker"].tolist() == ["Smith"]


def test_only_sentences_that_may_hold_a_number_are_parsed():
    parser = Parser()
    read("It was war. Some 12 people died. Nobody was hurt.", parser)
    assert parser.asked == ["Some 12 people died.", "Nobody was hurt."]


def test_what_is_no_parser_is_refused():
    with pytest.raises(
        quantities.ParserError, match=r"as spacy\.load makes it, or an object with pipe\(texts\); found str"
    ):
        read("Some 12 people died.", "en_core_web_sm")
