"""Markdown as HTML that needs nothing else: formulas as MathML, links between pages."""

import re
from html import escape
from typing import Any

from bs4 import BeautifulSoup
from latex2mathml.converter import convert
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

NOTEBOOK = re.compile(r"^(?:\.\./)?(?:notebooks/)?(\w+)\.ipynb(#.*)?$")
OURS = re.compile(r"^(?!\w+:|#)(?:\.\./|docs/)?([\w-]+)\.md(#.*)?$")
BLACKBOARD = {r"\mathbb{1}": "𝟙"}  # browsers know the letter, not the style


class Renderer(IPythonRenderer):
    """Renders what the notebooks use."""

    def inline_math(self, body: str) -> str:
        """Return a formula within a line."""
        return _convert(body, "inline")

    def block_math(self, body: str) -> str:
        """Return a formula on lines of its own, which a narrow page scrolls."""
        return f'<div class="formula" tabindex="0" role="group" aria-label="formula">{_convert(body, "block")}</div>'

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        """Return a heading that is a link to itself."""
        words = BeautifulSoup(text, "html.parser").get_text()
        name = re.sub(r"[^\w]+", "-", words.lower()).strip("-")
        link = f'<a class="anchor-link" href="#{name}" aria-label="link to {escape(words)}">#</a>'
        return f'<h{level} id="{name}">{text}{link}</h{level}>\n'

    def link(self, text: str, url: str, title: str | None = None) -> str:
        """Return a link; notebooks and what they cite are pages here."""
        url = OURS.sub(r"\1.html\2", NOTEBOOK.sub(r"\1.html\2", url))
        return super().link(text, url, title)


def _convert(formula: str, display: str) -> str:
    for given, letter in BLACKBOARD.items():
        formula = formula.replace(given, letter)
    return convert(formula, display=display)


def to_html(source: str) -> str:
    """Return Markdown as HTML."""
    return MarkdownWithMath(renderer=Renderer(escape=False)).render(source)


def list_sections(html: str) -> list[dict[str, str]]:
    """Return what the search looks through: each section of a page with its title, its anchor and its words."""
    sections: list[dict[str, str]] = []
    soup = BeautifulSoup(html, "html.parser")
    for gone in soup.select("math, .anchor-link"):
        gone.decompose()
    for part in soup.select(".jp-MarkdownOutput"):
        heading = part.find(["h1", "h2"])
        if heading is not None:
            sections.append({"title": heading.get_text().strip(), "id": str(heading.get("id", "")), "text": ""})
        if sections:
            sections[-1]["text"] += " " + " ".join(part.get_text(" ").split())
    return sections
