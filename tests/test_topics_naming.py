"""What topics are called: names stay with their topic, and with no other."""

import pandas as pd
import pytest
from test_topics_tables import topic_terms, words

from analysis import tables, topics

FIT = words("goal team cup", "poll vote labour", "rain flood storm")


def named(tmp_path, *rows, header="topic,name,terms", encoding="utf-8"):
    path = tmp_path / "mine.csv"
    path.write_bytes("\n".join([header, *rows]).encode(encoding))
    return path


def test_without_a_file_topics_are_called_by_what_distinguishes_them():
    # "said" weighs most in both, and tells neither from the other.
    found = topics.names(
        topic_terms({"said": 0.5, "goal": 0.3, "cup": 0.2}, {"said": 0.5, "poll": 0.3, "vote": 0.2}), n_terms=2
    )
    assert found["label"].tolist() == ["0: goal, cup", "1: poll, vote"]
    assert found["terms"].tolist() == ["said, goal", "said, poll"]
    assert found["name"].tolist() == found["note"].tolist() == ["", ""]


def test_names_stand_with_their_topics_and_others_stay_unnamed(tmp_path):
    path = named(tmp_path, '2,Weather,"rain, flood, storm"', '0,"Football, mostly","cup, team, goal"')
    found = topics.names(FIT, path)
    assert found["name"].tolist() == ["Football, mostly", "", "Weather"]
    assert found["label"].tolist() == ["0 · Football, mostly", "1: poll, vote, labour", "2 · Weather"]


def test_the_table_that_was_saved_is_the_file_to_fill_in(tmp_path):
    saved = topics.names(FIT)
    saved.assign(name=["Football", "Politics", ""], note=["", "as of 2005", ""]).to_csv(tmp_path / "n.csv", index=False)
    found = topics.names(FIT, tmp_path / "n.csv")
    assert found["name"].tolist() == ["Football", "Politics", ""]
    assert found["note"].tolist() == ["", "as of 2005", ""]
    pd.testing.assert_series_equal(found["terms"], saved["terms"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_spreadsheet_may_write_semicolons_and_a_mark_of_utf_8(tmp_path, encoding):
    path = named(tmp_path, "0;Fußball;goal, team, cup", ";;", header="topic;name;terms", encoding=encoding)
    path.write_bytes(path.read_bytes().replace(b"\n;;", b""))
    assert topics.names(FIT, path)["name"].tolist() == ["Fußball", "", ""]


def test_a_name_that_was_given_to_other_terms_is_refused_and_its_topic_found_again(tmp_path):
    path = named(tmp_path, '0,Weather,"rain, flood, sun"', '1,Politics,"poll, vote, labour"', '2,,"old, terms"')
    with pytest.raises(topics.TopicsError) as refused:
        topics.names(FIT, path)
    # {rain, flood, sun} and {rain, flood, storm} have two of four.
    assert "mine.csv was written for other topics: 1 of 2 names" in str(refused.value)
    assert "0 · Weather: for rain, flood, sun; most like it now is topic 2, which agrees by 0.50" in str(refused.value)
    assert "Politics" not in str(refused.value)


def test_of_equal_terms_either_may_be_the_last_that_is_named(tmp_path):
    fit = topic_terms({"goal": 0.4, "team": 0.3, "cup": 0.15, "ball": 0.15})
    for last in ("cup", "ball"):
        assert topics.names(fit, named(tmp_path, f'0,Football,"goal, team, {last}"'))["name"].tolist() == ["Football"]
    with pytest.raises(topics.TopicsError, match="1 of 1 names"):
        topics.names(fit, named(tmp_path, '0,Football,"goal, cup, ball"'))


def test_topics_that_changed_places_are_noticed(tmp_path):
    path = tmp_path / "n.csv"
    topics.names(FIT).assign(name=["Football", "Politics", "Weather"]).to_csv(path, index=False)
    with pytest.raises(topics.TopicsError, match="2 of 3 names stand beside terms"):
        topics.names(words("poll vote labour", "goal team cup", "rain flood storm"), path)


@pytest.mark.parametrize(
    ("rows", "header", "message"),
    [
        (["3,Sea,goal"], "topic,name,terms", "mine.csv, row 2, topic: expected a number from 0 to 2; found '3'"),
        (["x,Sea,goal"], "topic,name,terms", "row 2, topic: expected a number from 0 to 2; found 'x'"),
        (["-1,Sea,goal"], "topic,name,terms", "found '-1'"),
        (["0,A,g", "0,B,g"], "topic,name,terms", "row 3, topic: expected each topic once; found 0 again"),
        (["0,A"], "topic,name", "mine.csv needs the column terms; found topic, name"),
        ([], "", "needs the columns topic, name, terms; found nothing"),
        (["0,A,"], "topic,name,terms", "0 · A: no terms beside it; topic 0 has goal, team, cup"),
    ],
    ids=["too high", "no number", "negative", "twice", "no terms", "empty file", "no term"],
)
def test_a_file_that_cannot_be_read_as_names_is_refused(tmp_path, rows, header, message):
    with pytest.raises(topics.TopicsError, match=message):
        topics.names(FIT, named(tmp_path, *rows, header=header))


def test_a_file_that_is_not_there_or_of_another_encoding_is_refused(tmp_path):
    with pytest.raises(topics.TopicsError, match="There is no file of names"):
        topics.names(FIT, tmp_path / "none.csv")
    path = named(tmp_path, "0,Fußball,goal", encoding="latin-1")
    with pytest.raises(topics.TopicsError, match=r"mine\.csv is not UTF-8"):
        topics.names(FIT, path)


def test_no_path_is_no_file():
    pd.testing.assert_frame_equal(topics.names(FIT, ""), topics.names(FIT))
    assert tables.check(tables.TopicNames, topics.names(FIT)).shape == (3, 5)
