"""Any frame as documents: what is kept, what is made text, which dates are believed, and what is refused."""

import datetime
import decimal
import io
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import corpus, tables

UTC_PLUS_2 = datetime.timezone(datetime.timedelta(hours=2))


def frame(**columns):
    return pd.DataFrame({"document_id": ["a", "b"], "text": ["x", "y"]} | columns)


def published(value, **options):
    return corpus.from_frame(frame(published=[value, None]), **options)["published"][0]


def test_what_is_not_stated_is_empty_and_unknown():
    documents = corpus.from_frame(frame())
    assert list(documents.columns) == tables.columns(tables.Documents)
    assert (documents[["outlet", "title", "credit"]] == "").all(axis=None)
    assert documents["published"].isna().all()
    assert documents["published_basis"].tolist() == ["unknown", "unknown"]


def test_missing_cells_are_empty_text_and_never_the_word_nan():
    documents = corpus.from_frame(frame(title=[None, np.nan], outlet=[pd.NA, "AP"], text=[None, "y"]))
    assert documents["title"].tolist() == ["", ""]
    assert documents["outlet"].tolist() == ["", "AP"]
    assert documents["text"].tolist() == ["", "y"]


def test_words_that_look_like_nothing_are_kept():
    documents = corpus.from_frame(frame(document_id=["NA", "null"], text=["nan", "None"]))
    assert documents["document_id"].tolist() == ["NA", "null"]
    assert documents["text"].tolist() == ["nan", "None"]


@given(st.lists(st.text(max_size=40), min_size=2, max_size=2))
def test_the_text_is_not_changed_by_a_character(texts):
    assert corpus.from_frame(frame(text=texts))["text"].tolist() == texts


def test_half_an_emoji_becomes_a_replacement_character_wherever_it_stands():
    cut = pd.Series(["x\ud83d", "y"], dtype=object)
    documents = corpus.from_frame(frame(text=cut, section=cut))
    assert documents["text"].tolist() == ["x\ufffd", "y"]
    assert documents["section"].tolist() == ["x\ufffd", "y"]


@given(st.permutations(list(range(5))))
def test_the_order_of_rows_does_not_matter(order):
    rows = pd.DataFrame(
        {
            "document_id": ["07", "7", "a", "b", "10"],
            "text": list("vwxyz"),
            "published": ["2024-05-24", "", "2024-05-24T10:00+02:00", None, "20240524"],
            "tags": [["p"], None, "q", {"z": 1, "a": 2}, 3],
        }
    )
    expected = corpus.from_frame(rows)
    pd.testing.assert_frame_equal(corpus.from_frame(rows.iloc[order]), expected)


def test_documents_of_documents_are_the_same(seed_documents):
    pd.testing.assert_frame_equal(corpus.from_frame(seed_documents), seed_documents)


def test_the_frame_given_is_not_changed():
    rows = frame(tags=[["p"], {"q": 1}], published=["2024-05-24", ""])
    before = rows.copy(deep=True)
    corpus.from_frame(rows)
    pd.testing.assert_frame_equal(rows, before)


