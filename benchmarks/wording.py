"""Pseudo-words, sentences and reports as bytes: the compiled half of the news generator.

Nothing is stored: a word is spelled from its number, a sentence is written from its key, and a report is a list of
keys. Equal keys give equal sentences, which is how two reports come to share one. Every draw is a hash of a key and a
counter in whole numbers, so that a report does not depend on what was written before it.
"""

from itertools import pairwise

import numpy as np
from numba import njit

N_TOPICS = 120
N_GENERAL = 12_000  # words that any report may use
N_TOPIC = 300  # words of each topic
N_EVENT = 10  # words of each event: general ones that few reports use, and the names of those concerned
N_NAMES = 6
LONGEST = 32_768  # bytes no report reaches
MOST_SENTENCES = 48
TRUNCATED, REORDERED, SUBSTITUTED, BOILERPLATE = 1, 2, 4, 8

# Ordered by how common they are; their frequencies follow Zipf's law with Mandelbrot's shift.
_FUNCTION_WORDS = """
the to of and in that is for on it was with as he at by be from this have has an are but his not who they said will
were had its their which been would or more after about when there she we one all out her up into if than over also
some what no other new last first two can could people you i him them so only most now may between before during while
where any because against many since such these through those then under even just should must both each how our being
back down made make three per my your very still own around much until do did does off without among within including
according too here well another same us few however though although despite across along near several every upon
toward towards whether nor yet once again never always often already almost later next less least like
""".split()  # noqa: SIM905 - a paragraph is easier to read than a list

_ONSETS = [*"bcdfghjklmnprstvwz", "br", "ch", "pl", "sh", "st", "tr"]
_NUCLEI = [*"aeiou", "ea"]
_CODAS = ["", "n", "r", "l", "s"]
_TENSES = ["said", "told reporters", "added", "wrote", "argued", "warned"]
_SCALES = [" percent", " million", " people", " years", " miles", " days", " billion", " points"]

_SLOTS = 65_536


def _packed(words):
    """Words as one block of bytes, a row for each, and their lengths."""
    encoded = [word.encode() for word in words]
    block = np.zeros((len(encoded), max(map(len, encoded))), dtype=np.uint8)
    for row, word in zip(block, encoded, strict=True):
        row[: len(word)] = np.frombuffer(word, dtype=np.uint8)
    return block, np.array([len(word) for word in encoded], dtype=np.int64)


def _syllables():
    plain = [onset + nucleus + coda for onset in _ONSETS for nucleus in _NUCLEI for coda in _CODAS]
    return [syllable.replace("ze", "zé") for syllable in plain]  # news is not ASCII


def _slots(quantile, most):
    """First rank and number of ranks of each of 65,536 equally likely slots."""
    edges = np.minimum(np.floor(quantile(np.arange(_SLOTS + 1) / _SLOTS) + 1e-6), most).astype(np.int32)
    return np.minimum(edges[:-1], most - 1), np.maximum(np.diff(edges), 1)


def _zipf(size, exponent, shift=0.0):
    weights = (np.arange(size) + 1.0 + shift) ** -exponent
    edges = np.concatenate([[0], np.cumsum(weights) / weights.sum()])
    return _slots(lambda share: np.interp(share, edges, np.arange(size + 1)), size)


def _open(shift, exponent, most):
    """Slots of an unbounded vocabulary: new words never cease, which is what Heaps' law says."""
    with np.errstate(divide="ignore"):
        return _slots(lambda share: shift * ((1 - share) ** (-1 / (exponent - 1)) - 1), most)


_SYLLABLES, _SYLLABLE_LENGTHS = _packed(_syllables())
_N_SYLLABLES = len(_SYLLABLE_LENGTHS)
_PAIRS, _TRIPLES = _N_SYLLABLES**2, _N_SYLLABLES**3
_FIRST_OPEN = 150_000_000  # below: words of events
_FUNCTION, _FUNCTION_LENGTHS = _packed(_FUNCTION_WORDS)
_SAID, _SAID_LENGTHS = _packed(_TENSES)
_SCALE, _SCALE_LENGTHS = _packed(_SCALES)

_FUNCTION_SLOTS = _zipf(len(_FUNCTION_WORDS), 1.12, 0.5)
_GENERAL_SLOTS = _zipf(N_GENERAL, 0.9, 30.0)
_TOPIC_SLOTS, _NARROW_SLOTS = _zipf(N_TOPIC, 1.0, 1.5), _zipf(N_TOPIC, 1.6, 0.4)
_EVENT_SLOTS = _zipf(N_EVENT, 0.4)
_OPEN_SLOTS = _open(14_000.0, 1.8, 220_000_000)

