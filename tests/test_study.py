"""Parameters are held to their models; a run is believed when every cell ran; what is up to date is not run again."""

import importlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pandas as pd
import pytest

from analysis import provenance, study
from analysis.study import NOTEBOOKS, NotebookFailed, ParameterError, parameters, staleness, verdict, worker

doctor = importlib.import_module("analysis.study.doctor")


def make_project(folder, monkeypatch):
    """A project's folder with seeds and notebooks, and the working directory in it."""
    (folder / "pyproject.toml").touch()
    (folder / "seeds").mkdir()
    (folder / "seeds/a.txt").write_text("17 people were killed.")
    (folder / "notebooks").mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.delenv(provenance.ROOT, raising=False)
    return folder


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project of one's own, that nothing was run in."""
    return make_project(tmp_path, monkeypatch)


def record_of(name):
    return next(notebook for notebook in NOTEBOOKS if notebook.name == name)


# pandas is loaded where it is needed, so that notebooks that fail before they save fail soon.
IMPORTS = """\
from analysis import provenance, study
parameters = study.check({name!r}, globals())
def save(table):
    import pandas as pd
    rows = pd.DataFrame({{"x": [1.0, float("inf")]}})
    provenance.save(rows, table, parameters.run, made_from={reads} or parameters.outside())"""


def write_notebook(folder, name, *cells, saves=None, stated=None):
    """A notebook as ours are: title, parameters, imports and check, ``cells``, and a table for each name it saves."""
    record = record_of(name)
    stated = record.parameters().model_dump() if stated is None else stated
    imports = IMPORTS.format(name=name, reads=list(record.reads))
    saved = f"for table in {list(record.writes if saves is None else saves)}:\n    save(table)"
    write_cells(folder, name, f"# {name}", stated, imports, *cells, saved)


def write_cells(folder, name, title, stated, *code):
    """A notebook of a title, a parameters cell and cells of code."""
    lines = "\n".join(f"{parameter} = {value!r}" for parameter, value in stated.items())
    tagged = nbformat.v4.new_code_cell(lines, metadata={"tags": ["parameters"]})
    cells = [nbformat.v4.new_markdown_cell(title), tagged, *map(nbformat.v4.new_code_cell, code)]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "notebooks" / f"{name}.ipynb")


def write_table(folder, *names, notebook="1_corpus"):
    """Tables as an earlier notebook would have left them."""
    for name in names:
        provenance.save(pd.DataFrame({"x": [1]}), name, provenance.Run(folder, notebook, {}))


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in ("run.log", ".lock", ".manifest.lock")
    }


# ---- Parameters


def test_the_order_fits_what_is_read_and_written():
    written = set()
    for notebook in NOTEBOOKS:
        assert set(notebook.reads) <= written
        assert not set(notebook.writes) & written
        written |= set(notebook.writes)
    assert [notebook.name[0] for notebook in NOTEBOOKS] == list("123456")


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.name)
def test_every_parameter_is_described_and_its_default_passes(notebook):
    checked = notebook.parameters()
    assert checked.notebook == notebook.name
    for name, field in notebook.parameters.model_fields.items():
        assert field.description, name
        assert study.words.expected(notebook.parameters, name)


@pytest.mark.parametrize(
    "names", [["2_duplicates"], ["2"], ["2_duplicates.ipynb"], ["notebooks/2_duplicates.ipynb"], [2]]
)
def test_a_notebook_is_named_in_several_ways(names):
    assert [notebook.name for notebook in study.select(names)] == ["2_duplicates"]


def test_notebooks_come_in_their_order_and_once():
    assert [notebook.name for notebook in study.select(["3", "1", "3_topics"])] == ["1_corpus", "3_topics"]
    assert study.select() == list(NOTEBOOKS)
    with pytest.raises(
        ParameterError, match=r"no notebook 'duplicates'\. Did you mean 2_duplicates\? Notebooks: 1_corpus"
    ):
        study.select(["duplicates"])


@pytest.mark.parametrize(
    ("notebook", "name", "given", "understood"),
    [
        ("2_duplicates", "floor", "1e-3", 0.001),  # as from a command line, or from papermill -y
        ("2_duplicates", "threshold", 1, 1.0),
        ("2_duplicates", "min_words", "12", 12),  # papermill makes text of numpy's integers
        ("2_duplicates", "min_words", 12.0, 12),
        ("2_duplicates", "digits", "False", False),  # … and of numpy's booleans
        ("2_duplicates", "digits", "no", False),
        ("2_duplicates", "window", "None", None),
        ("2_duplicates", "window", "null", None),
        ("2_duplicates", "window", "", None),
        ("2_duplicates", "window", "1.5D", "1.5D"),
        ("2_duplicates", "window", "36h", "36h"),
        ("2_duplicates", "stop_words", "none", None),
        ("2_duplicates", "within", "language", "language"),
        ("2_duplicates", "within", "None", None),
        ("2_duplicates", "cluster_method", "complete", "complete"),
        ("3_topics", "numbers", "10, 20", [10, 20]),
        ("3_topics", "numbers", "[10, 20]", [10, 20]),
        ("3_topics", "numbers", ["10", "20"], [10, 20]),  # as from a file
        ("3_topics", "copies", "[]", []),
        ("3_topics", "names", "007.csv", "007.csv"),
        ("4_quantities", "vague", "none", "none"),
        ("1_corpus", "corpus_path", "007", "007"),
        ("1_corpus", "columns", "{outlet: publisher}", {"outlet": "publisher"}),
        ("1_corpus", "columns", '{"text": "007"}', {"text": "007"}),
        ("1_corpus", "columns", {"outlet": "publisher"}, {"outlet": "publisher"}),
        ("1_corpus", "columns", "null", None),
        ("1_corpus", "dates", "%d.%m.%Y", "%d.%m.%Y"),
    ],
)
def test_drifted_kinds_are_understood(notebook, name, given, understood):
    found = getattr(study.check(notebook, {name: given}), name)
    assert found == understood
    assert type(found) is type(understood)


