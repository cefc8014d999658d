"""The only writer: every table and figure with its hash, its inputs, its parameters, its code and the versions used.

``save`` writes a table or a figure under an output folder and enters it in ``data/manifest.json``; ``load`` gives a
table back after comparing its bytes with the manifest; ``stale`` lists what no longer agrees. Records hold no clock and
no absolute path, so the same analysis leaves the same bytes on any machine with the same versions.
"""

import csv
import hashlib
import importlib.metadata
import io
import json
import os
import platform
import re
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

MANIFEST = "data/manifest.json"
CSV_ROWS = 10_000
FIGURE_FORMATS = ("pdf", "svg", "png")
PNG_DPI = 300
LOCK_SECONDS = 60
ROOT = "NEWS_ANALYSIS_ROOT"
PACKAGES = ("numpy", "pandas", "pyarrow", "scikit-learn", "scipy", "nltk", "matplotlib", "news-analysis")

# What a reader's own matplotlibrc could change between drawing and saving; bytes must not depend on it.
# Type 42 keeps text in PDF as text, which journals ask for; a tight bounding box would change the width in mm.
_SAVED_WITH = {
    "pdf.fonttype": 42,
    "pdf.compression": 6,
    "pdf.use14corefonts": False,
    "svg.fonttype": "path",
    "svg.image_inline": True,
    "savefig.bbox": None,
    "savefig.pad_inches": 0.0,
    "savefig.facecolor": "white",
    "savefig.edgecolor": "none",
    "savefig.transparent": False,
    "savefig.orientation": "portrait",
    "text.usetex": False,
}
# A date or a program version in the file would make two equal figures differ.
_NO_METADATA = {
    "pdf": {"Creator": None, "Producer": None, "CreationDate": None},
    "svg": {"Creator": None, "Date": None, "Format": None, "Type": None},
    "png": {"Software": None},
}


class ProvenanceError(ValueError):
    """A file, its manifest entry or its inputs do not agree; the message says what to do."""


@dataclass(frozen=True)
class Run:
    """Who writes, where, and with what parameters.

    Parameters
    ----------
    output : Path
        The folder that holds ``data/tables``, ``figures`` and the manifest.
    notebook : str
        Name of the notebook that writes, such as ``2_duplicates``.
    parameters : dict
        What the notebook was run with; only what JSON can hold.
    """

    output: Path
    notebook: str
    parameters: dict = field(default_factory=dict)


# ---- The verbs


def save(thing, name, run, *, made_from=()):
    """Write a table or a figure and enter it in the manifest.

    A table becomes ``data/tables/<name>.parquet``, and ``<name>.csv`` beside it when it has at most 10,000 rows. A
    figure becomes ``figures/<name>.pdf``, ``.svg`` and ``.png`` (300 dots per inch) at its own size, with
    ``<name>.json`` beside them: a copy of their manifest entries. All files of one save are replaced, or none.

    Parameters
    ----------
    thing : pandas.DataFrame or matplotlib.figure.Figure
        A table has named columns of one kind each and no named index.
    name : str
        Letters, digits, ``_`` and ``-``. A name belongs to the notebook that used it first.
    run : Run
    made_from : sequence of str or Path
        Tables in the manifest, by name, or files and folders from outside, by path.

    Returns
    -------
    list of Path
        The files written, relative to the output folder: a notebook that shows them is alike on every machine.

    Raises
    ------
    ProvenanceError
        An input is not in the manifest, the name belongs to another notebook, or the table would not come back as
        it is.
    """
    _refuse_name(name)
    output, contents = _output(run), _render(thing, name)
    with lock(output / "data/tables/.manifest.lock"):
        manifest = read_manifest(output)
        _refuse_foreign(manifest, contents, run)
        common = _entry(run, inputs(made_from, output, manifest))
        entries = {
            file: {"sha256": sha256(content), **common} for file, content in contents.items() if content is not None
        }
        if not _is_table(thing):
            sidecar, copy = f"figures/{name}.json", as_json(entries)
            contents[sidecar], entries[sidecar] = copy, {"sha256": sha256(copy), **common}
        _commit(output, manifest, contents, entries)
    return [Path(file) for file in entries]


