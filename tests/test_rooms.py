"""The walls of the house: who may import whom, and who may do what. Parsed from the code, not from a drawing."""

import ast
from functools import cache
from pathlib import Path

import pytest

import analysis

PACKAGE = Path(analysis.__file__).parent
STEPS = {"corpus", "terms", "duplicates", "reuse", "topics", "quantities", "claims", "intrusion"}
SHARED = {"tables", "spans", "lexicon"}
MAY_IMPORT = {
    **dict.fromkeys(STEPS, SHARED),
    "duplicates": SHARED | {"_join"},
    "_join": set(),
    "tables": set(),
    "spans": set(),
    "lexicon": set(),
    "sentences": {"tables"},
    "figures": SHARED,
    "pages": SHARED,
    "forms": SHARED | {"pages", "provenance", "quantities"},  # it decides with the rules that read decisions
    "provenance": {"tables"},
    "study": {"provenance"},
    "__main__": {"study", "provenance"},
    "__init__": set(),
}
MODULES = sorted(PACKAGE.rglob("*.py"))


@cache
def nodes(path):
    """Every node of a module's syntax tree; each file is parsed once for all tests."""
    return tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def room(path):
    """The room a file belongs to: its folder below the package, or its own name."""
    inner = path.relative_to(PACKAGE)
    return inner.parts[0] if len(inner.parts) > 1 else inner.stem


def imported(path):
    """Full names of the modules that a file imports, wherever in the file it does."""
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import hides which room it enters"
            yield from (f"{node.module}.{name.name}" for name in node.names)


def calls(path):
    """Names of what a file calls, as they are written: ``open``, ``Path.write_text``, ``np.random.default_rng``."""
    for node in nodes(path):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def test_every_room_is_in_the_plan():
    assert {room(path) for path in MODULES} == set(MAY_IMPORT)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_room_enters_only_the_rooms_it_may(path):
    own = room(path)
    entered = {name.split(".")[1] for name in imported(path) if name.startswith("analysis.")}
    assert entered - {own, "__version__"} <= MAY_IMPORT[own]


@pytest.mark.parametrize(
    ("library", "rooms"),
    [
        ("matplotlib", {"figures", "provenance"}),
        ("papermill", {"study", "__main__"}),
        ("nbclient", {"study"}),
        ("rich", {"__main__"}),
        ("numba", {"terms", "_join", "duplicates", "topics"}),
        ("joblib", {"duplicates", "quantities", "terms", "topics"}),
        ("dask", set()),  # joblib's backend; nobody names it
        ("tqdm", {"duplicates", "topics"}),
        ("ipywidgets", {"forms"}),
    ],
)
def test_some_libraries_stay_in_their_rooms(library, rooms):
    users = {room(path) for path in MODULES if any(name.split(".")[0] == library for name in imported(path))}
    assert users <= rooms


@pytest.mark.parametrize("library", ["pickle", "joblib.dump", "requests", "urllib.request", "socket", "http", "random"])
def test_no_pickle_no_network_no_unseeded_randomness(library):
    assert not [path for path in MODULES if any(f"{name}.".startswith(f"{library}.") for name in imported(path))]


def test_pyplot_is_never_imported_because_it_keeps_state():
    assert not [path for path in MODULES if any(name.startswith("matplotlib.pyplot") for name in imported(path))]


def test_only_some_rooms_write_files():
    writing = (
        ".write_text",
        ".write_bytes",
        ".to_csv",
        ".to_parquet",
        ".savefig",
        ".write_table",
        ".to_json",
        ".unlink",
    )
    writers = {
        (room(path), name)
        for path in MODULES
        for name, node in calls(path)
        if name.endswith(writing)
        or (name == "open" and any("w" in ast.unparse(argument) for argument in node.args[1:]))
    }
    # study writes executed notebooks, run records and the log; tables and figures are written by provenance alone.
    # duplicates writes the blocks of an archive and the parts of an answer that are larger than memory.
    assert {name for name, _ in writers} <= {"provenance", "study", "duplicates"}
    assert not {
        name for own, name in writers if own == "study" and name.endswith((".to_csv", ".to_parquet", ".savefig"))
    }


def test_randomness_is_asked_for_by_a_required_random_state():
    for path in MODULES:
        for name, node in calls(path):
            if name.endswith(("default_rng", "RandomState")):
                assert node.args, f"{path}: {name}() without a seed"


def test_no_clock_outside_the_log_of_runs():
    clocks = ("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "Timestamp.now", "time.time")
    users = {room(path) for path in MODULES if any(name.endswith(clocks) for name, _ in calls(path))}
    assert users <= {"study", "__main__"}


def test_importing_the_package_loads_nothing_heavy(run_python):
    loaded = run_python("import sys, analysis; print(sorted({'pandas', 'numpy', 'matplotlib'} & set(sys.modules)))")
    assert loaded.strip() == "[]"
