"""A weighting is saved as arrays without pickle and as JSON, and comes back as it was, or not at all."""

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis import provenance, tables
from analysis.provenance import ProvenanceError, Run

NPZ, JSON = "data/tables/weighting.npz", "data/tables/weighting.json"


@pytest.fixture
def run(tmp_path, monkeypatch):
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(provenance.ROOT, raising=False)
    return Run(tmp_path, "2_duplicates", {"threshold": 0.5})


def weighting(**changes):
    stated = {
        "terms": np.array(["12th", "a\0b", "rafah", "é", "𐐨 of"], dtype=object),
        "document_frequencies": np.array([1, 2, 3, 3, 1]),
        "n_documents": 3,
        "options": {"stop_words": ["the", "é"], "min_df": 1, "max_df": 1.0, "sublinear": True, "title": None},
    }
    return tables.Weighting(**stated | changes)


def contents(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_weighting_comes_back(run):
    written = provenance.save(weighting(), "weighting", run)
    assert [path.as_posix() for path in written] == [NPZ, JSON]
    for where in (run, run.output):
        again = provenance.load("weighting", where)
        assert again.terms.tolist() == weighting().terms.tolist()
        assert again.terms.dtype == object
        assert again.document_frequencies.tolist() == [1, 2, 3, 3, 1]
        assert again.document_frequencies.dtype == np.int64
        assert (again.n_documents, again.options) == (3, weighting().options)
        assert repr(again.options) == repr(dict(sorted(weighting().options.items())))


def test_the_files_hold_arrays_and_what_people_read(run):
    provenance.save(weighting(), "weighting", run)
    with np.load(run.output / NPZ, allow_pickle=False) as arrays:
        assert {name: array.dtype.str for name, array in arrays.items()} == {
            "terms": "|u1",
            "offsets": "<i8",
            "document_frequencies": "<i8",
        }
        assert arrays["terms"].tobytes().decode() == "12tha\0brafahé𐐨 of"
        assert arrays["offsets"].tolist() == [0, 4, 7, 12, 14, 21]
    text = (run.output / JSON).read_text(encoding="utf-8")
    assert json.loads(text) == {"n_documents": 3, "options": weighting().options}
    assert text.endswith("}\n")


def test_saving_again_leaves_the_same_bytes(run):
    provenance.save(weighting(), "weighting", run)
    before = contents(run.output)
    provenance.save(weighting(), "weighting", run)
    assert contents(run.output) == before
    # A zip file may hold the time of writing; this one holds the first day that a zip file knows.
    with zipfile.ZipFile(io.BytesIO(before[NPZ])) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}


def test_the_manifest_states_both_files(run):
    (run.output / "a.txt").write_text("one")
    provenance.save(weighting(), "weighting", run, made_from=["a.txt"])
    manifest = provenance.read_manifest(run.output)
    assert set(manifest) == {NPZ, JSON}
    for file, entry in manifest.items():
        assert entry["sha256"] == provenance.path_sha256(run.output / file)
        assert set(entry["made_from"]) == {"a.txt"}
        assert entry["parameters"] == {"threshold": 0.5}


def test_a_table_may_be_made_from_a_weighting(run):
    provenance.save(weighting(), "weighting", run)
    provenance.save(pd.DataFrame({"x": [1]}), "pairs", run, made_from=["weighting"])
    entry = provenance.read_manifest(run.output)["data/tables/pairs.parquet"]
    assert entry["made_from"] == {file: provenance.path_sha256(run.output / file) for file in (JSON, NPZ)}
    assert provenance.stale(run).empty
    provenance.save(weighting(options={"sublinear": False}), "weighting", run)
    assert provenance.stale(run).to_dict("list") == {
        "file": ["data/tables/pairs.csv", "data/tables/pairs.parquet"],
        "why": [f"its input {JSON} was written again since"] * 2,
    }


def test_verify_gives_the_bytes_of_the_arrays(run):
    provenance.save(weighting(), "weighting", run)
    assert provenance.verify("weighting", run) == (run.output / NPZ).read_bytes()


@pytest.mark.parametrize("file", [NPZ, JSON])
def test_a_changed_or_missing_file_is_refused(run, file):
    provenance.save(weighting(), "weighting", run)
    with (run.output / file).open("ab") as stream:
        stream.write(b" ")
    for act in (provenance.load, provenance.verify):
        with pytest.raises(ProvenanceError, match=rf"{file} was changed after .*analysis run 2_duplicates --force"):
            act("weighting", run)
    (run.output / file).unlink()
    with pytest.raises(ProvenanceError, match=f"{file} is in data/manifest.json but not on disk"):
        provenance.load("weighting", run)


def test_a_weighting_that_is_not_there_is_refused(run):
    provenance.save(weighting(), "weighting", run)
    with pytest.raises(ProvenanceError, match=r"Did you mean weighting\? Tables there: weighting\."):
        provenance.load("weightings", run)
    with pytest.raises(ProvenanceError, match="1_corpus writes it"):
        provenance.load("other", run, made_by="1_corpus")


@pytest.mark.parametrize("first", ["table", "weighting"])
def test_a_table_and_a_weighting_have_not_the_same_name(run, first):
    things = {"table": pd.DataFrame({"x": [1]}), "weighting": weighting()}
    provenance.save(things.pop(first), "pairs", run)
    before = contents(run.output)
    with pytest.raises(ProvenanceError, match=r"pairs is the name of data/tables/pairs\.\w+; a thing of another kind"):
        provenance.save(*things.values(), "pairs", run)
    assert contents(run.output) == before


def test_a_name_belongs_to_the_notebook_that_used_it_first(run):
    provenance.save(weighting(), "weighting", run)
    with pytest.raises(ProvenanceError, match=rf"{NPZ} is written by 2_duplicates; 3_topics cannot write it too"):
        provenance.save(weighting(), "weighting", Run(run.output, "3_topics"))


def test_options_that_json_cannot_hold_are_refused(run):
    for options in ({"stop_words": {"the"}}, {"max_df": float("nan")}):
        with pytest.raises(ProvenanceError, match="The options of weighting expect what JSON can hold"):
            provenance.save(weighting(options=options), "weighting", run)
    assert contents(run.output).keys() == {"pyproject.toml"}


def test_nothing_is_half_written(run, monkeypatch):
    provenance.save(weighting(), "weighting", run)
    before, replace = contents(run.output), Path.replace

    def full_disk(path, target):
        if target.name == "weighting.json" and not failed:
            failed.append(target)
            raise OSError("No space left on device")
        return replace(path, target)

    failed = []
    monkeypatch.setattr(Path, "replace", full_disk)
    changed = weighting(document_frequencies=np.array([1, 1, 1, 1, 1]), n_documents=9)
    with pytest.raises(OSError, match="No space left"):
        provenance.save(changed, "weighting", run)
    assert failed
    assert contents(run.output) == before
