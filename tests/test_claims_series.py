"""Claims beside a reference series: consistent, too high or too low, and since when a statement was true."""

import pandas as pd
import pytest
from claims_of import gathered_with, reports, stated

from analysis import claims, tables

# Totals of the Gaza health ministry as they were cited in May 2024.
CITED = {
    "2024-05-10": 34943,
    "2024-05-11": 34971,
    "2024-05-12": 35034,
    "2024-05-13": 35091,
    "2024-05-14": 35173,
    "2024-05-23": 35800,
    "2024-05-24": 35857,
    "2024-05-25": 35903,
}
TOTAL = {"cumulative": "cumulative"}


def series_of(values=CITED):
    return pd.DataFrame({"date": list(values), "value": list(values.values())})


def compared(*rows, published, series=None, **options):
    names = sorted({row["document_id"] for row in rows})
    documents = reports(*names, published=published)
    given = gathered_with(*rows, documents=documents, within=None)
    return claims.compare(*given, series_of() if series is None else series, **options)


def one(value, bound="exact", published="2024-05-24", **options):
    more = {name: options.pop(name) for name in ("approximate", "low", "high") if name in options}
    (row,) = compared(stated("a", value, bound, **TOTAL | more), published=[published], **options).to_dict("records")
    first = row["first_true"]
    return row["verdict"], "" if pd.isna(first) else f"{first:%m-%d}"


def test_more_than_35000_killed_was_true_from_the_12th_of_may():
    """One report calls it a total, one does not, and one has no date."""
    rows = [stated("a", 35000, "more than", **TOTAL), stated("b", 35000, "more than"), stated("c", 35000, "more than")]
    table = compared(*rows, published=["2024-05-24", "2024-05-25T20:00", None])
    assert table["verdict"].tolist() == ["consistent", "consistent", "not compared"]
    assert table["reason"].tolist() == ["", "", "the report has no date"]
    assert set(table["first_true"]) == {pd.Timestamp("2024-05-12", tz="UTC")}
    assert table["series_value"].tolist()[:2] == [35857, 35903]
    assert table["series_date"].dt.strftime("%m-%d").tolist()[:2] == ["05-24", "05-25"]
    assert table["surface"].tolist() == ["35000"] * 3


@pytest.mark.parametrize(
    ("value", "bound", "published", "expected"),
    [
        (35091, "exact", "2024-05-13", ("consistent", "05-13")),
        (35091, "exact", "2024-05-14", ("consistent", "05-13")),  # printed the day after
        (35091, "exact", "2024-05-23", ("too low", "05-13")),
        (35091, "exact", "2024-05-12", ("too high", "05-13")),
        (35000, "exact", "2024-05-12", ("consistent", "05-10")),  # 34,500 to 35,500
        (36000, "exact", "2024-05-12", ("too high", "05-23")),
        (34971, "more than", "2024-05-11", ("too high", "05-12")),
        (34971, "at least", "2024-05-11", ("consistent", "05-11")),
        (10000, "more than", "2024-05-24", ("too low", "05-10")),
        (36000, "more than", "2024-05-24", ("too high", "")),
        (36000, "less than", "2024-05-24", ("consistent", "05-10")),
        (35857, "less than", "2024-05-24", ("too low", "05-10")),
        (35857, "at most", "2024-05-24", ("consistent", "05-10")),
        (90000, "at most", "2024-05-24", ("too high", "05-10")),
    ],
)
def test_a_verdict_of_one_day(value, bound, published, expected):
    assert one(value, bound, published, lag="0D" if bound != "exact" else "1D") == expected


def test_ranges_and_rounded_numbers():
    assert one(35000, "between", low=34950.0, high=35050.0, published="2024-05-12") == ("consistent", "05-11")
    assert one(35000, "between", low=34980.0, high=35010.0, published="2024-05-12") == ("too low", "")
    assert one(35000, "more than", approximate=True, published="2024-05-10") == ("consistent", "05-10")