_FUNCTION_KIND, _GENERAL_KIND, _TOPIC_KIND, _EVENT_KIND, _OPEN_KIND, _NUMBER_KIND = range(6)
_SHARES = (0.485, 0.225, 0.195, 0.03, 0.035, 0.03)
_KINDS = np.repeat(np.arange(6), np.diff(np.round(np.cumsum((0, *_SHARES)) * 4096).astype(int)))

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST_FACTOR, _SECOND_FACTOR = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_U1, _U4, _U12, _U16, _U27, _U28, _U30, _U31, _U32 = (np.uint64(n) for n in (1, 4, 12, 16, 27, 28, 30, 31, 32))
_LOW4, _LOW12, _LOW16, _LOW32 = (np.uint64(2**n - 1) for n in (4, 12, 16, 32))


@njit(cache=True, inline="always")
def _mixed(number):
    """SplitMix64's finaliser (Steele, Lea & Flood 2014): a bijection of 64 bits that leaves no pattern."""
    number = (number ^ (number >> _U30)) * _FIRST_FACTOR
    number = (number ^ (number >> _U27)) * _SECOND_FACTOR
    return number ^ (number >> _U31)


@njit(cache=True, inline="always")
def _drawn(key, counter):
    return _mixed(key + np.uint64(counter) * _GOLDEN)


@njit(cache=True, inline="always")
def _below(bits, limit):
    """A whole number in [0, limit) from the low 32 bits."""
    return np.int64(((bits & _LOW32) * np.uint64(limit)) >> _U32)


@njit(cache=True, inline="always")
def _ranked(slots, bits):
    """A rank: 16 bits choose the slot, the 32 above them the place in it."""
    slot = np.int64(bits & _LOW16)
    return np.int64(slots[0][slot]) + _below(bits >> _U16, slots[1][slot])


@njit(cache=True, inline="always")
def _copied(out, at, block, length):
    for i in range(length):
        out[at + i] = block[i]
    return at + length


@njit(cache=True, inline="always")
def _space(out, at):
    out[at] = 32
    return at + 1


@njit(cache=True)
def _spelled(out, at, number, n_syllables, capital):
    """Write the word of this number; numbers are scattered first, so that neighbours do not look alike."""
    rest = (number * 298_937 + 77_777) % _PAIRS if n_syllables == 2 else (number * 1_000_003 + 123_456_789) % _TRIPLES
    begin = at
    for _ in range(n_syllables):
        syllable = rest % _N_SYLLABLES
        rest //= _N_SYLLABLES
        at = _copied(out, at, _SYLLABLES[syllable], _SYLLABLE_LENGTHS[syllable])
    if capital:
        out[begin] -= 32
    return at


