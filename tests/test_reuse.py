import time

import numpy as np
import pandas as pd
import pytest
from conftest import reports
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import duplicates, reuse, spans, tables, terms

COMMON = "the ferry left the harbour at dawn with forty people on board"


def passages(shared, documents):
    """The words of each shared passage as they stand in a and in b."""
    text = dict(zip(documents["document_id"], documents["text"], strict=True))
    return [(text[row.a][row.a_start : row.a_end], text[row.b][row.b_start : row.b_end]) for row in shared.itertuples()]


def forms(text):
    return [form for *_, form in spans.words(text)]


# ---- what is found


def test_the_seeds_share_five_passages_and_one_quotation(seed_documents):
    shared = reuse.find(seed_documents)
    by_pair = shared.groupby(["a", "b"])["n_words"].agg(["size", "sum"])
    assert by_pair.to_dict("index") == {("000", "002"): {"size": 1, "sum": 17}, ("002", "004"): {"size": 5, "sum": 62}}
    assert shared.loc[shared["a"] == "000", "quoted"].tolist() == [True]
    assert not shared.loc[shared["a"] == "002", "quoted"].any()
    assert (shared["first"] == "").all()
    [(quotation, _)] = passages(shared[shared["a"] == "000"], seed_documents)
    assert quotation.startswith("No power on earth will stop Israel")


def test_a_passage_by_hand():
    documents = reports([f"Early on Monday {COMMON}, police said.", f"Witnesses: {COMMON}. It sank."])
    shared = reuse.find(documents)
    assert passages(shared, documents) == [(COMMON, COMMON)]
    assert shared[["a_start", "b_start", "n_words", "quoted", "first"]].to_numpy().tolist() == [[16, 11, 12, False, ""]]


def test_case_punctuation_and_apostrophes_do_not_count_but_words_do():
    documents = reports(
        ["Gaza’s HOSPITALS, he said, have no fuel left.", "gaza's hospitals he said: have no fuel left"]
    )
    [(one, other)] = passages(reuse.find(documents), documents)
    assert (one, other) == (documents["text"][0][:-1], documents["text"][1])
    changed = reports([documents["text"][0], "gaza's hospitals he said: have no fuel here"])
    assert reuse.find(changed, min_words=8).empty
    assert reuse.find(changed, min_words=7)["n_words"].tolist() == [7]


def test_seven_words_are_too_few_and_eight_are_enough():
    eight = "one two three four five six seven eight"
    assert reuse.find(reports([f"a {eight} b", f"c {eight} d"]))["n_words"].tolist() == [8]
    assert reuse.find(reports([f"a {eight[:-6]} b", f"c {eight[:-6]} d"])).empty


@pytest.mark.parametrize(
    ("one", "other", "quoted"),
    [
        (f'He said "{COMMON}" then.', f"She wrote “{COMMON}.”", True),
        (f'He said "{COMMON}" then.', f"In fact {COMMON}.", False),
        (f"In fact {COMMON}.", f'He said "{COMMON}" then.', False),
        # The passage begins before the quotation does, so it is not inside.
        (f'He said: "{COMMON}"', f'He said: "{COMMON}"', False),
    ],
)
def test_quoted_means_inside_quotation_marks_in_both(one, other, quoted):
    assert reuse.find(reports([one, other]))["quoted"].tolist() == [quoted]


@pytest.mark.parametrize(
    ("dates", "first"),
    [
        (["2024-05-01", "2024-05-02"], "d000"),
        (["2024-05-02", "2024-05-01"], "d001"),
        (["2024-05-01", "2024-05-01"], ""),
        (["2024-05-01", None], ""),
        ([None, "2024-05-01"], ""),
        ([None, None], ""),
        (["2024-05-01T00:00+00:00", "2024-05-01T01:00+02:00"], "d001"),
    ],
)
def test_who_printed_first(dates, first):
    assert reuse.find(reports([COMMON, COMMON], dates))["first"].tolist() == [first]


# ---- tiles


def test_the_same_sentence_twice_in_one_report_is_shared_once():
    documents = reports([f"{COMMON}. {COMMON}.", f"Yes, {COMMON}."])
    assert reuse.find(documents)[["a_start", "b_start", "n_words"]].to_numpy().tolist() == [[0, 5, 12]]


def test_the_same_sentence_twice_in_both_reports_is_shared_twice():
    documents = reports([f"{COMMON} and again {COMMON}", f"{COMMON} or else {COMMON}"])
    shared = reuse.find(documents)
    assert shared["n_words"].tolist() == [12, 12]
    assert len(set(shared["a_start"])) == len(set(shared["b_start"])) == 2


def test_the_longest_passage_is_taken_first_and_the_rest_of_another_is_kept():
    words = [f"w{i}" for i in range(40)]
    long, tail = words[10:30], words[30:40]
    # b has w10…w29 in a row, and elsewhere w20…w39: of the second only w30…w39 are free in a.
    documents = reports([" ".join(words), " ".join([*long, "x", *words[20:30], *tail])])
    shared = reuse.find(documents)
    assert [one for one, _ in passages(shared, documents)] == [" ".join(long), " ".join(tail)]