def test_how_old_a_count_may_be():
    assert one(35091, published="2024-05-14", lag="0D")[0] == "too low"
    assert one(35091, published="2024-05-23", lag="10D")[0] == "consistent"
    assert one(34943, published="2024-05-25", lag=None)[0] == "consistent"
    assert one(35173, published="2024-05-18")[0] == "consistent"  # the last one known on that day
    assert one(35173, published="2024-05-25")[0] == "too low"


@pytest.mark.parametrize(
    ("published", "lag", "reason"),
    [
        ("2024-05-09", "1D", "published before the series begins"),
        ("2024-05-27", "1D", "published after the series ends"),
        ("2024-05-26", "1D", ""),
        ("2025-05-26", None, ""),
    ],
)
def test_outside_the_series_nothing_is_said(published, lag, reason):
    table = compared(stated("a", 35903, **TOTAL), published=[published], lag=lag)
    assert table["reason"].tolist() == [reason]
    assert table["verdict"].tolist() == ["not compared" if reason else "consistent"]


def test_what_is_no_total_is_listed_and_not_compared():
    rows = [
        stated("a", 35000, **TOTAL),
        stated("b", 35000, cumulative="incremental"),
        stated("c", 17),
    ]
    table = compared(*rows, published=["2024-05-24"] * 3)
    assert table["reason"].tolist() == ["", "of single days, not a total", "no report calls the claim a total"]
    assert table["first_true"].isna().tolist() == [False, True, True]


def test_the_order_of_rows_does_not_matter_and_the_series_may_name_hours():
    rows = [stated("a", 35091, **TOTAL), stated("b", 35857, **TOTAL)]
    plain = compared(*rows, published=["2024-05-13", "2024-05-24"])
    hours = series_of({f"{day}T20:00-02:00": value for day, value in CITED.items()}).sample(frac=1, random_state=0)
    turned = compared(*rows, published=["2024-05-13", "2024-05-24"], series=hours.assign(note="x"))
    pd.testing.assert_frame_equal(plain, turned)


def test_no_claims_are_compared_with_nothing():
    given = gathered_with(stated("a", 35091, **TOTAL))
    table = claims.compare(given[0][:0], *given[1:], series_of())
    pd.testing.assert_frame_equal(table, tables.empty(tables.Comparisons))
    without = claims.compare(*given, claims.read_series(None))
    pd.testing.assert_frame_equal(without, tables.empty(tables.Comparisons))


@pytest.mark.parametrize(
    ("series", "words"),
    [
        (
            pd.DataFrame({"day": ["2024-05-12"], "value": [1]}),
            "needs the columns date and value and a row; found day, v",
        ),
        (pd.DataFrame(), "found no columns and 0 rows"),
        (series_of({"2024-05-12": 1, "soon": 2}), "a date and a number in each row; found soon and 2 in row 1"),
        (series_of({"2024-05-12": None, "2024-05-13": 2.0}), "found 2024-05-12 and nan in row 0, and 1 such rows"),
        (series_of({"2024-05-12": 1, "2024-05-12T10:00": 2}), "each day once; found 2024-05-12 twice"),
    ],
)
def test_a_series_that_cannot_be_read_is_refused(series, words):
    with pytest.raises(ValueError, match=words):
        compared(stated("a", 5, **TOTAL), published=["2024-05-12"], series=series)


def test_a_lag_has_a_unit():
    with pytest.raises(ValueError, match="lag is a length of time of 0 or more with its unit"):
        one(5, lag=1)


# ---- a series from a file


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("toll.csv", "day,killed\n2024-05-12,35034\n2024-05-11,34971\n"),
        ("toll.csv", "\ufeffday,killed\r\n2024-05-12,35034\r\n2024-05-11,34971\r\n"),
        ("toll.tsv", "day\tkilled\tnote\n2024-05-12\t35034\tx\n2024-05-11\t34971\t\n"),
        ("toll.jsonl", '{"day": "2024-05-12", "killed": 35034}\n{"day": "2024-05-11T23:00", "killed": 34971}\n'),
    ],
)
def test_a_series_is_read_from_its_file(tmp_path, name, text):
    (tmp_path / name).write_text(text, encoding="utf-8", newline="")
    series = claims.read_series(tmp_path / name, columns={"date": "day", "value": "killed"})
    assert series["date"].dt.strftime("%Y-%m-%d").tolist() == ["2024-05-11", "2024-05-12"]
    assert series["value"].tolist() == [34971, 35034]
    assert list(series.columns) == tables.columns(tables.Series)


