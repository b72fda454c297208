import statistics

from helpers.drawing.style import CHOSEN, INK, SHARED
from tests import notebooks
from tests.expected.notebook_3 import reveal
from tests.pixels import has_colour

PATH = notebooks.path_of("05_depth_and_space")

reveal_tied = reveal(PATH, "tied_results")


def reveal_depth(vote):
    results = notebooks.found_in(PATH, "depth_results")
    parts = []
    for net in ("trained at 0 to 3", "trained at 3"):
        of = [results[net, f"depth {depth}"] for depth in range(7)]
        parts.append(f"{net}: {', '.join(f'{statistics.mean(accuracies):.1f}' for accuracies in of)} %")
    sentence = f"Mean test accuracy at 0 to 6 uses, over 5 seeds: {'; '.join(parts)}."
    bands = {"its own depth alone": {3}, "one more or less too": {2, 3, 4}, "all depths": {*range(7)}}
    if vote in bands:
        sentence = f"Your vote: {vote}. {sentence}"
    if vote == "not yet":
        sentence = "Vote first; then the curves and the text below appear."

    def look(picture):
        for depth in range(7):
            x = round(80 + 570 * (depth + 0.5) / 7)
            strip = picture[160:260, x - 20 : x + 20] / 255
            tinted = (strip[..., 2] < strip[..., 0] - 0.2).any()
            assert tinted == (depth in bands.get(vote, ()))
            assert has_colour(picture[54:374, x - 3 : x + 4], SHARED, 0.3) == (vote != "not yet")
        assert has_colour(picture[:, 664:], INK) == (vote != "not yet")

    return sentence, look


def look_through(image_size, kernel_size, channels, reuses):
    side = reuses * (kernel_size - 1) + 1
    pixels = f"{side**2} pixel{'s' * (side > 1)}"
    weights = channels**2 * kernel_size**2
    sentence = (
        f"{reuses} use{'s' * (reuses != 1)} with {kernel_size}×{kernel_size} kernels: the middle output sees "
        f"{side}×{side} = {side**2} of {image_size**2} pixels, because {reuses} × ({kernel_size} − 1) + 1 = {side}; "
        f"its gradient is not zero at {pixels}. The convolution has {weights:,} weight{'s' * (weights > 1)} throughout."
    )

    def look(picture):
        pixel = 270 / image_size
        first = (image_size - side) // 2
        for left, around in ((10, 4), (620, 4)):
            edge = picture[56:325, round(left + pixel * first) - around : round(left + pixel * first) + around]
            assert has_colour(edge, CHOSEN)
        middles = [55 + (place + 0.5) * pixel for place in range(image_size)]
        points = [[picture[int(y), int(565 + x)].astype(int) for x in middles] for y in middles]
        blue = [point[2] > point[0] + 25 for row in points for point in row]  # the gradient is not zero
        assert sum(blue) == side**2

    return sentence, look