@pytest.mark.parametrize(
    ("notebook", "name", "given", "words"),
    [
        ("2_duplicates", "threshold", 0, "threshold expects a number above 0 and at most 1; found 0 (int)."),
        ("2_duplicates", "threshold", "1.01", "threshold expects a number above 0 and at most 1; found '1.01'."),
        ("2_duplicates", "threshold", float("nan"), "found nan (float)"),
        ("2_duplicates", "threshold", True, "found True (bool)"),
        ("2_duplicates", "threshold", None, "found None (NoneType)"),
        ("2_duplicates", "min_words", 8.5, "min_words expects a whole number at least 2 and at most 100; found 8.5"),
        ("2_duplicates", "min_words", False, "found False (bool)"),
        ("2_duplicates", "digits", 2, "digits expects true or false; found 2 (int)."),
        ("2_duplicates", "stop_words", "englisch", "stop_words expects english, or nothing; found 'englisch'."),
        ("3_topics", "method", "lsa", "method expects one of nmf, lda; found 'lsa'."),
        ("2_duplicates", "cluster_method", "single", "expects one of star, complete, components; found 'single'."),
        ("2_duplicates", "within", True, "within expects text, or nothing; found True (bool)."),
        ("2_duplicates", "across", 3, "across expects text, or nothing; found 3 (int). Text that looks like a number"),
        ("2_duplicates", "window", 3, "such as 3D, 36h or 90min, or nothing; found 3 (int)."),
        ("2_duplicates", "window", "36", "window expects a time span with its unit"),
        ("2_duplicates", "window", "soon", "found 'soon'"),
        (
            "1_corpus",
            "corpus_path",
            7,
            "corpus_path expects text; found 7 (int). Text that looks like a number needs papermill -r",
        ),
        ("1_corpus", "corpus_path", "", "corpus_path expects text; found ''"),
        ("1_corpus", "columns", "publisher", "columns expects names to column names"),
        ("1_corpus", "columns", "{a: [", "columns expects names to column names"),
        ("1_corpus", "columns", {"outlet": 3}, "found 3 (int) (in outlet)"),
        ("1_corpus", "dates", "%Q", "dates expects a date format with day, month and year"),
        ("1_corpus", "dates", "%Y", "found '%Y'"),
        ("3_topics", "n_topics", 501, "n_topics expects a whole number at least 1 and at most 500; found 501 (int)."),
        ("3_topics", "random_state", -1, "random_state expects a whole number at least 0"),
        (
            "3_topics",
            "numbers",
            "ten",
            "numbers expects whole numbers of at least 1, such as [10, 20, 30]; found 'ten'",
        ),
        ("3_topics", "numbers", [0], "numbers expects whole numbers of at least 1"),
        ("3_topics", "copies", 4, "copies expects whole numbers of at least 1, such as [10, 20, 30]; found 4 (int)"),
        ("3_topics", "knots", 1, "knots expects a whole number at least 2 and at most 20; found 1"),
    ],
)
def test_what_is_out_of_range_is_refused_in_words(notebook, name, given, words):
    with pytest.raises(ParameterError, match=re.escape(words)) as refusal:
        study.check(notebook, {name: given})
    assert str(refusal.value).startswith(f"{notebook}: {name} expects ")


def test_a_file_that_may_be_given_is_an_input_only_where_it_is():
    without, given = study.check("3_topics", {}), study.check("3_topics", {"names": "data/mine.csv"})
    assert (without.named_paths(), without.outside()) == ({}, [])
    assert without.portable()["names"] is None
    assert given.outside() == [given.path("data/mine.csv")]
    assert given.portable()["names"] == "data/mine.csv"


def test_all_faults_are_listed():
    with pytest.raises(ParameterError) as refusal:
        study.check("3_topics", {"n_topics": 0, "method": "lsa", "n_topic": 3})
    assert len(str(refusal.value).splitlines()) == 3


def test_a_floor_above_the_threshold_is_refused():
    with pytest.raises(
        ParameterError, match=r"^2_duplicates: floor expects at most the threshold, 0\.1; found 0\.2\.$"
    ):
        study.check("2_duplicates", {"threshold": 0.1})
    assert study.check("2_duplicates", {"threshold": 0.1, "floor": 0.1}).floor == 0.1


def test_one_column_cannot_both_differ_and_agree():
    words = r"^2_duplicates: within expects another column than across; found 'outlet' for both\.$"
    with pytest.raises(ParameterError, match=words):
        study.check("2_duplicates", {"across": "outlet", "within": "outlet"})
    checked = study.check("2_duplicates", {"across": "outlet", "within": "language"})
    assert (checked.across, checked.within) == ("outlet", "language")


