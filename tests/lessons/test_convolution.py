"""The facts of notebook 0: what its panels offer, say and show, worked out from the values alone; and right answers."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from helpers import counting, digits, photos
from helpers.drawing.artists import color_signed
from helpers.drawing.style import CHOSEN, EMPTY
from helpers.lessons.convolution import pictures
from tests import notebooks
from tests.looks import Look, accuracies, are_colors, has_color, is_color, read

PATH = next(path for path in notebooks.PATHS if notebooks.lesson(path) == "convolution")
KERNELS = {
    "vertical edge": [[-1, 0, 1]] * 3,
    "horizontal edge": [[-1] * 3, [0] * 3, [1] * 3],
    "spot": [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]],
    "blur": [[1, 1, 1]] * 3,
}


def minus(text):
    return str(text).replace("-", "−")


def multiply(row, column, kernel):
    ink, weights = np.round(digits.load()[0][3] * 16).astype(int), np.array(KERNELS[kernel])
    windows = np.lib.stride_tricks.sliding_window_view(ink, (3, 3))
    sums = np.einsum("ijkl,kl->ij", windows, weights)
    terms = " + ".join(f"{p}·{minus(w)}" for p, w in zip(windows[row, column].flat, weights.flat, strict=True))
    sentence = (
        f"Kernel “{kernel}” on the patch at row {row}, column {column}: {terms} = {minus(sums[row, column])}. The sum "
        f"goes to row {row}, column {column} of the map."
    )

    def look(seen):
        assert is_color(seen.cell("image: ink from 0 to 16", row, column + 1, (8, 8), down=0.02), CHOSEN)
        assert is_color(seen.cell("map", row, column, (6, 6), down=0.03), CHOSEN)
        shades = color_signed(sums, np.abs(sums).max())
        others = [place for place in np.ndindex(6, 6) if place != (row, column)]
        found = np.array([[seen.cell("map", *place, (6, 6), across=0.12, down=0.12) for place in others]])
        assert are_colors(found, np.array([[shades[place] for place in others]]))
        assert [minus(sums[row, column])] in read(seen.picture)

    return sentence, look


def scan_image(image_size, kernel_size, stride, padding):
    def look(seen):
        assert ["press Run"] in read(seen.picture)

    return "Nothing is scanned yet: press Run, and the kernel moves over the image.", look


def scanned(image_size, kernel_size, stride, padding):
    side = len(range(0, image_size + 2 * padding - kernel_size + 1, stride))
    rows = image_size + 2 * padding
    sentence = (
        f"{side**2} of {side**2} place{'s' * (side > 1)}: a {kernel_size}×{kernel_size} kernel with stride {stride} on "
        f"{image_size}×{image_size} pixels and padding {padding}. The map is {side}×{side}, because "
        f"({rows} − {kernel_size}) / {stride} + 1 = {side}{', rounded down' if (rows - kernel_size) % stride else ''}."
    )

    def look(seen):
        sums = F.avg_pool2d(
            torch.tensor(digits.digit(3, image_size))[None], kernel_size, stride, padding, count_include_pad=True
        )[0].numpy()
        found = seen.cells("map", (side, side), across=0.3, down=0.3)
        found[-1, -1] = 255 * color_signed(sums, sums.max())[-1, -1]  # where the last outline lies
        assert are_colors(found, color_signed(sums, sums.max()), 0.02)
        last = (side - 1) * stride
        edge = seen.cell("image and its padding", last, last, (rows, rows), across=0.5, down=0.02)
        assert is_color(edge, CHOSEN)
        if padding:
            corner = seen.cell("image and its padding", 0, 0, (rows, rows), across=0.1, down=0.1)
            assert not is_color(corner, "white")

    return sentence, "", look


def find(image, kernel, kernel_size):
    gray = digits.digit(3, 16) if image == "digit" else photos.gray(image, 96)
    own = torch.zeros(kernel_size, kernel_size)
    own[kernel_size // 2, kernel_size // 2] = 1
    base = torch.tensor(KERNELS.get(kernel, [[0]])).float()
    weights = own if kernel == "your own" else F.interpolate(base[None, None], kernel_size, mode="nearest-exact")[0, 0]
    sums = F.conv2d(torch.tensor(gray)[None, None], weights[None, None])[0, 0].numpy()
    row, column = np.unravel_index(sums.argmax(), sums.shape)
    there = torch.tensor(gray[row : row + kernel_size, column : column + kernel_size])
    alike = F.cosine_similarity((weights - weights.mean()).flatten(), (there - there.mean()).flatten(), dim=0) > 0.6
    sentence = (
        f"Kernel “{kernel}”, {kernel_size}×{kernel_size}: its sum is largest, {minus(f'{sums.max():.1f}')}, on the "
        f"patch at row {row}, column {column}, and smallest, {minus(f'{sums.min():.1f}')}."
        + (" The patch looks like the kernel." if alike else "")
    )

    def look(seen):
        patch = gray[row : row + kernel_size, column : column + kernel_size]
        found = seen.cells("strongest patch", patch.shape)
        assert are_colors(found, np.repeat(1 - patch[..., None], 3, axis=2), 0.02)
        assert has_color(seen.part("image"), CHOSEN)
        assert has_color(seen.part("map: green above 0, purple below"), CHOSEN)

    return sentence, look


def split(in_channels, out_channels, kernel_size):
    each = in_channels * kernel_size**2

    def some(number, noun):
        return f"{number} {noun}{'s' * (number != 1)}"

    sentence = (
        f"{some(in_channels, 'input channel')}: a kernel has {some(in_channels, 'slice')} of {kernel_size}×"
        f"{kernel_size} weights, {each} in all, and adds all {each} products at each place. "
        f"{some(out_channels, 'kernel')} make {some(out_channels, 'map')}, the output channels: {kernel_size} × "
        f"{kernel_size} × {in_channels} × {out_channels} = {each * out_channels:,} weights."
    )

    def look(seen):
        torch.manual_seed(0)
        kernel = nn.Conv2d(in_channels, out_channels, kernel_size, bias=False).weight[0].detach().numpy()
        for number, name in enumerate(("red", "green", "blue")):
            used = number < in_channels
            assert is_color(seen.cell(name, 0, 0, (1, 1)), EMPTY) != used
            if used:
                found = seen.cells(f"slice for {name}", (kernel_size, kernel_size), across=0.4, down=0.4)
                assert are_colors(found, color_signed(kernel[number], np.abs(kernel).max()), 0.02)
        written = [text for line in read(seen.picture) for text in line]
        shown = [f"kernel {number}" for number in range(1, 5) if f"kernel {number}" in written]
        assert len(shown) == min(out_channels, 4)

    return sentence, look


def learn(channels, learning_rate, seed):
    def look(seen):
        assert ["press Run"] in read(seen.picture)

    return "Nothing is learned yet: press Run for 10 epochs.", look


def where_train():
    return accuracies(notebooks.run_here(PATH).names["where"])


PANELS = {
    "multiply": multiply,
    "scan_image": scan_image,
    "find": find,
    "split": split,
    "learn": learn,
    "where-train": where_train,
}

CONTROLS = {
    "multiply": {"row": (0, 5, 1), "column": (0, 5, 1), "kernel": list(KERNELS)},
    "scan_image": {
        "image_size": (5, 12, 1), "kernel_size": (1, 5, 1), "stride": (1, 3, 1), "padding": (0, 2, 1)
    },
    "find": {
        "image": ["temple", "flower", "portrait", "digit"],
        "kernel": [*KERNELS, "your own"],
        "kernel_size": (3, 7, 2),
    },
    "split": {"in_channels": (1, 3, 1), "out_channels": (1, 32, 1), "kernel_size": (1, 7, 2)},
    "learn": {"channels": (1, 6, 1), "learning_rate": (0.002, 0.02, 0.002), "seed": (0, 9, 1)},
}  # fmt: skip


def learned_share():
    panel = notebooks.run_here(PATH).panels["learn"].run()
    reached = panel.picture.accuracies[-1]
    panel.picture.clear()
    panel._ran = None
    panel.set()
    return "about 9 in 10" if reached > 80 else "about half" if reached > 30 else "about 1 in 10"


def half_that_counts():
    where = notebooks.run_here(PATH).names["where"]
    right = [net for net in ("local", "convolution") if np.mean(where[net, "right half"]) > 50]
    return {2: "both", 0: "neither"}.get(len(right), *right)


PREDICTIONS = {
    "multiply": lambda: [("paper left, ink right", {"row": 2, "column": 2})],
    "scan_image": lambda: [("{0}×{0}".format(counting.Layer(1, 1, 8, 3).output_size[0]), {})],
    "find": lambda: [("light above, dark below", {})],
    "split": lambda: [(str(nn.Conv2d(3, 32, 3, bias=False).weight.numel()), {"in_channels": 3})],
    "learn": lambda: [(learned_share(), {})],
    "where-train": lambda: [(half_that_counts(), {})],
}

ASSERTS = {"loops-code": 1, "pool-code": 1, "channels-slider": 1, "channels-count": 1, "where-train": 1}


def test_a_scan_fills_its_map_place_by_place():
    panel = notebooks.run_here(PATH).panels["scan_image"]
    start = dict(panel.values)
    for asked in (start, {**start, "stride": 2}, {**start, "padding": 2, "kernel_size": 4}):
        panel.picture.clear()
        panel.run(**asked)
        sentence, problem, look = scanned(**asked)
        assert (panel.sentence, panel.problem) == (sentence, problem)
        look(Look(panel.picture, panel.png))
    panel.run(**{**start, "image_size": 5, "kernel_size": 5, "padding": 0})
    assert "The map is 1×1" in panel.sentence
    panel.picture.clear()
    panel._ran = None
    panel.set(**start)


def test_the_patch_of_the_largest_sum_is_light_above_and_dark_below():
    """What is right to predict of the panel `find` as it starts."""
    gray = photos.gray("temple", 96)
    sums = F.conv2d(torch.tensor(gray)[None, None], torch.tensor(KERNELS["horizontal edge"]).float()[None, None])[0, 0]
    row, column = np.unravel_index(int(sums.argmax()), tuple(sums.shape))
    patch = gray[row : row + 3, column : column + 3].mean(axis=1)
    assert patch[0] < patch[1] < patch[2]
    assert patch[2] - patch[0] > 0.4


def test_a_click_on_a_weight_makes_the_kernel_the_learners_own():
    finding, panel = (notebooks.run_here(PATH).names["finding"], notebooks.run_here(PATH).panels["find"])
    box = finding.parts["kernel: click a weight"].get_position()
    x, y = box.x0 + box.width * 2.5 / 3, 1 - (box.y0 + box.height * 0.5 / 3)  # lower right weight
    before = finding.weights.copy()
    start = dict(panel.values)
    for weight in (2, 3, 4, -4):
        panel.set(**finding.pointed(x, y))
        assert finding.weights[2, 2] == weight
        assert panel.values["kernel"] == "your own"
        assert panel.problem == ""
    assert finding.pointed(0.01, 0.01) is None
    panel.set(kernel_size=7)
    assert finding.weights.shape == (7, 7)
    assert finding.weights[2:5, 2:5].tolist() == [[-1, -1, -1], [0, 0, 0], [1, 1, -4]]
    finding.weights = before
    panel.set(**start)


@pytest.mark.parametrize(
    ("show", "named"),
    [
        (lambda: pictures.MultiplyAdd().show(np.ones((8, 8)), np.ones((3, 3)), "a", 6, 0), "row=6, column=0"),
        (lambda: pictures.Finding().show(np.ones((5, 5)), np.ones((6, 6)), np.ones((1, 1)), "a"), "6×6 weights"),
        (lambda: pictures.Channels().show(np.ones((2, 9, 9)), np.ones((1, 3, 3, 3)), np.ones((1, 7, 7))), "planes"),
        (lambda: pictures.LearnedKernels(3).start(np.ones((8, 8)), np.ones((7, 3, 3))), "1 to 6 kernels"),
        (lambda: photos.photo("cat", 96), "name='cat'.*temple, flower, portrait"),
        (lambda: photos.photo("temple", 257), "image_size=257"),
    ],
)
def test_bad_input_is_named(show, named):
    with pytest.raises(ValueError, match=named):
        show()


def test_a_photograph_that_is_missing_is_named(monkeypatch):
    monkeypatch.setitem(photos.PHOTOS, "temple", ("sklearn", "nowhere.jpg", (0, 0), 9))
    with pytest.raises(FileNotFoundError, match=r"the photograph 'temple' is missing: sklearn has no nowhere.jpg"):
        photos.photo.__wrapped__("temple", 9)


def test_photographs_are_real_and_in_range():
    for name in photos.PHOTOS:
        planes = photos.photo(name, 64)
        assert planes.shape == (3, 64, 64)
        assert 0 <= planes.min() < planes.max() <= 1
        assert planes.std() > 0.1
        assert np.allclose(photos.gray(name, 64), 1 - planes.T @ [0.299, 0.587, 0.114] @ np.eye(64), atol=2)


def scan_by_loops(image, kernel, stride):
    size = kernel.shape[1]
    height, width = ((side - size) // stride + 1 for side in image.shape[1:])
    return [
        [
            float((image[:, i * stride : i * stride + size, j * stride : j * stride + size] * kernel).sum())
            for j in range(width)
        ]
        for i in range(height)
    ]


def scan_by_unfold(image, kernel, stride):
    patches = image.unfold(1, kernel.shape[1], stride).unfold(2, kernel.shape[2], stride)
    return torch.einsum("chwij,cij->hw", patches, kernel)


def scan_by_torch(image, kernel, stride):
    return F.conv2d(image[None], kernel[None], stride=stride)[0, 0]


def scan_in_place(image, kernel, stride):
    size = kernel.shape[1]
    patches = image.unfold(1, size, stride).unfold(2, size, stride)
    for i, j in np.ndindex(*patches.shape[1:3]):
        patches[:, i, j] *= kernel
    return patches.sum((0, 3, 4))


RIGHT = {
    1: [(32,), (32.0,)],
    2: [(20_000,), (nn.Conv2d(3, 8, 5, 2, 2)(torch.zeros(1, 3, 100, 100)).numel(),)],
    3: [(scan_by_loops,), (scan_by_unfold,)],
    4: [([[2, -1, -1], [-1, 2, -1], [-1, -1, 2]],), (torch.eye(3) - 0.4,), (np.eye(3) * 3 - 1,)],
}
WRONG = {
    1: {"middle row": (9 + 9 + 7 - 2,), "sum of the patch": (5 + 9 + 8 + 9 + 2 + 9 + 7,)},
    2: {"one map": (50 * 50,), "These are the weights. How": (5 * 5 * 3 * 8,)},
    3: {"torch's own convolution": (scan_by_torch,), "changes `image`": (scan_in_place,)},
    4: {
        "full of ink": ([[1, 1, 1]] * 3,),
        "upper right to the lower left": ([[1, -9, 1], [-9, 1, -9], [1, -9, 1]],),
        "three rows": ([1, 2, 3],),
        "Does each pixel of the line count": ([[1, -1, -1], [-1, 0, -1], [-1, -1, 1]],),
    },
}
