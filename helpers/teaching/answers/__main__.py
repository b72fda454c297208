"""Count what a class has answered, from a folder of pages that learners saved.

Writes answers.html, the tables of each notebook with what to repeat first, and answers.csv, a row an answer.
"""

import argparse
import csv
import sys
from pathlib import Path

from helpers.teaching.answers.pages import ALLOWED, CSV, HTML, collect, merge_learners
from helpers.teaching.answers.tables import count_of, format_tables, list_answers


def write_answers(folder: Path) -> str:
    """Count the pages of a folder, write both files into it, and return what was done.

    Raises ValueError where there is nothing to count.
    """
    if not folder.is_dir():
        raise ValueError(f"there is no folder {folder}; allowed is a folder with the pages that learners saved")
    found, left_out = collect(folder)
    if HTML in {str(path) for path, _ in found}:
        raise ValueError(f"{folder / HTML} is a learner's page and would be overwritten; give it another name")
    pages, older = merge_learners(found)
    told = "".join(f"\n  {why}" for why in [*(f"left out: {why}" for why in left_out), *older])
    if not pages:
        raise ValueError(f"{folder} has no page to count; {ALLOWED}{told}")
    (folder / HTML).write_text(format_tables(pages, left_out + older), encoding="utf-8", errors="replace")
    with (folder / CSV).open("w", encoding="utf-8-sig", errors="replace", newline="") as file:
        csv.writer(file).writerows(list_answers(pages))
    return f"{count_of(len(found), 'page')} counted: see {folder / HTML}{told}"


def main() -> None:
    """Read the command, and say in words what was done or cannot be."""
    parser = argparse.ArgumentParser(prog="python -m helpers.teaching.answers", description=__doc__)
    parser.add_argument("folder", type=Path, help="the pages that learners saved, in folders or not")
    sys.stdout.reconfigure(errors="replace")  # a file may have any name
    try:
        print(write_answers(parser.parse_args().folder))
    except (ValueError, OSError) as problem:
        sys.exit(str(problem))


if __name__ == "__main__":
    main()
