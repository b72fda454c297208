"""The pages of a class: found in a folder, and of each learner the newest. A file may come from anyone."""

from dataclasses import replace
from itertools import islice
from pathlib import Path

from helpers.progress.page import Page
from helpers.progress.reading import read_page

HTML, CSV = "answers.html", "answers.csv"  # which are written beside the pages
SUFFIXES = ".html", ".htm"
MOST_BYTES = 2_000_000  # of a page, which has some 20,000
MOST_FILES = 5_000
ALLOWED = "allowed are pages as “Save my page” in a notebook makes them"

Found = list[tuple[Path, Page]]


def collect(folder: Path) -> tuple[Found, list[str]]:
    """Return the pages in a folder, and in folders in it, and which files were left out and why."""
    pages, left_out = [], []
    files = list(islice((path for path in folder.rglob("*") if path.is_file()), MOST_FILES + 1))
    if len(files) > MOST_FILES:
        raise ValueError(f"{folder} has more than {MOST_FILES:,} files; allowed is a folder with pages alone")
    for path in sorted(files):
        name = path.relative_to(folder)
        try:
            pages.append((name, _read(path)))
        except ValueError as problem:
            if str(name) not in (HTML, CSV):
                left_out.append(f"{name} {problem}; {ALLOWED}")
        except OSError as problem:
            left_out.append(f"{name} cannot be read: {problem.strerror}")
    return pages, left_out


def merge_learners(found: Found) -> tuple[list[Page], list[str]]:
    """Return one page of each learner for each notebook, and which others went into it.

    Of each question the newest page that answers it counts. A learner is known by the name, and by the kernel in which
    two pages were made.
    """
    merged: list[Page] = []
    places: dict[tuple[str, ...], int] = {}
    told, files = [], []
    for path, page in sorted(found, key=lambda item: item[1].saved, reverse=True):
        marks = [(page.lesson, "kernel", page.session)]
        marks += [(page.lesson, "name", page.name.casefold())] if page.name else []
        place = next((places[mark] for mark in marks if mark in places), len(merged))
        places |= dict.fromkeys(marks, place)
        if place == len(merged):
            merged.append(page)
            files.append(path)
        else:
            merged[place] = _fill(merged[place], page)
            whose = page.name or "the same learner"
            told.append(f"{path}: {files[place]} is a newer page of {whose}; only what that leaves open counts")
    return merged, told


def _fill(newer: Page, older: Page) -> Page:
    """Return the newer page with the older one's answers to what it leaves open."""
    kinds = {}
    for kind in ("predictions", "exercises"):
        mine, before = getattr(newer, kind), getattr(older, kind)
        answered = {name: one for name, one in mine.items() if one.answered}
        kinds[kind] = mine | before | answered
    return replace(newer, **kinds)


def _read(path: Path) -> Page:
    if path.suffix.lower() not in SUFFIXES:
        raise ValueError(f"does not end in {' or '.join(SUFFIXES)}")
    with path.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise ValueError(f"is larger than {MOST_BYTES:,} bytes")
    return read_page(data.decode("utf-8", errors="replace"))