def test_a_rest_that_is_too_short_is_not_a_passage():
    words = [f"w{i}" for i in range(24)]
    documents = reports([" ".join(words), " ".join([*words[:16], "x", *words[8:20]])])
    shared = reuse.find(documents)
    assert shared["n_words"].tolist() == [16]


TEXTS = st.lists(st.sampled_from("abc"), min_size=0, max_size=25).map(" ".join)


@settings(max_examples=20)
@given(texts=st.lists(TEXTS, min_size=2, max_size=4), min_words=st.integers(2, 5), seed=st.integers(0, 99))
def test_laws_of_tiles(texts, min_words, seed):
    documents = reports(texts)
    shared = reuse.find(documents, min_words=min_words)
    for (one, other), row in zip(passages(shared, documents), shared.itertuples(), strict=True):
        assert forms(one) == forms(other)
        assert len(forms(one)) == row.n_words >= min_words
    for side in "ab":
        ordered = shared.sort_values(["a", "b", f"{side}_start"])
        for _, rows in ordered.groupby(["a", "b"]):
            assert (rows[f"{side}_start"].to_numpy()[1:] >= rows[f"{side}_end"].to_numpy()[:-1]).all()
    shuffled = reuse.find(documents.sample(frac=1, random_state=seed), min_words=min_words)
    pd.testing.assert_frame_equal(shuffled, shared)


@settings(max_examples=20)
@given(one=TEXTS, other=TEXTS)
def test_the_longest_common_run_is_always_found(one, other):
    a, b = one.split(), other.split()
    runs = {tuple(a[i:j]) for i in range(len(a)) for j in range(i + 1, len(a) + 1)}
    longest = max((j - i for i in range(len(b)) for j in range(i + 1, len(b) + 1) if tuple(b[i:j]) in runs), default=0)
    shared = reuse.find(reports([one, other]), min_words=2)
    assert shared["n_words"].max() == longest if longest >= 2 else shared.empty


# ---- pairs


def test_only_the_pairs_that_were_asked_for(seed_documents):
    everything = reuse.find(seed_documents)
    pairs = duplicates.find(terms.weigh(seed_documents), seed_documents, threshold=0.305)
    assert pairs[["a", "b"]].to_numpy().tolist() == [["000", "002"]]
    some = reuse.find(seed_documents, pairs=pairs)
    pd.testing.assert_frame_equal(some, everything[everything["a"] == "000"].reset_index(drop=True))


def test_no_pairs_no_passages(seed_documents):
    shared = reuse.find(seed_documents, pairs=tables.empty(tables.Pairs))
    assert shared.empty
    assert list(shared.columns) == tables.columns(tables.SharedPassages)


@pytest.mark.parametrize("texts", [[], [COMMON], ["", ""], ["", COMMON], [" . ", "!"]])
def test_nothing_to_share(texts):
    documents = reports(texts) if texts else tables.empty(tables.Documents)
    assert reuse.find(documents).empty


# ---- sizes


def test_boilerplate_of_three_hundred_documents_takes_seconds():
    line = "All rights reserved by the publisher and no part of this may be printed again without leave"
    texts = [f"{' '.join(f'r{i}w{k}' for k in range(30))}. {line}." for i in range(300)]
    began = time.process_time()
    shared = reuse.find(reports(texts))
    assert time.process_time() - began < 20
    assert len(shared) == 300 * 299 // 2
    assert set(shared["n_words"]) == {len(line.split())}


def test_pairs_that_were_not_asked_for_cost_nothing():
    texts = [f"r{i}. {COMMON}." for i in range(1500)]
    wanted = pd.DataFrame({"a": ["d0007"], "b": ["d1499"]})
    documents = reports(texts).assign(document_id=[f"d{i:04}" for i in range(1500)])
    assert reuse.find(documents, pairs=wanted)[["a", "b", "n_words"]].to_numpy().tolist() == [["d0007", "d1499", 12]]


# ---- refusals


@pytest.mark.parametrize("min_words", [1, 0, -3, float("nan")])
def test_too_few_words_are_refused(min_words):
    with pytest.raises(ValueError, match=f"expected 2 or more; found {min_words}"):
        reuse.find(reports([COMMON]), min_words=min_words)


def test_strangers_in_pairs_are_refused():
    with pytest.raises(tables.TableError, match="pairs name 'd005', which is not among the 2 documents"):
        reuse.find(reports([COMMON, COMMON]), pairs=pd.DataFrame({"a": ["d000"], "b": ["d005"]}))


@pytest.mark.parametrize(("a", "b"), [("d001", "d000"), ("d000", "d000")])
def test_pairs_spelled_the_other_way_are_refused(a, b):
    with pytest.raises(tables.TableError, match=f"pairs are spelled a < b; found a='{a}', b='{b}'"):
        reuse.find(reports([COMMON, COMMON]), pairs=pd.DataFrame({"a": [a], "b": [b]}))


# ---- quote


def test_quote_shows_the_words_as_they_stand_in_a():
    documents = reports([f"“{COMMON.upper()}!”", f"So {COMMON}."])
    quoted = reuse.quote(reuse.find(documents), documents)
    assert quoted["passage"].tolist() == [COMMON.upper()]
    nothing = reuse.quote(tables.empty(tables.SharedPassages), documents)
    assert nothing["passage"].tolist() == []
    assert np.isin(tables.columns(tables.SharedPassages), nothing.columns).all()
