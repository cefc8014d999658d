"""Corrections as an input that comes and goes: found where nobody names it, recorded by its hash, told of by status."""

import json

import pandas as pd
import pytest
from test_study import make_project, record_of, write_notebook, write_table

from analysis import provenance, study
from analysis.study import ParameterError

TABLES = ("documents", "passages", "clusters")


@pytest.fixture
def project(tmp_path, monkeypatch):
    return make_project(tmp_path, monkeypatch)


@pytest.fixture
def good_run(project):
    """A record of a good run of 4_quantities as it would be left, with the files of corrections there are."""

    def keep(**stated):
        write_notebook(project, "4_quantities")
        write_table(project, *TABLES)
        record = record_of("4_quantities")
        checked = study.parameters.validate(record, stated)
        for name in record.writes:
            provenance.save(pd.DataFrame({"x": [1]}), name, checked.run, made_from=["documents", *checked.files])
        task = study.task.Task(record, checked, project / "notebooks", None)
        executed = json.loads((project / "notebooks/4_quantities.ipynb").read_text())
        outputs = {f: e["sha256"] for f, e in provenance.read_manifest(project).items() if e["notebook"] == record.name}
        study.record.keep_good(task, task.parts(), executed, outputs)
        return project

    return keep


def why(**stated):
    (found,) = study.status(notebooks=["4"], parameters=stated)
    return list(found.why)


def write(path, words="document_id,start,end,surface,decision\n"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(words)
    return path


def test_the_file_of_the_output_folder_is_taken_where_nobody_names_one(project, tmp_path):
    checked = study.check("4_quantities", {"output": str(tmp_path / "study")})
    assert checked.corrections is None
    assert checked.corrections_path == tmp_path / "study/data/corrections.csv"
    assert checked.outside() == [checked.corrections_path]
    assert checked.files == []
    write(checked.corrections_path)
    assert checked.files == [checked.corrections_path]
    assert checked.run.parameters["corrections"] is None
    assert checked.named_paths() == {}


def test_a_file_that_is_named_is_taken_from_the_project(project):
    checked = study.check("4_quantities", {"corrections": "parameters/mine.csv"})
    assert checked.corrections_path == project / "parameters/mine.csv"
    assert checked.run.parameters["corrections"] == "parameters/mine.csv"
    assert study.check("4_quantities", {"corrections": "none"}).corrections is None


def test_a_file_that_is_named_and_not_there_stops_a_run_before_a_kernel_starts(project):
    write_notebook(project, "4_quantities")
    with pytest.raises(ParameterError, match="4_quantities: corrections expects a file or folder; found nothing at"):
        study.run(["4"], parameters={"corrections": "parameters/mine.csv"})


def test_status_tells_when_corrections_come_change_and_go(good_run):
    project = good_run()
    assert why() == []
    file = write(project / "data/corrections.csv")
    assert why() == ["its input data/corrections.csv is there now, and was not"]
    good_run()
    assert why() == []
    write(file, "document_id,start,end,surface,decision\n1,0,2,12,reject\n")
    assert why() == ["its input data/corrections.csv was changed"]
    file.unlink()
    assert why() == ["its input data/corrections.csv is gone"]


def test_status_tells_of_another_file(good_run):
    project = good_run()
    write(project / "parameters/mine.csv")
    assert why(corrections="parameters/mine.csv") == [
        "parameter corrections was None, is 'parameters/mine.csv'",
        "its input parameters/mine.csv was changed",
    ]


def test_the_manifest_has_the_hash_of_the_corrections(good_run, project):
    file = write(project / "data/corrections.csv")
    good_run()
    entry = provenance.read_manifest(project)["data/tables/quantities.parquet"]
    assert entry["made_from"]["data/corrections.csv"] == provenance.path_sha256(file)
    assert provenance.stale(project).empty
    write(file, "changed")
    assert "its input data/corrections.csv was changed since" in set(provenance.stale(project)["why"])
    file.unlink()
    assert "its input data/corrections.csv is gone, or outside" in provenance.stale(project)["why"].str.cat()


def test_the_record_names_a_file_that_was_given_and_none_where_none_was(good_run, project):
    record = record_of("4_quantities")
    write(project / "parameters/mine.csv")
    for stated, line in (({"corrections": str(project / "parameters/mine.csv")}, '"parameters/mine.csv"'), ({}, None)):
        checked = study.parameters.validate(record, stated)
        lines = study.record._private(checked)
        assert lines.get("corrections") == (line and f"corrections = {line}\n")
