"""The README tells the truth: its commands exist and run, its code gives the output it shows, its files are there."""

import contextlib
import io
import re
import shlex
import subprocess

import numpy as np
import pytest
from conftest import ROOT
from PIL import Image

from analysis import figures, study
from analysis.__main__ import main

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, re.DOTALL)
COMMANDS = [line for kind, block in BLOCKS if kind == "bash" for line in block.splitlines() if line and line[0] != "#"]


def test_python_examples_give_the_output_shown(monkeypatch):
    monkeypatch.chdir(ROOT)
    examples = [block for kind, block in BLOCKS if kind == "python"]
    outputs = [block for kind, block in BLOCKS if kind == "text"]
    assert examples
    assert len(examples) == len(outputs)
    for example, shown in zip(examples, outputs, strict=True):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(example, "README.md", "exec"), {})
        assert printed.getvalue().rstrip() == shown.rstrip()


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
