"""Corrections: read as spreadsheets leave them, applied whole or not at all, and each accounted for."""

import math

import pandas as pd
import pytest

from analysis import corpus, quantities, tables
from analysis.quantities import CorrectionsError

INF = math.inf
TEXT = "Medics said at least 12 people died. He said 1,300 were hurt on Monday. Some dozens fled, three of them girls."
HEADER = "document_id,start,end,surface,decision"


@pytest.fixture
def documents():
    return corpus.from_frame(pd.DataFrame({"document_id": ["001"], "text": [TEXT]}))


@pytest.fixture
def read(documents):
    return quantities.extract(corpus.split(documents))


def row(surface, decision, document_id="001", **cells):
    start = TEXT.index(surface)
    place = {"document_id": document_id, "start": start, "end": start + len(surface), "surface": surface}
    return place | {"decision": decision} | cells


def decide(*rows):
    return quantities.read_corrections(pd.DataFrame(list(rows)).fillna(""))


@pytest.fixture
def corrected(read, documents):
    """What becomes of some rows: {surface: quantity}, [outcome of each], [detail of each]."""

    def correct(*rows, **options):
        new, applied = quantities.correct(read, decide(*rows), documents, **options)
        assert (new["surface"] == [TEXT[a:b] for a, b in zip(new["start"], new["end"], strict=True)]).all()
        by_surface = {record["surface"]: record for record in new.to_dict("records")}
        return by_surface, applied["outcome"].tolist(), applied["detail"].tolist()

    return correct


def test_what_is_read_here(read):
    assert read["surface"].tolist() == ["12", "1,300", "dozens", "three"]
    assert read[["low", "high", "bound", "speaker"]].iloc[0].tolist() == [12, INF, "at least", "Medics"]


# ---- Reading a file


