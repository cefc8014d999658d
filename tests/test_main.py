"""The command line: arguments, precedence, exit codes, what is said where, and how fast it says it."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from test_study import project, write_notebook  # noqa: F401 - project is a fixture

from analysis import __main__ as command
from analysis import __version__, provenance, study
from analysis.study.execution import Step
from analysis.study.staleness import Status


@pytest.fixture
def asked(project, monkeypatch):  # noqa: F811
    """What study.run was asked for, without running anything."""
    found = {}

    def run(notebooks, **options):
        found.update(options, notebooks=notebooks)
        for state in ("running", "done"):
            options["progress"](Step(1, 2, "1_corpus", state, 1.23))
        options["progress"](Step(2, 2, "2_duplicates", "up to date"))

    monkeypatch.setattr(study, "run", run)
    return found


def analysis(*arguments, **options):
    return subprocess.run([sys.executable, "-m", "analysis", *arguments], capture_output=True, text=True, **options)


# ---- Arguments


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["--version"], ["run", "--no-such-option"]])
def test_help_and_refusals_load_nothing_heavy(arguments):
    script = (
        "import sys\nfrom analysis.__main__ import main\n"
        f"try:\n    main({arguments!r})\nexcept SystemExit:\n    pass\n"
        "heavy = {'pandas', 'numpy', 'papermill', 'matplotlib', 'pydantic', 'rich', 'yaml', 'nbformat'}\n"
        "print('loaded', sorted(heavy & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert found.stdout.splitlines()[-1] == "loaded []"


def test_version_help_and_no_verb():
    found = analysis("--version")
    assert (found.returncode, found.stdout) == (0, f"news-analysis {__version__}\n")
    found = analysis("run", "--help")
    assert found.returncode == 0
    assert "A parameter given with -p wins over the file given with -f" in " ".join(found.stdout.split())
    assert analysis().returncode == 2
    assert analysis("walk").returncode == 2


def test_typed_wins_over_file_wins_over_default(asked, project):  # noqa: F811
    (project / "study.yaml").write_text("threshold: 0.4\nmin_words: 12\n")
    arguments = [
        "run",
        "2",
        "-f",
        "study.yaml",
        "-p",
        "threshold=1e-1",
        "-p",
        "across=outlet",
        "--force",
        "--timeout",
        "9",
    ]
    assert command.main(arguments) == 0
    assert asked["notebooks"] == ["2"]
    assert asked["parameters"] == {"threshold": "1e-1", "min_words": "12", "across": "outlet"}
    assert (asked["force"], asked["timeout"]) == (True, 9)


def test_the_file_of_the_seeds_is_taken_when_it_is_there(asked, project):  # noqa: F811
    assert command.main(["run"]) == 0
    assert asked["parameters"] == {}
    assert asked["notebooks"] is None
    (project / "parameters").mkdir()
    (project / "parameters/seeds.yaml").write_text("n_topics: 7\nthreshold: 0.3\n")
    assert command.main(["run", "3_topics.ipynb"]) == 0
    assert asked["parameters"] == {"n_topics": "7"}  # a file speaks for all notebooks; 3_topics has no threshold


def test_corpus_and_output_are_taken_from_where_one_is(asked, project, monkeypatch):  # noqa: F811
    monkeypatch.chdir(project / "notebooks")
    assert command.main(["run", "1", "--corpus", "../seeds", "--output", "out", "-p", "dates=%Y-%m-%d"]) == 0
    expected = {"corpus_path": str(project / "seeds"), "output": str(project / "notebooks/out"), "dates": "%Y-%m-%d"}
    assert asked["parameters"] == expected


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "-p", "treshold=0.4"], "knows the parameter 'treshold'. Did you mean threshold?"),
        (
            ["run", "1", "-p", "threshold=0.4"],
            "1_corpus does not know the parameter 'threshold'. It belongs to 2_duplicates",
        ),
        (["run", "-p", "threshold"], "-p expects name=value"),
        (["run", "8"], "There is no notebook '8'"),
        (["run", "-f", "none.yaml"], "There is no parameters file none.yaml"),
        (
            ["status", "2", "-p", "threshold=4"],
            "2_duplicates: threshold expects a number above 0 and at most 1; found '4'",
        ),
        (["run", "4"], "There is no notebook"),
        (["run", "1", "--corpus", "reports"], "corpus_path expects a file or folder; found nothing at"),
    ],
)
def test_unusable_arguments_give_2_and_one_message(project, capsys, arguments, words):  # noqa: F811
    write_notebook(project, "1_corpus")
    assert command.main(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("analysis: ")
    assert words in said.err
    assert "Traceback" not in said.err


def test_an_input_that_is_missing_gives_1(project, capsys):  # noqa: F811
    write_notebook(project, "2_duplicates")
    assert command.main(["run", "2"]) == 1
    assert "1_corpus writes it. Run it first: analysis run 1_corpus" in capsys.readouterr().err


# ---- What is said


def test_without_a_terminal_there_is_one_line_for_each_notebook(asked, capsys):
    assert command.main(["run"]) == 0
    said = capsys.readouterr()
    assert said.out == "notebook 1 of 2  1_corpus       done  1.2 s\nnotebook 2 of 2  2_duplicates   up to date\n"
    assert said.err == ""


def test_quiet_says_nothing(asked, capsys):
    assert command.main(["run", "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")


def test_a_terminal_sees_what_is_running(asked, monkeypatch, capsys):
    from rich.status import Status as Line

    lines = []
    monkeypatch.setattr(Line, "update", lambda self, line: lines.append(line))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert command.main(["run"]) == 0
    assert lines == ["notebook 1 of 2  1_corpus       running"]
    assert "1_corpus       done  1.2 s" in capsys.readouterr().out


def test_status_says_what_changed(project, monkeypatch, capsys):  # noqa: F811
    found = [Status("1_corpus", "up to date"), Status("2_duplicates", "stale", ("the notebook was changed",))]
    monkeypatch.setattr(study, "status", lambda **options: found)
    assert command.main(["status"]) == 0
    assert capsys.readouterr().out == (
        "1_corpus       up to date\n2_duplicates   stale\n                 the notebook was changed\n"
    )


def test_doctor_gives_1_when_something_is_wrong(project, monkeypatch, capsys):  # noqa: F811
    assert command.main(["doctor", "--output", "out"]) == 1
    assert re.search(r"^seeds +problem +there is no seeds/SHA256SUMS", capsys.readouterr().out, re.M)
    monkeypatch.setattr(study, "doctor", lambda output: [])
    assert command.main(["doctor"]) == 0


@pytest.mark.parametrize(
    ("fault", "code", "words"),
    [
        (study.NotebookFailed("2_duplicates", "ValueError", "no", cell=3), 1, "2_duplicates failed: ValueError: no"),
        (provenance.ProvenanceError("changed"), 1, "changed"),
        (OSError("No space left on device"), 1, "No space left"),
        (study.ParameterError("unknown"), 2, "unknown"),
        (KeyboardInterrupt(), 130, "interrupted; the last good runs are as they were"),
    ],
)
def test_exit_codes(project, monkeypatch, capsys, fault, code, words):  # noqa: F811
    def fail(*_, **__):
        raise fault

    monkeypatch.setattr(study, "run", fail)
    assert command.main(["run"]) == code
    assert words in capsys.readouterr().err


# ---- With kernels


@pytest.mark.notebooks
def test_a_notebook_that_fails_gives_1_and_names_the_cell(project):  # noqa: F811
    write_notebook(project, "1_corpus", "1 / 0")
    found = analysis("run", "1")
    assert found.returncode == 1
    assert re.fullmatch(r"notebook 1 of 1  1_corpus       failed  \d+\.\d s\n", found.stdout)
    assert found.stderr == (
        "analysis: 1_corpus failed in cell 4 of 5, `1 / 0`: ZeroDivisionError: division by zero\n"
        "See runs/1_corpus.failed.ipynb.\n"
    )


@pytest.mark.notebooks
@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_ctrl_c_gives_130_and_no_good_run(project):  # noqa: F811
    began = project / "began"
    write_notebook(project, "1_corpus", "parameters.path('began').touch()\nimport time\ntime.sleep(300)")
    command = [sys.executable, "-m", "analysis", "run", "1"]
    # Tests may be run in the background, where a shell has SIGINT ignored, and a child inherits that.
    heard = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)}
    running = subprocess.Popen(command, start_new_session=True, stderr=subprocess.PIPE, text=True, **heard)
    _wait_for(began)
    os.killpg(running.pid, signal.SIGINT)  # as a terminal does
    assert "interrupted" in running.communicate(timeout=60)[1]
    assert running.returncode == 130
    assert {path.name for path in (project / "runs").iterdir()} == {".lock", "1_corpus.failed.ipynb", "run.log"}
    assert study.status(notebooks=["1"])[0].state == "never run"


def _wait_for(path: Path, seconds=90):
    end = time.monotonic() + seconds
    while not path.exists():
        assert time.monotonic() < end, f"{path} did not appear"
        time.sleep(0.1)


def test_the_parameters_of_the_seed_study_are_not_those_of_another_corpus(asked, project, tmp_path):  # noqa: F811
    (project / "parameters").mkdir(exist_ok=True)
    (project / "parameters/seeds.yaml").write_text("floor: 0.07\n")
    assert command.main(["run"]) == 0
    assert asked["parameters"]["floor"] == "0.07"
    assert command.main(["run", "--corpus", str(tmp_path)]) == 0
    assert "floor" not in asked["parameters"]
