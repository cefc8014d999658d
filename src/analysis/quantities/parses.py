"""What a user's own parser adds: the noun a number modifies, and the subject of the verb that reports it.

Nothing here knows spaCy: a parser is whatever has ``pipe(texts)`` and yields documents of tokens with ``idx``,
``text``, ``dep_``, ``pos_``, ``head``, ``children`` and ``subtree``, as those of spaCy do. Dependencies are those of
its English models (ClearNLP: nummod, nsubj, ccomp).
"""

from analysis.quantities import numerals, zeros
from analysis.quantities.counted import Counted
from analysis.quantities.reporting import Attribution, reports

_MODIFIES = frozenset({"nummod", "quantmod", "compound", "nmod"})
_SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj", "agent"})
_CONTENT = frozenset({"ccomp", "parataxis", "advcl", "relcl", "acl", "conj", "dobj", "obj", "xcomp"})
_NOUNS = frozenset({"NOUN", "PROPN"})
_CLIMBED = 30  # no sentence is deeper, and a broken parse must end


class ParserError(ValueError):
    """What was given as a parser is none; the message says what was expected and what was found."""


def refuse_other(parser):
    """Refuse what has no ``pipe``."""
    if parser is not None and not callable(getattr(parser, "pipe", None)):
        raise ParserError(
            "parser expects a spaCy pipeline, as spacy.load makes it, or an object with pipe(texts); found "
            f"{type(parser).__name__}."
        )


def of(parser, texts):
    """Return {place: parse} of the sentences among ``texts`` that may hold a number; {} without a parser."""
    if parser is None:
        return {}
    places = [place for place, text in enumerate(texts) if numerals.may_hold(text) or zeros.find(text)]
    return dict(zip(places, parser.pipe([texts[place] for place in places]), strict=True))


def counted(parse, text, start, end):
    """Return the ``Counted`` noun behind a number that it modifies, from the number to that noun, or None."""
    last = _last_token(parse, start, end)
    noun = last
    for _ in range(_CLIMBED):
        if noun is None or noun.dep_ not in _MODIFIES:
            break
        noun = noun.head
    if noun is None or noun is last or noun.pos_ not in _NOUNS or noun.idx < end:
        return None
    begin = len(text) - len(text[end:].lstrip(" -"))
    stop = noun.idx + len(noun.text)
    return Counted(begin, stop, text[begin:stop], noun.text)


def speaker(parse, start, end):
    """Return the ``Attribution`` of the nearest reporting verb above a number that has a subject, or None."""
    token = _last_token(parse, start, end)
    for _ in range(_CLIMBED):
        if token is None or token.head is token:
            return None
        clause, token = token, token.head
        if clause.dep_ in _CONTENT and reports(token.text):
            subject = next((child for child in token.children if child.dep_ in _SUBJECTS), None)
            if subject is not None:
                return _attribution(token, subject, (start, end))
    return None


def _attribution(verb, subject, span):
    tokens = sorted(subject.subtree, key=lambda token: token.idx)
    low, high = tokens[0].idx, tokens[-1].idx + len(tokens[-1].text)
    if low <= span[0] < high:  # "12 people said"
        return None
    return Attribution(low, high, verb.text, verb.idx, verb.idx + len(verb.text), *span, False)


def _last_token(parse, start, end):
    """The last token of a number: "million" of "2 million"."""
    within = [token for token in parse if token.idx < end and start < token.idx + len(token.text)]
    return within[-1] if within else None