def written(tmp_path, content, name="corrections.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_a_file_that_is_not_there_holds_no_corrections(tmp_path):
    assert quantities.read_corrections(tmp_path / "none.csv").empty


EXCEL = (
    "Surface;Decision; START ;end;document_id;approximate;low;high;note\r\n"
    '12;correct;21.0;23,0;"001";WAHR;35000,5;∞;"said; so"\r\n'
    ";;;;;;;;\r\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("first_line", ["", "sep=;\r\n"])
def test_a_file_as_excel_leaves_it(tmp_path, encoding, first_line):
    found = quantities.read_corrections(written(tmp_path, (first_line + EXCEL).encode(encoding)))
    assert len(found) == 1
    cells = {name: cell for name, cell in found.iloc[0].items() if cell != ""}
    assert cells == {
        "document_id": "001",
        "start": 21,
        "end": 23,
        "surface": "12",
        "decision": "correct",
        "low": "35000.5",
        "high": "inf",
        "approximate": "True",
        "note": "said; so",
    }


@pytest.mark.parametrize(
    ("delimiter", "cell", "low"),
    [
        (",", "35000.0", "35000"),
        (",", '"35,000"', "35000"),
        (",", '"1,234,567.5"', "1234567.5"),
        (",", "3.5e4", "35000"),
        (",", "-2", "-2"),
        (",", "(NONE)", "(none)"),
        (";", "35000,0", "35000"),
        (";", "1.234.567", "1234567"),
        (";", "0,25", "0.25"),
        (";", "35000.0", "35000"),
        ("\t", "35 000", "35000"),
    ],
)
def test_numbers_as_spreadsheets_write_them(tmp_path, delimiter, cell, low):
    lines = [HEADER + ",low", f"001,21,23,12,correct,{'@'}"]
    text = "\n".join(lines).replace(",", delimiter).replace("@", cell)
    assert quantities.read_corrections(written(tmp_path, text))["low"].tolist() == [low]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "row 1: expected the columns document_id, start, end, surface, decision; .* missing, found none"),
        ("document_id,start\n", "row 1: .*; end, surface, decision missing, found document_id, start. Name"),
        (f"{HEADER},speeker\n", "row 1: expected columns among .*; found speeker. Did you mean speaker"),
        (f"{HEADER},low,Low\n", "row 1: expected each column once; found low twice"),
        (f"{HEADER}\n001,1,3,12,confirm,x\n", "row 2: expected 5 cells; found 6, the last 'x'"),
        (f"{HEADER},\n001,1,3,12,confirm,x\n", "row 2: expected each cell under a name; found 'x' under none"),
        (f'{HEADER}\n001,1,3,"12,confirm\n', "expected cells between ',', those with quotation marks inside quoted"),
        (
            f"{HEADER}\n001,1,3,“12”,confirm\n".encode("cp1252"),
            'row 2: expected UTF-8; found bytes that are none. Save .*"CSV UTF-8',
        ),
        (
            f"{HEADER}\n001,1,3,12,maybe\n",
            "row 2, column decision: expected one of confirm, reject, correct, add; found 'maybe'",
        ),
        (f"{HEADER}\n,1,3,12,confirm\n", "row 2, column document_id: expected a value in each row; found none"),
        (
            f"{HEADER}\n001,1.5,3,12,confirm\n",
            "row 2, column start: expected a whole number of characters.*found '1.5'",
        ),
        (f"{HEADER}\n001,3,3,12,confirm\n", "row 2, column end: expected more than start, 3; found 3"),
        (f"{HEADER}\n001,1,3,12,correct\n", "row 2, column decision: expected a field to correct; found none"),
        (f"{HEADER}\n001,1,3,12,add\n", "row 2, column low: expected the value of what is added; found none"),
        (f"{HEADER},low\n001,1,3,12,correct,many\n", "row 2, column low: expected a number in digits.*found 'many'"),
        (f'{HEADER},low\n001,1,3,12,correct,"1,5"\n', "row 2, column low: expected a number in digits.*found '1,5'"),
        (
            f"{HEADER},low\n001,1,3,12,correct,35.000\n".replace(",", ";"),
            "row 2, column low: .*found '35.000', which may be 35000 or 35,000. Write one of these",
        ),
        (f"{HEADER},low,high\n001,1,3,12,correct,5,4\n", "row 2, column high: expected at least low, 5; found 4"),
        (f"{HEADER},bound\n001,1,3,12,correct,over\n", "row 2, column bound: expected one of exact, at least"),
        (
            f"{HEADER},bound\n001,1,3,12,correct,(none)\n",
            "row 2, column bound: .*found '\\(none\\)', and every quantity has",
        ),
        (
            f"{HEADER},approximate\n001,1,3,12,correct,about\n",
            "column approximate: expected TRUE or FALSE; found 'about'",
        ),
        (f"{HEADER},speaker_kind\n001,1,3,12,correct,army\n", "column speaker_kind: expected one of official"),
        (
            f"{HEADER},speaker_start\n001,1,3,12,correct,7\n",
            "column speaker_end: expected speaker_start and speaker_end",
        ),
        (
            f"{HEADER}\n001,1,3,12,confirm\n\n001,1,3,12,reject\n",
            "row 4: expected one decision for '12' at 1 of 001; found another in row 2",
        ),
    ],
)
def test_a_file_that_is_wrong_is_refused_with_its_row_and_column(tmp_path, content, words):
    with pytest.raises(CorrectionsError, match=f"(?s)^corrections.csv.*{words}"):
        quantities.read_corrections(written(tmp_path, content))


def test_all_faults_are_listed_ten_at_most(tmp_path):
    wrong = "\n".join([HEADER, *[f"001,{n},{n + 2},12,maybe" for n in range(12)]])
    with pytest.raises(CorrectionsError) as refusal:
        quantities.read_corrections(written(tmp_path, wrong))
    lines = str(refusal.value).splitlines()
    assert len(lines) == 11
    assert lines[0].startswith("corrections.csv, row 2, ")
    assert lines[-1] == "… and 2 more"


def test_a_frame_may_say_what_python_says(read):
    frame = read.assign(decision="confirm")
    found = quantities.read_corrections(frame)
    assert found["approximate"].tolist() == ["False", "False", "True", "False"]
    assert found["high"].tolist()[:2] == ["inf", "1300"]
    with pytest.raises(CorrectionsError, match="the corrections, row 3, column decision: expected one of"):
        quantities.read_corrections(frame.assign(decision=["confirm"] * 3 + ["sure"]))


def test_a_copy_of_the_table_of_hardest_cases_is_a_file_of_corrections(read, documents, tmp_path):
    listed = quantities.hardest(read, corpus.split(documents))
    path = tmp_path / "corrections.csv"
    listed.assign(decision="").to_csv(path, index=False)
    found = quantities.read_corrections(path)
    _, applied = quantities.correct(read, found, documents)
    assert len(found) == len(listed) > 0
    assert set(applied["outcome"]) == {"not decided"}


