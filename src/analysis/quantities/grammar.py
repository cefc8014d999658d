"""The regular expressions of numbers, built from ``lexicon/numerals.csv``, ``vague.csv`` and ``currencies.csv``."""

import re
from functools import cache

from analysis import lexicon
from analysis.quantities.vocabulary import alternatives

_SIGN = r"(?:(?<![\w)])(?:[-+−]|(?:[Mm]inus|negative)[\s-])(?=[\d.]))?"
# Thousands as news separates them: 61,000, 61 000 with a blank that does not break, 2,14,000, 61'000, 6.100.000.
# "61, 000" has lost its form in print; a group that begins with 0 can be no number of its own.
_GROUPED = (
    r"\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d{1,3}(?:[\u00a0\u2009\u202f]\d{3})+(?!\d)"
    r"|\d{1,2}(?:,\d{2})+,\d{3}(?!\d)|\d{1,3}(?:['’]\d{3})+(?!\d)|\d{1,3}(?:\.\d{3}){2,}(?!\d)"
    r"|\d{1,3}(?:, \d{3})*, 0\d{2}(?:, \d{3})*(?!\d)"
)
_SPACED = r"[1-9]\d{0,2}(?: \d{3})+(?![\d,.]\d|\d)"
# A number begins a word, or stands behind a prefix that is none of a name (F-16, but sub-7) or behind "3 x" of "3x4".
# Print sometimes loses the blank before it ("at least140,000", "fled with14,593").
_BEGINS = (
    r"(?:(?<![\w./#:⁄×])(?<!\d,)(?<![^\W\d_]-)|(?<=[a-z])(?=\d{1,3},\d{3}(?!\d))"
    r"|(?=[\d.])(?:(?<=minus-)|(?<=least)|(?<=[Aa]bout)|(?<=round)|(?<=than)|(?<=early)|(?<=\bwith)|(?<=\bof)"
    r"|(?<=\band)|(?<=\bsub-)|(?<=\bnow-)|(?<=\bto-)|(?<=\bthen-)|(?<=\d[x×])(?!10\b)))"
)
_FRACTION = r"\b[1-9]\d?[/⁄](?:[2-9]|1[0-9]|32|64|100|128)\b(?![/⁄-]\d)|[½⅓⅔¼¾⅛]"
# 1.99×10−30, 2 x 10^6, 3·10⁵: without a sign of power, "3 x 1000" is a measure.
_POWER = r"\d+(?:\.\d+)?\s?[×x·*]\s?10(?:\^\(?[-−+]?\d{1,3}\)?|[-−]\d{1,3}|[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3})(?!\d)"


@cache
def values():
    """Value of each word of ``lexicon/numerals.csv``."""
    return {row["word"]: float(row["value"]) for row in lexicon.rows("numerals")}


@cache
def role(word):
    """Role of a word: unit, teen, ten, hundred, scale, short scale, glued, fraction, glyph, zero, or "" for none."""
    return next((row["role"] for row in lexicon.rows("numerals") if row["word"] == word), "")


@cache
def words(role):
    """Words of a role."""
    return frozenset(row["word"] for row in lexicon.rows("numerals") if row["role"] == role)


@cache
def first():
    """What every number holds, for a quick look at a sentence."""
    begin = [row["word"] for row in lexicon.rows("numerals") if row["role"] not in ("glued", "short scale", "glyph")]
    begin += [word for row in lexicon.rows("vague") for word in row["phrase"].split() if len(word) > 2]
    return re.compile(rf"[\d½⅓⅔¼¾⅛]|\b(?=[{_spoken_initials()}])(?i:{alternatives(begin)})", re.ASCII)


@cache
def pattern():
    """A number: the groups currency, fraction, power, digits, scale, share, vague and words.

    Each branch looks ahead at one letter first, as most words begin no number: that halves the time.
    """
    before = [row["surface"] for row in lexicon.rows("currencies") if row["position"] == "before"]
    signs, initials = alternatives(before), re.escape("".join(sorted({sign[0] for sign in before})))
    vague = alternatives(row["phrase"] for row in lexicon.rows("vague"))
    written = (
        rf"(?:(?P<currency>{signs})\s?)?(?:(?P<fraction>{_FRACTION})|(?P<power>{_POWER})"
        rf"|(?P<digits>{_digits()})(?:{_scales()})?(?!\d))"
    )
    of_scale = rf"(?!\s+of\s+an?\s+(?:{alternatives(words('scale'))})\b)"
    spoken = rf"\b(?i:(?P<share>{_shares()}){of_scale}|(?P<vague>(?:{vague})\b)|(?P<words>{_words()}))"
    return re.compile(
        rf"{_BEGINS}(?:(?=[\d.½⅓⅔¼¾⅛+−{initials}-]|[Mm]inus|negative){written}|(?=[{_spoken_initials()}]){spoken})"
    )


