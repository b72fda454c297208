"""The pages: one for each notebook, an index, the glossary and the references, in a folder that stands alone."""

import json
import re
import shutil
import tomllib
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import jinja2
import nbformat
from nbconvert import HTMLExporter

from helpers.folders import ROOT, check_free, list_notebooks
from helpers.live.panel import HERE as LIVE
from helpers.pages.notebooks import make_tables, prepare
from helpers.pages.prose import list_sections, to_html

HERE = Path(__file__).parent / "template"
TARGET = ROOT / "build" / "pages"
MADE = ".pages"  # stands in a folder that may be written anew
SHOWN = "local_connectivity/local-slider"  # stands on the index
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
SOURCE = PROJECT["urls"]["Source"]
BINDER = (
    f"https://mybinder.org/v2/gh/{SOURCE.removeprefix('https://github.com/')}/HEAD?urlpath=lab%2Ftree%2Fnotebooks%2F"
)
DOCUMENTS = ("glossary", "references")
ROW = re.compile(r"^\| \[(\w+)\]\(notebooks/(\w+)\.ipynb\) \*\*(.+?)\*\* \| (.+?) \| (.+?) \| (.+?) \|", re.MULTILINE)


def build(target: Path = TARGET, paths: list[Path] | None = None) -> list[Path]:
    """Write the pages of notebooks, all unless given, into a folder, and return its pages.

    Raises ValueError for a folder that holds anything else, and where a table and its notebook differ.
    """
    target, paths = target.resolve(), paths or list_notebooks()
    check_free(target, MADE, "has pages")
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    (target / MADE).touch()
    with ProcessPoolExecutor(2, mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
        tables = dict(zip(paths, pool.map(make_tables, paths, [target] * len(paths)), strict=True))
    (target / ".nojekyll").touch()  # GitHub Pages takes the files as they are
    return write_pages(target, tables)


def write_pages(target: Path, tables: dict[Path, dict[str, dict[str, Any]]]) -> list[Path]:
    """Write all pages beside their tables, and return them."""
    lessons = list_lessons()
    site = {"lessons": [one for one in lessons if any(path.stem == one["page"] for path in tables)], "source": SOURCE}
    site |= {"style": _read(LIVE / "panel.css") + _read(HERE / "page.css"), "search": _read(HERE / "search.js")}
    site["script"] = _read(LIVE / "panel.js") + _read(HERE / "model.js")
    pages = {}
    for path, panels in tables.items():
        binder = f"{BINDER}{path.name}"
        notebook = prepare(nbformat.read(path, as_version=4), panels, binder, target)
        pages[path.stem] = _convert(notebook, site | {"page": path.stem, "binder": binder, "title": _title(notebook)})
    for name in DOCUMENTS:
        text = (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text)])
        pages[name] = _convert(notebook, site | {"page": name, "title": _title(notebook)})
    shown = [panel for panels in tables.values() for panel in panels.values()]
    shown.sort(key=lambda panel: panel["name"] != SHOWN)
    about = _read(ROOT / "README.md").split("\n\n")[1]
    index = {"page": "index", "title": "One Weight, Many Uses", "panel": shown[0], "about": to_html(about)}
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(HERE), autoescape=False, trim_blocks=True)
    pages["index"] = environment.get_template("index.html.j2").render(site=site | index | {"binder": f"{BINDER}"})
    found = []
    for name, html in pages.items():
        first, *others = list_sections(html)
        found += [{"page": name, **first}]
        found += [{"page": name, **section, "title": f"{first['title']}: {section['title']}"} for section in others]
    words = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    (target / "search-index.js").write_text(f"owmuFind({words});\n", encoding="utf-8")
    for name, html in pages.items():
        (target / f"{name}.html").write_text(html, encoding="utf-8")
    return [target / f"{name}.html" for name in pages]


def list_lessons() -> list[dict[str, str]]:
    """Return the lessons as README lists them: number, page, title, outcome, what one needs, and minutes."""
    keys = ("number", "page", "title", "outcome", "needs", "minutes")
    found = [dict(zip(keys, map(_inline, row), strict=True)) for row in ROW.findall(_read(ROOT / "README.md"))]
    listed, there = [one["page"] for one in found], [path.stem for path in list_notebooks() if path.stem[0].isdigit()]
    if listed != there:
        raise ValueError(f"README.md lists the notebooks {listed}; there are {there}")
    return found


def _convert(notebook: nbformat.NotebookNode, site: dict[str, Any]) -> str:
    exporter = HTMLExporter(template_name="base", template_file="page.html.j2", extra_template_paths=[str(HERE)])
    exporter.register_filter("markdown2html", to_html)
    exporter.exclude_input_prompt = exporter.exclude_output_prompt = True
    html, _ = exporter.from_notebook_node(notebook, {"site": site})
    return html


def _inline(text: str) -> str:
    return to_html(text).strip().removeprefix("<p>").removesuffix("</p>") if "`" in text else text


def _title(notebook: nbformat.NotebookNode) -> str:
    return notebook.cells[0].source.partition("\n")[0].removeprefix("# ")


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")