# ---- Applying them


def test_a_confirmation_changes_nothing(corrected, read):
    found, outcomes, _ = corrected(row("12", "confirm"))
    assert outcomes == ["already so"]
    assert list(found) == read["surface"].tolist()


def test_a_confirmation_holds_what_was_seen_when_the_rules_read_otherwise_one_day(read, documents):
    seen = read.assign(decision="confirm")
    other = read.assign(low=read["low"] + 1, high=read["high"] + 1)
    restored, applied = quantities.correct(other, quantities.read_corrections(seen), documents)
    pd.testing.assert_series_equal(restored["low"], read["low"])
    assert applied["outcome"].tolist() == ["applied", "applied", "already so", "applied"]
    assert applied["was"][0] == "low 13"


def test_what_is_no_quantity_is_taken_out(corrected):
    found, outcomes, _ = corrected(row("three", "reject", low=3))
    assert (outcomes, list(found)) == (["applied"], ["12", "1,300", "dozens"])
    found, outcomes, _ = corrected(row("Monday", "reject"))
    assert (outcomes, len(found)) == (["already so"], 4)


@pytest.mark.parametrize(
    ("surface", "cells", "interval"),
    [
        ("12", {"low": "13"}, (13, INF, "at least")),
        ("12", {"bound": "exact"}, (12, 12, "exact")),
        ("12", {"bound": "more than"}, (12, INF, "more than")),
        ("12", {"bound": "at most"}, (-INF, 12, "at most")),
        ("12", {"bound": "between", "high": "20"}, (12, 20, "between")),
        ("12", {"bound": "vague"}, (math.nan, math.nan, "vague")),
        ("1,300", {"high": "1400"}, (1400, 1400, "exact")),
        ("1,300", {"bound": "less than", "high": "1400"}, (-INF, 1400, "less than")),
        ("dozens", {"bound": "exact", "low": "24"}, (24, 24, "exact")),
        ("dozens", {"low": "12", "high": "120"}, (12, 120, "vague")),
    ],
)
def test_the_other_end_follows_the_bound(corrected, surface, cells, interval):
    found, outcomes, details = corrected(row(surface, "correct", **cells))
    assert (outcomes, details) == (["applied"], [""])
    assert [found[surface][name] for name in ("low", "high", "bound")] == pytest.approx(list(interval), nan_ok=True)


@pytest.mark.parametrize(
    ("surface", "cells", "words"),
    [
        ("dozens", {"bound": "exact"}, "exact needs a number; fill in low"),
        ("dozens", {"bound": "at most"}, "at most needs a number; fill in high"),
        ("12", {"bound": "between"}, "between needs both ends, low and high"),
        ("12", {"high": "20"}, "at least goes from 12 to inf, not to 20; change the bound, or leave high blank"),
        ("1,300", {"low": "5", "high": "6"}, "exact goes from 5 to 5, not to 6"),
        ("12", {"bound": "between", "high": "5"}, "low would be 12 and high 5"),
        ("12", {"speaker": "police"}, "the speaker “police” does not stand in the report; copy the words"),
        (
            "12",
            {"speaker_start": "0", "speaker_end": "6", "speaker": "police"},
            "“Medics” stands from 0 to 6, not the speaker “police”",
        ),
        ("12", {"speaker_start": "900", "speaker_end": "906"}, "“” stands from 900 to 906"),
    ],
)
def test_what_contradicts_itself_is_not_applied_by_half(corrected, read, surface, cells, words):
    found, outcomes, details = corrected(row(surface, "correct", event="missing", **cells))
    assert outcomes == ["cannot be applied"]
    assert words in details[0]
    assert found[surface]["event"] == read.set_index("surface")["event"][surface] != "missing"


def test_a_speaker_by_its_words_is_the_nearest_and_brings_name_and_kind(corrected):
    found, _, _ = corrected(row("1,300", "correct", speaker="Medics"))
    said = found["1,300"]
    assert (said["speaker_start"], said["speaker_end"]) == (0, 6)
    assert (said["speaker_name"], said["speaker_kind"], said["cue"]) == ("Medics", "witness", "")
    own = pd.DataFrame([("Medics", "Town clinic", "NGO or UN")], columns=["label", "name", "kind"])
    found, _, _ = corrected(row("1,300", "correct", speaker="Medics"), speakers=own)
    assert (found["1,300"]["speaker_name"], found["1,300"]["speaker_kind"]) == ("Town clinic", "NGO or UN")


