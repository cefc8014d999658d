"""Our side, each step in a process of its own: ``python ours.py STEP FOLDER --output FILE``.

Runs in the project's environment and uses nothing but its public functions. As soon as the answer is there, one line of
JSON with the seconds of the step is printed; what follows, writing the answer for the judges, is not timed.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import pandas as pd
import scores
from scipy import sparse

from analysis import corpus, duplicates, tables, terms
from analysis.quantities import extract

_WARM_UP = 100  # sentences; what is compiled when it is first needed is then compiled

OPTIONS = {"raw": {"sublinear": False, "stop_words": None}, "default": {}}
_LIGHT = ["document_id", "outlet", "published", "published_basis", "title", "credit"]  # all but the text


def matrices(asked):
    """Write the matrix of a weighting, so that every join is given the same one."""
    documents = _documents(asked.folder)
    begun = time.perf_counter()
    matrix = terms.weigh(documents, **OPTIONS[asked.weighting])
    sparse.save_npz(asked.folder / f"{asked.weighting}.npz", matrix.weights, compressed=False)
    pd.DataFrame({"term": matrix.terms}).to_parquet(asked.folder / f"{asked.weighting}_terms.parquet")
    _done(begun, n=matrix.weights.nnz)


def vectorise(asked):
    """Weigh terms with ``terms.weigh``."""
    documents = _documents(asked.folder)
    begun = time.perf_counter()
    weights = terms.weigh(documents, **OPTIONS[asked.weighting]).weights
    _done(begun, n=weights.nnz)
    _save(asked.output, data=weights.data, indices=weights.indices, indptr=weights.indptr)


def join(asked):
    """Find pairs in a matrix with ``duplicates.find``."""
    documents, matrix = _documents(asked.folder, columns=_LIGHT), _matrix(asked)
    documents["text"] = ""
    begun = time.perf_counter()
    found = duplicates.find(matrix, documents, threshold=asked.threshold, window=asked.window)
    _done(begun, n=len(found))
    _save_pairs(asked.output, found)


def pairs(asked):
    """Go from text to pairs."""
    begun = time.perf_counter()
    documents = _documents(asked.folder)
    matrix = terms.weigh(documents, **OPTIONS[asked.weighting])
    found = duplicates.find(matrix, documents, threshold=asked.threshold, window=asked.window)
    _done(begun, n=len(found))
    _save_pairs(asked.output, found)


def clusters(asked):
    """Go from text to clusters."""
    begun = time.perf_counter()
    documents = _documents(asked.folder)
    matrix = terms.weigh(documents, **OPTIONS[asked.weighting])
    found = duplicates.find(matrix, documents, threshold=asked.threshold, window=asked.window)
    grouped = duplicates.cluster(found, documents)
    _done(begun, n=len(found), n_clusters=int(grouped["representative"].nunique()))
    _save_pairs(asked.output, found, labels=_rows(grouped["representative"]))


def exactness(asked):
    """Count the pairs lost and the scores that are wrong against products of whole rows in float64."""
    begun = time.perf_counter()
    documents, matrix = _documents(asked.folder, columns=_LIGHT), _matrix(asked)
    documents["text"] = ""
    cosines = np.triu((matrix.weights @ matrix.weights.T).toarray(), k=1)
    counted = {"n": 0, "lost": 0, "wrong": 0}
    for threshold in np.arange(1, 11) / 10:
        found = duplicates.find(matrix, documents, threshold=float(threshold))
        lost, wrong = scores.faults(cosines, _rows(found["a"]), _rows(found["b"]), found["score"], threshold)
        counted = {"n": counted["n"] + len(found), "lost": counted["lost"] + lost, "wrong": counted["wrong"] + wrong}
    _done(begun, **counted)


def planted(asked):
    """Tell planted copies from the rest at every threshold from the given one up; report the best."""
    begun = time.perf_counter()
    documents = _documents(asked.folder)
    matrix = terms.weigh(documents, **OPTIONS[asked.weighting])
    found = duplicates.find(matrix, documents, threshold=asked.threshold)
    stories = scores.stories(asked.folder)
    _done(begun, **scores.best_threshold(_rows(found["a"]), _rows(found["b"]), found["score"].to_numpy(), stories))


def quantities(asked):
    """Read the quantities of texts, on one core, from text to table; a first reading, not timed, warms up."""
    documents = _documents(asked.folder)
    passages = corpus.split(documents)
    extract(passages.head(_WARM_UP), n_jobs=1)
    begun, spent = time.perf_counter(), time.process_time()
    found = extract(corpus.split(documents), n_jobs=1)
    cpu = time.process_time() - spent
    _done(begun, n=len(found), step_cpu_seconds=cpu, characters=int(documents["text"].str.len().sum()))
    of_text = documents["document_id"].searchsorted(found["document_id"])
    _save(asked.output, text=of_text, low=found["low"].to_numpy(), high=found["high"].to_numpy())


def _documents(folder, columns=None):
    return pd.read_parquet(folder / "documents.parquet", columns=columns)


def _matrix(asked):
    weights = sparse.csr_array(sparse.load_npz(asked.folder / f"{asked.weighting}.npz"))
    names = pd.read_parquet(asked.folder / f"{asked.weighting}_terms.parquet")["term"].to_numpy(dtype=object)
    ids = pd.read_parquet(asked.folder / "documents.parquet", columns=["document_id"])["document_id"]
    return tables.DocumentTermMatrix(weights, ids.to_numpy(dtype=object), names)


def _rows(document_ids):
    """Rows of these ids: the generator numbers its reports."""
    return document_ids.str.slice(1).astype("int64").to_numpy()


def _done(begun, **counted):
    print(json.dumps({"step_seconds": time.perf_counter() - begun} | counted), flush=True)


def _save(path, **arrays):
    if path is not None:
        np.savez(path, **arrays)


def _save_pairs(path, found, **arrays):
    if path is not None:
        a, b = _rows(found["a"]), _rows(found["b"])
        np.savez(path, a=a, b=b, score=found["score"].to_numpy(), **arrays)


STEPS = {
    step.__name__: step for step in (matrices, vectorise, join, pairs, clusters, exactness, planted, quantities)
}  # each is described by its docstring


def main():
    """Read the command line and run one step."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("step", choices=STEPS)
    parser.add_argument("folder", type=Path, help="holds documents.parquet, truth.parquet and the matrices")
    parser.add_argument("--output", type=Path)
    parser.add_argument("--threshold", type=float, default=0.8)
    parser.add_argument("--weighting", choices=OPTIONS, default="default")
    parser.add_argument("--window", help="such as 3D")
    asked = parser.parse_args()
    STEPS[asked.step](asked)


if __name__ == "__main__":
    main()
