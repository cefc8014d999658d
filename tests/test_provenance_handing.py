"""Sheets that people fill in: a copy each, nothing computed by a spreadsheet, no answers lost."""

import pandas as pd
import pytest

from analysis import provenance

SHEET = pd.DataFrame({"item": ["a", "b"], "text": ["=HYPERLINK(1)", "Fußball, “quoted”"], "n": [-1, 2]})


def test_each_person_has_a_copy_that_excel_reads_as_utf_8(tmp_path):
    paths = provenance.hand_out(SHEET, tmp_path / "coding", ["anna", "ben"])
    assert [path.name for path in paths] == ["anna.csv", "ben.csv"]
    first, second = (path.read_bytes() for path in paths)
    assert first == second
    assert first.startswith(b"\xef\xbb\xbfitem,text,n\n")
    assert "Fußball, “quoted”" in first.decode("utf-8-sig")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_what_a_spreadsheet_would_compute_stays_text(tmp_path, text):
    (path,) = provenance.hand_out(pd.DataFrame({"text": [text, f"x{text}"], "n": [-1, 1]}), tmp_path, "anna")
    found = pd.read_csv(path, encoding="utf-8-sig", lineterminator="\n")
    assert found["text"].tolist() == [f"'{text}", f"x{text}"]
    assert found["n"].tolist() == [-1, 1]


def test_a_sheet_that_may_hold_answers_is_never_replaced(tmp_path):
    (path,) = provenance.hand_out(SHEET, tmp_path, ["anna"])
    path.write_text("answers")
    with pytest.raises(provenance.ProvenanceError, match=r"anna\.csv is there already, and may hold answers"):
        provenance.hand_out(SHEET, tmp_path, ["ben", "anna"])
    assert path.read_text() == "answers"
    assert not (tmp_path / "ben.csv").exists()


@pytest.mark.parametrize("names", [[], ["a", "a"], ["a/b"], [".."], [""], [1]])
def test_names_that_are_no_names_are_refused(tmp_path, names):
    with pytest.raises(provenance.ProvenanceError, match="names expects different names of letters, digits"):
        provenance.hand_out(SHEET, tmp_path, names)
    assert not list(tmp_path.iterdir())