def test_an_import_that_took_the_name_of_a_parameter_is_refused():
    """Its value would be lost, and the default would be taken without a word."""
    with pytest.raises(ParameterError, match=r"title expects true or false; found <module .*An import has the name"):
        study.check("2_duplicates", {"title": json})


def test_what_a_notebook_holds_besides_parameters_is_left_alone():
    def noise():
        """A function of the notebook."""

    namespace = {
        **{"__name__": "__main__", "_i1": "n = 3", "In": [""], "Out": {}, "exit": object(), "quit": object()},
        **{"get_ipython": noise, "open": open, "pd": pd, "Path": Path, "len": len, "append": [].append},
        "threshold": 0.4,
    }
    assert study.check("2_duplicates", namespace).threshold == 0.4


def test_an_unknown_parameter_is_refused_with_the_nearest():
    with pytest.raises(
        ParameterError, match=r"2_duplicates does not know the parameter 'treshold'\. Did you mean thres.*Known: ac"
    ):
        study.check("2_duplicates", {"treshold": 0.4})
    with pytest.raises(
        ParameterError, match=r"1_corpus does not know the parameter 'threshold'\. It belongs to 2_duplicates"
    ):
        study.check("1_corpus", {"threshold": 0.4})
    with pytest.raises(ParameterError, match="There is no notebook '7_claims'"):
        study.check("7_claims", {})


def test_a_second_check_in_one_kernel_expects_results_and_still_sees_misspellings():
    namespace = {"threshold": 0.4}
    study.check("2_duplicates", namespace)
    namespace |= {"pairs": pd.DataFrame(), "n_pairs": 3, "threshold": 0.5}
    assert study.check("2_duplicates", namespace).threshold == 0.5
    with pytest.raises(ParameterError, match="'treshold'"):
        study.check("2_duplicates", {**namespace, "treshold": 0.6})
    with pytest.raises(ParameterError, match="'n_pairs'"):
        study.check("1_corpus", {"n_pairs": 3, parameters._CHECKED: "2_duplicates"})


def test_a_mapping_that_cannot_be_written_to_can_be_checked():
    from types import MappingProxyType

    assert study.check("5_claims", MappingProxyType({})).output == ""


def test_the_run_states_parameters_alike_on_every_machine(project, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    checked = study.check("1_corpus", {"corpus_path": str(project / "seeds"), "output": str(elsewhere)})
    assert checked.run == provenance.Run(
        elsewhere, "1_corpus", {"corpus_path": "seeds", "columns": None, "dates": None}
    )
    assert checked.path("seeds") == project / "seeds"
    assert checked.outside() == [project / "seeds"]
    assert study.check("1_corpus", {}).run.output == project
    assert study.check("1_corpus", {"corpus_path": str(elsewhere)}).run.parameters["corpus_path"] == elsewhere.name


def test_checked_parameters_cannot_be_changed():
    with pytest.raises(ValueError, match="frozen"):
        study.check("2_duplicates", {}).threshold = 0.5


def test_texts_from_a_command_line():
    assert parameters.from_texts(["a=1", "b=x=y", "c="]) == {"a": "1", "b": "x=y", "c": ""}
    for text in ("threshold", "=3"):
        with pytest.raises(ParameterError, match=f"expects name=value, such as threshold=0.4; found '{text}'"):
            parameters.from_texts([text])


def test_a_file_of_parameters_keeps_text_as_it_stands(tmp_path):
    path = tmp_path / "study.yaml"
    path.write_text("# ours\nthreshold: 1e-3\ndates: 2023-10-07\ndigits: no\nwindow:\ncolumns: {outlet: on}\n")
    assert parameters.from_file(path) == {
        "threshold": "1e-3",
        "dates": "2023-10-07",
        "digits": "no",
        "window": "",
        "columns": {"outlet": "on"},
    }
    path.write_text("# nothing yet\n")
    assert parameters.from_file(path) == {}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("threshold: 0.4\nthreshold: 0.5\n", "states threshold twice; keep one"),
        ("treshold: 0.4\n", "No notebook knows the parameter 'treshold'. Did you mean threshold?"),
        ("- 3\n", "expects YAML lines name: value; found a sequence at the top"),
        ("a: [\n", "expects YAML lines name: value;"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(tmp_path, text, words):
    (tmp_path / "study.yaml").write_text(text)
    with pytest.raises(ParameterError, match=re.escape(words)):
        parameters.from_file(tmp_path / "study.yaml")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ParameterError, match=r"There is no parameters file .*study\.yaml"):
        parameters.from_file(tmp_path / "study.yaml")


def test_the_parameters_of_the_seeds_are_valid():
    stated = parameters.from_file(Path(__file__).parents[1] / "parameters/seeds.yaml")
    assert parameters.validate_all(NOTEBOOKS, stated)["1_corpus"].corpus_path == "seeds"


# ---- The parameters cell


def test_the_cell_agrees_with_its_model(project):
    write_notebook(project, "2_duplicates")
    study.agree(record_of("2_duplicates"), project / "notebooks/2_duplicates.ipynb")


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        ({"output": ""}, "width is missing"),
        ({"output": "", "width": "nature-1col"}, "width is 'nature-1col' there, its default is 'nature-2col'"),
        ({"output": "", "width": "nature-2col", "colour": 1}, "colour is not a parameter of 6_figures"),
    ],
)
def test_a_cell_that_disagrees_is_refused(project, stated, words):
    write_notebook(project, "6_figures", stated=stated)
    with pytest.raises(ParameterError, match=words):
        study.agree(record_of("6_figures"), project / "notebooks/6_figures.ipynb")


