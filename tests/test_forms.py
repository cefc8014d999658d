"""The form: what it shows, what each button writes, whose decision stands, and the list in its place in a record."""

import pandas as pd
import pytest

from analysis import corpus, forms, provenance, quantities, tables

ipywidgets = pytest.importorskip("ipywidgets")
TEXTS = {
    "007": "Ninety people were killed drivers said. Later, 1,300 people fled on Monday.",
    "008": "It rained. Ninety people were killed drivers said.",
    "009": "Six people were hurt. <script>alert</script>",
}


class Desk:
    """A form on a study of three reports, and the hands of a person."""

    def __init__(self, folder):
        self.file = folder / "data" / "corrections.csv"
        self.documents = corpus.from_frame(pd.DataFrame({"document_id": list(TEXTS), "text": list(TEXTS.values())}))
        self.passages = corpus.split(self.documents)
        self.read = quantities.extract(self.passages)
        self.form = self.open()

    def open(self):
        """A form as one gets it by running the notebook: what is decided is left out of the hardest cases."""
        decided = quantities.read_corrections(self.file)
        stated, self.applied = quantities.correct(self.read, decided, self.documents)
        self.stated = stated
        hardest = quantities.hardest(stated, self.passages, decided=decided)
        return Form(forms.review(hardest, self.read, self.documents, self.passages, file=self.file))

    def rows(self):
        return quantities.read_corrections(self.file).set_index("surface")


class Form:
    """Widgets of a form by what is written on them."""

    def __init__(self, box):
        self.box = box
        self.fields = {getattr(widget, "description", ""): widget for widget in _within(box)}

    def press(self, label):
        self.fields[label].click()

    def fill(self, **values):
        for name, value in values.items():
            self.fields[name.replace("_", " ")].value = value

    def choose(self, words):
        (number,) = [number for label, number in self.fields["case"].options if words in label]
        self.fields["case"].value = number

    @property
    def cases(self):
        return [label for label, _ in self.fields["case"].options]

    @property
    def said(self):
        return [widget.value for widget in _within(self.box) if isinstance(widget, ipywidgets.HTML)]

    @property
    def message(self):
        return self.said[1]


