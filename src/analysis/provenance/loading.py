"""The verbs ``load`` and ``verify``: a table, a weighting or a topic model, only when its bytes are the manifest's.

Knows no outside inputs and writes nothing.
"""

import io
from difflib import get_close_matches

from analysis.provenance import modelling, weighting
from analysis.provenance.hashes import sha256
from analysis.provenance.manifest import MANIFEST, files_of, read_manifest, table_names
from analysis.provenance.origin import ProvenanceError, output_folder
from analysis.provenance.paths import table_file


def load(name, run, *, made_by=""):
    """Read a table, a weighting or a topic model back, after comparing its bytes with the manifest.

    Parameters
    ----------
    name : str
        Name of the table or weighting, such as ``pairs``.
    run : Run or Path
        A run, or the output folder itself.
    made_by : str, optional
        Notebook that writes the table, named in the message when the table is not there.

    Returns
    -------
    pandas.DataFrame, tables.Weighting or tables.TopicModel

    Raises
    ------
    ProvenanceError
        It is not in the manifest, is missing, or was changed after it was written.
    """
    import pandas as pd

    contents = _contents(name, run, made_by)
    if len(contents) == 1:
        return pd.read_parquet(io.BytesIO(contents[0]))
    # A weighting and a topic model lie in two files each.
    return (modelling if modelling.is_model_of(contents[1]) else weighting).from_bytes(*contents)


def verify(name, run, *, made_by=""):
    """Bytes of a table's Parquet file, or of a weighting's .npz. As ``load``, without reading what they hold."""
    return _contents(name, run, made_by)[0]


def _contents(name, run, made_by):
    output = output_folder(run)
    manifest = read_manifest(output)
    files = files_of(name, manifest)
    if not files:
        raise ProvenanceError(_not_written(name, table_file(name), manifest, made_by))
    return [_verified(output, file, manifest[file]) for file in files]


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


def _not_written(name, file, manifest, made_by):
    if made_by:
        return f"{file} is not there yet: {made_by} writes it. Run it first: analysis run {made_by}"
    known = table_names(manifest)
    near = get_close_matches(name, known, n=1)
    meant = f" Did you mean {near[0]}?" if near else ""
    return (
        f"{file} is not in {MANIFEST}.{meant} Tables there: {', '.join(known) or 'none'}. "
        "Run the notebook that writes it: analysis run"
    )