class TestIds:
    @pytest.mark.parametrize(
        ("ids", "expected"),
        [
            ([2, 10], ["10", "2"]),
            ([2.0, 10.0], ["10", "2"]),
            (["007", "7"], ["007", "7"]),
            ([" a ", "b"], ["a", "b"]),
            ([1.5, 2.0], ["1.5", "2.0"]),
            ([1e20, 2e20], ["1e+20", "2e+20"]),
            ([np.inf, 1.0], ["1.0", "inf"]),
            (pd.array([1, 2], dtype="Int64"), ["1", "2"]),
            (pd.Categorical(["q", "p"]), ["p", "q"]),
        ],
    )
    def test_ids_are_text(self, ids, expected):
        assert corpus.from_frame(frame(document_id=ids))["document_id"].tolist() == expected

    def test_a_number_of_a_column_with_gaps_is_whole_again(self):
        documents = corpus.from_frame(frame(outlet=[7.0, np.nan]))
        assert documents["outlet"].tolist() == ["7", ""]

    @pytest.mark.parametrize("missing", ["", "  ", None, np.nan])
    def test_an_empty_id_is_refused(self, missing):
        with pytest.raises(
            corpus.CorpusError, match="the frame: expected a document_id in every row; found none in row 2"
        ):
            corpus.from_frame(frame(document_id=["a", missing]))

    def test_a_gap_among_numbers_is_refused(self):
        with pytest.raises(corpus.CorpusError, match="found none in row 2"):
            corpus.from_frame(frame(document_id=[7.0, np.nan]))

    def test_many_empty_ids_are_counted(self):
        rows = pd.DataFrame({"document_id": [""] * 8, "text": "x"})
        with pytest.raises(corpus.CorpusError, match="found none in rows 1, 2, 3, 4, 5 and 3 more"):
            corpus.from_frame(rows)

    def test_an_id_that_stands_twice_is_refused(self):
        with pytest.raises(corpus.CorpusError, match=r"'a' in rows 1, 2, and 1 repeated ids in all\. Make them"):
            corpus.from_frame(frame(document_id=["a", "a "]))

    def test_a_named_index_is_a_column(self):
        documents = corpus.from_frame(frame(section=["w", "s"]).set_index(["document_id", "section"]))
        assert documents["document_id"].tolist() == ["a", "b"]
        assert documents["section"].tolist() == ["w", "s"]

    def test_a_named_index_does_not_replace_a_column(self):
        rows = frame().set_index("document_id", drop=False)
        assert corpus.from_frame(rows)["document_id"].tolist() == ["a", "b"]


class TestColumns:
    def test_other_names_are_mapped(self):
        rows = pd.DataFrame({"url": ["u"], "body": ["x"], "date": ["2024-05-24"]})
        mapping = {"document_id": "url", "text": "body", "published": "date", "title": None}
        documents = corpus.from_frame(rows, columns=mapping)
        assert documents[["document_id", "text", "title"]].iloc[0].tolist() == ["u", "x", ""]
        assert documents["published_basis"][0] == "column"

    def test_a_column_of_ours_that_is_replaced_is_kept(self):
        documents = corpus.from_frame(frame(body=["p", "q"]), columns={"text": "body"})
        assert documents["text"].tolist() == ["p", "q"]
        assert documents["text_given"].tolist() == ["x", "y"]

    def test_two_columns_can_change_places(self):
        documents = corpus.from_frame(frame(title=["s", "t"]), columns={"text": "title", "title": "text"})
        assert documents["text"].tolist() == ["s", "t"]
        assert documents["title"].tolist() == ["x", "y"]

    @pytest.mark.parametrize(
        ("rows", "mapping", "message"),
        [
            (frame(), {"body": "text"}, "columns= maps our names to yours; 'body' is not one of ours: document_id, "),
            (
                frame(),
                {"text": "body"},
                "columns= names 'body', which is not there; found the columns document_id, text",
            ),
            (frame(), {"text": "text", "title": "text"}, "columns= takes 'text' for two of our columns"),
            (frame().drop(columns="text"), {}, r"expected a column 'text'; .*columns=\{'text': 'body'\}"),
            (frame().rename(columns={"text": "content"}), {}, r"columns=\{'text': 'content'\}"),
            (frame().drop(columns="document_id"), {}, r"expected a column 'document_id'; found the columns text.*'id'"),
            (pd.DataFrame(), {}, "found the columns none"),
        ],
    )
    def test_a_wrong_mapping_or_missing_column_is_refused(self, rows, mapping, message):
        with pytest.raises(corpus.CorpusError, match=message):
            corpus.from_frame(rows, columns=mapping)

    @pytest.mark.parametrize("names", [["document_id", "text", "text"], ["document_id", "text", 1, "1"]])
    def test_a_column_that_stands_twice_is_refused(self, names):
        rows = pd.DataFrame([list("abcd")[: len(names)]], columns=names)
        with pytest.raises(corpus.CorpusError, match=f"expected each column once; found '{names[-1]}' twice"):
            corpus.from_frame(rows)

    @pytest.mark.parametrize(
        ("name", "cell", "kind"),
        [
            ("text", ["p", "q"], "list"),
            ("text", b"x", "bytes"),
            ("document_id", {"$oid": "1"}, "dict"),
            ("title", ("p",), "tuple"),
            ("published", np.array([1]), "ndarray"),
        ],
    )
    def test_a_list_or_bytes_where_text_belongs_is_refused(self, name, cell, kind):
        with pytest.raises(corpus.CorpusError, match=f"expected text in {name}; found {kind} in row 2. Join lists"):
            corpus.from_frame(frame(**{name: ["a", cell]}))

    def test_a_basis_nobody_knows_is_refused(self):
        with pytest.raises(tables.TableError, match=r"published_basis: expected isin.* found 'guess'"):
            corpus.from_frame(frame(published="2024-05-24", published_basis="guess"))


