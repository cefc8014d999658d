"""The writer: every table and figure with its hash, its inputs, its parameters, its code and the versions used.

``save`` writes a table or a figure under an output folder and enters it in ``data/manifest.json``; ``load`` gives a
table back after comparing its bytes with the manifest; ``stale`` lists what no longer agrees. Records hold no clock and
no absolute path, so the same analysis leaves the same bytes on any machine with the same versions.

This room knows no step and no notebook but by name. What else is listed here is what ``study`` needs of the records.
"""

from analysis.provenance.drawing import FIGURE_FORMATS, PNG_DPI
from analysis.provenance.environment import PACKAGES, changed_versions, versions
from analysis.provenance.files import LOCK_SECONDS, append, lock, write
from analysis.provenance.handing import hand_out
from analysis.provenance.hashes import code_sha256, intact, path_sha256, sha256
from analysis.provenance.loading import load, verify
from analysis.provenance.manifest import MANIFEST, as_json, inputs, read_manifest
from analysis.provenance.origin import BATCH, ProvenanceError, Run
from analysis.provenance.paths import ROOT, portable, project_root, table_file
from analysis.provenance.saving import CSV_ROWS, save
from analysis.provenance.staleness import stale

__all__ = [
    "BATCH",
    "CSV_ROWS",
    "FIGURE_FORMATS",
    "LOCK_SECONDS",
    "MANIFEST",
    "PACKAGES",
    "PNG_DPI",
    "ROOT",
    "ProvenanceError",
    "Run",
    "append",
    "as_json",
    "changed_versions",
    "code_sha256",
    "hand_out",
    "inputs",
    "intact",
    "load",
    "lock",
    "path_sha256",
    "portable",
    "project_root",
    "read_manifest",
    "save",
    "sha256",
    "stale",
    "table_file",
    "verify",
    "versions",
    "write",
]
