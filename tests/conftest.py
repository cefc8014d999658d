"""What several rooms' tests share: the seed reports, and hypothesis set to try the same examples in every run."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import hypothesis
import pandas as pd
import pytest

from analysis import corpus, study, tables

ROOT = Path(__file__).parents[1]
hypothesis.settings.register_profile("same", derandomize=True, deadline=None, database=None, max_examples=25)
hypothesis.settings.load_profile("same")


@pytest.fixture(scope="session")
def seeds_path():
    """The folder of the five seed reports."""
    return ROOT / "seeds"


@pytest.fixture(scope="session")
def seed_documents(seeds_path):
    """The seed reports as documents. Shared by all tests: never change it in place."""
    return corpus.read(seeds_path)


@pytest.fixture
def documents_of():
    """Make documents of texts, with ids a, b, c, …; further columns by name."""

    def make(*texts, **columns):
        ids = [chr(ord("a") + place) for place in range(len(texts))]
        return corpus.from_frame(pd.DataFrame({"document_id": ids, "text": list(texts)} | columns))

    return make


def reports(texts, published=None, outlets=None, **more):
    """Documents d000, d001, … of these texts."""
    n = len(texts)
    frame = pd.DataFrame(
        {
            "document_id": [f"d{i:03}" for i in range(n)],
            "outlet": outlets or [""] * n,
            "published": pd.to_datetime(pd.Series(published or [None] * n), format="ISO8601", utc=True),
            "published_basis": "column",
            "title": "",
            "credit": "",
            "text": texts,
            **more,
        }
    )
    return tables.check(tables.Documents, frame)


@pytest.fixture
def run_python():
    """Run a line of Python in an interpreter of its own and return what it prints."""

    def run(line):
        done = subprocess.run([sys.executable, "-c", line], capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


# ---- the notebooks, run on the seed reports once for all tests that look at what they wrote


def _run(output, notebooks=None, **parameters):
    study.run(notebooks, parameters={"floor": 0.1, **parameters}, output=output, folder=ROOT / "notebooks")
    return output


@pytest.fixture(scope="session")
def seed_run(tmp_path_factory):
    """Folder of what all six notebooks wrote about the seed reports. Shared: write in ``copy_of`` it."""
    return _run(tmp_path_factory.mktemp("seed-run"))


@pytest.fixture(scope="session")
def shuffled_run(tmp_path_factory, seed_documents):
    """The same reports, given as rows of a file from the last to the first."""
    folder = tmp_path_factory.mktemp("shuffled-run")
    rows = seed_documents.assign(published=seed_documents["published"].dt.strftime("%Y-%m-%d").fillna(""))
    lines = [json.dumps(row, ensure_ascii=False) for row in rows.iloc[::-1].to_dict("records")]
    (folder / "reports.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return _run(folder / "output", corpus_path=str(folder / "reports.jsonl"))


@pytest.fixture
def copy_of(tmp_path):
    """Copy a folder, so that a test may write in it."""
    return lambda folder: Path(shutil.copytree(folder, tmp_path / "copy"))


@pytest.fixture(scope="module")
def project_copy(tmp_path_factory):
    """A copy of the project's notebooks, seeds and parameters, in which notebooks may be run by hand."""
    copy = tmp_path_factory.mktemp("project")
    for name in ("notebooks", "seeds", "parameters"):
        shutil.copytree(ROOT / name, copy / name)
    shutil.copy(ROOT / "pyproject.toml", copy)
    return copy