def test_a_default_of_another_kind_is_refused(project):
    stated = record_of("3_topics").parameters().model_dump() | {"n_topics": 4.0}
    write_notebook(project, "3_topics", stated=stated)
    with pytest.raises(ParameterError, match=r"n_topics is 4\.0 there, its default is 4"):
        study.agree(record_of("3_topics"), project / "notebooks/3_topics.ipynb")


def test_exactly_one_cell_is_tagged(project):
    path = project / "notebooks/5_claims.ipynb"
    stated = record_of("5_claims").parameters().model_dump()
    lines = "\n".join(f"{name}: object = {value!r}" for name, value in stated.items())  # a kind may be written, too
    tagged, again = (nbformat.v4.new_code_cell(lines, metadata={"tags": ["parameters"]}) for _ in "ab")
    for cells, found in (([], 0), ([tagged, again], 2)):
        nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
        with pytest.raises(ParameterError, match=f"exactly one cell tagged parameters, found {found}"):
            study.agree(record_of("5_claims"), path)
    nbformat.write(nbformat.v4.new_notebook(cells=[tagged]), path)
    study.agree(record_of("5_claims"), path)


@pytest.mark.parametrize("source", ["output = str()", "print(output)", "output ="])
def test_the_cell_holds_plain_values_only(project, source):
    tagged = nbformat.v4.new_code_cell(source, metadata={"tags": ["parameters"]})
    nbformat.write(nbformat.v4.new_notebook(cells=[tagged]), project / "notebooks/5_claims.ipynb")
    with pytest.raises(ParameterError, match="expects lines name = plain value"):
        study.agree(record_of("5_claims"), project / "notebooks/5_claims.ipynb")


def test_what_is_no_notebook_is_refused(project):
    with pytest.raises(ParameterError, match=r"There is no notebook .*5_claims\.ipynb\. Start analysis in the project"):
        study.cells.read(project / "notebooks/5_claims.ipynb")
    for text in ("{", "{}", "[]", '{"cells": [1]}'):
        (project / "notebooks/5_claims.ipynb").write_text(text)
        with pytest.raises(ParameterError, match="is not a notebook of format 4"):
            study.cells.read(project / "notebooks/5_claims.ipynb")


# ---- Running: refusals before a kernel starts


@pytest.fixture
def no_kernel(monkeypatch):
    """Make it a failure of the test when a kernel would be started."""
    monkeypatch.setattr(worker.Worker, "execute", lambda *_: pytest.fail("a kernel was started"))


@pytest.mark.usefixtures("no_kernel")
def test_everything_is_checked_before_a_kernel_starts(project):
    write_notebook(project, "1_corpus")
    write_notebook(project, "2_duplicates")
    write_notebook(project, "3_topics", stated={"output": ""})
    with pytest.raises(
        ParameterError, match=r"None of 1_corpus, 2_duplicates knows the parameter 'treshold'\. Did you mean"
    ):
        study.run(["1", "2"], parameters={"treshold": 0.4})
    with pytest.raises(
        ParameterError, match=r"1_corpus does not know the parameter 'threshold'\. It belongs to 2_duplicates"
    ):
        study.run(["1"], parameters={"threshold": 0.4})
    with pytest.raises(ParameterError, match="2_duplicates: threshold expects"):
        study.run(["1", "2"], parameters={"threshold": 4})
    with pytest.raises(ParameterError, match=r"corpus_path expects a file or folder; found nothing at .*/reports\."):
        study.run(["1"], parameters={"corpus_path": "reports"})
    with pytest.raises(ParameterError, match="n_topics is missing"):
        study.run(["1", "2", "3"])
    with pytest.raises(ParameterError, match=r"There is no notebook .*4_quantities"):
        study.run(["1", "4"])
    with pytest.raises(provenance.ProvenanceError, match=r"1_corpus writes it\. Run it first: analysis run 1_corpus"):
        study.run(["2"])
    assert study.run([]) == []


@pytest.mark.usefixtures("no_kernel")
def test_an_input_that_was_changed_by_hand_is_refused(project):
    write_notebook(project, "2_duplicates")
    write_table(project, "documents")
    (project / "data/tables/documents.parquet").write_bytes(b"")
    with pytest.raises(provenance.ProvenanceError, match="was changed after it was written"):
        study.run(["2"])


@pytest.mark.usefixtures("no_kernel")
def test_two_runs_in_one_output_are_refused(project):
    write_notebook(project, "1_corpus")
    with (
        provenance.lock(project / "runs/.lock"),
        pytest.raises(provenance.ProvenanceError, match=r"Another run holds .*runs/\.lock"),
    ):
        study.run(["1"])


# ---- Running: kernels at work


@pytest.fixture(scope="module")
def first_run(tmp_path_factory):
    """The first run of two notebooks, once for all tests that look at it or begin with it, and what it told."""
    folder, steps = tmp_path_factory.mktemp("first-run"), []
    with pytest.MonkeyPatch.context() as monkeypatch:
        make_project(folder, monkeypatch)
        write_notebook(folder, "1_corpus", "print('a'); print('b')", "import warnings; warnings.warn('odd')")
        write_notebook(folder, "2_duplicates")
        done = study.run(["2", "1"], progress=steps.append)
    return SimpleNamespace(folder=folder, steps=steps, done=done)


