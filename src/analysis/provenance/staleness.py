"""The verb ``stale``: which files no longer agree with the manifest, and why.

Compares what is recorded with what is there now. Changes nothing, and knows no notebook but by name.
"""

from pathlib import Path

from analysis.provenance import environment, hashes
from analysis.provenance.manifest import read_manifest
from analysis.provenance.origin import output_folder
from analysis.provenance.paths import project_root


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

    output = output_folder(output)
    manifest = read_manifest(output)
    now = {
        "code": hashes.code_sha256(),
        "versions": environment.versions(),
        "outside": {path.name: path for path in map(Path, outside)},
    }
    reasons = {file: _disagreements(output, file, manifest, now) for file in sorted(manifest)}
    _inherit(manifest, reasons)
    rows = [(file, why) for file, whys in reasons.items() for why in whys]
    return pd.DataFrame(rows, columns=["file", "why"]).astype("str")


def _disagreements(output, file, manifest, now):
    entry, whys = manifest[file], []
    if not (output / file).is_file():
        whys.append("the file is missing")
    elif hashes.path_sha256(output / file) != entry["sha256"]:
        whys.append("the file was changed after it was written")
    for name, expected in entry["made_from"].items():
        whys += _input_disagreement(output, name, expected, manifest, now["outside"])
    if entry["code"] != now["code"]:
        whys.append("the code of the package was changed since")
    return whys + environment.changed_versions(entry["versions"], now["versions"])


def _input_disagreement(output, name, expected, manifest, outside):
    if name in manifest:
        return [] if manifest[name]["sha256"] == expected else [f"its input {name} was written again since"]
    places = (outside.get(name), output / name, project_root() / name)
    path = next((place for place in places if place is not None and place.exists()), None)
    if path is None:
        return [f"its input {name} is gone, or outside of output and project: not compared; name it in outside=[...]"]
    return [] if hashes.path_sha256(path) == expected else [f"its input {name} was changed since"]


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
