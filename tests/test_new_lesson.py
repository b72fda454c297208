"""One more notebook, made by docs/CONTRIBUTING.md in a copy of the project: six files, and every test takes it in."""

import os
import subprocess
import sys
from textwrap import dedent

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from helpers.rerun import KERNELSPEC, SEEN
from tests.notebooks import PATHS, copy_project

NAME = "one_bar"
STEM = f"{len(PATHS) + 1:02}_{NAME}"
FILES = {
    f"helpers/lessons/{NAME}/pictures.py": '''
        """The picture of this lesson."""

        from helpers.drawing.picture import Picture
        from helpers.drawing.style import INK


        class Bar(Picture):
            """A bar as long as a number."""

            def __init__(self) -> None:
                super().__init__(400, 200)
                axes = self.add_axes("bar", 40, 60, 320, 120, xlim=(0, 10), ylim=(0, 1), yticks=[])
                axes.tick_params(labelsize=14)
                self._bar = self.add_animated(axes.barh([0.5], [0], height=0.6, color=INK)[0])

            def show(self, length: int) -> None:
                """Show a length from 0 to 10."""
                self._bar.set_width(length)
                self.sentence = f"The bar is as long as the number says: {length} of 10."
        ''',
    f"helpers/lessons/{NAME}/questions.py": '''
        """What the panel of this lesson asks first."""

        from helpers.live import Predict

        grow = Predict(["shorter", "longer"], "longer", {"length": 9}, reasons={"shorter": "Some bars count down."})
        ''',
    f"helpers/lessons/{NAME}/exercises.py": '''
        """The exercises of this lesson."""

        from helpers.exercises import Code, Design, Number, Sheet

        number = Number(right=12, mistakes={7: "3 + 4", 34: "Side by side", 1: "4 − 3", 81: "3 to the 4th", 64: "4³"})


        @Code(cases=lambda: [(2,), (3,)])
        def square(side):
            """Return the area."""
            return side**2


        @square.mistake("That doubles the side.")
        def _double(side):
            return 2 * side


        @square.mistake("That is the way around.")
        def _go_around(side):
            return 4 * side


        @square.mistake("A cube has three sides.")
        def _cube(side):
            return side**3


        @square.mistake("That adds the sides and one more.")
        def _add_one(side):
            return side + side + 1


        @square.mistake("The side alone is no area.")
        def _return_side(side):
            return side


        @Design()
        def even(number):
            """Choose an even number."""
            if number % 2:
                yield "It is odd."


        check = Sheet(number, square, even)
        ''',
    f"tests/lessons/test_{NAME}.py": '''
        """The facts of this lesson."""

        from helpers.drawing.style import INK
        from tests.looks import is_color


        def grow(length):
            def look(seen):
                if length:
                    assert is_color(seen.at("bar", length - 0.5, 0.5), INK)
                assert length == 10 or is_color(seen.at("bar", length + 0.5, 0.5), "white")

            return f"The bar is as long as the number says: {length} of 10.", look


        PANELS = {"grow": grow}
        CONTROLS = {"grow": {"length": (0, 10, 1)}}
        PREDICTIONS = {"grow": lambda: [("longer", {"length": 9})]}
        ASSERTS = {"proof": 1}
        AREAS = [(lambda side: side * side,), (lambda side: float(side) ** 2,)]
        RIGHT = {1: [(12,), (12.0,)], 2: AREAS, 3: [(2,), (0,)]}
        WRONG = {3: {"odd": (3,)}}
        ''',
}
PANEL = """
picture = pictures.Bar()


@live(picture, predict=questions.grow, length=(0, 10))
def grow(length=4):
    picture.show(length)
"""
IMPORTS = f"""
from helpers.lessons.{NAME} import pictures, questions
from helpers.lessons.{NAME}.exercises import check
from helpers.live import live, save_page
"""
TITLE = f"""# {len(PATHS) + 1} · One bar

**What you will do**: move a bar. **What you will learn**: nothing new. **What you need**: no more than 5 minutes."""
SENTENCE = (
    "A cell of prose holds one idea, in as many words as it takes to follow it at the first reading, and no more. "
)
EXERCISE = """**Exercise {number}.** {question}

<details><summary>Hint 1</summary>

Think.

</details>
<details><summary>Hint 2</summary>

Think again.

</details>
<details><summary>Solution</summary>

```python
{solution}
```

</details>"""
FORMULA = "<details><summary>As a formula</summary>\n\n$$l = n$$\n\n$l$ is the length, $n$ the number.\n\n</details>"
ENDING = f"""## Experiments

1. How long is half of a bar?

<details>{SEEN.format(day="1 January 2026", code="print(10 / 2)", said="not run yet")}

Half as long.

</details>

**In short**: a bar.

Next: nothing."""
QUESTIONS = [
    ("product", "3 times 4?", "answer = ...\n\ncheck(1, answer)", "answer = 12\n\ncheck(1, answer)"),
    ("area", "The area?", "def area(side):\n    return ...\n\n\ncheck(2, area)",
     "def area(side):\n    return side * side\n\n\ncheck(2, area)"),
    ("even", "An even number?", "answer = ...\n\ncheck(3, answer)", "answer = 4\n\ncheck(3, answer)"),
]  # fmt: skip


