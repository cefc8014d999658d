"""Kernels that find the words of UTF-8 text, number the terms and count them; compiled, and free of Python's lock.

A document is read in three passes. `_lowered` writes it in lower case and marks where words begin and end; it has no
branch that depends on where a word ends, which a processor cannot guess. `_kept` moves the words that count to the
front, with one blank between them, so that every run of words is a slice of bytes. `count_terms` looks each run up.

Terms are told apart by their bytes; a hash only says where to look. Numbers of terms depend on who counted first, so
nobody outside sees them: `columns_of_rows` replaces them by columns in the order of code points.
"""

from typing import NamedTuple

import numba
import numpy as np

from analysis.terms._letters import BARRED, LETTER, SPECIAL, WORD

kernel = numba.njit(nogil=True, cache=True)

_ONE, _BLANK, _BYTE, _LAST_BYTE, _HALF, _LOWER_HALF = (np.uint64(n) for n in (1, 32, 8, 0xFF, 32, 0xFFFFFFFF))
_NUMBER, _PLACE, _FREQUENCY, _LETTERS = range(4)  # what stands where in a record
_N_TERMS, _N_USED, _N_ENTRIES = range(3)  # what stands where in the sizes
_MOST = 2**32 - 1  # a slot has 32 bits for the place of a record
_SPREAD = np.uint64(0x9E3779B97F4A7C15)  # 2 ** 64 over the golden ratio: multiplying by it stirs all bits


class Vocabulary(NamedTuple):
    """Terms by number; ``slots`` and ``records`` have room for more.

    A record is the number of the term, the place where it was last counted + 1, the number of documents that hold it,
    its letters, packed, and a 0. One record lies on one or two lines of cache, which is what a look at a term costs.
    """

    slots: np.ndarray  # uint64: 32 bits of hash, then where the record begins + 1; 0 where nothing is
    records: np.ndarray  # uint64: the records of all terms by number, one after the other
    sizes: np.ndarray  # int64: number of terms, used length of ``records``, entries of all rows so far


class Grammar(NamedTuple):
    """What makes a term: the symbols of all characters, the stop words, and how many words a term may have."""

    symbols: np.ndarray
    stop_words: Vocabulary
    ngrams: int


class Rows(NamedTuple):
    """Counts of documents: ``numbers[begin:end]`` of terms and their ``counts``; ``ends`` of the rows."""

    numbers: np.ndarray
    counts: np.ndarray
    ends: np.ndarray
    special: np.ndarray  # True where a document has a character of special lower case; its row is empty


def no_terms():
    """Return a vocabulary without a term."""
    return Vocabulary(np.zeros(1 << 12, np.uint64), np.empty(1 << 14, np.uint64), np.zeros(3, np.int64))


# ---- Characters


@kernel
def _decoded(text, at):
    """Return the character of valid UTF-8 at ``at``, and where the next begins."""
    first = np.int64(text[at])
    if first < 0x80:
        return first, at + 1
    if first < 0xE0:
        return (first & 0x1F) << 6 | text[at + 1] & 0x3F, at + 2
    if first < 0xF0:
        return (first & 0x0F) << 12 | (text[at + 1] & 0x3F) << 6 | text[at + 2] & 0x3F, at + 3
    low = (text[at + 1] & 0x3F) << 12 | (text[at + 2] & 0x3F) << 6 | text[at + 3] & 0x3F
    return (first & 0x07) << 18 | low, at + 4


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
def _packed(lowered, edges, n_edges, grammar, packed, begins):
    """Write the words that may make terms into ``packed``: word k is ``packed[begins[k] : begins[k + 1]]``.

    Returns their number.
    """
    n_words = 0
    symbols, stop_words = grammar.symbols, grammar.stop_words  # in the loop, each use would be counted as a reference
    for edge in range(0, n_edges, 2):
        letter, second = _decoded(lowered, edges[edge])
        if second == edges[edge + 1] or symbols[letter] & BARRED:
            continue
        begin = begins[n_words]
        end = _pack(lowered, edges[edge], edges[edge + 1], packed, begin)
        if _find(stop_words, _hash(packed, begin, end), packed, begin, end) < 0:
            n_words += 1
            begins[n_words] = end
    return n_words


@kernel
def _pack(lowered, begin, end, packed, at):
    """Write a word and a blank as numbers of eight bytes each, and return where the next is to begin."""
    while end - begin >= 8:
        packed[at] = _eight(lowered, begin)
        begin += 8
        at += 1
    n_bits = np.uint64(8 * (end - begin))
    packed[at] = _eight(lowered, begin) & ((_ONE << n_bits) - _ONE) | _BLANK << n_bits
    return at + 1


@kernel
def _eight(text, begin):
    # The compiler makes this one load.
    eight = np.uint64(0)
    for place in range(8):
        eight |= np.uint64(text[begin + place]) << np.uint64(8 * place)
    return eight


# ---- Terms


@kernel
def _hash(packed, begin, end):
    hashed = np.uint64(0)
    for place in range(begin, end):
        hashed = (hashed ^ packed[place]) * _SPREAD
        hashed ^= hashed >> _HALF
    return hashed * _SPREAD >> _HALF


