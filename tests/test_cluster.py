"""Searches on several processes: the bytes of one, with workers killed and interrupts in the middle."""

import os
import signal
import subprocess
import sys
import threading
import time

import joblib
import numpy as np
import pandas as pd
import pytest
from conftest import reports

from analysis import duplicates, terms
from analysis.duplicates import parts, storing

pytestmark = pytest.mark.cluster
N_BLOCKS = 20


@pytest.fixture(scope="module")
def corpus():
    generator = np.random.default_rng(3)
    words = np.array([f"w{i}" for i in range(60)])
    texts = [" ".join(generator.choice(words, 14)) for _ in range(N_BLOCKS * 20)]
    days = list(pd.date_range("2024-05-01", periods=len(texts), freq="h").astype(str))
    documents = reports(texts, days)
    return terms.weigh(documents, stop_words=None), documents


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("cluster")


@pytest.fixture(scope="module")
def archive(corpus, folder):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(storing, "ROWS", 20)
        return duplicates.store(*corpus, folder / "archive")


@pytest.fixture(scope="module")
def alone(archive, folder):
    """The folder that one process wrote."""
    duplicates.find_stored(archive, folder / "alone", threshold=0.3)
    return folder / "alone"


@pytest.fixture
def client():
    distributed = pytest.importorskip("distributed", reason="Dask is not installed: pip install news-analysis[cluster]")
    cluster = distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None)
    with cluster, distributed.Client(cluster) as client:
        yield client


def bytes_of(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def when(folder, n_parts, then):
    """Call ``then`` in a thread as soon as so many parts are whole; return the thread."""

    def wait():
        while len(list(folder.glob("part-*"))) < n_parts:
            time.sleep(0.01)
        then()

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    return thread


def test_the_parts_are_those_of_find(corpus, alone):
    expected = duplicates.find(*corpus, threshold=0.3)
    assert len(bytes_of(alone)) == N_BLOCKS * (N_BLOCKS + 1) / 2 + 1
    pd.testing.assert_frame_equal(duplicates.read_parts(alone), expected)
    assert len(expected) > 1_000


def test_a_cluster_that_loses_a_worker_writes_the_same_bytes(archive, alone, client, tmp_path):
    pids, killed = list(client.run(os.getpid).values()), []

    def kill():
        killed.append(len(list(tmp_path.glob("part-*"))))
        os.kill(pids[0], signal.SIGKILL)

    thread = when(tmp_path, 15, kill)
    with joblib.parallel_config(backend="dask"):
        found = duplicates.find_stored(archive, tmp_path, threshold=0.3)
    thread.join()
    assert len(pids) == 2
    assert 15 <= killed[0] < len(found) - 15
    assert pids[0] not in client.run(os.getpid).values()
    assert bytes_of(tmp_path) == bytes_of(alone)


def test_find_with_output_runs_on_a_cluster_too(corpus, client, tmp_path):
    matrix, documents = corpus
    with joblib.parallel_config(backend="dask"):
        duplicates.find(matrix, documents, threshold=0.3, window="12h", output=tmp_path)
    expected = duplicates.find(matrix, documents, threshold=0.3, window="12h")
    pd.testing.assert_frame_equal(duplicates.read_parts(tmp_path), expected)


SCRIPT = """
import sys, joblib
from analysis import duplicates
if __name__ == "__main__":
    with joblib.parallel_config(n_jobs=2):
        duplicates.find_stored(sys.argv[1], sys.argv[2], threshold=0.3)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no process groups to interrupt")
def test_ctrl_c_leaves_whole_parts_only_and_the_search_goes_on(archive, alone, tmp_path):
    script, found = tmp_path / "search.py", tmp_path / "found"
    script.write_text(SCRIPT)
    # A shell that runs tests in the background has its children ignore SIGINT; default_int_handler is Ctrl-C again.
    running = subprocess.Popen(
        [sys.executable, script, archive.url, found],
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    thread = when(found, 15, lambda: os.killpg(running.pid, signal.SIGINT))
    _, errors = running.communicate(timeout=60)
    thread.join()
    assert b"KeyboardInterrupt" in errors
    assert running.returncode != 0
    whole, left = bytes_of(alone), bytes_of(found)
    assert 15 <= len(left) < len(whole)
    assert all(left[name] == whole[name] for name in left if name != parts.FIND)
    with pytest.raises(duplicates.ArchiveError, match="found one that was interrupted"):
        duplicates.read_parts(found)
    duplicates.find_stored(archive, found, threshold=0.3)
    assert bytes_of(found) == whole
