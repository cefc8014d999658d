"""The list of all files with their hashes and what they were made from: how entries are read, made and kept.

Knows what an entry states, not what is in the files: it never opens a table or a figure.
"""

import json
from pathlib import Path

from analysis.provenance.environment import versions
from analysis.provenance.files import write
from analysis.provenance.hashes import code_sha256, path_sha256
from analysis.provenance.origin import ProvenanceError
from analysis.provenance.paths import portable, project_root, table_file, weighting_files

MANIFEST = "data/manifest.json"
# A kernel computes with the code it loaded, not with what is edited on disk later, so entries state the code as of now.
_CODE = code_sha256()


# ---- Reading


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


def table_names(manifest):
    """Names of the tables in a manifest, weightings among them, sorted."""
    return sorted(Path(file).stem for file in manifest if file.endswith((".parquet", ".npz")))


def files_of(name, manifest):
    """Files by which a table or a weighting comes back, as the manifest lists them; none where it does not."""
    candidates = ([table_file(name)], weighting_files(name))
    return next((files for files in candidates if set(files) <= set(manifest)), [])


# ---- Entries


def describe(run, made_from):
    """What the manifest states of each file of one save, besides its hash.

    Raises
    ------
    ProvenanceError
        The parameters of the run are not what JSON can hold.
    """
    stated = {
        "made_from": made_from,
        "notebook": run.notebook,
        "parameters": run.parameters,
        "code": _CODE,
        "versions": versions(),
    }
    try:
        as_json(stated)
    except (TypeError, ValueError) as fault:
        raise ProvenanceError(f"The parameters of {run.notebook} expect what JSON can hold: {fault}.") from fault
    return stated


def inputs(made_from, output, manifest):
    """Hashes of inputs by their portable names: tables and weightings as the manifest states them, paths as on disk.

    Raises
    ------
    ProvenanceError
        A name is neither a table or weighting in the manifest nor a file or folder.
    """
    if isinstance(made_from, str | Path):
        raise ProvenanceError(f"made_from expects a list of names, found {made_from!r}; write [{str(made_from)!r}].")
    return dict(sorted(pair for item in made_from for pair in _input(item, Path(output), manifest)))


def _input(item, output, manifest):
    if isinstance(item, str) and (files := files_of(item, manifest)):
        return [(file, manifest[file]["sha256"]) for file in files]
    if isinstance(item, str | Path):
        path = Path(item) if Path(item).is_absolute() else project_root() / item
        if path.exists():
            return [(portable(path, output), path_sha256(path))]
    known = ", ".join(table_names(manifest)) or "none yet"
    raise ProvenanceError(
        f"made_from expects tables in {MANIFEST} ({known}) or paths that exist; "
        f"found {item!r}. Save the table first, or correct the name."
    )


# ---- Keeping


def commit(output, manifest, contents, entries):
    """Replace files and enter them in the manifest, or leave everything as it was; content None removes a file."""
    kept = {file: entry for file, entry in manifest.items() if file not in contents}
    files = {output / file: content for file, content in contents.items()}
    # The manifest comes last: a file without its entry is noticed, an entry without its file is a promise broken.
    write({**files, output / MANIFEST: as_json({**kept, **entries})})


def as_json(record):
    """Bytes of a record as JSON: sorted keys, two spaces, a newline at the end; the same on every run."""
    return (json.dumps(record, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n").encode("utf-8")