@kernel
def _find(vocabulary, hashed, packed, begin, end):
    """Return where the record of the term ``packed[begin:end]`` begins, or the free slot for it as ``~slot``."""
    slots, records = vocabulary.slots, vocabulary.records
    last = len(slots) - 1
    slot = np.int64(hashed) & last
    while slots[slot]:
        found = slots[slot]
        record = np.int64(found & _LOWER_HALF) - 1
        if found >> _HALF == hashed and _is(records, record + _LETTERS, packed, begin, end):
            return record
        slot = (slot + 1) & last
    return ~slot


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
    """Count the terms of the documents ``text[offsets[k] : offsets[k + 1]]``.

    Returns
    -------
    Vocabulary
        The one given, or a larger one, with the terms that were new.
    Rows
        Numbers of terms in the order of their first mention in a document.
    """
    entries_before = vocabulary.sizes[_N_ENTRIES]
    n_documents, longest = len(offsets) - 1, np.max(np.diff(offsets))
    lowered = np.empty(3 * longest // 2 + 8, np.uint8)  # lower case takes 3 bytes for 2 at most
    edges = np.empty(longest + 2, np.int64)
    packed, begins = np.empty(len(lowered) // 2 + 1, np.uint64), np.zeros(len(lowered) // 2 + 1, np.int64)
    ends, special = np.empty(n_documents, np.int64), np.zeros(n_documents, np.bool_)
    numbers = np.empty((offsets[-1] - offsets[0]) // 10 + 16, np.int32)
    counts = np.empty(len(numbers), np.int32)
    n_entries = 0
    for document in range(n_documents):
        n_edges = _lowered(text[offsets[document] : offsets[document + 1]], grammar.symbols, lowered, edges)
        special[document] = n_edges < 0
        n_words = _packed(lowered, edges, n_edges, grammar, packed, begins)
        if n_words:
            at_most = n_words * grammar.ngrams
            vocabulary = _with_room(vocabulary, at_most, begins[n_words] * grammar.ngrams * (grammar.ngrams + 1) // 2)
            numbers = _longer(numbers, n_entries, n_entries + at_most)
            counts = _longer(counts, n_entries, n_entries + at_most)
        row = n_entries
        for size in range(1, grammar.ngrams + 1):
            for word in range(n_words - size + 1):
                begin, end = begins[word], begins[word + size]
                hashed = _hash(packed, begin, end)
                record = _find(vocabulary, hashed, packed, begin, end)
                if record < 0:
                    record = _add(vocabulary, ~record, hashed, packed, begin, end)
                place = np.int64(vocabulary.records[record + _PLACE]) - entries_before - 1
                if place >= row:
                    counts[place] += 1
                else:
                    vocabulary.records[record + _PLACE] = entries_before + n_entries + 1
                    vocabulary.records[record + _FREQUENCY] += _ONE
                    numbers[n_entries] = vocabulary.records[record + _NUMBER]
                    counts[n_entries] = 1
                    n_entries += 1
        ends[document] = n_entries
    vocabulary.sizes[_N_ENTRIES] += n_entries
    return vocabulary, Rows(numbers[:n_entries], counts[:n_entries], ends, special)


@kernel
def columns_of_rows(rows, columns, n_columns):
    """Replace the numbers of terms by their columns, in place and in rising order; leave those of column -1 out."""
    longest = np.max(np.diff(np.append(np.int64(0), rows.ends)))
    keys, spare = np.empty(longest, np.int64), np.empty(longest, np.int64)
    begin, at = 0, 0
    for row in range(len(rows.ends)):
        n_keys = 0
        for entry in range(begin, rows.ends[row]):
            column = np.int64(columns[rows.numbers[entry]])
            if column >= 0:
                keys[n_keys] = column << 32 | rows.counts[entry]
                n_keys += 1
        begin = rows.ends[row]
        for key in _sorted(keys[:n_keys], spare[:n_keys], n_columns):
            rows.numbers[at] = key >> 32
            rows.counts[at] = key & 0xFFFFFFFF
            at += 1
        rows.ends[row] = at


@kernel
def _sorted(keys, spare, n_columns):
    """Return ``keys`` in the order of their columns: by insertion where they are few, else by radix."""
    if len(keys) < 32:
        for right in range(1, len(keys)):
            key, at = keys[right], right
            while at and keys[at - 1] > key:
                keys[at] = keys[at - 1]
                at -= 1
            keys[at] = key
        return keys
    shift = 32
    while (n_columns - 1) >> (shift - 32):
        begins = np.zeros(257, np.int64)
        for key in keys:
            begins[(key >> shift & 0xFF) + 1] += 1
        begins = np.cumsum(begins)
        for key in keys:
            spare[begins[key >> shift & 0xFF]] = key
            begins[key >> shift & 0xFF] += 1
        keys, spare = spare, keys
        shift += 8
    return keys


@kernel
def fill(rows, begins, indices, counts):
    """Write rows where they begin in a matrix."""
    begin = 0
    for row in range(len(rows.ends)):
        at = begins[row]
        for entry in range(begin, rows.ends[row]):
            indices[at] = rows.numbers[entry]
            counts[at] = rows.counts[entry]
            at += 1
        begin = rows.ends[row]


@kernel
def weigh(indptr, indices, weights, tf, idf):
    """Replace counts by ``tf[count] * idf`` and divide each row by its length, in place."""
    for row in range(len(indptr) - 1):
        squares = 0.0
        for entry in range(indptr[row], indptr[row + 1]):
            weights[entry] = tf[np.int64(weights[entry])] * idf[indices[entry]]
            squares += weights[entry] * weights[entry]
        length = np.sqrt(squares)
        for entry in range(indptr[row], indptr[row + 1]):
            weights[entry] /= length