class TestFurtherColumns:
    @pytest.mark.parametrize(
        ("cells", "expected"),
        [
            ([["p", "é"], None], ['["p", "é"]', ""]),
            ([{"b": 1, "a": [2]}, "t"], ['{"a": [2], "b": 1}', "t"]),
            ([{1: 2, "a": 3}, 4], ['{"1": 2, "a": 3}', "4"]),
            ([np.array([1, 2]), {"k": np.array(["z"])}], ["[1, 2]", '{"k": ["z"]}']),
            ([{"q", "p", "r"}, (1, 2)], ['["p", "q", "r"]', "[1, 2]"]),
            ([[datetime.date(2024, 5, 24)], [np.float64(0.5)]], ['["2024-05-24"]', "[0.5]"]),
            ([1, "a"], ["1", "a"]),
            ([True, None], ["True", ""]),
            ([decimal.Decimal("1.50"), datetime.date(2024, 5, 24)], ["1.50", "2024-05-24"]),
            (pd.array(["p", None], dtype="str"), ["p", ""]),
            (pd.Categorical([1, "a"]), ["1", "a"]),
            (pd.Categorical([(1, 2), None]), ["[1, 2]", ""]),
            (pd.period_range("2024-05-24", periods=2), ["2024-05-24", "2024-05-25"]),
            ([1j, 2], ["1j", "(2+0j)"]),
        ],
        ids=[f"case-{number}" for number in range(14)],
    )
    def test_lists_and_mixtures_are_text_that_can_be_written(self, cells, expected):
        documents = corpus.from_frame(frame(further=pd.Series(cells)))
        assert documents["further"].tolist() == expected
        pd.testing.assert_frame_equal(rewritten(documents), documents)

    @pytest.mark.parametrize(
        "cells",
        [
            [1, 2],
            [0.5, np.nan],
            [True, False],
            pd.to_datetime(["2024-05-24", None]),
            pd.to_timedelta([1, 2], unit="h"),
            pd.Categorical(["p", "q"]),
            pd.array([1, None], dtype="Int64"),
        ],
        ids=str,
    )
    def test_one_kind_is_kept_as_it_is(self, cells):
        expected = pd.Series(cells, name="further")
        documents = corpus.from_frame(frame(further=expected))
        pd.testing.assert_series_equal(documents["further"], expected)
        rewritten(documents)

    def test_a_sparse_column_is_made_whole(self):
        documents = corpus.from_frame(frame(further=pd.arrays.SparseArray([0.0, 1.0])))
        assert documents["further"].tolist() == [0, 1]
        assert documents["further"].dtype == "float64"

    def test_a_name_that_is_a_number_becomes_text(self):
        assert list(corpus.from_frame(frame().assign(n=1).rename(columns={"n": 2024})).columns)[-1] == "2024"


def rewritten(documents):
    stored = io.BytesIO()
    documents.to_parquet(stored)
    return pd.read_parquet(stored)