def load(name, run, *, made_by=""):
    """Read a table back, after comparing its bytes with the manifest.

    Parameters
    ----------
    name : str
        Name of the table, such as ``pairs``.
    run : Run or Path
        A run, or the output folder itself.
    made_by : str, optional
        Notebook that writes the table, named in the message when the table is not there.

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    ProvenanceError
        The table is not in the manifest, is missing, or was changed after it was written.
    """
    import pandas as pd

    return pd.read_parquet(io.BytesIO(verify(name, run, made_by=made_by)))


def verify(name, run, *, made_by=""):
    """Bytes of a table's Parquet file, compared with the manifest. As ``load``, without reading the table."""
    output = _output(run)
    file = _table_file(name)
    manifest = read_manifest(output)
    if file not in manifest:
        raise ProvenanceError(_not_written(name, file, manifest, made_by))
    return _verified(output, file, manifest[file])


def stale(output, *, outside=()):
    """List the files that no longer agree with the manifest, and why.

    Parameters
    ----------
    output : Path or Run
    outside : sequence of Path
        Inputs that lie outside of the output folder and the project. The manifest knows them by their last name only,
        so they can be compared only when they are given here; those not given are listed as not compared.

    Returns
    -------
    pandas.DataFrame
        [file why] one row for each disagreement, in the order of the file names; empty when all is well.
    """
    import pandas as pd

    output = _output(output)
    manifest = read_manifest(output)
    now = {"code": code_sha256(), "versions": versions(), "outside": {path.name: path for path in map(Path, outside)}}
    reasons = {file: _disagreements(output, file, manifest, now) for file in sorted(manifest)}
    _inherit(manifest, reasons)
    rows = [(file, why) for file, whys in reasons.items() for why in whys]
    return pd.DataFrame(rows, columns=["file", "why"]).astype("str")


# ---- What study needs of the records


def read_manifest(output):
    """Entries of the manifest by file name; empty when nothing was saved yet.

    Raises
    ------
    ProvenanceError
        The manifest is not the JSON that ``save`` writes.
    """
    path = Path(output) / MANIFEST
    if not path.exists():
        return {}
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        complete = all({"sha256", "made_from", "notebook"} <= set(entry) for entry in manifest.values())
    except (ValueError, AttributeError, TypeError):
        complete = False
    if not complete:
        raise ProvenanceError(
            f"{MANIFEST} was expected to be a JSON record of files and is not. It was changed by hand or damaged: "
            "delete it and run the notebooks again: analysis run --force"
        )
    return manifest


def intact(output, file, expected):
    """Whether ``file`` under ``output`` exists and has the sha256 ``expected``."""
    path = Path(output) / file
    return path.is_file() and path_sha256(path) == expected


def inputs(made_from, output, manifest):
    """Hashes of inputs by their portable names: tables as the manifest states them, paths as they are on disk.

    Raises
    ------
    ProvenanceError
        A name is neither a table in the manifest nor a file or folder.
    """
    if isinstance(made_from, str | Path):
        raise ProvenanceError(f"made_from expects a list of names, found {made_from!r}; write [{str(made_from)!r}].")
    return dict(sorted(_input(item, Path(output), manifest) for item in made_from))


def project_root():
    """Folder of the nearest ``pyproject.toml`` above the working directory or above this package; else the former."""
    # The runner tells its kernels where it started, so that both take relative paths from the same folder.
    if stated := os.environ.get(ROOT):
        return Path(stated)
    starts = (Path.cwd(), Path(__file__).resolve().parent)
    folders = (folder for start in starts for folder in (start, *start.parents))
    return next((folder for folder in folders if (folder / "pyproject.toml").is_file()), Path.cwd())


