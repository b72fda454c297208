"""The pages to print, as Chromium would print them."""

import re

import pytest

from helpers.teaching.quiz import DOCS
from tests import lab


@pytest.mark.usefixtures("chromium")
@pytest.mark.parametrize(("name", "pages"), [("quiz-before", 1), ("quiz-after", 1), ("quiz-key", 3)])
def test_a_page_to_print_takes_as_many_sheets_as_it_has_to(name, pages):
    with lab.browser_page() as page:
        page.goto((DOCS / f"{name}.html").as_uri())
        printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == pages
