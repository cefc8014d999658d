"""What a reader is told of a corpus, counted by hand."""

import pandas as pd
import pytest

from analysis import corpus, tables

ENGLISH = (
    "The court has ordered Israel to halt the attack on the city in the south of Gaza and to open it for aid. " * 2
)
GERMAN = (
    "Das Gericht ordnete gestern an, den Angriff sofort zu beenden, weil sonst niemand mehr sicher leben kann. " * 2
)


def counted(documents):
    return corpus.quality(documents).set_index("check")["n_documents"]


@pytest.fixture
def messy():
    texts = [
        ENGLISH,
        ENGLISH,
        GERMAN,
        "Too short.",
        "",
        " \n ",
        "damaged \ufffd " + ENGLISH,
        ENGLISH * 300,
        "u\0t\0f\0",
    ]
    return corpus.from_frame(
        pd.DataFrame(
            {
                "document_id": list("abcdefghi"),
                "text": texts,
                "published": ["2024-05-24"] + [""] * 8,
                "outlet": ["Reuters", "AP"] + [""] * 7,
                "encoding": ["utf-8"] * 6 + ["utf-8 (damaged)", "cp1252 (guessed)", "utf-8"],
            }
        )
    )


def test_each_question_is_counted_by_hand(messy):
    assert counted(messy).to_dict() == {
        "documents": 9,
        "empty": 2,
        "without a date": 8,
        "without an outlet": 7,
        "exact copy of an earlier row": 1,
        "very short (under 20 words)": 2,
        "very long (over 10,000 words)": 1,
        "probably not English": 1,
        "undecodable bytes": 2,
        "encoding guessed": 2,
    }


def test_shares_and_examples(messy):
    table = corpus.quality(messy).set_index("check")
    assert table.loc["documents", "examples"] == ""
    assert table.loc["documents", "share"] == 1
    assert table.loc["empty", "share"] == pytest.approx(2 / 9)
    assert table.loc["empty", "examples"] == "e, f"
    assert table.loc["probably not English", "examples"] == "c"
    assert table.loc["exact copy of an earlier row", "examples"] == "b"
    assert table.loc["without a date", "examples"] == "b, c, d, e, f"


def test_the_order_of_rows_does_not_matter(messy):
    expected = corpus.quality(messy)
    for random_state in range(3):
        pd.testing.assert_frame_equal(corpus.quality(messy.sample(frac=1, random_state=random_state)), expected)


def test_no_documents_have_nothing_wrong():
    table = corpus.quality(tables.empty(tables.Documents))
    assert (table["n_documents"] == 0).all()
    assert (table["share"] == 0).all()
    assert (table["examples"] == "").all()


def test_a_corpus_that_tells_no_encoding_has_none_guessed(documents_of):
    assert counted(documents_of(ENGLISH))["encoding guessed"] == 0


def test_an_encoding_column_of_numbers_is_no_error(documents_of):
    assert counted(documents_of(ENGLISH, encoding=[65001]))["encoding guessed"] == 0


@pytest.mark.parametrize(
    ("n_words", "check", "answer"),
    [
        (19, "very short (under 20 words)", 1),
        (20, "very short (under 20 words)", 0),
        (10_000, "very long (over 10,000 words)", 0),
        (10_001, "very long (over 10,000 words)", 1),
    ],
)
def test_the_limits_themselves(documents_of, n_words, check, answer):
    assert counted(documents_of("the " * n_words))[check] == answer


def test_too_short_a_text_is_not_judged_foreign(documents_of):
    assert counted(documents_of("wort " * 19))["probably not English"] == 0
    assert counted(documents_of("wort " * 20))["probably not English"] == 1


def test_seed_reports_are_english_and_whole(seed_documents):
    found = counted(seed_documents)
    assert found["documents"] == 5
    assert found["without a date"] == 2
    assert found[["empty", "probably not English", "undecodable bytes", "encoding guessed"]].sum() == 0