def _within(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from _within(child)


@pytest.fixture
def desk(tmp_path, monkeypatch):
    monkeypatch.setenv("JPY_SESSION_NAME", "notebooks/4_quantities.ipynb")
    monkeypatch.delenv(provenance.BATCH, raising=False)
    return Desk(tmp_path)


# ---- What is shown


def test_the_first_case_is_shown_in_its_words_with_what_was_read(desk):
    assert desk.form.cases == ["1 of 2 · 007 · “Ninety”", "2 of 2 · 009 · “Six”"]
    words = desk.form.said[0]
    assert "<b><bdi>007</bdi></b>" in words
    assert ">Ninety<sup" in words
    assert " people were killed drivers said." in words
    assert "to check: a reporting word stands in the sentence, but no speaker was read" in words
    fields = desk.form.fields
    assert [fields[name].value for name in ("low", "high", "bound", "counted", "event", "speaker")] == [
        "90",
        "90",
        "exact",
        "people",
        "killed",
        "",
    ]
    assert "data/corrections.csv holds 0 decisions" in desk.form.message
    assert not desk.file.exists(), "looking writes nothing"


def test_a_report_is_shown_as_text(desk):
    desk.form.choose("Six")
    assert "&lt;script&gt;alert&lt;/script&gt;" in desk.form.said[0]


def test_no_case_is_a_form_too(desk):
    box = forms.review(tables.empty(tables.Hardest), desk.read, desk.documents, desk.passages, file=desk.file)
    form = Form(box)
    assert "No case is listed" in form.said[0]
    assert form.fields["Right as read"].disabled


# ---- Deciding


def test_a_confirmation_is_saved_at_once_with_what_was_seen(desk):
    desk.form.fill(also_where_1_other_report_prints_this_sentence=False, your_initials="AB")
    desk.form.press("Right as read")
    row = desk.rows().loc["Ninety"]
    assert row[["document_id", "decision", "low", "bound", "speaker", "by"]].tolist() == [
        "007",
        "confirm",
        "90",
        "exact",
        "(none)",
        "AB",
    ]
    assert row["place"] == "", "what nobody looked at is not written down"
    assert desk.form.fields["case"].value == 1, "the next case is shown"
    assert desk.form.cases[0] == "1 of 2 · 007 · “Ninety” · ✓ right as read"
    assert "data/corrections.csv holds 1 decision," in desk.form.message


def test_a_correction_is_applied_when_the_notebook_is_run_again(desk):
    desk.form.fill(low="91", speaker="drivers", also_where_1_other_report_prints_this_sentence=False)
    desk.form.press("Save correction")
    again = desk.open()
    ninety = desk.stated.set_index("document_id").loc["007"].iloc[0]
    assert ninety[["low", "high", "speaker"]].tolist() == [91, 91, "drivers"]
    assert desk.applied["outcome"].tolist() == ["applied"]
    assert again.cases == ["1 of 3 · 008 · “Ninety”", "2 of 3 · 009 · “Six”", "3 of 3 · 007 · “Ninety” · ✓ corrected"]
    again.choose("007")
    assert again.fields["low"].value == "91", "what was decided is shown"
    assert "checked by a reader: ✓ corrected" in again.said[0]


def test_copies_are_decided_alike_unless_one_says_no(desk):
    desk.form.fill(speaker="drivers")
    desk.form.press("Save correction")
    assert desk.rows()["document_id"].tolist() == ["007", "008"]
    desk.open()
    said = desk.stated.set_index("surface").loc["Ninety", "speaker_start"].tolist()
    assert said == [TEXTS["007"].index("drivers"), TEXTS["008"].index("drivers")]


def test_what_is_no_quantity_is_rejected(desk):
    desk.form.choose("Six")
    desk.form.fill(low="7")
    desk.form.press("Not a quantity")
    assert desk.rows().loc["Six", ["decision", "low"]].tolist() == ["reject", ""]
    desk.open()
    assert "Six" not in desk.stated["surface"].tolist()


def test_a_rejection_may_be_taken_back_by_a_later_form(desk):
    desk.form.choose("Six")
    desk.form.press("Not a quantity")
    again = desk.open()
    again.choose("Six")
    assert again.fields["low"].value == "6", "as it was read"
    again.press("Right as read")
    assert desk.rows().loc["Six", "decision"] == "confirm"


def test_a_missed_quantity_is_added_and_filled_in(desk):
    desk.form.fill(words="Monday")
    assert desk.form.fields["where"].options[0][0].endswith("[Monday]. … (missed)")
    desk.form.press("Open it")
    assert "Fill in its fields" in desk.form.message
    desk.form.fill(low="1", bound="exact", event="killed")
    desk.form.press("Save correction")
    assert desk.rows().loc["Monday", ["decision", "low", "bound", "event"]].tolist() == ["add", "1", "exact", "killed"]
    desk.open()
    assert desk.stated.set_index("surface").loc["Monday", "event"] == "killed"


def test_a_missed_quantity_that_is_undone_is_no_case_any_more(desk):
    desk.form.fill(words="Monday")
    desk.form.press("Open it")
    assert len(desk.form.cases) == 3
    desk.form.press("Undo last")
    assert len(desk.form.cases) == 2
    assert desk.rows().empty


def test_a_quantity_that_is_not_listed_is_opened_in_any_report(desk):
    desk.form.choose("Six")
    desk.form.fill(report="007", words="1,300")
    assert "(read already)" in desk.form.fields["where"].options[0][0]
    desk.form.press("Open it")
    assert not desk.file.exists(), "to look at it decides nothing"
    assert desk.form.cases[-1] == "3 of 3 · 007 · “1,300”"
    desk.form.fill(low="1301")
    desk.form.press("Save correction")
    assert desk.rows().loc["1,300", ["document_id", "low"]].tolist() == ["007", "1301"]
    desk.form.fill(report="999", words="Six")
    assert desk.form.fields["Open it"].disabled


def test_decisions_go_one_way_or_the_other(desk):
    desk.form.press("Save correction")
    assert "Not saved. Nothing is changed in the fields" in desk.form.message
    desk.form.fill(low="91")
    desk.form.press("Right as read")
    assert "Not saved. You changed low; press Save correction" in desk.form.message
    desk.form.fill(low="many")
    desk.form.press("Save correction")
    assert "Not saved. low: expected a number in digits" in desk.form.message
    desk.form.fill(low="91", speaker="nobody")
    desk.form.press("Save correction")
    assert "the speaker “nobody” does not stand in the report" in desk.form.message
    assert desk.form.fields["low"].value == "91", "what was typed stays"
    assert not desk.file.exists()


def test_the_last_decisions_can_be_undone_one_by_one(desk):
    desk.form.fill(low="91")
    desk.form.press("Save correction")
    desk.form.choose("Six")
    desk.form.press("Not a quantity")
    assert len(desk.rows()) == 3
    desk.form.press("Undo last")
    assert sorted(desk.rows().index) == ["Ninety", "Ninety"]
    desk.form.press("Undo last")
    assert desk.rows().empty
    desk.form.press("Undo last")
    assert "Not saved. There is nothing to undo" in desk.form.message


# ---- Two people, and a file that people edit


def test_nobody_s_decision_is_lost_in_silence(desk):
    other = desk.open()
    other.choose("Six")
    other.fill(your_initials="CD")
    other.press("Not a quantity")
    desk.form.choose("Six")
    desk.form.press("Right as read")
    assert "Meanwhile somebody else decided: “Six” of 009: reject by CD. Press again" in desk.form.message
    assert desk.rows().loc["Six", "decision"] == "reject"
    desk.form.press("Right as read")
    assert desk.rows().loc["Six", "decision"] == "confirm"
    other.press("Undo last")
    assert "Meanwhile somebody else decided: “Six” of 009: confirm" in other.message
    assert desk.rows().loc["Six", "decision"] == "confirm"


def test_decisions_of_other_cases_do_not_get_into_each_other_s_way(desk):
    other = desk.open()
    other.choose("Six")
    other.press("Not a quantity")
    desk.form.press("Right as read")
    assert sorted(desk.rows().index) == ["Ninety", "Ninety", "Six"]


def test_a_file_keeps_the_spelling_and_the_columns_of_its_spreadsheet(desk):
    desk.file.parent.mkdir(parents=True)
    rows = "document_id;start;end;surface;decision;rank;note\r\n9;0;3;Six;;1;later; \r\n7;54;59;1,300;confirm;;\r\n"
    desk.file.write_bytes(rows.replace("later; ", "later").encode("utf-8-sig"))
    form = desk.open()
    form.choose("Six")
    form.press("Not a quantity")
    lines = desk.file.read_bytes().decode("utf-8-sig").split("\r\n")
    assert lines[0] == "document_id;start;end;surface;decision;rank;note"
    assert lines[1] == "009;0;3;Six;reject;1;later"
    assert lines[2] == "7;54;59;1,300;confirm;;"
    assert desk.file.read_bytes().startswith(b"\xef\xbb\xbf")


def test_a_file_that_somebody_is_spoiling_is_left_alone_and_said_so(desk):
    desk.form.press("Right as read")
    desk.file.write_text("document_id,start\n")
    desk.form.choose("Six")
    desk.form.press("Not a quantity")
    assert "Not saved. corrections.csv, row 1: expected the columns" in desk.form.message
    assert desk.file.read_text() == "document_id,start\n"


# ---- A record


def listing(desk):
    hardest = quantities.hardest(desk.read, desk.passages)
    return forms.review(hardest, desk.read, desk.documents, desk.passages, file=desk.file)


@pytest.mark.parametrize("name", ["batch", "papermill", "no widgets"])
def test_where_a_record_is_made_a_list_of_the_same_bytes_takes_the_form_s_place(desk, monkeypatch, name):
    assert forms.is_live()
    if name == "batch":
        monkeypatch.setenv(provenance.BATCH, "1")
    elif name == "papermill":
        monkeypatch.delenv("JPY_SESSION_NAME")
    else:
        monkeypatch.setattr(forms.importlib.util, "find_spec", lambda name: None)
    assert not forms.is_live()
    first, second = listing(desk), listing(desk)
    assert first == second
    html = first._repr_html_()
    assert html.count("<li") == 2
    assert "&lt;script&gt;" in html
    assert "<script" not in html
    for word in ("decision", "confirm", "reject", "correct", "add", "(none)", "data/corrections.csv"):
        assert word in html
    assert repr(first).startswith("Listing(")
