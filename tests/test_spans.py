"""Words and quotations by their offsets."""

import doctest
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import spans

NEWSLIKE = st.text(alphabet="abZé9 .,!?'’‘\"“”«»„-\n\t(", max_size=60)


def test_the_examples_of_the_docstrings_hold():
    found = doctest.testmod(spans)
    assert found.attempted >= 2
    assert found.failed == 0


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("Gaza’s U.N. aid", ["gaza's", "u", "n", "aid"]),
        ("cease-fire", ["cease", "fire"]),
        ("the soldiers' camp", ["the", "soldiers", "camp"]),
        ("‘quoted’ words", ["quoted", "words"]),
        ("35,000 people", ["35", "000", "people"]),
        ("STRASSE Straße", ["strasse", "strasse"]),
        ("don't don’t", ["don't", "don't"]),
        ("… — !", []),
        ("", []),
    ],
)
def test_words_are_case_folded_with_straight_apostrophes(text, forms):
    assert [form for _, _, form in spans.words(text)] == forms


@given(NEWSLIKE)
def test_a_word_is_what_its_offsets_slice_and_words_do_not_overlap(text):
    found = spans.words(text)
    assert all(text[start:end].casefold().replace("’", "'") == form for start, end, form in found)
    assert all(before[1] <= after[0] for before, after in pairwise(found))
    covered = {place for start, end, _ in found for place in range(start, end)}
    assert {place for place, character in enumerate(text) if character.isalnum()} <= covered


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ('He said "no" and left.', ['"no"']),
        ("He said “no” and “yes”.", ["“no”", "“yes”"]),
        ('He said "no” and left.', ['"no”']),
        ('He said “no" and left.', ['“no"']),
        ("a ‘don’t go’ sign", ["‘don’t go’"]),
        ("“He called it ‘a farce’ today.”", ["“He called it ‘a farce’ today.”"]),
        ("« oui » «non»", ["«non»"]),
        ("„Nein“, sagte er", ["„Nein“"]),
        ("“The first paragraph.\n\n“The second.” He left.", ["“The first paragraph.", "“The second.”"]),
        ("“never closed", ["“never closed"]),
        ('a 6" pipe and a 7" pipe', []),
        ("the soldiers' camp and Hamas’ men", []),
        ('a " alone', []),
        ('ends with "', []),
        ("no mark", []),
        ("", []),
    ],
)
def test_quotations_with_their_marks(text, quoted):
    assert [text[start:end] for start, end in spans.quotations(text)] == quoted


@given(NEWSLIKE)
def test_quotations_are_in_order_do_not_overlap_and_stay_in_their_paragraph(text):
    found = spans.quotations(text)
    assert all(0 <= start < end <= len(text) for start, end in found)
    assert all(before[1] <= after[0] for before, after in pairwise(found))
    assert all("\n" not in text[start:end] for start, end in found)
    assert all(text[start] in '“"‘«„' for start, _ in found)


@pytest.mark.parametrize(
    ("start", "end", "answer"), [(2, 5, True), (3, 4, True), (1, 5, False), (2, 6, False), (8, 9, True), (5, 8, False)]
)
def test_inside_takes_both_ends(start, end, answer):
    assert spans.inside(start, end, [(2, 5), (8, 10)]) is answer


def test_nothing_is_inside_of_no_spans():
    assert not spans.inside(0, 1, [])


def test_a_long_text_full_of_marks_is_not_slow():
    text = "“a” 'b' \"c\" ‘d ’ " * 20_000
    assert len(spans.quotations(text)) > 40_000