def portable(path, output):
    """Name of ``path`` that is the same on every machine: relative to the output or the project, else its last part."""
    path = Path(path).resolve()
    for folder in (Path(output).resolve(), project_root().resolve()):
        if path == folder:
            return "."
        if path.is_relative_to(folder):
            return path.relative_to(folder).as_posix()
    return path.name


def sha256(content):
    """Hexadecimal SHA-256 of bytes."""
    return hashlib.sha256(content).hexdigest()


def path_sha256(path):
    """SHA-256 of a file, or of a folder: of the sorted lines "name sha256" of its files, hidden ones left out.

    Hidden files (``.DS_Store``, ``.ipynb_checkpoints``) are left out because looking at a folder may create them.
    """
    path = Path(path)
    if not path.is_dir():
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    names = {file.relative_to(path).as_posix(): file for file in path.rglob("*") if file.is_file()}
    shown = {name: file for name, file in names.items() if not any(part.startswith(".") for part in name.split("/"))}
    return sha256("".join(f"{name} {path_sha256(shown[name])}\n" for name in sorted(shown)).encode())


def code_sha256():
    """SHA-256 of the package as it is on disk now: its Python files and its lexicon."""
    package = Path(__file__).resolve().parent
    files = [*package.rglob("*.py"), *package.glob("lexicon/*.csv")]
    names = {file.relative_to(package).as_posix(): file for file in files}
    return sha256("".join(f"{name} {path_sha256(names[name])}\n" for name in sorted(names)).encode())


def versions():
    """Versions of Python and of the packages that decide the numbers and the bytes."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            found[package] = ""
    return found


def write(contents):
    """Replace several files together: all of them, or after a failure none.

    Each content is first written in full beside its target, then renamed over it, in the order given.

    Parameters
    ----------
    contents : dict of Path to bytes or None
        None removes the file.
    """
    staged, former = {}, {}
    try:
        for path, content in contents.items():
            if content is not None:
                staged[path] = _stage(path, content)
        for path in contents:
            former[path] = path.read_bytes() if path.exists() else None
            _replace(path, staged.get(path))
    except BaseException:
        _restore(former)
        raise
    finally:
        for temporary in staged.values():
            temporary.unlink(missing_ok=True)


@contextmanager
def lock(path, *, seconds=LOCK_SECONDS, holder="Another process"):
    """Hold ``path`` as a lock. The system lets go of it when its holder ends, however it ends, so none is left behind.

    Raises
    ------
    ProvenanceError
        The lock was not free within ``seconds``.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as stream:
        _wait_for(stream, path, seconds, holder)
        try:
            yield
        finally:
            _lock_file(stream, free=True)


# ---- Rendering


def _is_table(thing):
    import pandas as pd

    return isinstance(thing, pd.DataFrame)


def _render(thing, name):
    """Contents by file name; a table too long for CSV asks for its former CSV to be removed."""
    if _is_table(thing):
        _refuse_table(thing, name)
        text = _csv(thing) if len(thing) <= CSV_ROWS else None
        return {_table_file(name): _parquet(thing, name), f"data/tables/{name}.csv": text}
    from matplotlib.figure import Figure

    if not isinstance(thing, Figure):
        raise ProvenanceError(
            f"save expects a pandas.DataFrame or a matplotlib Figure for {name!r}, found {type(thing).__name__}."
        )
    return {f"figures/{name}.{kind}": _drawn(thing, name, kind) for kind in FIGURE_FORMATS}


def _parquet(table, name):
    import pyarrow as pa
    import pyarrow.parquet as pq

    stream = io.BytesIO()
    try:
        pq.write_table(pa.Table.from_pandas(table, preserve_index=False), stream, compression="zstd")
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError) as fault:
        reason = " ".join(str(part) for part in fault.args)
        raise ProvenanceError(f"{name} has a column of more than one kind: {reason}. Give it one kind.") from fault
    content = stream.getvalue()
    _refuse_changed_kinds(table, content, name)
    return content


def _csv(table):
    # pandas writes the shortest digits that give the same float back, as repr does.
    return table.to_csv(index=False, lineterminator="\n", quoting=csv.QUOTE_MINIMAL).encode("utf-8")


