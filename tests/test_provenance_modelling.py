"""A topic model is saved as arrays without pickle and as JSON, and comes back as it was, or not at all."""

import io
import json
import zipfile

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.exceptions import NotFittedError

from analysis import provenance, tables, topics
from analysis.provenance import ProvenanceError, Run, modelling

NPZ, JSON = "data/tables/model.npz", "data/tables/model.json"
COUNTS = [[4, 1, 0, 0], [0, 0, 3, 1], [3, 2, 0, 0], [0, 1, 2, 4], [5, 1, 0, 1]]


@pytest.fixture
def run(tmp_path, monkeypatch):
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(provenance.ROOT, raising=False)
    return Run(tmp_path, "3_topics", {"n_topics": 2})


def matrix():
    ids = np.array([f"d{i}" for i in range(len(COUNTS))], dtype=object)
    terms = np.array(["12th", "rafah", "é", "𐐨 of"], dtype=object)
    return tables.DocumentTermMatrix(sparse.csr_array(np.array(COUNTS, dtype=float)), ids, terms)


def fitted(method):
    return topics.Model(2, random_state=0, method=method).fit(matrix())


@pytest.mark.parametrize("method", ["nmf", "lda"])
def test_a_model_that_comes_back_gives_the_same_bits(run, method):
    model = fitted(method)
    written = provenance.save(model.learned_, "model", run)
    assert [path.as_posix() for path in written] == [NPZ, JSON]
    again = topics.Model.of(provenance.load("model", run))
    pd.testing.assert_frame_equal(again.transform(matrix()), model.document_topics(), check_exact=True)
    pd.testing.assert_frame_equal(again.topic_terms(), model.topic_terms(), check_exact=True)
    assert again.learned_.fitted == model.learned_.fitted
    assert again.get_params() == model.get_params()
    with pytest.raises(NotFittedError, match="has not kept its documents; transform their matrix"):
        again.document_topics()


def test_the_files_hold_arrays_and_what_people_read(run):
    provenance.save(fitted("lda").learned_, "model", run)
    with np.load(run.output / NPZ, allow_pickle=False) as arrays:
        assert {name: (array.dtype.str, array.shape) for name, array in arrays.items()} == {
            "terms": ("|u1", (18,)),
            "offsets": ("<i8", (5,)),
            "topic_terms": ("<f8", (2, 4)),
            "inverse_frequencies": ("<f8", (0,)),
        }
    said = json.loads((run.output / JSON).read_text(encoding="utf-8"))
    assert (said["method"], said["options"]["n_topics"], said["fitted"]["converged"]) == ("lda", 2, True)
    assert said["version"] == 1


def test_a_model_of_no_version_is_one_of_the_first_and_a_later_one_is_refused():
    learned = fitted("lda").learned_
    npz, said = modelling.as_npz(learned), json.loads(modelling.as_options(learned, "model"))
    del said["version"]
    assert modelling.from_bytes(npz, json.dumps(said)).fitted == learned.fitted
    later = json.dumps(said | {"version": 2, "unheard": "of"})
    with pytest.raises(ProvenanceError, match=r"version 1 or earlier; found version 2, which .* Update"):
        modelling.from_bytes(npz, later)


def test_saving_again_leaves_the_same_bytes_and_no_time(run):
    before = {}
    for _ in range(2):
        provenance.save(fitted("nmf").learned_, "model", run)
        after = {file: (run.output / file).read_bytes() for file in (NPZ, JSON)}
        assert before in ({}, after)
        before = after
    with zipfile.ZipFile(io.BytesIO(before[NPZ])) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_model_that_was_changed_is_refused(run):
    provenance.save(fitted("nmf").learned_, "model", run)
    (run.output / NPZ).write_bytes(b"")
    with pytest.raises(ProvenanceError, match=r"model\.npz was changed after it was written"):
        provenance.load("model", run)


def test_options_that_json_cannot_hold_are_refused(run):
    learned = fitted("nmf").learned_
    odd = tables.TopicModel(**{**vars(learned), "options": {"n_topics": {1, 2}}})
    with pytest.raises(ProvenanceError, match="The options of model expect what JSON can hold"):
        provenance.save(odd, "model", run)
    assert not (run.output / NPZ).exists()


def test_arrays_that_do_not_fit_each_other_are_refused():
    learned = vars(fitted("nmf").learned_)
    with pytest.raises(tables.TableError, match=r"TopicModel of 4 terms .* found topics of shape \(2, 3\)"):
        tables.TopicModel(**{**learned, "topic_terms": np.ones((2, 3))})
    with pytest.raises(tables.TableError, match="and 2 frequencies"):
        tables.TopicModel(**{**learned, "inverse_frequencies": np.ones(2)})
    with pytest.raises(tables.TableError, match="below 0 or no number"):
        tables.TopicModel(**{**learned, "topic_terms": -np.ones((2, 4))})


def test_a_model_says_what_it_is():
    assert repr(fitted("lda").learned_) == "TopicModel(lda, 2 topics, 4 terms)"
