"""The verb ``save``: a table, a weighting, a topic model, a figure or a page becomes files and their entries, or none.

Knows neither what a table means nor how a figure is drawn: their bytes come from the modules beside it.
"""

import re
from pathlib import Path

from analysis.provenance import modelling, weighting
from analysis.provenance.drawing import FIGURE_FORMATS, draw, is_figure, is_page
from analysis.provenance.files import lock
from analysis.provenance.hashes import sha256
from analysis.provenance.manifest import MANIFEST, as_json, commit, describe, files_of, inputs, read_manifest
from analysis.provenance.modelling import is_model
from analysis.provenance.origin import ProvenanceError, output_folder
from analysis.provenance.paths import table_file, weighting_files
from analysis.provenance.tabulation import as_csv, as_parquet, is_table, refuse_table
from analysis.provenance.weighting import is_weighting

CSV_ROWS = 10_000


def save(thing, name, run, *, made_from=()):
    """Write a table, a weighting, a topic model, a figure or a page and enter it in the manifest.

    A table becomes ``data/tables/<name>.parquet``, and ``<name>.csv`` beside it when it has at most 10,000 rows. A
    figure becomes ``figures/<name>.pdf``, ``.svg`` and ``.png`` (300 dots per inch) at its own size, with
    ``<name>.json`` beside them: a copy of their manifest entries. A weighting or a topic model becomes
    ``data/tables/<name>.npz``, its arrays, and ``<name>.json``, its options. A page becomes ``figures/<name>.html``,
    with ``<name>.json`` beside it. All files of one save are replaced, or
    none.

    Parameters
    ----------
    thing : pandas.DataFrame, tables.Weighting, tables.TopicModel, tables.Page or matplotlib.figure.Figure
        A table has named columns of one kind each and no named index.
    name : str
        Letters, digits, ``_`` and ``-``. A name belongs to the notebook that used it first.
    run : Run
    made_from : sequence of str or Path
        Tables and weightings in the manifest, by name, or files and folders from outside, by path.

    Returns
    -------
    list of Path
        The files written, relative to the output folder: a notebook that shows them is alike on every machine.

    Raises
    ------
    ProvenanceError
        An input is not in the manifest, the name belongs to another notebook or to a thing of another kind, or the
        thing would not come back as it is.
    """
    _refuse_name(name)
    output, contents = output_folder(run), _contents(thing, name)
    with lock(output / "data/tables/.manifest.lock"):
        manifest = read_manifest(output)
        _refuse_foreign(manifest, contents, run)
        _refuse_another_kind(manifest, contents, name)
        common = describe(run, inputs(made_from, output, manifest))
        entries = _entries(contents, common)
        if is_figure(thing) or is_page(thing):
            sidecar = {f"figures/{name}.json": as_json(entries)}
            entries |= _entries(sidecar, common)
            contents |= sidecar
        commit(output, manifest, contents, entries)
    return [Path(file) for file in entries]


def _entries(contents, common):
    """Manifest entries by file name: what all files of one save have in common, and the hash of each."""
    kept = {file: content for file, content in contents.items() if content is not None}
    return {file: {**common, "sha256": sha256(content)} for file, content in kept.items()}


def _contents(thing, name):
    """Contents by file name; a table too long for CSV asks for its former CSV to be removed."""
    if is_table(thing):
        refuse_table(thing, name)
        text = as_csv(thing) if len(thing) <= CSV_ROWS else None
        return {table_file(name): as_parquet(thing, name), f"data/tables/{name}.csv": text}
    if is_figure(thing):
        return {f"figures/{name}.{kind}": draw(thing, name, kind) for kind in FIGURE_FORMATS}
    if is_page(thing):
        return {f"figures/{name}.html": thing.html.encode("utf-8")}
    if is_weighting(thing) or is_model(thing):
        kind = weighting if is_weighting(thing) else modelling
        return dict(zip(weighting_files(name), [kind.as_npz(thing), kind.as_options(thing, name)], strict=True))
    raise ProvenanceError(
        f"save expects a pandas.DataFrame or a matplotlib Figure for {name!r}, found {type(thing).__name__}; it also "
        "takes a tables.Weighting, a tables.TopicModel and a tables.Page."
    )


def _refuse_name(name):
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", name):
        raise ProvenanceError(
            f"A name expects letters, digits, _ and -, beginning with a letter or digit; found {name!r}."
        )


def _refuse_foreign(manifest, contents, run):
    for file in contents:
        owner = manifest.get(file, {}).get("notebook", run.notebook)
        if owner != run.notebook:
            raise ProvenanceError(
                f"{file} is written by {owner}; {run.notebook} cannot write it too. Choose another name, or, when "
                f"{owner} no longer writes it, delete the file and its entry in {MANIFEST}."
            )


def _refuse_another_kind(manifest, contents, name):
    """``load`` knows tables and weightings by name alone, so both cannot have the same."""
    former = files_of(name, manifest)
    if former and former[0] not in contents and not all(file.startswith("figures/") for file in contents):
        raise ProvenanceError(
            f"{name} is the name of {former[0]}; a thing of another kind cannot have it too. Choose another name, or, "
            f"when it is not written any more, delete the file and its entry in {MANIFEST}."
        )
