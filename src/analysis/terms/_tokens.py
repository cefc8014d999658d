"""Kernels that find the words of UTF-8 text, number the terms and count them; compiled, and free of Python's lock.

A document is read in three passes. `_lowered` writes it in lower case and marks where words begin and end; it has no
branch that depends on where a word ends, which a processor cannot guess. `_packed` keeps the words that may make terms,
eight bytes to a number, so that a run of words is a slice of numbers. `_tally` looks the runs up and counts them.

Terms are told apart by all their letters; a hash only says where to look. The number of a term depends on who counted
first, so nobody outside sees it: `_rows` puts columns in its place.

Functions in loops take arrays and leave by one way only: else the compiler counts references to each array in each turn
of the loop, which takes three times as long as the work.
"""

from typing import NamedTuple

import numba
import numpy as np

from analysis.terms._letters import BARRED, LETTER, SPECIAL, WORD

kernel = numba.njit(nogil=True, cache=True)

_ONE, _BYTE, _HALF, _BLANK = (np.uint64(n) for n in (1, 8, 32, ord(" ")))
_LAST_BYTE, _LOWER_HALF = np.uint64(0xFF), np.uint64(0xFFFFFFFF)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)  # 2 ** 64 over the golden ratio: multiplying by it stirs all bits
_NUMBER, _PLACE, _FREQUENCY, _LETTERS = range(4)  # what stands where in a record
_N_TERMS, _N_USED, _N_ENTRIES, _N_BEFORE = range(4)  # what stands where in the sizes
_MOST = 2**32 - 1  # a slot has 32 bits for the place of a record


class Vocabulary(NamedTuple):
    """Terms by number; ``slots`` and ``records`` have room for more.

    A record is the number of the term, the entry that last counted it + 1, the number of documents that hold it, its
    letters, packed, and a 0. It lies on one or two lines of cache, and fetching them is what a look at a term costs.
    """

    slots: np.ndarray  # uint64: 32 bits of hash, then where the record begins + 1; 0 where nothing is
    records: np.ndarray  # uint64: the records of all terms by number, one after the other
    sizes: np.ndarray  # int64: number of terms, used length of ``records``, number of entries, and before this unit


class Grammar(NamedTuple):
    """What makes a term: the symbols of all characters, the stop words, and how many words a term may have."""

    symbols: np.ndarray
    stop_words: Vocabulary
    ngrams: int


class Rows(NamedTuple):
    """Counts of documents: an entry for each term of each, in rows that end at ``ends``."""

    numbers: np.ndarray  # int32: numbers of terms, in the order of their first mention
    counts: np.ndarray  # int32
    ends: np.ndarray  # int64
    special: np.ndarray  # True where a document has a character of special lower case; its row is empty


class Desk(NamedTuple):
    """Room to read one document."""

    lowered: np.ndarray  # uint8: the text in lower case
    edges: np.ndarray  # int64: where runs of word characters begin and end in it
    packed: np.ndarray  # uint64: the words that may make terms, each with a blank after it
    begins: np.ndarray  # int64: where each word begins in ``packed``; the next begins where it ends
    hashes: np.ndarray  # uint64: of each word, 32 bits
    runs: np.ndarray  # uint64: the same of the run of words that begins with it
    fetched: np.ndarray  # uint64: what was seen of the vocabulary


def no_terms():
    """Return a vocabulary without a term."""
    return Vocabulary(np.zeros(1 << 10, np.uint64), np.empty(1 << 13, np.uint64), np.zeros(4, np.int64))


# ---- Characters


@kernel
def _decoded(text, at):
    """Return the character of valid UTF-8 at ``at``, and where the next begins."""
    first = np.int64(text[at])
    if first < 0x80:
        return first, at + 1
    n_following = 1 if first < 0xE0 else 2 if first < 0xF0 else 3
    letter = first & 0x3F >> n_following
    for place in range(1, n_following + 1):
        letter = letter << 6 | np.int64(text[at + place]) & 0x3F
    return letter, at + n_following + 1


