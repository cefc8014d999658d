"""Versions of Python and of the packages that decide the numbers and the bytes.

Knows no files: it states what is installed, and puts differences in words.
"""

import importlib.metadata
import platform

PACKAGES = ("numpy", "pandas", "pyarrow", "scikit-learn", "scipy", "nltk", "matplotlib", "news-analysis")


def versions():
    """Versions of Python and of the packages that decide the numbers and the bytes."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            found[package] = ""
    return found


def changed_versions(before, now):
    """Sentences for each version that is not what it was."""
    names = sorted(set(before) | set(now))
    changed = [name for name in names if before.get(name) != now.get(name)]
    return [f"{name} was {before.get(name) or 'absent'}, is {now.get(name) or 'absent'}" for name in changed]
