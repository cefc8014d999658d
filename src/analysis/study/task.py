"""A notebook with all that its execution needs, and where its files lie in the output folder.

Knows paths only: nothing is read or written here.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.study import staleness
from analysis.study.models import Notebook, Parameters


@dataclass(frozen=True)
class Task:
    """A notebook with all that its execution needs."""

    notebook: Notebook
    checked: Parameters
    folder: Path
    timeout: int | None

    @property
    def path(self) -> Path:
        """The notebook itself."""
        return staleness.notebook_file(self.folder, self.notebook)

    @property
    def partial(self) -> Path:
        """What papermill is writing while it runs."""
        return self.target(f"{self.notebook.name}.partial.ipynb")

    @property
    def failed(self) -> Path:
        """The executed notebook of a failed run."""
        return self.target(f"{self.notebook.name}.failed.ipynb")

    def target(self, file: str) -> Path:
        """Path of a file of runs."""
        return self.checked.output_path / "runs" / file

    def parts(self) -> dict[str, Any]:
        """What the run depends on, hashed as it is now."""
        return staleness.current_parts(self.notebook, self.checked, self.folder)