def _drawn(figure, name, kind):
    import matplotlib as mpl

    stream = io.BytesIO()
    # The salt decides the ids inside an SVG: one for each figure, so that two in one page do not share ids.
    with mpl.rc_context({**_SAVED_WITH, "svg.hashsalt": name}):
        figure.savefig(stream, format=kind, dpi=PNG_DPI, metadata=_NO_METADATA[kind])
    return stream.getvalue()


def as_json(record):
    """Bytes of a record as JSON: sorted keys, two spaces, a newline at the end; the same on every run."""
    return (json.dumps(record, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n").encode("utf-8")


# ---- Refusals


def _refuse_name(name):
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", name):
        raise ProvenanceError(
            f"A name expects letters, digits, _ and -, beginning with a letter or digit; found {name!r}."
        )


def _refuse_table(table, name):
    odd = [column for column in table.columns if not isinstance(column, str)]
    if odd or table.columns.has_duplicates:
        raise ProvenanceError(f"{name} expects columns with different names, all text; found {list(table.columns)}.")
    # Row numbers are left out without loss; a name or a word in the index is content.
    if table.index.nlevels > 1 or table.index.name is not None or table.index.dtype.kind not in "iu":
        raise ProvenanceError(f"{name} has an index that would be lost: {table.index.names}. Call reset_index() first.")


def _refuse_changed_kinds(table, content, name):
    import pandas as pd

    again = pd.read_parquet(io.BytesIO(content))
    changed = [c for c in table.columns if table[c].dtype != again[c].dtype]
    if changed:
        listed = ", ".join(f"{c} ({table[c].dtype} becomes {again[c].dtype})" for c in changed)
        raise ProvenanceError(f"{name} has columns that would come back as another kind: {listed}. Use astype() first.")


def _refuse_foreign(manifest, contents, run):
    for file in contents:
        owner = manifest.get(file, {}).get("notebook", run.notebook)
        if owner != run.notebook:
            raise ProvenanceError(
                f"{file} is written by {owner}; {run.notebook} cannot write it too. Choose another name, or, when "
                f"{owner} no longer writes it, delete the file and its entry in {MANIFEST}."
            )


def _not_written(name, file, manifest, made_by):
    if made_by:
        return f"{file} is not there yet: {made_by} writes it. Run it first: analysis run {made_by}"
    known = sorted(Path(other).stem for other in manifest if other.endswith(".parquet"))
    near = get_close_matches(name, known, n=1)
    meant = f" Did you mean {near[0]}?" if near else ""
    return (
        f"{file} is not in {MANIFEST}.{meant} Tables there: {', '.join(known) or 'none'}. "
        "Run the notebook that writes it: analysis run"
    )


def _verified(output, file, entry):
    again = f"Run it again: analysis run {entry['notebook']} --force"
    path = output / file
    if not path.is_file():
        raise ProvenanceError(f"{file} is in {MANIFEST} but not on disk ({path}). {again}")
    content = path.read_bytes()
    if sha256(content) != entry["sha256"]:
        raise ProvenanceError(
            f"{file} was changed after it was written (expected sha256 {entry['sha256'][:12]}…, "
            f"found {sha256(content)[:12]}…). {again}"
        )
    return content


# ---- Manifest entries


def _entry(run, made_from):
    entry = {
        "made_from": made_from,
        "notebook": run.notebook,
        "parameters": run.parameters,
        "code": _CODE,
        "versions": versions(),
    }
    try:
        as_json(entry)
    except (TypeError, ValueError) as fault:
        raise ProvenanceError(f"The parameters of {run.notebook} expect what JSON can hold: {fault}.") from fault
    return entry


def _input(item, output, manifest):
    file = _table_file(item)
    if isinstance(item, str) and file in manifest:
        return file, manifest[file]["sha256"]
    if isinstance(item, str | Path):
        path = Path(item) if Path(item).is_absolute() else project_root() / item
        if path.exists():
            return portable(path, output), path_sha256(path)
    known = sorted(Path(other).stem for other in manifest if other.endswith(".parquet"))
    raise ProvenanceError(
        f"made_from expects tables in {MANIFEST} ({', '.join(known) or 'none yet'}) or paths that exist; "
        f"found {item!r}. Save the table first, or correct the name."
    )


def _commit(output, manifest, contents, entries):
    kept = {file: entry for file, entry in manifest.items() if file not in contents}
    files = {output / file: content for file, content in contents.items()}
    # The manifest comes last: a file without its entry is noticed, an entry without its file is a promise broken.
    write({**files, output / MANIFEST: as_json({**kept, **entries})})


# ---- Comparing


def _disagreements(output, file, manifest, now):
    entry, whys = manifest[file], []
    if not (output / file).is_file():
        whys.append("the file is missing")
    elif path_sha256(output / file) != entry["sha256"]:
        whys.append("the file was changed after it was written")
    for name, expected in entry["made_from"].items():
        whys += _input_disagreement(output, name, expected, manifest, now["outside"])
    if entry["code"] != now["code"]:
        whys.append("the code of the package was changed since")
    return whys + changed_versions(entry["versions"], now["versions"])


def _input_disagreement(output, name, expected, manifest, outside):
    if name in manifest:
        return [] if manifest[name]["sha256"] == expected else [f"its input {name} was written again since"]
    places = (outside.get(name), output / name, project_root() / name)
    path = next((place for place in places if place is not None and place.exists()), None)
    if path is None:
        return [f"its input {name} is outside of output and project and was not compared; name it in outside=[...]"]
    return [] if path_sha256(path) == expected else [f"its input {name} was changed since"]


def changed_versions(before, now):
    """Sentences for each version that is not what it was."""
    names = sorted(set(before) | set(now))
    changed = [name for name in names if before.get(name) != now.get(name)]
    return [f"{name} was {before.get(name) or 'absent'}, is {now.get(name) or 'absent'}" for name in changed]


def _inherit(manifest, reasons):
    """Pass on what is out of date to all that was made from it, however far away."""
    found = True
    while found:
        found = False
        for file, entry in sorted(manifest.items()):
            for name in entry["made_from"]:
                why = f"its input {name} is out of date itself"
                if reasons.get(name) and why not in reasons[file]:
                    reasons[file].append(why)
                    found = True


# ---- Files


def append(path, text):
    """Add ``text`` to the end of a log; logs may state times, records never do."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as stream:
        stream.write(text)


def _output(run):
    return Path(run.output if isinstance(run, Run) else run)


def _table_file(name):
    return f"data/tables/{name}.parquet"


def _stage(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    temporary = Path(name)
    try:
        with os.fdopen(number, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        # mkstemp lets only the owner read; a result is for the colleagues too.
        temporary.chmod(0o644)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _replace(path, temporary):
    if temporary is None:
        path.unlink(missing_ok=True)
    else:
        temporary.replace(path)


def _restore(former):
    for path, content in former.items():
        _replace(path, None if content is None else _stage(path, content))


def _wait_for(stream, path, seconds, holder):
    end = time.monotonic() + seconds
    while True:
        try:
            return _lock_file(stream)
        except OSError:
            if time.monotonic() >= end:
                raise ProvenanceError(
                    f"{holder} holds {path} (waited {seconds} seconds for it). Wait until it is done, or end it "
                    "(a notebook open in JupyterLab, another `analysis run`), and try again."
                ) from None
            time.sleep(0.05)


def _lock_file(stream, *, free=False):
    if os.name == "nt":  # pragma: no cover - Windows only
        import msvcrt

        stream.seek(0)
        msvcrt.locking(stream.fileno(), msvcrt.LK_UNLCK if free else msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(stream, fcntl.LOCK_UN if free else fcntl.LOCK_EX | fcntl.LOCK_NB)


# A kernel computes with the code it loaded, not with what is edited on disk later, so entries state the code as of now.
_CODE = code_sha256()
