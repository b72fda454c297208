"""A kernel with a slice for each input channel, and a map for each kernel."""

import numpy as np
from matplotlib.colors import to_rgb

from helpers.counting.formatting import format_count, format_quantity
from helpers.drawing.artists import PixelImage, color_signed
from helpers.drawing.picture import Picture
from helpers.drawing.style import EMPTY, FONT_SIZE, INK

PLANES = {"red": "#FF3030", "green": "#30C040", "blue": "#4070FF"}  # the colours of light that a screen mixes
SIDE, GAP, TOP = 112, 12, 388  # pixels
MOST_MAPS = 4
LARGEST_KERNEL = 9


class Channels(Picture):
    """The planes of a photograph, the slices of the first kernel, the maps of the first kernels, and a count."""

    lines = 3

    def __init__(self) -> None:
        super().__init__(950, 450)
        lower = [TOP - SIDE - (SIDE + GAP) * row for row in range(3)]
        self._planes = [
            PixelImage(self, self.add_square(name, 92, bottom, SIDE, caption=False))
            for name, bottom in zip(PLANES, lower, strict=True)
        ]
        self._slices = [
            PixelImage(self, self.add_square(f"slice for {name}", 300, bottom, SIDE, caption=False))
            for name, bottom in zip(PLANES, lower, strict=True)
        ]
        self._names = [
            self.add_text(82, bottom + SIDE / 2, FONT_SIZE, ha="right", va="center", weight="bold") for bottom in lower
        ]
        self._signs = [
            [self.add_text(x, bottom + SIDE / 2, 22, ha="center", va="center", weight="bold") for x in (252, 447)]
            for bottom in lower
        ]
        places = [(560, lower[0]), (560 + SIDE + 60, lower[0]), (560, lower[1] - 34), (560 + SIDE + 60, lower[1] - 34)]
        self._maps = [
            PixelImage(self, self.add_square(f"map {number + 1}", *place, SIDE, caption=False))
            for number, place in enumerate(places)
        ]
        self._map_names = [
            self.add_text(left + SIDE / 2, bottom - 16, FONT_SIZE, ha="center", va="center") for left, bottom in places
        ]
        for x, text in ((148, "input channels"), (356, "first kernel"), (702, "output channels: maps")):
            self.figure.text(x / 950, 418 / 450, text, fontsize=FONT_SIZE + 1, weight="bold", color=INK, ha="center")
        self._more = self.add_text(702, 66, FONT_SIZE, ha="center", va="center")
        self._count = self.add_text(702, 28, FONT_SIZE + 3, weight="bold", ha="center", va="center")

    def show(self, planes: np.ndarray, weight: np.ndarray, maps: np.ndarray) -> None:
        """Show planes (C_in, H, W) from 0 to 1, kernels (C_out, C_in, K, K), and the maps (C_out, H_out, W_out)."""
        planes, weight, maps = map(np.asarray, (planes, weight, maps))
        out_channels, in_channels, size, _ = weight.shape
        if planes.ndim != 3 or len(planes) != in_channels or in_channels > len(PLANES) or size > LARGEST_KERNEL:
            raise ValueError(
                f"planes has shape {planes.shape} and weight {weight.shape}; allowed are (C_in, H, W) and "
                f"(C_out, C_in, K, K) with at most {len(PLANES)} input channels and {LARGEST_KERNEL}×{LARGEST_KERNEL}"
            )
        if len(maps) != out_channels:
            raise ValueError(f"maps has {len(maps)} channels; allowed is {out_channels}, one for each kernel")
        empty = np.full((1, 1, 3), to_rgb(EMPTY))
        largest = np.abs(weight[0]).max()
        for number, (name, hue) in enumerate(PLANES.items()):
            used = number < in_channels
            light = 0.25 + 0.75 * np.array(to_rgb(hue)) / max(to_rgb(hue))  # what this channel shows at full strength
            tint = planes[number][..., None] * light if used else empty
            self._planes[number].show(tint, outline_pixels=False)
            self._slices[number].show(color_signed(weight[0, number], largest) if used else empty, outline_pixels=used)
            self._names[number].set_text(name if used else "")
            self._signs[number][0].set_text("×" if used else "")
            self._signs[number][1].set_text(("=" if number == in_channels - 1 else "+") if used else "")
        strongest = np.abs(maps[:MOST_MAPS]).max()
        for number, (part, name) in enumerate(zip(self._maps, self._map_names, strict=True)):
            used = number < out_channels
            part.show(color_signed(maps[number], strongest) if used else empty, outline_pixels=False)
            name.set_text(f"kernel {number + 1}" if used else "")
        more = out_channels - MOST_MAPS
        self._more.set_text(f"and {format_quantity(more, 'map')} more" if more > 0 else "")
        each = in_channels * size**2
        self._count.set_text(
            f"{size}·{size}·{in_channels} × {out_channels} = {format_count(each * out_channels)} weights"
        )
        self.sentence = (
            f"{format_quantity(in_channels, 'input channel')}: a kernel has {format_quantity(in_channels, 'slice')} of "
            f"{size}×{size} weights, {each} in all, and adds all {each} products at each place. "
            f"{format_quantity(out_channels, 'kernel')} make {format_quantity(out_channels, 'map')}, the output "
            f"channels: {size} × {size} × {in_channels} × {out_channels} = {each * out_channels:,} weights."
        )