@pytest.fixture
def after_first_run(first_run, tmp_path, monkeypatch):
    """A copy of the project that was run, and the working directory in it."""
    monkeypatch.delenv(provenance.ROOT, raising=False)
    folder = Path(shutil.copytree(first_run.folder, tmp_path / "copy"))
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.notebooks
@pytest.mark.xdist_group("first-run")
def test_a_first_run_is_told_and_recorded(first_run):
    assert [(step.name, step.state) for step in first_run.done] == [("1_corpus", "done"), ("2_duplicates", "done")]
    assert [(step.number, step.total, step.state) for step in first_run.steps] == [
        (1, 2, "running"),
        (1, 2, "done"),
        (2, 2, "running"),
        (2, 2, "done"),
    ]
    _assert_well_recorded(first_run.folder)


@pytest.mark.notebooks
@pytest.mark.xdist_group("first-run")
def test_only_what_a_change_reaches_is_run_again(after_first_run):
    project = after_first_run
    before = contents(project)
    assert [step.state for step in study.run(["1", "2"])] == ["up to date", "up to date"]
    assert [found.state for found in study.status(notebooks=["1", "2"])] == ["up to date", "up to date"]
    assert contents(project) == before

    changed = {"threshold": 0.4}
    assert study.status(notebooks=["2"], parameters=changed)[0].why == ("parameter threshold was 0.55, is 0.4",)
    states = [step.state for step in study.run(["1", "2"], parameters=changed)]
    assert states == ["up to date", "done"]
    assert provenance.read_manifest(project)["data/tables/pairs.parquet"]["parameters"]["threshold"] == 0.4
    assert provenance.stale(project).empty

    (project / "seeds/a.txt").write_text("18 people were killed.")
    corpus, duplicates = study.status(notebooks=["1", "2"], parameters=changed)
    assert corpus.why == ("its input seeds was changed",)
    assert duplicates.why == ("it reads documents of 1_corpus, which is not up to date",)


def _assert_well_recorded(project):
    executed = nbformat.read(project / "runs/1_corpus.ipynb", as_version=4)
    nbformat.validate(executed)
    assert [cell["id"] for cell in executed.cells[:4]] == ["cell-0", "cell-1", "injected-parameters", "cell-2"]
    assert 'corpus_path = "seeds"' in executed.cells[2].source
    assert executed.cells[4].outputs[0].text == "a\nb\n"
    assert executed.cells[5].outputs[0].text.startswith("cell:1: UserWarning: odd")
    text = (project / "runs/1_corpus.ipynb").read_text() + (project / "runs/1_corpus.json").read_text()
    assert "papermill" not in text
    assert str(project) not in text
    record = json.loads((project / "runs/1_corpus.json").read_text())
    assert record["key"] == staleness.key(record["parts"])
    assert record["parts"]["parameters"] == {"corpus_path": "seeds", "columns": None, "dates": None}
    assert len(record["outputs"]) == 7  # three tables as Parquet and CSV, and the executed notebook
    assert all(provenance.intact(project, file, sha256) for file, sha256 in record["outputs"].items())
    log = (project / "runs/run.log").read_text()
    assert re.search(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d 1_corpus done \(\d+\.\d s\)$", log, re.M)
    assert "without encryption" not in log
    assert not list((project / "runs").glob("*.partial.*"))


@pytest.mark.notebooks
@pytest.mark.xdist_group("first-run")
def test_a_failure_leaves_the_last_good_run_and_names_the_cell(after_first_run):
    """A cell has saved a table when the next one fails; record and executed notebook are those of the good run.

    Run again as it was, all of it has the bytes of the first run, in another folder.
    """
    project = after_first_run
    before, good = contents(project), contents(project / "runs")
    write_notebook(project, "2_duplicates", "# a reason\n\nsave('pairs')", "  \nratio = 1 / 0", "save('clusters')")
    with pytest.raises(NotebookFailed) as failure:
        study.run(["2"])
    assert failure.value.cell == 5
    assert str(failure.value) == (
        "2_duplicates failed in cell 5 of 7, `ratio = 1 / 0`: ZeroDivisionError: division by zero\n"
        "See runs/2_duplicates.failed.ipynb."
    )
    kept = contents(project / "runs")
    assert json.loads(kept.pop("2_duplicates.failed.ipynb"))["cells"][5]["outputs"][0]["ename"] == "ZeroDivisionError"
    assert kept == good
    found = study.status(notebooks=["2"])[0]
    assert found.state == "stale"
    assert found.why == ("the notebook was changed", "the last run failed, see runs/2_duplicates.failed.ipynb")

    write_notebook(project, "2_duplicates")
    assert [step.state for step in study.run(["1", "2"], force=True)] == ["done", "done"]
    assert contents(project) == before


@pytest.mark.notebooks
@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("import sys; sys.exit(0)", "SystemExit: 0 (a notebook has to run to its last cell)"),
        ("import os; os._exit(0)", "DeadKernelError: Kernel died"),
        ("import os, signal; os.kill(os.getppid(), signal.SIGKILL)", "WorkerDied: the process that executes"),
        (
            "treshold = 0.4; study.check('2_duplicates', {'treshold': 1})",
            "ParameterError: 2_duplicates does not know",
        ),
    ],
)
def test_no_way_of_ending_early_counts_as_good(project, source, words):
    write_notebook(project, "1_corpus", "before = 1", source, "after = 2")
    with pytest.raises(NotebookFailed, match=re.escape(words)) as failure:
        study.run(["1"])
    assert failure.value.cell == 5
    assert f"in cell 5 of 7, `{source}`" in str(failure.value)
    assert {path.name for path in (project / "runs").iterdir()} == {".lock", "1_corpus.failed.ipynb", "run.log"}
    assert not (project / "data").exists()
    assert study.status(notebooks=["1"])[0].state == "never run"


