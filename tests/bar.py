"""A picture that is no more than a bar, for tests of panels."""

from helpers.drawing.picture import Picture
from tests.looks import decode


class Bar(Picture):
    """A bar whose width is the value: enough to see what a panel shows."""

    lines = 3

    def __init__(self):
        super().__init__(200, 100)
        axes = self.add_axes("bar", 0, 0, 200, 100)
        axes.set(xlim=(0, 100), ylim=(0, 1))
        axes.set_axis_off()
        self.bar = self.add_animated(axes.barh([0.5], [0], height=1, color="black")[0])

    def show(self, value):
        self.bar.set_width(value)
        self.sentence = f"The value is {value}."

    def pointed(self, x, y):
        return {"value": round(100 * x)} if y < 0.5 else None


class RunBar(Bar):
    """A bar whose width is how far a run has come."""

    def clear(self):
        self.bar.set_width(0)
        self.sentence = "Nothing has run."

    def show(self, value):
        self.bar.set_width(value)
        self.sentence = f"It has come to {value:g}."


def width(png):
    """Return the width of the bar in percent."""
    pixels = decode(png)
    return round(100 * (pixels[len(pixels) // 2, :, 0] < 128).mean())
