"""The README tells the truth: its commands exist and run, its code gives the output it shows, its files are there."""

import contextlib
import inspect
import io
import re
import shlex
import subprocess
import warnings

import numpy as np
import pytest
from conftest import ROOT
from PIL import Image

from analysis import corpus, duplicates, figures, quantities, study, tables, terms
from analysis.__main__ import main
from analysis.duplicates.scope import scope

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, re.DOTALL)
COMMANDS = [line for kind, block in BLOCKS if kind == "bash" for line in block.splitlines() if line and line[0] != "#"]


def test_python_examples_give_the_output_shown(monkeypatch, tmp_path):
    """They run one after the other, as a reader would, in a folder of their own that holds the seed reports."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "seeds").symlink_to(ROOT / "seeds")
    shown = [(kind, block) for kind, block in BLOCKS if kind in ("python", "text")]
    assert [kind for kind, _ in shown] == ["python", "text"] * (len(shown) // 2), "each example shows its output"
    namespace = {}
    for (_, example), (_, output) in zip(shown[::2], shown[1::2], strict=True):
        assert printed_by(example, namespace) == lines_of(output), example


def printed_by(example, namespace):
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), warnings.catch_warnings():
        warnings.simplefilter("ignore", tables.SkippedWarning)  # what the README says of it is tested below
        exec(compile(example, "README.md", "exec"), namespace)
    return lines_of(printed.getvalue())


def lines_of(text):
    """Lines without the blanks at their ends, which editors remove and tables have."""
    return [line.rstrip() for line in text.rstrip().splitlines()]


def test_the_readme_counts_the_reports_left_out_as_the_search_does(seed_documents):
    assert "here two without a date, are left\nout with a warning" in README
    with pytest.warns(tables.SkippedWarning, match=r"^2 of 5 documents have no date"):
        duplicates.find(terms.weigh(seed_documents), seed_documents, threshold=0.2, window="90D")


def test_options_named_in_the_readme_are_those_of_the_search():
    named = {*inspect.signature(duplicates.find).parameters, *inspect.signature(scope).parameters}
    section = README.split("## A million reports")[1].split("\n## ")[0]
    assert set(re.findall(r"`(\w+)=", section)) <= named
    assert {"window", "across", "within", "against", "memory", "output", "progress"} <= named & set(
        re.findall(r"\b\w+\b", section)
    )


def test_the_corrections_shown_fit_the_seed_reports(seed_documents, tmp_path):
    (example,) = [block for kind, block in BLOCKS if kind == "csv"]
    (tmp_path / "corrections.csv").write_text(example, encoding="utf-8")
    decided = quantities.read_corrections(tmp_path / "corrections.csv")
    read = quantities.extract(corpus.split(seed_documents))
    _, applied = quantities.correct(read, decided, seed_documents)
    assert len(applied) == 4
    assert set(applied["outcome"]) == {"applied", "already so"}


@pytest.mark.parametrize("command", [line for line in COMMANDS if line.startswith("make ")])
def test_make_targets_exist(command):
    target = command.split("#")[0].split()[1]
    listed = subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=False)
    assert listed.returncode == 0, listed.stderr


@pytest.mark.notebooks
@pytest.mark.xdist_group("notebooks")
@pytest.mark.parametrize("command", [line for line in COMMANDS if line.startswith("analysis ")])
def test_commands_run(command, seed_run, copy_of, monkeypatch, tmp_path):
    """Each command runs as it stands, but for the corpus and the output, which are a test's own."""
    monkeypatch.chdir(ROOT)
    words = shlex.split(command, comments=True)[1:]
    words = [word if word != "data/raw/reports.csv" else str(small_corpus(tmp_path)) for word in words]
    if words[0] in ("run", "status"):
        output = tmp_path / "mine" if "--corpus" in words else copy_of(seed_run)
        words = [word for word in words if word not in ("--output", "studies/mine")] + ["--output", str(output)]
    assert main(words) == 0


def small_corpus(folder):
    path = folder / "reports.csv"
    path.write_text(
        "id,body,date,paper\n"
        "1,Officials said 12 people were killed in the fire on Monday.,05/24/2024,A\n"
        "2,The fire killed at least 12 people according to officials.,05/25/2024,B\n"
        "3,The council voted on a new budget for schools and roads.,05/25/2024,A\n"
        "4,Rain flooded the harbour. Boats were moved to another port by their owners.,05/26/2024,B\n"
        "5,The festival opened with music. Three bands played until late at night.,05/27/2024,A\n",
        encoding="utf-8",
    )
    return path


def test_every_command_is_one_that_is_tried():
    known = ("make ", "analysis ", "git clone ", "cd ", "source ", "papermill ", "conda ", "pip ")
    assert [line for line in COMMANDS if not line.startswith(known)] == []


def test_links_lead_somewhere():
    links = [link for link in re.findall(r"\]\(([^)#]+)", README) if "://" not in link]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_table_of_notebooks_is_the_order_they_run_in():
    rows = re.findall(r"^\| \[`(\w+)`\]", README, re.MULTILINE)
    assert rows == [notebook.name for notebook in study.NOTEBOOKS]
    for notebook in study.NOTEBOOKS:
        row = next(line for line in README.splitlines() if line.startswith(f"| [`{notebook.name}`]"))
        assert all(f"`{table}`" in row for table in notebook.writes)


def test_journal_widths_named_in_the_readme_exist():
    assert set(re.findall(r"`(\w+-\dcol)`", README)) <= set(figures.WIDTHS)


@pytest.mark.notebooks
@pytest.mark.xdist_group("notebooks")
def test_the_picture_is_what_the_notebooks_draw(seed_run):
    """Pixels, not bytes, so that another version of a font library does not make the README false."""
    shown, drawn = (
        np.asarray(Image.open(path).convert("L"), dtype=float)
        for path in (ROOT / "figures/gallery/fig-claims.png", seed_run / "figures/fig-claims.png")
    )
    assert shown.shape == drawn.shape
    assert np.abs(shown - drawn).mean() < 1