def _spoken_initials():
    """Letters that a number in words may begin with."""
    spoken = [row["word"] for row in lexicon.rows("numerals") if row["role"] not in ("glued", "short scale", "glyph")]
    spoken += [row["phrase"] for row in lexicon.rows("vague")] + ["a", "minus", "negative"]
    return "".join(sorted({letter for word in spoken for letter in (word[0].lower(), word[0].upper())}))


def _digits():
    """Digits with their sign; a comma before one or two of them is a decimal point only before a scale: 1,5 million."""
    scale = alternatives(words("scale") | words("short scale"))
    comma = rf"\d+,\d{{1,2}}(?=\s?(?:{scale})\b)"
    return rf"{_SIGN}(?:{_GROUPED}|{_SPACED}|{comma}|\d+(?:\.\d+)?|\.\d+)[½⅓⅔¼¾⅛]?"


def _scales():
    """Scale words after digits, shortened ones, and the letters glued to them: 5 million, 5 mln, 5m, 4.3M, 2bn."""
    scale, glued = alternatives(words("scale") | words("short scale") | {"hundred"}), alternatives(words("glued"))
    return rf"(?=\s|-|[a-zA-Z])(?P<scale>[\s-]*(?i:(?:{scale})(?:\s+(?:{scale}))?)(?![a-z])|(?:{glued})(?![\w²³/]))"


def _shares():
    """Shares in words: "two-thirds of", "a quarter of", "half the"; not "a third party" or "the second half"."""
    names, tops = alternatives(words("fraction")), alternatives(words("unit"))
    return (
        rf"(?:{tops})[\s-](?:{names}|halve)s?\b(?=\s+(?:of|the)\b|\s*[,.;)]|s\b|\s+\w+s\b)"
        rf"|(?:a|an)[\s-](?:{names})\b(?=\s+of\b)|(?<!first )(?<!second )(?<!other )(?<!better )half\b"
        r"(?=\s+(?:of|the|its|his|her|their|our|my|that|those|these)\b|\s+(?-i:[A-Z]\w+['’]s)\b)"
    )


def _words():
    """Cardinal numbers in words, from "three" to "two and a half million"; not ordinals ("twenty-first")."""
    unit, teen, ten, scale = (f"(?:{alternatives(words(role))})" for role in ("unit", "teen", "ten", "scale"))
    small = rf"(?:{ten}(?:[\s-]{unit}\b)?|{teen}|{unit})"
    hundreds = rf"(?:(?:{small}|a)[\s-]+hundred\b(?:\s+(?:and\s+)?{small}\b)?)"
    part = rf"(?:(?:an?|{unit})[\s-](?:{alternatives(words('fraction'))})s?\s+of\s+an?)"
    group = rf"(?:(?:{part}|{hundreds}|{small}(?:\s+and\s+a\s+half)?|half\s+an?|an?\s+half|an?|half)[\s-]+{scale}\b)"
    rest = rf"(?:\s+(?:and\s+)?(?:{hundreds}|{small})\b)?"
    half = r"half\s+an?\b(?=\s+(?:hour|day|mile|century|year|decade|point|pound|percent))"
    # One quick look ahead, as most words are no numbers.
    numeral = (
        rf"(?=(?:{ten}|{teen}|{unit}|half|zero|minus|negative)\b|an?\s+half\b|an?[\s-]+(?:hundred|{scale})\b|{part}\s)"
    )
    return (
        rf"{numeral}(?:(?:minus|negative)\s+)?(?:{group}(?:[\s-]+(?:and\s+)?{group})*{rest}|{hundreds}"
        rf"|{small}\s+and\s+a\s+half\b|{small}\b|{half}|zero\b)(?!\w|-(?:first|second|third|\w+th)\b)"
    )