def test_a_series_may_be_packed(tmp_path):
    pd.DataFrame({"date": ["2024-05-12"], "value": [3]}).to_csv(tmp_path / "a.csv.gz", index=False)
    pd.DataFrame({"date": ["2024-05-12"], "value": [3]}).to_parquet(tmp_path / "a.parquet")
    for name in ("a.csv.gz", "a.parquet"):
        assert claims.read_series(tmp_path / name)["value"].tolist() == [3]


def test_days_without_a_value_are_left_out_and_counted(tmp_path):
    (tmp_path / "a.csv").write_text("date,value\n2024-05-12,\n2024-05-13,7\n2024-05-14, \n")
    with pytest.warns(tables.SkippedWarning, match=r"a.csv: 2 of 3 days state no value and are left out"):
        assert claims.read_series(tmp_path / "a.csv")["value"].tolist() == [7]


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.csv", "day,value\n2024-05-12,1\n", "a.csv: expected the column 'date'; found day, value. Say what"),
        ("a.csv", "date,value\n12/05/2024,1\n", "a date such as 2024-05-12 in each row of date; found '12/05/2024' in"),
        (
            "a.csv",
            'date,value\n2024-05-12,"35,034"\n',
            "a number without marks or words.*; found '35,034' in row 1, and 1",
        ),
        ("a.csv", "date,value\n2024-05-12,1\n2024-05-12,2\n", "expected each day once; found 2024-05-12 twice"),
        ("a.csv", "date,value\n", "expected a day with a value; found 0 rows without one"),
        ("a.csv", "", "expected a series as .csv; it is damaged"),
        ("a.jsonl", "not json", "expected a series as .jsonl; it is damaged"),
        ("a.xlsx", "x", "a.xlsx: expected a series as .csv, .tsv, .jsonl, .parquet"),
    ],
)
def test_a_file_that_is_no_series_is_refused(tmp_path, name, text, words):
    (tmp_path / name).write_text(text)
    with pytest.raises(claims.SeriesError, match=words):
        claims.read_series(tmp_path / name)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(claims.SeriesError, match=r"none.csv is no file; expected a series as"):
        claims.read_series(tmp_path / "none.csv")
    with pytest.raises(claims.SeriesError, match="columns of a series are date and value; found 'day'"):
        claims.read_series(tmp_path / "none.csv", columns={"day": "x"})


def test_totals_are_the_claims_through_which_one_has_grown():
    rows = [stated("a", 35000, **TOTAL), stated("b", 36000, **TOTAL), stated("c", 7, event="injured", **TOTAL)]
    rows += [stated("f", 50000, **TOTAL), stated("g", 80000, **TOTAL), stated("h", 12, **TOTAL), stated("i", 40000)]
    given = gathered_with(*rows, stated("d", 35000), stated("e", 9, place="Lima"))
    war = ["people-killed-35000", "people-killed-36000", "people-killed-50000"]  # of 80,000 the gap is too wide
    assert claims.totals(*given)["claim_id"].tolist() == war
    assert claims.totals(*given, of="people-killed")["claim_id"].tolist() == war
    assert claims.totals(*given, of="people-killed-50000")["claim_id"].tolist() == war
    assert claims.totals(*given, of="people-killed-80000")["claim_id"].tolist() == ["people-killed-80000"]
    assert claims.totals(*given, of="people-injured")["claim_id"].tolist() == ["people-injured-7"]
    with pytest.raises(
        ValueError, match=r"found .trucks.. Reports call these totals: people-killed-35000, people-injured-7"
    ):
        claims.totals(*given, of="trucks")
    nothing = gathered_with(stated("a", 5))
    assert claims.totals(*nothing).empty