def notebook():
    """Return the notebook of the guide: predict, move, explain, some prose, and exercises."""

    def text(source, name):
        return new_markdown_cell(source.strip(), id=name)

    def code(source, name):
        return new_code_cell(source.strip(), id=name)

    cells = [
        text(TITLE, "title"),
        code(IMPORTS, "imports"),
        text(f"## Move it\n\n{SENTENCE}\n\n**Predict**: at 9, is the bar shorter or longer?", "bar-predict"),
        code(PANEL, "bar-slider"),
        text(f"**What you saw**: longer. {SENTENCE}\n\n{FORMULA}", "bar-explain"),
        code("assert 3 * 4 == 12", "proof"),
        *(text(SENTENCE + "It goes on. " * 2, f"prose-{letter}") for letter in "abcdefghij"),
        text("## Exercises\n\nPut an answer where the dots are and run the cell.", "exercises"),
    ]
    for number, (name, question, dots, solution) in enumerate(QUESTIONS, start=1):
        cells.append(text(EXERCISE.format(number=number, question=question, solution=solution), name))
        cells.append(code(dots, f"{name}-answer"))
    cells.append(code(f'save_page("{NAME}")', "save-page"))
    cells.append(text(ENDING, "ending"))
    return new_notebook(cells=cells, metadata={"kernelspec": KERNELSPEC, "language_info": {"name": "python"}})


@pytest.fixture
def copy(tmp_path):
    """Return a copy of what git tracks, or would track."""
    copy_project(tmp_path)
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)  # tests ask git what belongs to the project
    return tmp_path


def run(folder, *words):
    settings = os.environ | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run([sys.executable, "-m", *words], cwd=folder, env=settings, capture_output=True, text=True)


def test_a_lesson_made_by_the_guide_is_taken_in_by_every_test(copy):
    for name, source in FILES.items():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_text(dedent(source).lstrip())
    path = copy / "notebooks" / f"{STEM}.ipynb"
    nbformat.write(notebook(), path)
    stored = run(copy, "helpers.rerun", str(path))
    assert stored.returncode == 0, stored.stderr
    tests = run(copy, "pytest", "-v", "-p", "no:cacheprovider", "-m", "not browser", "-k", NAME, "tests", "notebooks")
    assert tests.returncode == 0, tests.stdout[-3000:]
    for part in ("test_panels.py", "test_lessons.py", "test_notebooks.py", "test_drawing.py", f"notebooks/{STEM}"):
        assert part in tests.stdout
