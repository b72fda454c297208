"""The glossary and the references against the notebooks: each term and each paper stands in both."""

import re
from itertools import pairwise

import pytest

from tests import notebooks

DOCS = notebooks.ROOT / "docs"
FRAME = r"What you |What you saw|Predict|Vote|Exercise \d|In short"  # bold for the eye, not a term
ENTRY = re.compile(r"^- \*\*(.+?)\*\*: (.*?)(?=\n- |\n\n|\Z)", re.MULTILINE | re.DOTALL)
CITED = re.compile(r"\[([^\[\]]+, \d{4})\]\(([^\s)]+)\)")
NAMED = re.compile(r"[A-Z][\w']+(?: et al\.| and (?:van )?[A-Z]\w+)?(?:, | \()(?:19|20)\d\d\b")
SENTENCE = re.compile(r"[.?](?= [A-Z]|$)")


def prose(path):
    """Return the text of a notebook's markdown cells, with what is folded but without code."""
    text = "\n\n".join(cell.source for cell in notebooks.cells(path) if cell.cell_type == "markdown")
    return re.sub(r"```.*?```|\$\$.*?\$\$", "", text, flags=re.DOTALL)


def terms(path):
    return [term for term in re.findall(r"\*\*(.+?)\*\*", prose(path)) if not re.match(FRAME, term)]


def singular(term):
    return term.lower().removesuffix("s")


def entries(name):
    return {term: " ".join(text.split()) for term, text in ENTRY.findall((DOCS / name).read_text(encoding="utf-8"))}


def test_each_bold_term_stands_in_the_glossary_with_the_notebook_that_explains_it():
    explained = {singular(term): path.name for path in reversed(notebooks.PATHS) for term in terms(path)}
    listed = {
        singular(term): re.search(r"\(../notebooks/(\S+)\)$", text)[1] for term, text in entries("glossary.md").items()
    }
    assert listed == explained


def test_a_term_is_bold_once():
    everywhere = [singular(term) for path in notebooks.PATHS for term in terms(path)]
    assert sorted(set(everywhere)) == sorted(everywhere)


def test_the_glossary_is_in_order_and_short():
    found = entries("glossary.md")
    assert all(one.lower() < other.lower() for one, other in pairwise(found))
    for term, text in found.items():
        assert 1 <= len(SENTENCE.findall(text.rpartition(" [")[0])) <= 2, term


def test_each_paper_is_cited_with_the_link_of_the_references():
    listed = {name: re.search(r"<(\S+)>$", text)[1] for name, text in entries("references.md").items()}
    cited = {name: link for path in notebooks.PATHS for name, link in CITED.findall(prose(path))}
    assert {name: listed.get(name) for name in cited} == cited
    formulas = "\n".join(path.read_text(encoding="utf-8") for path in (notebooks.ROOT / "helpers").rglob("*.py"))
    for name in listed.keys() - cited.keys():
        authors = name.partition(",")[0].removesuffix(" et al.").split(" and ")
        assert all(author in formulas for author in authors), f"nobody cites {name}"


@pytest.mark.parametrize("path", notebooks.PATHS, ids=notebooks.lesson)
def test_no_paper_is_named_without_a_link(path):
    assert NAMED.findall(CITED.sub("", prose(path))) == []