@pytest.mark.notebooks
def test_a_cell_that_takes_too_long_is_named(project):
    stated = record_of("1_corpus").parameters().model_dump()
    write_cells(project, "1_corpus", "# Slow", stated, "import time; time.sleep(60)", "after = 2")
    with pytest.raises(
        NotebookFailed, match=r"cell 3 of 4, `import time; .*`: CellTimeoutError: A cell timed out .* 3 sec"
    ):
        study.run(["1"], timeout=3)
    assert not (project / "runs/1_corpus.json").exists()


@pytest.mark.notebooks
def test_a_kernel_that_is_not_there_is_named(project, monkeypatch):
    monkeypatch.setattr(worker, "KERNEL", "no-such-kernel")
    write_notebook(project, "1_corpus")
    with pytest.raises(NotebookFailed, match="NoSuchKernel: No such kernel named no-such-kernel"):
        study.run(["1"])
    assert not (project / "runs/1_corpus.json").exists()


@pytest.mark.notebooks
def test_figures_are_shown_inline_and_files_no_longer_written_are_told(project, monkeypatch):
    """Also: an output elsewhere, with a brace in its name, and a backend set by whoever starts the run."""
    monkeypatch.setenv("MPLBACKEND", "Agg")
    output = project / "out {put}"
    provenance.save(pd.DataFrame({"x": [1]}), "former", provenance.Run(output, "1_corpus", {}))
    write_notebook(
        project, "1_corpus", "import matplotlib.pyplot as plt\nplt.plot([1, 2]);", "import os; print(os.getcwd())"
    )
    study.run(["1"], output=output)
    executed = nbformat.read(output / "runs/1_corpus.ipynb", as_version=4)
    assert executed.cells[2].source.splitlines()[1] == 'output = ""  # given: the folder that holds this record'
    assert str(project) not in (output / "runs/1_corpus.json").read_text()
    assert "image/png" in executed.cells[4].outputs[0].data
    assert executed.cells[5].outputs[0].text.strip() == str(project / "notebooks")
    assert (
        "1_corpus no longer writes data/tables/former.csv, data/tables/former.parquet"
        in (output / "runs/run.log").read_text()
    )
    assert "data/tables/former.csv" not in json.loads((output / "runs/1_corpus.json").read_text())["outputs"]


@pytest.mark.notebooks
def test_papermill_alone_is_refused_an_unknown_parameter(project):
    """papermill itself warns only; the check inside the notebook stops it."""
    import papermill

    write_notebook(project, "1_corpus")
    with pytest.raises(
        papermill.PapermillExecutionError, match=r"does not know the parameter 'corpus_pth'\. Did you mean corpus_path"
    ):
        papermill.execute_notebook(
            "notebooks/1_corpus.ipynb",
            str(project / "out.ipynb"),
            {"corpus_pth": "x"},
            kernel_name="python3",
            language="python",
            progress_bar=False,
        )


# ---- Running: what is judged after the last cell, without a kernel


@pytest.fixture
def in_this_process(monkeypatch):
    """Execute the cells here, and leave what papermill leaves after a run that it calls good."""

    def execute(_, task):
        executed, namespace = json.loads(task.path.read_text()), {}
        for number, cell in enumerate(cell for cell in executed["cells"] if cell["cell_type"] == "code"):
            exec("".join(cell["source"]), namespace)
            cell["execution_count"] = number + 1
        provenance.write({task.partial: json.dumps(executed).encode()})
        return None, ""

    monkeypatch.setattr(worker.Worker, "execute", execute)


@pytest.mark.usefixtures("in_this_process")
def test_a_run_with_nothing_to_object_to_is_good(project):
    """So that the refusals below are those of what they name."""
    write_notebook(project, "1_corpus")
    assert study.run(["1"])[0].state == "done"
    assert study.status(notebooks=["1"])[0].state == "up to date"


@pytest.mark.usefixtures("in_this_process")
def test_a_promised_table_that_was_not_saved_is_a_failure(project):
    write_notebook(project, "1_corpus", saves=["documents"])
    with pytest.raises(NotebookFailed, match="ran to its end but did not save passages, corpus_quality"):
        study.run(["1"])
    assert not (project / "runs/1_corpus.json").exists()


@pytest.mark.usefixtures("in_this_process")
def test_code_and_inputs_that_change_under_a_run_are_a_failure(project, monkeypatch):
    """What ran had loaded other code than the plan knew of, and one of its cells changed its input."""
    write_notebook(project, "1_corpus", "parameters.path('seeds/b.txt').write_text('late')")
    monkeypatch.setattr(provenance, "code_sha256", lambda: "of the plan")
    words = "while it ran, its input seeds was changed; the code of the package was changed. Run it again"
    with pytest.raises(NotebookFailed, match=words):
        study.run(["1"])
    assert not (project / "runs/1_corpus.json").exists()


