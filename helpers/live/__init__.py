"""Sliders bound to an ordinary function and to a picture: the only module that knows about widgets.

    picture = pictures.ConnectionMap()

    @live(picture, image_size=(7, 16), kernel_size=(1, 7, 2))
    def connect(image_size=8, kernel_size=3):
        picture.show(LocallyConnected2d(1, 1, image_size, kernel_size))

The cell then shows a slider for each range, the picture, and the picture's sentence. `connect` stays the function it
was, and `connect.panel` is what the cell shows.

`connect.panel` is a widget like any other: it can stand in an `ipywidgets.HBox`, and its `values`, a dict by name, can
be observed, linked, and set, which moves the controls: `link((one.panel, "values"), (other.panel, "values"))`, or with
the `transform` of `link` to a slider of ipywidgets. What `connect` prints stands in the panel. It may seed the global
generators of random numbers: they are left as they were.

`Predict` asks the learner before the panel opens.

A function that yields is a run: its panel has a Run and a Stop button and a progress bar, and the picture grows while
the function runs. It yields how much is done, from 0 to 1.

`save_page` shows a button with which learners save what they have answered.
"""

import inspect
from collections.abc import Callable, Sequence

from helpers.live import views
from helpers.live.controls import Range, Value
from helpers.live.panel import Panel
from helpers.live.predictions import Predict
from helpers.live.runs import RunPanel
from helpers.live.saving import save_page
from helpers.live.views import Picture, collect, display_still, draw_still

__all__ = ["Panel", "Predict", "RunPanel", "collect", "live", "save_page", "show"]


def live(
    picture: Picture,
    presets: dict[str, tuple[Value, ...]] | None = None,
    predict: Predict | Sequence[Predict] | None = None,
    **ranges: Range,
) -> Callable[[Callable], Callable]:
    """Show `picture` under controls that call the decorated function, and return the function unchanged.

    Each range is (first, last) or (first, last, step) as in `ipywidgets.interact`, or a function of other parameters
    that returns such a tuple, for a slider whose ends depend on them; a list of words makes a choice among them. Names
    are the function's parameters; a control starts at the parameter's default. Each of `presets`, values for all
    controls in their order, becomes a button that moves them at once. The function moves the picture; what it
    returns is not used. `predict` is a question, or several, that comes before all this. A function that yields gets a
    `RunPanel`, and its picture needs `clear()`.

    Raises TypeError or ValueError for a range, name, default or preset that does not fit.
    """

    def show(function: Callable) -> Callable:
        kind = RunPanel if inspect.isgeneratorfunction(function) else Panel
        function.panel = kind(function, picture, ranges, presets, predict)
        _display(function.panel)
        return function

    return show


def show(picture: Picture, predict: Predict | Sequence[Predict] | None = None) -> None:
    """Show a picture that has no sliders, and its sentence; with questions only once the learner has answered them."""
    if predict:

        def look() -> None:
            pass

        look.__name__ = f"{type(picture).__name__}()"  # by which its questions are kept
        live(picture, predict=predict)(look)
    else:
        _display(picture)


def _display(shown: Panel | Picture) -> None:
    if views.collected is not None:
        views.collected.append(shown)
    elif isinstance(shown, Panel):
        shown.display()
    else:
        display_still(draw_still(shown), shown.sentence)
