"""The environment: the lock holds what pyproject.toml asks for, and the commands that set it up exist."""

import re
import subprocess
import tomllib

import pytest
import yaml
from conftest import ROOT
from packaging.requirements import Requirement

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
ASKED = [*PROJECT["dependencies"], *(name for extra in PROJECT["optional-dependencies"].values() for name in extra)]


def locked():
    """name → versions; a package may have one version for each range of Python versions."""
    versions = {}
    for name, version in re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==(\S+)", LOCK, re.MULTILINE):
        versions.setdefault(name.lower(), []).append(version)
    return versions


@pytest.mark.parametrize("asked", ASKED, ids=[Requirement(asked).name for asked in ASKED])
def test_the_lock_holds_what_the_project_asks_for(asked):
    requirement = Requirement(asked)
    versions = locked().get(requirement.name.lower(), [])
    assert versions, f"{requirement.name} is not in requirements.lock; run make lock"
    assert all(requirement.specifier.contains(version) for version in versions)


def test_every_locked_package_has_a_hash_and_no_address():
    entries = re.split(r"\n(?=\S)", "\n".join(line for line in LOCK.splitlines() if not line.startswith("#")))
    assert len(entries) > 100
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in LOCK


def test_the_conda_environment_takes_its_versions_from_the_lock_alone():
    asked = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    assert asked[1:] == ["pip", {"pip": ["-r requirements.lock"]}]
    assert re.fullmatch(r"python=3\.\d+", asked[0])


def test_packages_asked_for_with_an_extra_are_locked_with_it():
    """Pip 23 takes the newest coverage for pytest-cov's coverage[toml] where the lock names coverage alone."""
    assert re.search(r"^coverage\[toml\]==", LOCK, re.MULTILINE)


@pytest.mark.parametrize("target", ["help", "environment", "run", "test", "check", "lab", "lock", "clean"])
def test_targets_are_listed_by_make_help(target):
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert re.search(rf"^{target} ", listed, re.MULTILINE)