@kernel
def _encoded(letter, text, at):
    """Write a character beyond ASCII as UTF-8 at ``at``, and return where the next is to begin."""
    if letter < 0x80:
        text[at] = letter
        return at + 1
    n_following = 1 if letter < 0x800 else 2 if letter < 0x10000 else 3
    text[at] = (0xFF00 >> n_following + 1) & 0xFF | letter >> 6 * n_following
    for place in range(1, n_following + 1):
        text[at + place] = 0x80 | letter >> 6 * (n_following - place) & 0x3F
    return at + n_following + 1


# ---- The words of a document


@kernel
def _desk(longest):
    room = 3 * longest // 2 + 8  # lower case takes 3 bytes for 2 at most, and words are packed by eight
    packed, hashes, runs, fetched = np.empty((4, room // 2), np.uint64)
    return Desk(
        np.empty(room, np.uint8), np.empty(room, np.int64), packed, np.zeros(room // 2, np.int64), hashes, runs, fetched
    )


@kernel
def _lowered(text, symbols, lowered, edges):
    """Write ``text`` in lower case; run k of word characters is ``lowered[edges[2 * k] : edges[2 * k + 1]]``.

    Returns the number of edges, or -1 where a character has a special lower case.
    """
    read, at, n_edges, before = 0, 0, 0, np.uint32(0)
    while read < len(text):
        byte = text[read]
        edges[n_edges] = at
        if byte < 0x80:
            symbol = symbols[byte]
            lowered[at] = symbol >> LETTER
            read += 1
            at += 1
        else:
            letter, read = _decoded(text, read)
            symbol = symbols[letter]
            if symbol == SPECIAL:
                return -1
            at = _encoded(symbol >> LETTER, lowered, at)
        word = symbol & WORD
        n_edges += word != before
        before = word
    edges[n_edges] = at
    return n_edges + before


@kernel
def _packed(grammar, desk, n_edges):
    """Pack and hash the words that may make terms; return their number."""
    symbols, stop_words = grammar.symbols, grammar.stop_words
    lowered, edges, packed, begins, hashes, _, _ = desk
    n_words = 0
    for edge in range(0, n_edges, 2):
        letter, second = _decoded(lowered, edges[edge])
        if second == edges[edge + 1] or symbols[letter] & BARRED:
            continue
        begin = begins[n_words]
        end, hashed = _pack(lowered, edges[edge], edges[edge + 1], packed, begin)
        if _find(stop_words, hashed, packed, begin, end) < 0:
            hashes[n_words] = hashed
            n_words += 1
            begins[n_words] = end
    return n_words


@kernel
def _pack(lowered, begin, end, packed, at):
    """Write a word and a blank as numbers of eight bytes each; return where the next is to begin, and the hash."""
    hashed = np.uint64(0)
    while end - begin >= 8:
        packed[at] = _eight(lowered, begin)
        hashed = _stirred(hashed, packed[at])
        begin += 8
        at += 1
    n_bits = np.uint64(8 * (end - begin))
    packed[at] = _eight(lowered, begin) & ((_ONE << n_bits) - _ONE) | _BLANK << n_bits
    return at + 1, _stirred(hashed, packed[at]) >> _HALF


@kernel
def _eight(text, begin):
    # With indices that cannot be negative the compiler makes this one load.
    first, eight = np.uint64(begin), np.uint64(0)
    for place in range(8):
        eight |= np.uint64(text[first + np.uint64(place)]) << np.uint64(8 * place)
    return eight


@kernel
def _stirred(hashed, more):
    hashed = (hashed ^ more) * _SPREAD
    return (hashed ^ hashed >> _HALF) * _SPREAD


# ---- Terms


@kernel
def _find(vocabulary, hashed, packed, begin, end):
    """Return where the record of the term ``packed[begin:end]`` begins, or the free slot for it as ``~slot``."""
    slots, records = vocabulary.slots, vocabulary.records
    last = np.uint64(len(slots) - 1)
    slot = hashed & last
    while slots[slot]:
        found = slots[slot]
        record = np.int64(found & _LOWER_HALF) - 1
        if found >> _HALF == hashed and _is(records, record + _LETTERS, packed, begin, end):
            return record
        slot = (slot + _ONE) & last
    return ~np.int64(slot)


@kernel
def _is(records, at, packed, begin, end):
    size, n_same = end - begin, 0
    while n_same < size and records[at + n_same] == packed[begin + n_same]:
        n_same += 1
    return (n_same == size) & (records[at + n_same] == 0)


@kernel
def _add(vocabulary, slot, hashed, packed, begin, end):
    """Enter ``packed[begin:end]`` as a new term in a free slot; return where its record begins."""
    records, record = vocabulary.records, vocabulary.sizes[_N_USED]
    records[record + _NUMBER] = vocabulary.sizes[_N_TERMS]
    records[record + _PLACE] = 0
    records[record + _FREQUENCY] = 0
    at = record + _LETTERS
    for place in range(begin, end):
        records[at] = packed[place]
        at += 1
    records[at] = 0
    vocabulary.slots[slot] = hashed << _HALF | np.uint64(record + 1)
    vocabulary.sizes[_N_TERMS] += 1
    vocabulary.sizes[_N_USED] = at + 1
    return record


@kernel
def _with_room(vocabulary, more_terms, more_letters):
    """Return a vocabulary that can take so many terms more and leave half of its slots free."""
    n_used = vocabulary.sizes[_N_USED]
    n_slots = 2 * (vocabulary.sizes[_N_TERMS] + more_terms)
    n_needed = n_used + more_terms * (_LETTERS + 1) + more_letters
    if n_needed >= _MOST:
        raise OverflowError("The terms are more than one vocabulary can hold.")
    if n_slots <= len(vocabulary.slots) and n_needed <= len(vocabulary.records):
        return vocabulary
    return Vocabulary(
        _spread(vocabulary.slots, n_slots), _longer(vocabulary.records, n_used, n_needed), vocabulary.sizes
    )


@kernel
def _spread(slots, needed):
    size = len(slots)
    while size < needed:
        size *= 2
    if size == len(slots):
        return slots
    larger = np.zeros(size, np.uint64)
    for found in slots:
        if found:
            slot = np.int64(found >> _HALF) & (size - 1)
            while larger[slot]:
                slot = (slot + 1) & (size - 1)
            larger[slot] = found
    return larger


@kernel
def _longer(array, used, needed):
    if needed <= len(array):
        return array
    longer = np.empty(max(needed, 2 * len(array)), array.dtype)
    longer[:used] = array[:used]
    return longer


@kernel
def listed(vocabulary):
    """Return the bytes of all terms in UTF-8, one after the other, their offsets, and their document frequencies."""
    letters = np.empty(8 * vocabulary.sizes[_N_USED], np.uint8)
    offsets = np.zeros(vocabulary.sizes[_N_TERMS] + 1, np.int64)
    frequencies = np.empty(len(offsets) - 1, np.int64)
    read, at = 0, 0
    for number in range(len(frequencies)):
        frequencies[number] = vocabulary.records[read + _FREQUENCY]
        read += _LETTERS
        while vocabulary.records[read]:
            eight = vocabulary.records[read]
            while eight:
                letters[at] = eight & _LAST_BYTE
                eight >>= _BYTE
                at += 1
            read += 1
        read += 1
        at -= 1  # the blank after the last word
        offsets[number + 1] = at
    return letters, offsets, frequencies


# ---- Rows


@kernel
def count_terms(text, offsets, grammar, vocabulary):
    """Count the terms of the documents ``text[offsets[k] : offsets[k + 1]]``, a unit.

    Returns
    -------
    Vocabulary
        The one given, or a larger one, with the terms that were new.
    Rows

    Raises
    ------
    OverflowError
        The terms are too many.
    """
    desk, n_documents = _desk(np.max(np.diff(offsets))), len(offsets) - 1
    numbers = np.empty((offsets[-1] - offsets[0]) // 10 + 16, np.int32)
    rows = Rows(numbers, np.empty_like(numbers), np.empty(n_documents, np.int64), np.empty(n_documents, np.bool_))
    vocabulary.sizes[_N_BEFORE] = vocabulary.sizes[_N_ENTRIES]
    for document in range(n_documents):
        n_edges = _lowered(text[offsets[document] : offsets[document + 1]], grammar.symbols, desk.lowered, desk.edges)
        n_words = _packed(grammar, desk, n_edges)
        row = vocabulary.sizes[_N_ENTRIES]
        n_entries = row - vocabulary.sizes[_N_BEFORE]
        at_most = n_words * grammar.ngrams
        vocabulary = _with_room(vocabulary, at_most, desk.begins[n_words] * grammar.ngrams * (grammar.ngrams + 1) // 2)
        rows = _with_entries(rows, n_entries, n_entries + at_most)
        for size in range(1, grammar.ngrams + 1):
            _fetch(vocabulary, desk, size, n_words - size + 1)
            _tally(vocabulary, desk, size, n_words - size + 1, rows, row)
        rows.ends[document] = vocabulary.sizes[_N_ENTRIES] - vocabulary.sizes[_N_BEFORE]
        rows.special[document] = n_edges < 0
    n_entries = rows.ends[-1]
    return vocabulary, Rows(rows.numbers[:n_entries], rows.counts[:n_entries], rows.ends, rows.special)


@kernel
def _with_entries(rows, used, needed):
    if needed <= len(rows.numbers):
        return rows
    return Rows(_longer(rows.numbers, used, needed), _longer(rows.counts, used, needed), rows.ends, rows.special)


@kernel
def _fetch(vocabulary, desk, size, n_runs):
    """Hash all runs of ``size`` words, and see what is in the slot and in the record of each.

    To look up a run takes two waits for memory. Here none depends on another, so that the processor waits for many at
    a time, and has them in its cache when the runs are looked up.
    """
    slots, records = vocabulary.slots, vocabulary.records
    hashes, runs, fetched = desk.hashes, desk.runs, desk.fetched
    last = np.uint64(len(slots) - 1)
    for word in range(n_runs):
        runs[word] = hashes[word] if size == 1 else _stirred(runs[word], hashes[word + size - 1]) >> _HALF
        fetched[word] = slots[runs[word] & last] & _LOWER_HALF
    for word in range(n_runs):
        fetched[word] = records[fetched[word]]


@kernel
def _tally(vocabulary, desk, size, n_runs, rows, row):
    """Count the runs of ``size`` words in the row that begins with the entry ``row``."""
    records, packed, begins, runs = vocabulary.records, desk.packed, desk.begins, desk.runs
    numbers, counts = rows.numbers, rows.counts
    n_before, n_entries = vocabulary.sizes[_N_BEFORE], vocabulary.sizes[_N_ENTRIES]
    for word in range(n_runs):
        begin, end = begins[word], begins[word + size]
        record = _find(vocabulary, runs[word], packed, begin, end)
        if record < 0:
            record = _add(vocabulary, ~record, runs[word], packed, begin, end)
        entry = np.int64(records[record + _PLACE]) - 1
        if entry >= row:
            counts[entry - n_before] += 1
        else:
            numbers[n_entries - n_before] = records[record + _NUMBER]
            counts[n_entries - n_before] = 1
            n_entries += 1
            records[record + _PLACE] = n_entries
            records[record + _FREQUENCY] += _ONE
    vocabulary.sizes[_N_ENTRIES] = n_entries
