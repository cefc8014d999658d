"""Numbers as written: digits, words, scales and fractions, each with its value and its span.

``grammar`` finds them; words are added up as in English counting: "two hundred and five thousand" is
(2 * 100 + 5) * 1000.
"""

import re
from typing import NamedTuple

from analysis import lexicon
from analysis.quantities import grammar


class Number(NamedTuple):
    """A number in a text: ``value`` is None for a vague word, ``form`` is digits, words, fraction, vague or zero."""

    start: int
    end: int
    value: float | None
    form: str
    scaled: bool = False
    currency: str = ""
    glued: str = ""


_COUNTED_NEXT = re.compile(r"\s([a-z]+(?:s|ple|ren))\b")
_VAGUE_NEEDS = {
    "scores": re.compile(
        r"\s+(?:of|more|others?|were|are|have|had|remain|killed|injured|wounded|dead|died|feared|missing|hurt|arrested)\b"
    ),
    "a couple": re.compile(r"\s+(?:of|more|hundred|thousand|dozen|hours|days|weeks|months|years)\b"),
}
_HARMED = re.compile(r"\b(?:kill|injur|wound|hurt|arrest|detain|displac|captur)\w*\s+$")
_PART_OF = re.compile(r"(\S+[\s-]\S+)\s+of\s+an?[\s-]+(\w+)$")
_DECIMAL_COMMA = re.compile(r"\d+,\d{1,2}")
_TIMES = re.compile(r"\s?[×x·*]\s?10")
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_PART = re.compile(r"[a-z½⅓⅔¼¾⅛]+|\d[\d,.]*")


def find(text):
    """Return every ``Number`` of ``text`` from left to right; a year or a date is still one, ``names`` tells them.

    >>> [(n.value, n.form) for n in find("two and a half million of 3,100 and a third of 12")]
    [(2500000.0, 'words'), (3100.0, 'digits'), (0.3333333333333333, 'fraction'), (12.0, 'digits')]
    """
    if not may_hold(text):
        return []
    found = (_read(match) for match in grammar.pattern().finditer(text))
    return [number for number in found if number is not None]


def may_hold(text):
    """Tell quickly whether ``text`` may hold a number at all; most sentences do not."""
    return grammar.first().search(text) is not None


def _read(match):
    kind = next(name for name in ("digits", "words", "share", "fraction", "power", "vague") if match[name])
    currency = match["currency"] or ""
    start = match.start("currency") if currency else match.start(kind)
    if kind == "vague" and not _is_vague(match):
        return None
    if kind == "vague":
        return Number(start, match.end(), None, "vague", True, currency)
    if kind in ("fraction", "share"):
        return Number(start, match.end(), _fraction(match[kind]), "fraction", True, currency)
    if kind == "power":
        return Number(start, match.end(), _power(match["power"]), "digits", True, currency)
    if kind == "words":
        value = _sum(match["words"])
        return Number(start, match.end(), value, "words", value >= 100, currency)
    return _read_digits(match, start, currency)


def _is_vague(match):
    """Tell "scores of" and "scores were hurt" from "scores the first goal", "a couple of" from two who are married."""
    needed = _VAGUE_NEEDS.get(match["vague"].lower())
    if needed is None or needed.match(match.string, match.end()):
        return True
    return _HARMED.search(match.string, max(0, match.start() - 24), match.start()) is not None


def _read_digits(match, start, currency):
    value = _plain(match["digits"])
    scale = match["scale"]
    if scale and scale.strip() not in grammar.words("glued"):
        return Number(start, match.end(), value * _product(scale), "digits", True, currency)
    if scale and _is_scale(match, currency):
        return Number(start, match.end(), value * grammar.values()[scale], "digits", True, currency)
    return Number(start, match.end("digits"), value, "digits", False, currency, scale or "")


def _is_scale(match, currency):
    """Tell "$5m", "4.3M" and "10m people" from "37m high": a small m alone is a metre."""
    if match["scale"] not in ("m", "b") or currency:
        return True
    following = _COUNTED_NEXT.match(match.string, match.end())
    return following is not None and following[1] not in lexicon.words("metre_nouns")


def _plain(digits):
    sign = -1.0 if digits[0] in "-−mMn" else 1.0
    digits = digits.lstrip("+-−minusMegatv ")
    glyph = digits[-1] if digits[-1] in grammar.words("glyph") else ""
    whole = digits.removesuffix(glyph)
    if _DECIMAL_COMMA.fullmatch(whole):
        whole = whole.replace(",", ".")
    elif whole.count(".") > 1:
        whole = whole.replace(".", "")
    whole = re.sub(r"[,\s'’]", "", whole)
    return sign * (float(whole or 0) + (grammar.values()[glyph] if glyph else 0.0))


def _power(written):
    """1.99×10−30: a number times a power of ten; a float from its decimal spelling, so that no digit is lost."""
    base, exponent = _TIMES.split(written, maxsplit=1)
    exponent = exponent.translate(_RAISED).replace("−", "-").strip("^()")
    return float(f"{base.strip()}e{int(exponent.strip('^()'))}")


def _product(words):
    product = 1.0
    for word in re.findall(r"[a-z]+", words.lower()):
        product *= grammar.values()[word]
    return product


def _sum(words):
    """Add up a number in words; "half" counts half of what comes next, or of one after "and a"."""
    words = words.lower()
    part = _PART_OF.match(words)
    if part is not None:  # three quarters of a million
        return _fraction(part[1]) * grammar.values()[part[2]]
    sign = -1.0 if words.startswith(("minus", "negative")) else 1.0
    total, current = 0.0, 0.0
    for word in _PART.findall(words):
        role = grammar.role(word)
        if role in ("unit", "teen", "ten", "fraction"):
            current += grammar.values()[word]
        elif role == "hundred":
            current = (current or 1.0) * 100.0
        elif role == "scale":
            total, current = total + (current or 1.0) * grammar.values()[word], 0.0
    return sign * (total + current)


def _fraction(written):
    parts = re.split(r"[/⁄]", written)
    if len(parts) == 2:
        return float(parts[0]) / float(parts[1])
    words = [word for word in re.findall(r"[a-z]+|[½⅓⅔¼¾⅛]", written.lower()) if word not in ("a", "an", "of")]
    top = grammar.values()[words[0]] if len(words) > 1 else 1.0
    name = words[-1] if words[-1] in grammar.values() else words[-1].removesuffix("s")
    return top * grammar.values()["half" if name in ("halve", "half") else name]
