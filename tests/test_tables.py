"""The promises tables keep, and the words in which a broken one is refused."""

import inspect
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from analysis import tables

SHAPES = [
    shape
    for _, shape in inspect.getmembers(tables, inspect.isclass)
    if issubclass(shape, tables._Shape) and shape is not tables._Shape
]


def passages(**columns):
    return pd.DataFrame(
        {"document_id": ["a", "b"], "start": [0, 1], "end": [1, 2], "text": ["x", "y"]} | columns,
    )


def clusters(**columns):
    return pd.DataFrame({"document_id": ["a", "b"], "representative": ["a", "a"], "score": [1.0, 0.9]} | columns)


def pairs(**columns):
    return pd.DataFrame({"a": ["a"], "b": ["b"], "score": [0.5], "containment": [0.5], "lag": [1.0]} | columns)


def shared(**columns):
    offsets = {"a_start": [0], "b_start": [0], "a_end": [3], "b_end": [3]}
    rest = {"n_words": [1], "quoted": [False], "first": [""]}
    return pd.DataFrame({"a": ["a"], "b": ["b"]} | offsets | rest | columns)


def documents(**columns):
    return pd.DataFrame(
        {
            "document_id": ["a"],
            "outlet": [""],
            "published": [pd.Timestamp("2024-05-24T10:00")],
            "published_basis": ["column"],
            "title": [""],
            "credit": [""],
            "text": ["x"],
        }
        | columns
    )


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
class TestEveryShape:
    def test_an_empty_table_has_its_columns_and_passes_again(self, shape):
        table = tables.empty(shape)
        assert list(table.columns) == tables.columns(shape)
        assert len(table) == 0
        pd.testing.assert_frame_equal(tables.check(shape, table), table)

    def test_the_key_is_among_the_columns(self, shape):
        assert tables.key(shape)
        assert set(tables.key(shape)) <= set(tables.columns(shape))

    def test_a_missing_column_is_named(self, shape):
        last = tables.columns(shape)[-1]
        with pytest.raises(tables.TableError, match=f"{shape.__name__} needs the column {last}; found "):
            tables.check(shape, tables.empty(shape).drop(columns=last))

    def test_nothing_at_all_is_said_to_be_no_columns(self, shape):
        with pytest.raises(tables.TableError, match=f"{shape.__name__} needs the columns .*; found no columns"):
            tables.check(shape, pd.DataFrame())

    def test_an_unknown_column_is_refused_but_for_documents(self, shape):
        table = tables.empty(shape).assign(weather="")
        if shape is tables.Documents:
            assert list(tables.check(shape, table).columns)[-1] == "weather"
        else:
            with pytest.raises(tables.TableError, match="expected column_in_schema; found 'weather'"):
                tables.check(shape, table)


@given(st.permutations(list(range(6))))
def test_the_order_of_rows_and_columns_does_not_matter(order):
    rows = pd.DataFrame({"document_id": list("aabbcc"), "start": [0, 5, 0, 7, 1, 2], "text": list("uvwxyz")})
    rows["end"] = rows["start"] + 1
    expected = tables.check(tables.Passages, rows)
    shuffled = rows.iloc[order][["text", "end", "document_id", "start"]]
    pd.testing.assert_frame_equal(tables.check(tables.Passages, shuffled), expected)


def test_rows_come_in_the_order_of_the_key_whatever_the_index():
    checked = tables.check(tables.Passages, passages(document_id=["b", "a"]).set_index(pd.Index([7, 7])))
    assert checked["document_id"].tolist() == ["a", "b"]
    assert checked.index.tolist() == [0, 1]


def test_the_table_given_is_not_changed():
    given_table = passages(document_id=["b", "a"], start=["3", "4"], end=["4", "5"])
    before = given_table.copy(deep=True)
    tables.check(tables.Passages, given_table)
    pd.testing.assert_frame_equal(given_table, before)


def test_further_columns_of_documents_follow_in_alphabetical_order():
    checked = tables.check(tables.Documents, documents(zone=[1], language=["en"]))
    assert list(checked.columns) == [*tables.columns(tables.Documents), "language", "zone"]


def test_kinds_are_made_right_where_nothing_is_lost():
    checked = tables.check(tables.Passages, passages(start=["0", "1"], end=[1.0, 2.0], document_id=[1, 2]))
    assert checked["start"].tolist() == [0, 1]
    assert checked["end"].dtype == "int64"
    assert checked["document_id"].tolist() == ["1", "2"]


def test_a_moment_without_a_zone_is_utc_and_one_with_a_zone_is_moved_there():
    assert tables.check(tables.Documents, documents())["published"][0] == pd.Timestamp("2024-05-24T10:00Z")
    there = [pd.Timestamp("2024-05-24T10:00+03:00")]
    moved = tables.check(tables.Documents, documents(published=there))["published"]
    assert moved[0] == pd.Timestamp("2024-05-24T07:00Z")
    assert str(moved.dtype) == "datetime64[us, UTC]"


