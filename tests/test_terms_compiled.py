"""The compiled way gives what scikit-learn gives, to the bit, on any text, any chunks and any number of threads."""

import re
import sys
import unicodedata
from itertools import pairwise

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from analysis import corpus, tables, terms
from analysis.terms import _compiled, _counting, _letters, _options, _tokens


def documents_of(texts, **columns):
    ids = [f"{number:06}" for number in range(len(texts))]
    return pd.DataFrame({"document_id": ids, "text": texts} | columns, dtype="str")


def compiled(verb, documents, *, threads=1, unit_bytes=1 << 27, **options):
    """Do it the compiled way, however few the documents are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_counting, "COMPILED_FROM", 0)
        patch.setattr(_compiled, "N_THREADS", threads)
        patch.setattr(_compiled, "UNIT_BYTES", unit_bytes)
        return verb(documents, **options)


def bits(matrix):
    weights = matrix.weights
    parts = [part.dtype.str.encode() + part.tobytes() for part in (weights.data, weights.indices, weights.indptr)]
    return [weights.shape, matrix.terms.tolist(), matrix.document_ids.tolist(), *parts]


def outcome(act, *arguments, **options):
    """What a way of counting gives: the bits of its matrix, or the words of its refusal."""
    try:
        return bits(act(*arguments, **options))
    except terms.TermsError as refusal:
        return str(refusal)


# ---- Any text


CHARACTERS = st.one_of(
    st.sampled_from("abcdefg ABC  __-'’“é09٣३\n\t\0"),
    st.sampled_from("İIıiΣσςſKÅẞßǅŉΌΑ\u0301\u0307\u093f\u200d\u0640\u00ad"),
    st.sampled_from("𝐀𐐀𐐨𞤀𝟗😀𠀀\U000e0100"),
    st.characters(exclude_categories=["Cs"]),
)
WORDS = st.one_of(
    st.sampled_from(["the", "The", "of", "killed", "KILLED", "2023", "ΟΔΟΣ", "İstanbul", "aid", "x", "conflictzones"]),
    st.text(CHARACTERS, max_size=20),
)
TEXTS = st.lists(st.lists(WORDS, max_size=8).map(" ".join), min_size=1, max_size=7)
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "stop_words": st.sampled_from([None, "english", ["the", "THE", "aid killed", "ab", "ος"]]),
        "ngrams": st.integers(1, 4),
        "digits": st.booleans(),
        "min_df": st.sampled_from([1, 2, 0.0, 0.3]),
        "max_df": st.sampled_from([1, 3, 0.5, 1.0]),
    },
)


@pytest.mark.filterwarnings("ignore:Your stop_words may be inconsistent")
@settings(max_examples=200)
@given(TEXTS, OPTIONS, st.booleans(), st.integers(1, 3), st.integers(1, 60))
def test_both_ways_give_the_same_bits_on_any_text(texts, options, sublinear, threads, unit_bytes):
    documents = documents_of(texts).sample(frac=1, random_state=1)
    ours = outcome(
        compiled, terms.weigh, documents, threads=threads, unit_bytes=unit_bytes, sublinear=sublinear, **options
    )
    assert ours == outcome(terms.weigh, documents, sublinear=sublinear, **options)
    counted = outcome(compiled, terms.count, documents, threads=threads, unit_bytes=unit_bytes, **options)
    assert counted == outcome(terms.count, documents, **options)


@settings(max_examples=100)
@given(TEXTS, st.integers(1, 3))
def test_any_text_weighs_what_scikit_learn_says(texts, ngrams):
    vectorizer = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, ngrams))
    documents = documents_of(["words in common", *texts])
    expected = vectorizer.fit_transform(documents["text"]).toarray()
    matrix = compiled(terms.weigh, documents, stop_words=None, ngrams=ngrams)
    assert matrix.terms.tolist() == vectorizer.get_feature_names_out().tolist()
    np.testing.assert_allclose(matrix.weights.toarray(), expected, rtol=0, atol=1e-15)


@settings(max_examples=50)
@given(TEXTS, st.data())
def test_titles_are_read_before_texts_in_both_ways(texts, data):
    titles = data.draw(st.lists(WORDS, min_size=len(texts), max_size=len(texts)))
    documents = documents_of(texts, title=titles)
    options = {"title": True, "ngrams": 2, "stop_words": None}
    ours = outcome(compiled, terms.count, documents, threads=2, unit_bytes=20, **options)
    assert ours == outcome(terms.count, documents, **options)


def test_every_character_is_taken_as_python_takes_it():
    for digits in (True, False):
        table = _letters.symbols(digits)
        for code in range(sys.maxunicode + 1):
            lower = chr(code).lower()
            if table[code] == _letters.SPECIAL:
                assert chr(code) in "İΣ"
                continue
            assert table[code] >> _letters.LETTER == ord(lower)
            assert bool(table[code] & _letters.WORD) == (lower.isalnum() or lower == "_")
            assert bool(table[code] & _letters.BARRED) == (lower.isdecimal() and not digits)


def test_what_a_kernel_knows_of_python_holds_for_every_character():
    every = [chr(code) for code in range(sys.maxunicode + 1)]
    assert "".join(re.findall(r"\w", "".join(every))) == "".join(c for c in every if c.isalnum() or c == "_")
    for character in every:
        # A text in lower case is read by the same kernel once more, and lower case takes 3 bytes for 2 at most.
        assert character.lower().lower() == character.lower()
        room = 3 * len(character.encode("utf-8", "surrogatepass")) // 2
        assert len(character.lower()) > 1 or len(character.lower().encode("utf-8", "surrogatepass")) <= room


@pytest.mark.parametrize("step", [1, 7])
def test_every_character_in_a_word_counts_in_both_ways(step):
    every = [chr(code) for code in range(0, 0x30000, step) if unicodedata.category(chr(code)) != "Cs"]
    texts = [" ".join(f"{c} {c}{c}a" for c in every[first : first + 512]) for first in range(0, len(every), 512)]
    documents = documents_of(texts)
    assert bits(compiled(terms.count, documents, threads=2)) == bits(terms.count(documents))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ΟΔΟΣ ΟΔΟΣ", ["οδος"]),
        ("ΣΟΦΙΑΣ", ["σοφιας"]),
        ("İstanbul'da", ["da", "stanbul"]),  # lower case of İ is i and a dot, which is not part of a word
        ("ISPARTA", ["isparta"]),
        ("K\N{KELVIN SIGN}k Ⱥb", ["kkk", "ⱥb"]),
        ("𐐀𐐁 𝐀𝐁", ["𐐨𐐩", "𝐀𝐁"]),
        ("हिन्दी", ["हिन्दी"[:1]]),
        ("غزة غَزَّة", ["غزة"]),
        ("snake_case __ _", ["__", "snake_case"]),
        ("a\0bc\0", ["bc"]),
        ("é éé e\u0301e", ["éé"]),
        ("tail", ["tail"]),
        ("sevenle eightlet ninelette", ["eightlet", "ninelette", "sevenle"]),
        ("😀ab😀 ÀB", ["ab", "àb"]),
    ],
    ids=ascii,
)
def test_words_by_hand(text, expected):
    expected = [] if expected == ["ह"] else expected  # vowel signs part the letters, and one letter is no term
    documents = documents_of([text, "zz"])
    assert compiled(terms.count, documents, stop_words=None).terms.tolist() == sorted([*expected, "zz"])
    assert terms.count(documents, stop_words=None).terms.tolist() == sorted([*expected, "zz"])


def test_words_that_differ_only_beyond_eight_letters_are_told_apart():
    documents = documents_of(
        ["abcdefgh abcdefghi abcdefgh i ij abcdefghij", "abcdefghij abcdefghijklmnop abcdefg h hh"]
    )
    for ngrams in (1, 2, 3):
        options = {"ngrams": ngrams, "stop_words": None}
        assert bits(compiled(terms.count, documents, **options)) == bits(terms.count(documents, **options))


def test_words_of_the_same_hash_are_told_apart():
    # Of 400,000 words a few have the same 32 bits of hash: (400,000 ** 2 / 2) / 2 ** 32 is 18 pairs.
    words = np.array([f"w{number:06}" for number in range(400_000)])
    packed = np.array([int.from_bytes(f"{word} ".encode(), "little") for word in words], dtype=np.uint64)
    hashes = _tokens._stirred.py_func(np.uint64(0), packed) >> np.uint64(32)
    order = np.argsort(hashes, kind="stable")
    twins = np.flatnonzero(hashes[order][1:] == hashes[order][:-1])
    assert len(twins) > 3
    for twin in twins:
        first, second = sorted(words[order[twin : twin + 2]])
        counted = compiled(terms.count, documents_of([f"{first} {second} {first}"]))
        assert counted.terms.tolist() == [first, second]
        assert counted.weights.toarray().tolist() == [[2, 1]]


# ---- Any size


def test_a_document_of_ten_megabytes():
    documents = documents_of(["Rafah fell. " * 900_000, "", "Rafah " + "x" * 10_000_000])
    matrix = compiled(terms.weigh, documents, threads=2)
    assert bits(matrix) == bits(terms.weigh(documents))
    assert matrix.terms.tolist() == ["fell", "rafah", "x" * 10_000_000]


def test_a_vocabulary_outgrows_its_first_room():
    texts = [" ".join(f"word{number}" for number in range(first, first + 9_000)) for first in range(0, 60_000, 5_000)]
    documents = documents_of(texts)
    for options in ({}, {"ngrams": 3}, {"min_df": 2}):
        assert bits(compiled(terms.weigh, documents, threads=2, **options)) == bits(terms.weigh(documents, **options))


def test_rows_of_every_length_are_sorted():
    rng = np.random.default_rng(0)
    words = [f"w{number}" for number in range(70_000)]
    texts = [" ".join(rng.choice(words, size)) for size in [*range(80), 1_000, 70_000]]
    documents = documents_of(texts)
    assert bits(compiled(terms.count, documents, threads=3)) == bits(terms.count(documents))


def test_a_vocabulary_too_large_is_refused(monkeypatch):
    full = _tokens.no_terms()
    full.sizes[1] = 2**32 - 4
    monkeypatch.setattr(_tokens, "no_terms", lambda: full)
    with pytest.raises(terms.TermsError, match=r"more than one vocabulary can hold\. Ask for shorter ngrams"):
        compiled(terms.count, documents_of(["cats and dogs"]), stop_words=None)


# ---- Any row order, chunks and number of threads


@pytest.fixture(scope="module")
def many_documents(seed_documents):
    texts = [text for report in seed_documents["text"] for text in report.split("\n")] * 3
    return documents_of(
        [*texts, "ΟΔΟΣ in İstanbul", "", "İ"], title=[f"Title {len(text)}" for text in texts] + [""] * 3
    )


@pytest.fixture(scope="module")
def expected_bits(many_documents):
    return bits(terms.weigh(many_documents, title=True, ngrams=2))


@pytest.mark.parametrize("threads", [1, 2, 3, None])
@pytest.mark.parametrize("unit_bytes", [1, 1000, 1 << 27])
def test_threads_and_units_do_not_matter(many_documents, expected_bits, threads, unit_bytes):
    options = {"threads": threads, "unit_bytes": unit_bytes, "title": True, "ngrams": 2}
    assert bits(compiled(terms.weigh, many_documents, **options)) == expected_bits


def test_row_order_does_not_matter(many_documents, expected_bits):
    for random_state in range(3):
        shuffled = many_documents.sample(frac=1, random_state=random_state)
        assert bits(compiled(terms.weigh, shuffled, threads=2, unit_bytes=500, title=True, ngrams=2)) == expected_bits


@pytest.mark.parametrize("kind", [pa.large_string(), pa.string()], ids=str)
@pytest.mark.parametrize("lengths", [[1], [3, 0, 2, 7, 1], [1000]], ids=str)
def test_chunks_and_offsets_do_not_matter(many_documents, expected_bits, kind, lengths):
    documents = many_documents.copy()
    for name, turned in (("text", lengths), ("title", lengths[::-1])):
        whole = pa.array(["left out", *documents[name]], kind).slice(1)
        bounds = np.minimum(np.cumsum([0, *turned * len(documents)]), len(documents))
        chunks = [whole.slice(begin, end - begin) for begin, end in pairwise(bounds)]
        documents[name] = pd.Series(pd.array(pa.chunked_array(chunks, kind), dtype=pd.ArrowDtype(kind)))
    assert bits(compiled(terms.weigh, documents, threads=2, unit_bytes=700, title=True, ngrams=2)) == expected_bits


def test_a_column_of_python_strings_will_do(many_documents, expected_bits):
    documents = many_documents.astype({"text": object, "title": object})
    assert bits(compiled(terms.weigh, documents, title=True, ngrams=2)) == expected_bits


def test_passages_keep_their_order(seed_documents):
    passages = corpus.split(seed_documents)
    shuffled = passages.sample(frac=1, random_state=0)
    assert bits(compiled(terms.weigh, shuffled, threads=2, unit_bytes=1000)) == bits(terms.weigh(passages))


def test_the_index_of_the_table_does_not_matter(many_documents, expected_bits):
    documents = many_documents.set_index(np.zeros(len(many_documents)))
    assert bits(compiled(terms.weigh, documents, title=True, ngrams=2)) == expected_bits


# ---- Refusals and warnings are those of scikit-learn


@pytest.mark.parametrize(
    ("texts", "options"),
    [
        (["", " "], {}),
        (["the of and"], {}),
        (["cat dog", "cat"], {"min_df": 5}),
        (["cat dog", "cat"], {"min_df": 2, "max_df": 1}),
        (["cat dog", "cat dog"], {"max_df": 0.5}),
        (["cat dog"], {"stop_words": "german"}),
        (["cat dog"], {"stop_words": ("cat",)}),
        (["cat dog"], {"min_df": 1.5}),
    ],
    ids=str,
)
def test_refusals_have_the_same_words(texts, options):
    documents = documents_of(texts)
    ours = outcome(compiled, terms.count, documents, **options)
    assert isinstance(ours, str)
    assert ours == outcome(terms.count, documents, **options)


def test_stop_words_that_cannot_be_met_are_warned_of():
    documents, options = documents_of(["I don't cat"]), {"stop_words": ["don't", "cat"]}
    for way in (compiled, lambda verb, *arguments, **more: verb(*arguments, **more)):
        with pytest.warns(UserWarning, match="inconsistent with your preprocessing"):
            assert way(terms.count, documents, **options).terms.tolist() == ["don"]


def test_stop_words_are_those_that_can_be_a_token():
    words = ["the", "The", "of the", "x", "12th", "İ", "ΟΔΟΣ", "οδος", 7]
    assert _options.Options(stop_words=words).stopping == ["12th", "the", "οδος"]
    assert _options.Options(stop_words=words, digits=False).stopping == ["the", "οδος"]
    assert _options.Options(stop_words=None).stopping == []
    assert len(_options.Options().stopping) == 316  # "a" and "i" are too short to be a term


def test_no_document_is_refused():
    with pytest.raises(terms.TermsError, match="Expected at least one document; found none"):
        compiled(terms.weigh, tables.empty(tables.Documents))