# ---- Reading what papermill left, without a kernel


def cell(source, *, count=1, status="completed", outputs=(), tags=(), started="2026"):
    metadata = {"tags": list(tags), "papermill": {"status": status, "start_time": started}}
    return {
        "cell_type": "code",
        "source": [source],
        "execution_count": count,
        "outputs": list(outputs),
        "metadata": metadata,
    }


def refuse(*cells, error=None, message=""):
    task = SimpleNamespace(notebook=record_of("1_corpus"), failed=Path("runs/1_corpus.failed.ipynb"))
    verdict.refuse_failed(task, {"cells": list(cells), "metadata": {}}, error, message)


def test_a_run_with_every_cell_done_is_good():
    text = {"cell_type": "markdown", "source": ["# Title"], "metadata": {}}
    refuse(text, cell("x = 1"), cell("", count=None, status="pending"), cell("injected", tags=["injected-parameters"]))


@pytest.mark.parametrize(
    "left", [cell("y", count=None), *(cell("y", status=s) for s in ("pending", "running", "failed"))]
)
def test_a_cell_left_out_makes_a_run_bad_whatever_papermill_says(left):
    with pytest.raises(NotebookFailed, match=r"in cell 2 of 2, `y`: CellSkipped: not executed") as failure:
        refuse(cell("x = 1"), left)
    assert failure.value.cell == 2


def test_an_error_that_a_tag_allows_makes_a_run_bad():
    error = {"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": []}
    with pytest.raises(NotebookFailed, match="in cell 1 of 2, `x`: ValueError: no"):
        refuse(cell("x", outputs=[error], tags=["raises-exception"]), cell("y"))


def test_a_kernel_that_died_is_charged_to_the_last_cell_that_began():
    with pytest.raises(NotebookFailed, match="cell 2 of 3, `y`: DeadKernelError: Kernel died"):
        refuse(cell("x"), cell("y"), cell("z", started=None), error="DeadKernelError", message="Kernel died")


def test_a_notebook_that_papermill_did_not_write_is_a_failure(tmp_path):
    assert study.record.read_executed(tmp_path / "none.ipynb") is None
    task = SimpleNamespace(notebook=record_of("1_corpus"), failed=Path("x"))
    with pytest.raises(NotebookFailed, match=r"^1_corpus failed: OSError: no space$"):
        verdict.refuse_failed(task, None, "OSError", "no space")


# ---- What is up to date, without a kernel


@pytest.fixture
def good_run(project):
    """A record of a good run of 1_corpus as it would be left, and its outputs."""
    write_notebook(project, "1_corpus")
    record = record_of("1_corpus")
    checked = record.parameters()
    run = checked.run
    for name in record.writes:
        provenance.save(pd.DataFrame({"x": [1]}), name, run, made_from=["seeds"])
    task = study.task.Task(record, checked, project / "notebooks", None)
    executed = json.loads((project / "notebooks/1_corpus.ipynb").read_text())
    outputs = {file: entry["sha256"] for file, entry in provenance.read_manifest(project).items()}
    study.record.keep_good(task, task.parts(), executed, outputs)
    return project


def reasons(**stated):
    found = study.status(notebooks=["1"], parameters=stated)[0]
    assert (found.state == "up to date") == (not found.why)
    return list(found.why)


def test_a_good_run_stands(good_run):
    assert reasons() == []


def test_every_part_that_changed_is_named(good_run, monkeypatch):
    write_notebook(good_run, "1_corpus", "x = 1")
    monkeypatch.setattr(provenance, "code_sha256", lambda: "other")
    monkeypatch.setattr(provenance, "versions", lambda: {"python": "4.0"})
    (good_run / "reports").mkdir()
    assert reasons(corpus_path="reports", dates="%Y-%m-%d")[:6] == [
        "the notebook was changed",
        "parameter corpus_path was 'seeds', is 'reports'",
        "parameter dates was None, is '%Y-%m-%d'",
        "its input reports was changed",
        "its input seeds was changed",
        "the code of the package was changed",
    ]
    assert any(why.startswith("python was 3.") and why.endswith(", is 4.0") for why in reasons())


def test_outputs_in_a_notebook_do_not_make_it_stale(good_run):
    path = good_run / "notebooks/1_corpus.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].execution_count = 7
    notebook.cells[1].outputs = [nbformat.v4.new_output("stream", text="looked at in JupyterLab")]
    nbformat.write(notebook, path)
    assert reasons() == []


def test_outputs_that_are_gone_or_changed_make_stale(good_run):
    (good_run / "data/tables/passages.parquet").write_bytes(b"")
    (good_run / "runs/1_corpus.ipynb").unlink()
    assert reasons() == [
        "its output data/tables/passages.parquet was changed",
        "its output runs/1_corpus.ipynb is missing",
    ]


def test_a_failure_with_other_parameters_does_not_touch_a_good_run(good_run):
    (good_run / "runs/1_corpus.failed.ipynb").write_text("{}")
    assert reasons() == []
    assert reasons(dates="%d.%m.%Y")[-1] == "the last run failed, see runs/1_corpus.failed.ipynb"


