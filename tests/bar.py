"""A picture that is no more than a bar, for tests of panels."""

from helpers.drawing.picture import Picture
from tests.pixels import decoded


class Bar(Picture):
    """A bar whose width is the value: enough to see what a panel shows."""

    lines = 3

    def __init__(self):
        super().__init__(200, 100)
        axes = self.figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, 100), ylim=(0, 1))
        axes.set_axis_off()
        self.bar = self.add_animated(axes.barh([0.5], [0], height=1, color="black")[0])

    def show(self, value):
        self.bar.set_width(value)
        self.sentence = f"The value is {value}."

    def pointed(self, x, y):
        return {"value": round(100 * x)} if y < 0.5 else None


def width(png):
    """Return the width of the bar in percent."""
    picture = decoded(png)
    return round(100 * (picture[len(picture) // 2, :, 0] < 128).mean())