@pytest.mark.parametrize(
    ("table", "shape", "message"),
    [
        (
            clusters(score=[1.0, 1.5]),
            tables.Clusters,
            r"score: expected less_than_or_equal_to\(1\); found 1.5 in row 1",
        ),
        (clusters(score=[0.0, 1.0]), tables.Clusters, r"score: expected greater_than\(0\); found 0.0 in row 0"),
        (clusters(score=["1", "much"]), tables.Clusters, r"score: expected coerce_dtype\('float64'\); found 'much'"),
        (clusters(representative=["a", None]), tables.Clusters, "representative: expected not_nullable; found nan"),
        (passages(text=["", "y"]), tables.Passages, r"text: expected str_length\(1, None\); found '' in row 0"),
        (passages(start=[-1, 1]), tables.Passages, r"start: expected greater_than_or_equal_to\(0\); found -1 in row 0"),
        (passages(start=[0, np.nan]), tables.Passages, "start: expected .* found nan in row 1"),
        (documents(document_id=[""]), tables.Documents, "document_id: expected str_length"),
        (documents(published_basis=["guess"]), tables.Documents, "published_basis: expected isin.* found 'guess'"),
        (documents(published=["soon"]), tables.Documents, "published: expected coerce_dtype.* found 'soon' in row 0"),
        (passages(start=[0.5, 1.0]), tables.Passages, "expects whole numbers in start; found 0.5 in row 0"),
        (passages(end=[1.5, 2.5]), tables.Passages, "expects whole numbers in end; found 1.5 in rows 0, 1"),
        (shared(quoted=["False"]), tables.SharedPassages, "expects True or False in quoted; found 'False' in row 0"),
        (shared(quoted=[None]), tables.SharedPassages, "expects True or False in quoted; found None"),
        (shared(quoted=[2]), tables.SharedPassages, "expects True or False in quoted; found 2"),
        (pairs(a=["c"]), tables.Pairs, "expects a < b, one spelling of each pair; found a='c', b='b' in row 0"),
        (pairs(a=["b"]), tables.Pairs, "expects a < b.*found a='b', b='b'"),
        (pairs(score=[np.inf]), tables.Pairs, "score: expected .* found inf"),
        (shared(a=["c"]), tables.SharedPassages, "expects a < b"),
        (
            clusters(document_id=["a", "a"]),
            tables.Clusters,
            "expects each document_id once; found a in rows 0, 1, and 2",
        ),
        (
            passages(end=[5, 2]),
            tables.Passages,
            "of end - start characters; found 1 characters from 0 to 5 of 'a' in row 0, and 1 such rows in all. Split",
        ),
        (
            passages(document_id="a", start=3, end=4),
            tables.Passages,
            r"each document_id \+ start once; found a, 3 in rows 0, 1",
        ),
    ],
)
def test_a_broken_promise_is_refused_with_its_place(table, shape, message):
    with pytest.raises(tables.TableError, match=message):
        tables.check(shape, table)


def matches(*ends):
    found = pd.DataFrame(ends, columns=["topic", "other"]).astype("Int64")
    return found.assign(kind="match", overlap=1.0, agreement=1.0, terms="")


def test_a_key_may_hold_what_is_not_known_and_it_comes_last():
    given = matches((None, 1), (1, None), (0, 0))
    checked = tables.check(tables.TopicMatches, given)
    assert checked[["topic", "other"]].astype(object).where(checked.notna(), None).to_numpy().tolist() == [
        [0, 0],
        [1, None],
        [None, 1],
    ]
    pd.testing.assert_frame_equal(tables.check(tables.TopicMatches, checked), checked)
    with pytest.raises(tables.TableError, match=r"expects each topic \+ other once; found 1, <NA> in rows 0, 2"):
        tables.check(tables.TopicMatches, matches((1, None), (0, 0), (1, None)))


def test_a_column_that_stands_twice_is_refused():
    twice = pd.concat([passages(), passages()[["text"]]], axis=1)
    with pytest.raises(tables.TableError, match="Passages expects each column once; found text twice"):
        tables.check(tables.Passages, twice)


def test_all_faults_are_listed_and_long_lists_cut():
    table = pd.DataFrame({"document_id": [f"d{n}" for n in range(9)], "representative": "d0", "score": 2.0})
    with pytest.raises(tables.TableError, match="rows 0, 1, 2, 3, 4 and 4 more"):
        tables.check(tables.Clusters, table)
    both = passages(start=[-1, 1], text=["x", ""])
    with pytest.raises(
        tables.TableError, match=re.compile("This is not a table of Passages:\n.*start.*text", re.DOTALL)
    ):
        tables.check(tables.Passages, both)


def test_offsets_that_are_not_stated_stay_missing_and_are_not_0():
    row = {name: [""] for name in tables.columns(tables.Quantities)} | {
        "document_id": ["a"],
        "start": [0],
        "end": [1],
        "surface": ["5"],
        "low": [5],
        "high": [np.inf],
        "bound": ["at least"],
        "approximate": [False],
        "kind": ["count"],
        "speaker_start": [None],
        "speaker_end": [None],
    }
    checked = tables.check(tables.Quantities, pd.DataFrame(row))
    assert checked["speaker_start"].isna().all()
    assert checked["speaker_start"].dtype == "Int64"
    assert checked["high"][0] == np.inf


class TestDocumentTermMatrix:
    def test_labels_must_fit_the_weights(self):
        with pytest.raises(tables.TableError, match=r"2 document_ids and 1 terms needs .* \(2, 1\); found \(1, 2\)"):
            tables.DocumentTermMatrix(sparse.csr_array((1, 2)), np.array(["a", "b"]), np.array(["x"]))

    def test_it_tells_its_size_not_its_content(self):
        matrix = tables.DocumentTermMatrix(sparse.csr_array([[1.0, 0.0]]), np.array(["a"]), np.array(["x", "y"]))
        assert repr(matrix) == "DocumentTermMatrix(1 rows, 2 terms, 1 weights)"