class TestDates:
    @pytest.mark.parametrize(
        ("value", "moment"),
        [
            ("2024-05-24", "2024-05-24T00:00Z"),
            (" 2024-05-24\n", "2024-05-24T00:00Z"),
            ("20240524", "2024-05-24T00:00Z"),
            (20240524, "2024-05-24T00:00Z"),
            ("2024-05-24T10:00", "2024-05-24T10:00Z"),
            ("2024-05-24 10:00:01.5", "2024-05-24T10:00:01.5Z"),
            ("2024-05-24T10:00Z", "2024-05-24T10:00Z"),
            ("2024-05-24T01:00+02:00", "2024-05-23T23:00Z"),
            (datetime.date(2024, 5, 24), "2024-05-24T00:00Z"),
            (datetime.datetime(2024, 5, 24, 10), "2024-05-24T10:00Z"),
            (datetime.datetime(2024, 5, 24, 1, tzinfo=UTC_PLUS_2), "2024-05-23T23:00Z"),
            (pd.Timestamp("2024-05-24T10:00", tz="Asia/Jerusalem"), "2024-05-24T07:00Z"),
            (pd.Timestamp("2024-05-24T10:00"), "2024-05-24T10:00Z"),
            ("1702-03-11", "1702-03-11T00:00Z"),
        ],
    )
    def test_whole_dates_are_kept_in_utc(self, value, moment):
        assert published(value) == pd.Timestamp(moment)

    def test_mixed_zones_in_one_column(self):
        rows = frame(published=["2024-05-24T10:00-04:00", "2024-05-24T10:00"])
        hours = corpus.from_frame(rows)["published"].dt.hour
        assert hours.tolist() == [14, 10]

    def test_a_declared_format(self):
        assert published("5/24/2024", dates="%m/%d/%Y") == pd.Timestamp("2024-05-24T00:00Z")
        assert published("24 May 2024 01:00 +0200", dates="%d %B %Y %H:%M %z") == pd.Timestamp("2024-05-23T23:00Z")

    def test_a_column_of_datetimes_needs_no_format(self):
        assert published(pd.Timestamp("2024-05-24"), dates="%m/%d/%Y") == pd.Timestamp("2024-05-24T00:00Z")

    @pytest.mark.parametrize(
        "value",
        [
            "2024-05",
            "2024",
            2024,
            "202405",
            "24/05/2024",
            "May 24, 2024",
            "2024-02-30",
            "2024-13-01",
            "2024-05-24T25:00",
            "1716508800",
            1716508800,
            "2024-05-24 10:00 EST",
            "Friday",
            "2024-05-24, updated",
            pd.Period("2024-05"),
        ],
        ids=str,
    )
    def test_what_is_no_whole_date_is_refused_with_its_row(self, value):
        found = re.escape(repr(str(value)))
        message = (
            rf"expected ISO dates .* in published; found {found} in row 2 \(document_id 'b'\)\. Declare the format"
        )
        with pytest.raises(corpus.CorpusError, match=message):
            corpus.from_frame(frame(published=pd.Series(["2024-05-24", value], dtype=object)))

    def test_a_date_of_another_format_than_declared_is_refused(self):
        with pytest.raises(
            corpus.CorpusError, match=r"expected dates like '%m/%d/%Y' in published; found '24/05/2024'"
        ):
            published("24/05/2024", dates="%m/%d/%Y")

    def test_the_basis_is_what_was_given_where_there_is_a_date(self):
        rows = frame(published=["2024-05-24", None], published_basis=["text", "header"])
        assert corpus.from_frame(rows)["published_basis"].tolist() == ["text", "unknown"]


class TestNoRows:
    def test_an_empty_frame_is_an_empty_table(self):
        documents = corpus.from_frame(pd.DataFrame({"document_id": [], "text": [], "published": [], "n": []}))
        assert documents.empty
        assert str(documents["published"].dtype) == "datetime64[us, UTC]"
        assert list(documents.columns) == [*tables.columns(tables.Documents), "n"]

    def test_a_document_of_only_blanks_is_a_document(self):
        assert corpus.from_frame(frame(text=[" \n\t", "\xa0"]))["text"].tolist() == [" \n\t", "\xa0"]