def test_a_speaker_within_another_word_is_none(corrected):
    _, outcomes, _ = corrected(row("12", "correct", speaker="edics"))
    assert outcomes == ["cannot be applied"]


def test_a_speaker_of_other_extent_keeps_its_cue(corrected):
    found, _, _ = corrected(row("12", "correct", speaker="Medics said"))
    assert (found["12"]["speaker"], found["12"]["cue"]) == ("Medics said", "said")


def test_there_may_be_no_speaker(corrected):
    found, _, _ = corrected(row("12", "correct", speaker="(none)"))
    said = found["12"]
    assert [said[name] for name in ("speaker", "speaker_name", "speaker_kind", "cue")] == [""] * 4
    assert pd.isna(said["speaker_start"])


def test_a_name_may_be_corrected_alone(corrected):
    found, _, _ = corrected(row("1,300", "correct", speaker_name="Ministry"))
    assert (found["1,300"]["speaker"], found["1,300"]["speaker_name"]) == ("He", "Ministry")


def test_the_class_follows_the_noun_unless_it_is_stated(corrected):
    found, _, _ = corrected(row("12", "correct", counted="young children"))
    assert found["12"]["counted_class"] == "children"
    found, _, _ = corrected(row("12", "correct", counted="young children", counted_class="people"))
    assert found["12"]["counted_class"] == "people"


def test_nothing_may_be_stated_of_a_field(corrected):
    found, _, _ = corrected(row("12", "correct", event="(none)", time="(none)"))
    assert (found["12"]["event"], found["12"]["counted_class"]) == ("", "people")


def test_a_missed_quantity_is_added_with_what_is_stated(corrected):
    found, outcomes, _ = corrected(row("Monday", "add", low="1", event="killed", speaker="Medics"))
    assert outcomes == ["applied"]
    added = found["Monday"]
    assert [added[name] for name in ("low", "high", "bound", "kind", "event", "speaker")] == [
        1,
        1,
        "exact",
        "count",
        "killed",
        "Medics",
    ]
    assert list(found) == ["12", "1,300", "Monday", "dozens", "three"], "in the order of the text"


def test_what_is_added_may_be_read_one_day(corrected):
    _, outcomes, _ = corrected(row("12", "add", low="12"))
    assert outcomes == ["already so"]
    found, outcomes, _ = corrected(row("12", "add", bound="exact", low="13"))
    assert (outcomes, found["12"]["low"]) == (["applied"], 13)


def test_a_longer_quantity_takes_the_place_of_one_that_is_rejected(corrected):
    longer = row("12 people", "add", low="12")
    _, outcomes, details = corrected(longer)
    assert outcomes == ["no longer matches"]
    assert details == ["“12” (21 to 23) is read there; decide reject for it first"]
    found, outcomes, _ = corrected(longer, row("12", "reject"))
    assert sorted(outcomes) == ["applied", "applied"]
    assert "12 people" in found


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        ({"surface": "13"}, "“12” stands there now"),
        ({"start": 0, "end": 2}, "“Me” stands there now; the next “12” begins at 21"),
        ({"start": 900, "end": 902}, f"the report ends at {len(TEXT)}; the next “12” begins at 21"),
        ({"document_id": "999"}, "there is no report 999"),
    ],
)
def test_what_no_longer_matches_says_what_stands_there_now(corrected, read, change, detail):
    found, outcomes, details = corrected(row("12", "correct", low="99") | change)
    assert (outcomes, details) == (["no longer matches"], [detail])
    assert found["12"]["low"] == 12


def test_words_that_are_no_quantity_any_more_are_reported(corrected):
    _, outcomes, details = corrected(row("Monday", "correct", low="1"))
    assert (outcomes, details) == (["no longer matches"], ["no quantity is read there; to have one, decide add"])


@pytest.mark.parametrize("surface", ["1300", "1300.0", "1 300"])
def test_what_a_spreadsheet_makes_of_a_number_still_matches(corrected, surface):
    found, outcomes, _ = corrected(row("1,300", "correct", low="7") | {"surface": surface})
    assert (outcomes, found["1,300"]["low"]) == (["applied"], 7)