def test_outputs_that_left_the_manifest_make_stale(good_run):
    (good_run / "data/manifest.json").write_text("{}\n")
    assert reasons()[0] == "its output data/tables/corpus_quality.csv is not in data/manifest.json any more"


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"key": "x", "parts": {}, "outputs": {}}'])
def test_a_record_that_was_changed_by_hand_is_none(good_run, text):
    (good_run / "runs/1_corpus.json").write_text(text)
    assert study.status(notebooks=["1"])[0] == study.staleness.Status(
        "1_corpus", "never run", ("it has no record of a good run",)
    )


def test_a_corpus_that_is_gone_is_a_reason_not_an_error(good_run):
    (good_run / "seeds/a.txt").unlink()
    (good_run / "seeds").rmdir()
    assert reasons() == ["its input seeds is gone"]


# ---- Ctrl-C


class _Interrupted:
    """A future whose waiting is interrupted, and that is done after it was told so many times."""

    def __init__(self, times):
        self.times = times

    def result(self):
        raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("done_after", "told"),
    [(0, []), (1, ["SIGINT"]), (2, ["SIGINT", "SIGTERM"]), (3, ["SIGINT", "SIGTERM", "SIGKILL"])],
)
def test_a_worker_that_was_not_interrupted_is_told(monkeypatch, done_after, told):
    signals = []
    monkeypatch.setattr(worker.os, "kill", lambda pid, number: signals.append(number.name))
    monkeypatch.setattr(
        worker,
        "wait",
        lambda futures, timeout: SimpleNamespace(done=set(futures) if len(signals) >= done_after else set()),
    )
    with pytest.raises(KeyboardInterrupt):
        worker.Worker()._await(_Interrupted(done_after))
    assert signals == told


# ---- Doctor


def test_the_doctor_looks_at_six_things():
    findings = study.doctor()
    assert [finding.name for finding in findings] == ["python", "packages", "kernel", "seeds", "memory", "disk"]
    assert all(finding.words for finding in findings)


def test_the_seeds_are_those_that_were_counted(project):
    root = Path(__file__).parents[1]
    assert doctor.seeds(root) == doctor.Finding("seeds", True, "5 files as in seeds/SHA256SUMS")
    assert "there is no seeds/SHA256SUMS in" in doctor.seeds(project).words
    (project / "seeds/SHA256SUMS").write_text(f"{'0' * 64}  a.txt\n{'0' * 64}  b.txt\n")
    found = doctor.seeds(project)
    assert not found.ok
    assert found.words == "missing or changed: a.txt, b.txt. Take them back: git checkout -- seeds"


def test_an_old_python_is_told():
    assert doctor.python((3, 10, 1)).words.startswith("3.10.1; 3.11 or newer is needed")
    assert not doctor.python((3, 10, 1)).ok
    assert doctor.python((3, 13, 0)).ok


def test_packages_are_compared_with_the_lock(tmp_path):
    lock = tmp_path / "requirements.lock"
    pandas = pd.__version__
    lock.write_text(
        f"# a comment\npandas=={pandas} \\\n    --hash=sha256:00\n    # via us\n"
        "numpy==0.1 ; python_version < '3.0'\nno-such-package==1.0\n"
    )
    assert doctor.packages(lock) == doctor.Finding(
        "packages", True, "1 packages as in requirements.lock (1 optional ones are not installed)"
    )
    lock.write_text("pandas==0.1\n")
    found = doctor.packages(lock)
    assert not found.ok
    assert found.words == f"pandas is {pandas}, locked 0.1. Install what is locked: make environment"
    assert "not compared" in doctor.packages(tmp_path / "none.lock").words


def test_a_needed_package_that_is_missing_is_told(tmp_path, monkeypatch):
    (tmp_path / "requirements.lock").write_text("pandas==3.1.1\npytest==9.2.0\n")
    monkeypatch.setattr(doctor, "_installed", lambda name: "")
    assert doctor.packages(tmp_path / "requirements.lock").words.startswith("pandas is missing. Install")


def test_a_kernel_of_another_environment_is_told(monkeypatch):
    from jupyter_client.kernelspec import KernelSpecManager

    assert "there is no kernel no-such-kernel. Install it here: " in doctor.kernel("no-such-kernel").words
    specification = SimpleNamespace(argv=[os.path.abspath("/elsewhere/bin/python")])  # noqa: PTH100
    monkeypatch.setattr(KernelSpecManager, "get_kernel_spec", lambda *_: specification)
    assert "starts /elsewhere/bin/python, which is another environment" in doctor.kernel().words
    specification.argv = ["python"]
    assert doctor.kernel().ok


def test_too_little_memory_or_disk_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr(doctor, "MEMORY", 1e9)
    monkeypatch.setattr(doctor, "DISK", 1e9)
    assert "GB free, 1e+09 GB are needed. Close other programs" in doctor.memory().words
    found = doctor.disk(tmp_path / "not yet/there")
    assert not found.ok
    assert "Make room at" in found.words


def test_importing_study_loads_no_heavy_package():
    script = "import sys, analysis.study; print({'pandas', 'matplotlib', 'papermill', 'nbformat'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True).stdout == "set()\n"


# ---- A column that is not to be believed


@pytest.mark.parametrize(
    "said", ['{"document_id": null}', "{document_id: None}", "{document_id: }", {"document_id": None}]
)
def test_a_column_may_be_mapped_to_nothing_from_anywhere(said):
    from analysis.study import parameters

    checked = parameters.validate(study.select(["1"])[0], {"columns": said})
    assert checked.columns == {"document_id": None}
