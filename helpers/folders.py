"""Where the project's notebooks are, what they are called, and folders that a program may write anew."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
NOTEBOOKS = ROOT / "notebooks"


def list_notebooks() -> list[Path]:
    """Return the lessons in their order, and then what else is a notebook."""
    return sorted(NOTEBOOKS.glob("*.ipynb"))


def name_lesson(path: Path) -> str:
    """Return the name of a notebook's lesson: its own without the number."""
    return path.stem.lstrip("0123456789_")


def check_free(target: Path, mark: str, already: str) -> None:
    """Raise ValueError for a folder that holds anything but what the same program has made, which has a file `mark`."""
    if target.exists() and (not target.is_dir() or (not (target / mark).exists() and any(target.iterdir()))):
        raise ValueError(f"{target} holds something else; allowed is a folder that is new, empty or {already} already")