@njit(cache=True)
def _digits(out, at, number):
    """Write a number with commas between thousands."""
    size = 1
    while size * 10 <= number:
        size *= 10
    n_left = _n_digits(number)
    while size > 0:
        out[at] = 48 + (number // size) % 10
        at += 1
        n_left -= 1
        if n_left > 0 and n_left % 3 == 0:
            out[at] = 44
            at += 1
        size //= 10
    return at


@njit(cache=True, inline="always")
def _n_digits(number):
    """Count the decimal digits of a number."""
    n = 1
    while number >= 10:
        number //= 10
        n += 1
    return n


@njit(cache=True)
def _number(out, at, bits):
    """Write a quantity: small ones more often than large, half of them with what is counted."""
    most = (10, 40, 100, 1_000, 20_000, 300)[np.int64(bits & _LOW12) % 6]
    at = _digits(out, at, 1 + _below(bits >> _U12, most))
    if (bits >> _U28) & _U1:
        scale = np.int64(bits >> _U32) % len(_SCALE_LENGTHS)
        at = _copied(out, at, _SCALE[scale], _SCALE_LENGTHS[scale])
    return at


@njit(cache=True)
def _event_word(out, at, event, rank):
    """Write a word of an event; names come first."""
    if rank < N_NAMES:
        return _spelled(out, at, event * N_NAMES + rank, 3, True)
    return _spelled(out, at, 2_000 + _below(_drawn(np.uint64(event), rank), N_GENERAL - 2_000), 2, False)


@njit(cache=True)
def _topic_word(out, at, bits, topic):
    """Write a word of a topic: a narrow topic, such as the price of one thing, says the same few words often."""
    rank = _ranked(_NARROW_SLOTS, bits) if topic % 48 == 47 else _ranked(_TOPIC_SLOTS, bits)
    return _spelled(out, at, N_GENERAL + topic * N_TOPIC + rank, 2, False)


@njit(cache=True)
def _word(out, at, bits, topic, event):
    """Write a token of a sentence."""
    kind = _KINDS[np.int64(bits & _LOW12)]
    bits = bits >> _U12
    if topic < 0 and kind in (_TOPIC_KIND, _EVENT_KIND, _OPEN_KIND):
        kind = _GENERAL_KIND  # what an outlet says under every report is about nothing in particular
    if kind == _FUNCTION_KIND:
        rank = _ranked(_FUNCTION_SLOTS, bits)
        return _copied(out, at, _FUNCTION[rank], _FUNCTION_LENGTHS[rank])
    if kind == _GENERAL_KIND:
        return _spelled(out, at, _ranked(_GENERAL_SLOTS, bits), 2, False)
    if kind == _TOPIC_KIND:
        return _topic_word(out, at, bits, topic)
    if kind == _EVENT_KIND:
        return _event_word(out, at, event, _ranked(_EVENT_SLOTS, bits))
    if kind == _OPEN_KIND:
        return _spelled(out, at, _FIRST_OPEN + _ranked(_OPEN_SLOTS, bits), 3, bits & _LOW4 < 6)
    return _number(out, at, bits)


@njit(cache=True)
def _sentence(out, at, key, about, swapped):
    """Write a sentence about a topic and an event.

    If it is swapped, by a key and a share, then so many of 65,536 content words, but at least the first, give way.
    """
    (topic, event), (swaps, share) = about, swapped
    shape = _mixed(key)
    begin, n_words = at, 9 + _below(shape, 12) + _below(shape >> _U32, 14)
    must = share > 0
    quoted = event >= 0 and (shape >> _U4) & _LOW4 < 3
    if quoted:
        at = _quote_mark(out, at, 0x9C)
        begin = at
    for i in range(n_words):
        bits = _drawn(key, i + 1)
        if i > 0:
            at = _space(out, at)
        swap = _drawn(swaps, np.int64(bits >> _U1))
        content = _KINDS[np.int64(bits & _LOW12)] != _FUNCTION_KIND
        if content and (must or np.int64(swap & _LOW16) < share):
            must = False
            at = _spelled(out, at, _ranked(_GENERAL_SLOTS, swap >> _U16), 2, False)
        else:
            at = _word(out, at, bits, topic, event)
        if (bits >> np.uint64(60)) == 0 and i < n_words - 1:
            out[at] = 44
            at += 1
    if 97 <= out[begin] <= 122:
        out[begin] -= 32
    if quoted:
        at = _attribution(out, at, shape, event)
    out[at] = 46
    return at + 1


@njit(cache=True)
def _quote_mark(out, at, last):
    out[at], out[at + 1], out[at + 2] = 0xE2, 0x80, last
    return at + 3


@njit(cache=True)
def _attribution(out, at, shape, event):
    """Close a quotation and say whose it was: two names of the event."""
    out[at] = 44
    at = _space(out, _quote_mark(out, at + 1, 0x9D))
    verb = np.int64(shape >> np.uint64(50)) % len(_SAID_LENGTHS)
    at = _copied(out, at, _SAID[verb], _SAID_LENGTHS[verb])
    name = 2 * (np.int64(shape >> np.uint64(56)) % 3)
    at = _event_word(out, _space(out, at), event, name)
    return _event_word(out, _space(out, at), event, name + 1)


@njit(cache=True)
def _contents(keys, base_key, event_key, topic_key):
    """Fill in the keys of the sentences of an original and return how many: its own, its event's, its topic's."""
    shape = _mixed(base_key)
    n = 7 + _below(shape, 12) + _below(shape >> _U16, 13)
    if (shape >> np.uint64(60)) == 0:
        n += 12
    told = _below(shape >> _U32, 3)
    for j in range(n):
        bits = _drawn(base_key, j + 1)
        choice = np.int64(bits & _LOW12)
        if choice < 600:  # a sentence that other reports of the event may print too
            keys[j] = _drawn(event_key, told)
            told += 1 + _below(bits >> _U12, 3)
        elif choice < 760:  # background that is printed again and again
            keys[j] = _drawn(topic_key, _below(bits >> _U12, 400))
        else:
            keys[j] = _mixed(bits ^ base_key)
    return n


@njit(cache=True)
def _reordered(keys, n, key):
    """Shuffle all but the first, then exchange the first with another: never the order it was."""
    for j in range(n - 1, 1, -1):
        other = 1 + _below(_drawn(key, j), j)
        keys[j], keys[other] = keys[other], keys[j]
    other = 1 + _below(_drawn(key, n), n - 1)
    keys[0], keys[other] = keys[other], keys[0]


@njit(cache=True)
def _report(out, at, keys, plan, row_keys):
    """Write one report: the sentences of its original, changed as its kind says."""
    topic, event, change = plan
    own_key, base_key, event_key, topic_key, outlet_key = row_keys
    begin = at
    n = _contents(keys, base_key, event_key, topic_key)
    shape = _drawn(own_key, 1_000_000)
    if change & TRUNCATED:
        n = max(3, n * (50 + _below(shape, 35)) // 100)
    if change & REORDERED:
        _reordered(keys, n, own_key)
    share = 1_300 + _below(shape >> _U16, 6_500) if change & SUBSTITUTED else 0
    if change & BOILERPLATE:
        at = _space(out, _sentence(out, at, _drawn(outlet_key, 0), (-1, -1), (own_key, 0)))
    for j in range(n):
        if j > 0:
            at = _pause(out, at, keys[j])
        at = _sentence(out, at, keys[j], (topic, event), (own_key, share))
    if change & BOILERPLATE:
        for j in range(1, 4):
            at = _pause(out, at, np.uint64(j == 1))
            at = _sentence(out, at, _drawn(outlet_key, j), (-1, -1), (own_key, 0))
    return at - begin


@njit(cache=True, inline="always")
def _pause(out, at, key):
    """Two sentences in five begin a paragraph."""
    if key % np.uint64(5) < np.uint64(2):
        out[at], out[at + 1] = 10, 10
        return at + 2
    return _space(out, at)


@njit(cache=True)
def _headline(out, at, key, topic, event):
    """Write a headline: words of the event and of its topic."""
    n_words = 5 + _below(_mixed(key), 5)
    for i in range(n_words):
        bits = _drawn(key, i + 1)
        if i > 0:
            at = _space(out, at)
        if i % 3 == 0:
            at = _event_word(out, at, event, _ranked(_EVENT_SLOTS, bits))
        elif i % 3 == 1:
            at = _word(out, at, bits, topic, event)
        else:
            at = _topic_word(out, at, bits, topic)
    return at


@njit(cache=True, nogil=True)
def write_reports(out, offsets, plans, keys):
    """Write reports one after another.

    Parameters
    ----------
    out : array of uint8, at least ``LONGEST`` for each report
    offsets : array of int64, length n + 1
        Filled in: where in ``out`` each report begins, and where the last one ends.
    plans : array of int64, shape (n, 3)
        Topic, event and change (a sum of ``TRUNCATED``, ``REORDERED``, ``SUBSTITUTED``, ``BOILERPLATE``).
    keys : array of uint64, shape (n, 5)
        Keys of the report itself, of its original, its event, its topic and its outlet.
    """
    sentences = np.empty(MOST_SENTENCES, dtype=np.uint64)
    at = 0
    for i in range(len(plans)):
        offsets[i] = at
        at += _report(
            out,
            at,
            sentences,
            (plans[i, 0], plans[i, 1], plans[i, 2]),
            (keys[i, 0], keys[i, 1], keys[i, 2], keys[i, 3], keys[i, 4]),
        )
    offsets[len(plans)] = at


@njit(cache=True, nogil=True)
def write_headlines(out, offsets, plans, keys):
    """Write headlines one after another; arguments as in ``write_reports``, ``keys`` of shape (n,)."""
    at = 0
    for i in range(len(plans)):
        offsets[i] = at
        at = _headline(out, at, keys[i], plans[i, 0], plans[i, 1])
    offsets[len(plans)] = at


@njit(cache=True)
def _names(out, offsets, numbers):
    at = 0
    for i in range(len(numbers)):
        offsets[i] = at
        at = _spelled(out, at, numbers[i], 3, True)
    offsets[len(numbers)] = at


def names(numbers):
    """Capitalised pseudo-words of these numbers, as a list of str."""
    out, offsets = np.empty(16 * len(numbers), dtype=np.uint8), np.empty(len(numbers) + 1, dtype=np.int64)
    _names(out, offsets, np.asarray(numbers, dtype=np.int64))
    return [out[i:j].tobytes().decode() for i, j in pairwise(offsets)]


def mixed(numbers):
    """SplitMix64's finaliser of an array of uint64, as the kernels use it."""
    numbers = np.asarray(numbers, dtype=np.uint64)
    numbers = (numbers ^ (numbers >> _U30)) * _FIRST_FACTOR
    numbers = (numbers ^ (numbers >> _U27)) * _SECOND_FACTOR
    return numbers ^ (numbers >> _U31)
