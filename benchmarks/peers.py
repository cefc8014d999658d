"""The peers, each as one step in a process of its own: ``python peers.py STEP FOLDER --output FILE``.

Runs in the environment of ``requirements.txt``, which does not have this project. As soon as the answer is there, one
line of JSON with the seconds of the step is printed; what follows, writing the answer for the judges, is not timed.
"""

import argparse
import json
import re
import time
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

OPTIONS = {"raw": {}, "default": {"sublinear_tf": True, "stop_words": "english"}}
TOP_N = 1000  # the most neighbours sparse_dot_topn is asked to keep for a report; it must be told a number
N_THREADS = 2


def vectorise(asked):
    """Weigh terms with scikit-learn's TfidfVectorizer."""
    texts = _texts(asked.folder)
    begun = time.perf_counter()
    weights = _vectorizer(asked.weighting).fit_transform(texts)
    _done(begun, n=weights.nnz)
    weights.sort_indices()
    _save(asked.output, data=weights.data, indices=weights.indices, indptr=weights.indptr)


def join(asked):
    """Find pairs in a matrix with sparse_dot_topn."""
    from scipy import sparse

    weights = sparse.csr_matrix(sparse.load_npz(asked.folder / f"{asked.weighting}.npz"))
    begun = time.perf_counter()
    pairs = _joined(weights, asked.threshold)
    _done(begun, n=len(pairs[0]))
    _save(asked.output, a=pairs[0], b=pairs[1], score=pairs[2])


def pairs(asked):
    """Go from text to pairs with TfidfVectorizer and sparse_dot_topn."""
    begun = time.perf_counter()
    weights = _vectorizer(asked.weighting).fit_transform(_texts(asked.folder))
    found = _joined(weights, asked.threshold)
    _done(begun, n=len(found[0]))
    _save(asked.output, a=found[0], b=found[1], score=found[2])


def rensa(asked):
    """Go from text to clusters with rensa's R-MinHash and its LSH."""
    from rensa import RMinHash, RMinHashLSH

    begun = time.perf_counter()
    sketches = RMinHash.from_token_sets(_token_sets(asked), asked.n_permutations, 42)
    index = RMinHashLSH(threshold=asked.least, num_perm=asked.n_permutations, num_bands=asked.n_bands)
    index.insert_many(sketches)
    candidates = ((a, b) for a, found in enumerate(index.query_all(sketches)) for b in found if a < b)
    _cluster(begun, asked, len(sketches), ((a, b, sketches[a].jaccard(sketches[b])) for a, b in candidates))


