"""The command line: ``analysis run``, ``analysis status``, ``analysis doctor``.

Exit codes: 0 all is well; 1 a notebook failed or the doctor found something; 2 unusable arguments; 130 Ctrl-C.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from analysis import __version__

# Everything heavy is imported where it is used, so that --help and a wrong argument answer at once.

_DEFAULT_FILE = "parameters/seeds.yaml"
_PRECEDENCE = (
    "A parameter given with -p wins over the file given with -f, which wins over the default of its notebook. Without "
    f"-f and without a corpus of one's own, {_DEFAULT_FILE} is taken when it is there. Paths in -p and in the file are "
    "taken from the project's folder; --corpus and --output from where you are."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says and return the exit code.

    Parameters
    ----------
    arguments : list of str, optional
        What follows the name of the program; ``sys.argv`` by default.

    Returns
    -------
    int
        0, 1, 2 or 130, as the module says.
    """
    parsed = _parser().parse_args(arguments)
    verb = {"run": _run, "status": _status, "doctor": _doctor}[parsed.verb]
    try:
        return verb(parsed)
    except KeyboardInterrupt:
        return _complain("interrupted; the last good runs are as they were", 130)
    except Exception as fault:
        return _complain(_words(fault), _exit_code(fault))


# ---- Verbs


def _run(parsed):
    from analysis import study

    stated = _stated(parsed, parsed.notebooks)
    with _Progress(quiet=parsed.quiet, terminal=sys.stdout.isatty()) as progress:
        study.run(
            parsed.notebooks or None, parameters=stated, force=parsed.force, progress=progress, timeout=parsed.timeout
        )
    return 0


def _status(parsed):
    from analysis import study

    for found in study.status(parameters=_stated(parsed, parsed.notebooks), notebooks=parsed.notebooks or None):
        print(f"{found.name:<14} {found.state}")
        for why in found.why:
            print(f"{'':<14}   {why}")
    return 0


def _doctor(parsed):
    from analysis import study

    findings = study.doctor(_here(parsed.output) or "")
    for finding in findings:
        print(f"{finding.name:<10} {'ok' if finding.ok else 'problem':<8} {finding.words}")
    return 0 if all(finding.ok for finding in findings) else 1


# ---- Arguments


def _parser():
    parser = argparse.ArgumentParser(
        prog="analysis", description="Run the notebooks of news-analysis, and see what is up to date."
    )
    parser.add_argument("--version", action="version", version=f"news-analysis {__version__}")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="run | status | doctor")
    run = _verb(verbs, "run", "run notebooks in their order; what is up to date is not run again")
    run.add_argument("--force", action="store_true", help="run also what is up to date")
    run.add_argument("--quiet", action="store_true", help="say nothing unless something fails")
    run.add_argument(
        "--timeout", type=int, metavar="SECONDS", help="longest time for a single cell (default: no limit)"
    )
    _verb(verbs, "status", "say which notebooks are up to date, and what changed for the others")
    doctor = verbs.add_parser("doctor", help="look whether this machine has what the notebooks need")
    doctor.add_argument("--output", metavar="DIR", help="folder that results go to (default: the project's)")
    return parser


def _verb(verbs, name, words):
    verb = verbs.add_parser(
        name,
        help=words,
        description=f"{words[0].upper()}{words[1:]}.",
        epilog=_PRECEDENCE,
    )
    verb.add_argument(
        "notebooks", nargs="*", metavar="NOTEBOOK", help="2_duplicates, 2 or 2_duplicates.ipynb (default: all)"
    )
    verb.add_argument(
        "-p", dest="stated", action="append", default=[], metavar="NAME=VALUE", help="a parameter; may be repeated"
    )
    verb.add_argument("-f", dest="file", metavar="FILE", help=f"YAML file of parameters (default: {_DEFAULT_FILE})")
    verb.add_argument("--corpus", metavar="PATH", help="file or folder of reports, as -p corpus_path=PATH")
    verb.add_argument("--output", metavar="DIR", help="folder for tables, figures and runs (default: the project's)")
    return verb


def _stated(parsed, names) -> dict[str, Any]:
    """Parameters from the file, from -p and from --corpus and --output, the later winning."""
    from analysis.study import parameters as accepted

    notebooks = accepted.select(names or None)
    known = {name for notebook in notebooks for name in notebook.parameters.model_fields}
    # A file speaks for all notebooks; what is typed speaks for the notebooks named with it.
    typed = accepted.from_texts(parsed.stated)
    # The default file is of the seed study; what suits five reports does not suit somebody's own corpus.
    own = parsed.corpus is not None or "corpus_path" in typed
    stated = _from_file(parsed.file) if parsed.file is not None or not own else {}
    from_file = {name: value for name, value in stated.items() if name in known}
    given = {"corpus_path": _here(parsed.corpus), "output": _here(parsed.output)}
    return from_file | typed | {name: value for name, value in given.items() if value is not None}


def _from_file(file):
    from analysis import provenance
    from analysis.study import parameters as accepted

    if file is not None:
        return accepted.from_file(Path(file))
    default = provenance.project_root() / _DEFAULT_FILE
    return accepted.from_file(default) if default.is_file() else {}


def _here(path):
    return None if path is None else str(Path(path).resolve())


# ---- What is said


class _Progress:
    """Says how far a run is: a line that moves on a terminal, one line for each finished notebook elsewhere."""

    def __init__(self, *, quiet, terminal):
        self._quiet, self._terminal, self._live = quiet, terminal, None

    def __enter__(self):
        if self._terminal and not self._quiet:
            from rich.console import Console

            self._live = Console().status("Starting")
            self._live.start()
        return self

    def __exit__(self, *fault):
        if self._live is not None:
            self._live.stop()

    def __call__(self, step):
        line = f"notebook {step.number} of {step.total}  {step.name:<14} {step.state}"
        if step.state == "running":
            if self._live is not None:
                self._live.update(line)
        elif not self._quiet:
            print(f"{line}  {step.seconds:.1f} s" if step.state != "up to date" else line, flush=True)


def _exit_code(fault):
    """2 when the arguments are at fault, else 1. The names are enough, so that nothing is imported to tell."""
    return 2 if type(fault).__name__ == "ParameterError" else 1


def _words(fault):
    """Our own errors say all there is to say; of others the kind says more than the message."""
    ours = type(fault).__module__.partition(".")[0] == __package__
    return str(fault) if ours else f"{type(fault).__name__}: {fault}"


def _complain(words, code):
    print(f"analysis: {words}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
