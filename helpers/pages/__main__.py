"""Write the pages: `python -m helpers.pages [TARGET]`."""

import argparse
from pathlib import Path

from helpers.pages.build import TARGET, build

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write pages on which every panel moves without a kernel.")
    parser.add_argument("target", nargs="?", type=Path, default=TARGET)
    try:
        pages = build(**vars(parser.parse_args()))
    except ValueError as error:
        parser.exit(1, f"{error}.\n")
    files = [path for path in pages[0].parent.rglob("*") if path.is_file()]
    print(
        f"{pages[-1]}: {len(pages)} pages, {sum(path.stat().st_size for path in files) / 1e6:.0f} MB with all pictures"
    )