def datasketch(asked):
    """Go from text to clusters with datasketch's MinHash and its LSH."""
    from datasketch import MinHash, MinHashLSH

    begun = time.perf_counter()
    encoded = [[token.encode() for token in tokens] for tokens in _token_sets(asked)]
    sketches = MinHash.bulk(encoded, num_perm=asked.n_permutations)
    shape = (asked.n_bands, asked.n_permutations // asked.n_bands)
    index = MinHashLSH(num_perm=asked.n_permutations, params=shape)
    with index.insertion_session() as session:
        for row, sketch in enumerate(sketches):
            session.insert(row, sketch)
    candidates = ((a, b) for a, sketch in enumerate(sketches) for b in index.query(sketch) if a < b)
    _cluster(begun, asked, len(sketches), ((a, b, sketches[a].jaccard(sketches[b])) for a, b in candidates))


def text_dedup(asked):
    """Go from text to clusters with text-dedup's MinHash; it verifies nothing and lists no pairs, only clusters."""
    import tempfile

    from text_dedup import minhash

    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        options = {"path": "parquet", "data_files": asked.folder / "documents.parquet", "split": "train"}
        options |= {"column": "text", "output": f"{folder}/kept", "cache_dir": f"{folder}/cache"}
        options |= {"num_proc": N_THREADS, "ngram": asked.ngram, "min_length": 0, "hash_func": "xxh3", "hash_bits": 32}
        options |= {"num_perm": asked.n_permutations, "b": asked.n_bands, "r": asked.n_permutations // asked.n_bands}
        words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
        minhash.main(words, standalone_mode=False)
    n_reports = pq.ParquetFile(asked.folder / "documents.parquet").metadata.num_rows
    labels = np.array([minhash.uf.find(row) for row in range(n_reports)])
    _done(begun, n=int(labels.size - np.unique(labels).size))
    _save(asked.output, labels=labels)


def quantulum3(asked):
    """Read the quantities of texts with quantulum3, without its classifier, which makes it ten times slower."""
    from quantulum3 import classifier, parser

    classifier.USE_CLF = False
    texts = _texts(asked.folder)
    parser.parse(texts[0][:500])
    begun, spent = time.perf_counter(), time.process_time()
    found = [parser.parse(text) for text in texts]
    cpu = time.process_time() - spent
    _done(begun, n=sum(map(len, found)), step_cpu_seconds=cpu, characters=sum(map(len, texts)))
    # It gives a range as its mean and half its width.
    rows = [(place, each.value, each.uncertainty or 0.0) for place, each_of in enumerate(found) for each in each_of]
    place, value, half = (np.array(column) for column in zip(*rows, strict=True))
    _save(asked.output, text=place, low=value - half, high=value + half)


def _texts(folder):
    return pq.read_table(folder / "documents.parquet", columns=["text"])["text"].to_pylist()


def _vectorizer(weighting):
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(**OPTIONS[weighting])


def _joined(weights, threshold):
    """Each pair once; the product holds both its spellings and every report with itself."""
    from sparse_dot_topn import sp_matmul_topn

    found = sp_matmul_topn(weights, weights.T.tocsr(), top_n=TOP_N, threshold=threshold, n_threads=N_THREADS).tocoo()
    once = found.row < found.col
    return found.row[once], found.col[once], found.data[once]


def _token_sets(asked):
    """Words between spaces, which is quicker than a regular expression, or the terms that TF-IDF counts."""
    texts = _texts(asked.folder)
    if asked.tokens == "split":
        return [set(text.lower().split()) for text in texts]
    words = re.compile(r"\b\w\w+\b")
    return [set(words.findall(text.lower())) for text in texts]


def _cluster(begun, asked, n_reports, candidates):
    """Join the candidates whose estimate of Jaccard's coefficient is high enough into connected components."""
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components

    kept = [(a, b, share) for a, b, share in candidates if share >= asked.least]
    a, b = (np.array([pair[i] for pair in kept], dtype=np.int64) for i in range(2))
    graph = sparse.coo_array((np.ones(len(a), dtype=np.int8), (a, b)), shape=(n_reports, n_reports))
    labels = connected_components(graph, directed=False)[1]
    _done(begun, n=len(kept))
    _save(asked.output, a=a, b=b, score=np.array([pair[2] for pair in kept]), labels=labels)


def _done(begun, **counted):
    print(json.dumps({"step_seconds": time.perf_counter() - begun} | counted), flush=True)


def _save(path, **arrays):
    if path is not None:
        np.savez(path, **arrays)


STEPS = {
    "vectorise": vectorise,
    "join": join,
    "pairs": pairs,
    "rensa": rensa,
    "datasketch": datasketch,
    "text-dedup": text_dedup,
    "quantulum3": quantulum3,
}


def main():
    """Read the command line and run one step."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("step", choices=STEPS)
    parser.add_argument("folder", type=Path, help="holds documents.parquet and the matrices")
    parser.add_argument("--output", type=Path)
    parser.add_argument("--threshold", type=float, default=0.8)
    parser.add_argument("--weighting", choices=OPTIONS, default="default")
    parser.add_argument("--n-permutations", type=int, default=128)
    parser.add_argument("--n-bands", type=int, default=32)
    parser.add_argument("--least", type=float, default=0.0, help="least estimate of Jaccard's coefficient")
    parser.add_argument("--ngram", type=int, default=1, help="words in a shingle of text-dedup")
    parser.add_argument("--tokens", choices=["split", "terms"], default="split")
    asked = parser.parse_args()
    STEPS[asked.step](asked)


if __name__ == "__main__":
    main()