@pytest.mark.parametrize("document_id", ["1", "01", "1.0"])
def test_an_id_that_a_spreadsheet_took_zeros_from_still_matches(corrected, document_id):
    found, outcomes, _ = corrected(row("12", "correct", document_id=document_id, low="7"))
    assert (outcomes, found["12"]["low"]) == (["applied"], 7)


def test_an_id_that_may_mean_two_reports_means_none(read):
    two = corpus.from_frame(pd.DataFrame({"document_id": ["001", "01"], "text": [TEXT, TEXT]}))
    _, applied = quantities.correct(read, decide(row("12", "correct", document_id="1", low="7")), two)
    assert applied["detail"].tolist() == ["there is no report 1"]
    _, applied = quantities.correct(read, decide(row("12", "correct", low="7")), two)
    assert applied["outcome"].tolist() == ["applied"]


def test_two_spellings_of_one_id_are_two_decisions_of_one_quantity(read, documents):
    both = decide(row("12", "confirm"), row("12", "reject", document_id="1"))
    with pytest.raises(CorrectionsError, match="found two, whose ids differ in zeros at their beginning only"):
        quantities.correct(read, both, documents)


def test_no_corrections_leave_the_table_as_it_is(read, documents):
    new, applied = quantities.correct(read, tables.empty(tables.Corrections), documents)
    pd.testing.assert_frame_equal(new, read)
    assert applied.empty


def test_all_may_be_rejected(read, documents):
    new, applied = quantities.correct(read, quantities.read_corrections(read.assign(decision="reject")), documents)
    assert new.empty
    assert set(applied["outcome"]) == {"applied"}


def test_every_correction_has_one_outcome_and_the_order_of_rows_does_not_matter(read, documents):
    rows = [
        row("12", "correct", low="13"),
        row("three", "reject"),
        row("Monday", "add", low="1"),
        row("dozens", "correct", bound="exact"),
        row("people", ""),
        row("fled", "confirm"),
    ]
    first = quantities.correct(read, decide(*rows), documents)
    second = quantities.correct(read.iloc[::-1], decide(*rows[::-1]), documents)
    for one, other in zip(first, second, strict=True):
        pd.testing.assert_frame_equal(one, other)
    assert first[1]["outcome"].tolist() == [
        "applied",  # 12
        "not decided",  # people
        "applied",  # Monday
        "cannot be applied",  # dozens
        "no longer matches",  # fled
        "applied",  # three
    ]


def test_what_changed_is_told(read, documents):
    _, applied = quantities.correct(
        read, decide(row("12", "correct", bound="exact", note="see p. 2", by="AB")), documents
    )
    told = applied.iloc[0]
    assert (told["was"], told["became"]) == ("high inf, bound at least", "high 12, bound exact")
    assert (told["note"], told["by"]) == ("see p. 2", "AB")


def test_claims_are_made_of_what_was_corrected(read, documents):
    from analysis import claims, duplicates

    clusters = duplicates.cluster(tables.empty(tables.Pairs), documents)
    new, _ = quantities.correct(read, decide(row("12", "correct", low="17")), documents)
    gathered, _ = claims.gather(new, clusters, documents)
    assert 17 in gathered["low"].tolist()
    assert 12 not in gathered["low"].tolist()


def test_a_place_and_a_time_that_a_reader_states_are_of_a_reader(read, documents):
    before = read.set_index("surface")
    assert before.loc["12", ["place", "place_basis", "time"]].tolist() == ["", "", ""]
    decided = decide(row("12", "correct", place="Aleppo"), row("1,300", "correct", place="(none)", time="(none)"))
    new, _ = quantities.correct(read, decided, documents)
    after = new.set_index("surface")
    assert after.loc["12", ["place", "place_basis", "time", "time_basis"]].tolist() == ["Aleppo", "reader", "", ""]
    assert after.loc["1,300", ["place", "place_basis", "time", "time_basis"]].tolist() == [""] * 4
    # What is changed besides leaves the place where it was found.
    kept, _ = quantities.correct(new, decide(row("12", "correct", event="wounded")), documents)
    assert kept.set_index("surface").loc["12", "place_basis"] == "reader"


def test_to_confirm_every_field_as_it_was_read_changes_nothing(seed_documents):
    found = quantities.extract(corpus.split(seed_documents))
    new, applied = quantities.correct(
        found, quantities.read_corrections(found.assign(decision="confirm")), seed_documents
    )
    pd.testing.assert_frame_equal(new, found)
    assert set(applied["outcome"]) == {"already so"}
