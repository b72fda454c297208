"""What pictures are made of: artists that are quick to paint, the PNG, and charts of several seeds."""

import io
from itertools import combinations

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.text import Text
from PIL import Image

from helpers import digits
from helpers.drawing.accuracies import NO_WINNER, Accuracies, Losses, move_apart
from helpers.drawing.artists import CachedText, PixelImage, TextCollection, color_signed, label_signs
from helpers.drawing.identities import color_identities
from helpers.drawing.picture import Picture
from helpers.drawing.receptive_field import ReceptiveField
from helpers.drawing.style import CHOSEN, DENSE, INK, LOCAL, NEGATIVE, POSITIVE, find_look
from helpers.live import RunPanel
from tests import looks, notebooks
from tests.looks import Look, are_colors, decode, has_color, is_color, read
from tests.test_panels import ends


def ink(png):
    """Return the box of what is not white, as left, top, right and bottom."""
    rows, columns = np.nonzero(decode(png).min(axis=-1) < 200)
    return np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1])


def bare():
    """Return an empty picture and a bare part of it."""
    picture = Picture(400, 300)
    axes = picture.add_square("part", 120, 30, 240, caption=False)
    axes.set_axis_off()
    return picture, axes


@pytest.mark.parametrize("words", ["100.0 %", "0 above zero, 49 below", "10.6 million"])
@pytest.mark.parametrize(
    ("ha", "va", "size", "weight", "density"),
    [
        ("left", "baseline", 14, "normal", 1),
        ("center", "baseline", 18, "bold", 1.5),
        ("right", "baseline", 28, "normal", 2),
        ("center", "center", 14, "normal", 1),
        ("right", "top", 14, "bold", 1),
        ("left", "bottom", 14, "normal", 1),
    ],
)
def test_cached_text_lies_where_matplotlib_writes_it(words, ha, va, size, weight, density):
    boxes = []
    for kind in (CachedText, Text):
        picture = Picture(1200, 200)
        place = {"ha": ha, "va": va, "transform": picture.figure.transFigure}
        picture.figure.add_artist(kind(0.5, 0.5, words, fontsize=size, weight=weight, **place))
        boxes.append(ink(picture.png(density)) / density)
    # Matplotlib moves each character to a whole pixel, and aligns not the height of a digit, but that of the line.
    assert boxes[0] == pytest.approx(boxes[1], abs=size / 3)
    assert va != "baseline" or boxes[0][[1, 3]] == pytest.approx(boxes[1][[1, 3]], abs=1)


@pytest.mark.parametrize("density", [1, 1.5, 2])
@pytest.mark.parametrize(("size", "weight"), [(12, "normal"), (30, "bold")])
def test_each_of_many_texts_is_centred_on_its_place(density, size, weight):
    picture, axes = bare()
    texts = TextCollection(picture, axes)
    for x, y in ((0.25, 0.5), (0.75, 0.125)):
        texts.show({(x, y): "8"}, size, weight)
        left, top, right, bottom = ink(picture.png(density)) / density
        across, down = axes.transData.transform((x, y)) / density
        assert ((left + right) / 2, picture.size[1] - (top + bottom) / 2) == pytest.approx((across, down), abs=1)
        assert bottom - top == pytest.approx(0.74 * size * 100 / 72, abs=2)
    texts.show({(0.25, 0.5): "8", (0.75, 0.5): "8"}, size, weight)
    assert np.ptp(ink(picture.png())[[0, 2]]) == pytest.approx(120 + 0.6 * size * 100 / 72, abs=4)
    texts.show({}, size)
    assert decode(picture.png()).min() == 255


def test_an_image_fills_its_part_and_outlines_a_block():
    picture, axes = bare()
    image = PixelImage(picture, axes)
    colors = np.random.default_rng(0).integers(0, 256, size=(5, 4, 3)) / 255
    image.show(colors, outline_pixels=False)
    look = Look(picture)
    assert np.array_equal(look.part("part"), (255 * colors).round().repeat(48, axis=0).repeat(60, axis=1))
    assert look.pixels[:, :120].min() == look.pixels[:30].min() == 255
    assert np.array_equal(decode(picture.png(2))[::2, ::2], look.pixels)
    image.show(np.array([[0, 0.25, -1], [1, 7, 0.5]]), (1, 0, 1, 2))
    look = Look(picture)
    assert are_colors(look.cells("part", (2, 3)), [[1, 0.75, 1], [0, 0, 0.5]])
    assert is_color(look.edges("part", 1, 0, 1, 2, (2, 3)), CHOSEN)
    assert 150 < look.cell("part", 0, 2, (2, 3), across=0)[0] < 250  # a line between two pixels


# To CIE's XYZ and L*a*b* from amounts of light, and what a green-blind person sees (Machado et al., 2009).
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
GREEN_BLIND = np.array([[0.3673, 0.8606, -0.2280], [0.2801, 0.6726, 0.0473], [-0.0118, 0.0430, 0.9689]])


def as_lab(colors, seen):
    light = np.where(colors <= 0.04045, colors / 12.92, ((colors + 0.055) / 1.055) ** 2.4)
    x, y, z = np.cbrt(np.clip(light @ seen.T, 0, 1) @ XYZ.T / XYZ.sum(axis=1)).T
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


@pytest.mark.parametrize(("kernels", "weights"), [(1, 4), (9, 4), (4, 9), (16, 4), (9, 9), (16, 8)])
def test_parameters_in_the_same_or_in_adjacent_rows_do_not_look_alike(kernels, weights):
    numbers = np.zeros((18, 18 + weights), dtype=int)
    for row in range(18):
        numbers[row, row : row + weights] = row % kernels * weights + np.arange(1, weights + 1)
    colors = color_identities(numbers)
    each = [np.unique(colors[numbers == number], axis=0) for number in range(kernels * weights + 1)]
    assert all(len(of) == 1 for of in each)
    assert np.array_equal(each[0], np.ones((1, 3)))
    assert len(np.unique(np.vstack(each), axis=0)) == len(each)
    for row in range(17):
        near = np.vstack([each[number][0] for number in np.unique(numbers[row : row + 2])])
        for seen in (np.eye(3), GREEN_BLIND):
            lab = as_lab(near, seen)
            apart = np.linalg.norm(lab[:, None] - lab, axis=-1)[np.triu_indices(len(near), 1)]
            assert apart.min() > 5  # from about 2 on the eye tells colours apart that lie side by side
    assert (as_lab(np.vstack(each), np.eye(3))[:, 0] > 60).all()  # black numbers are read on them


def test_signed_numbers_have_the_color_and_the_mark_of_their_sign():
    green, purple = (1 - 0.75 * (1 - np.array(to_rgb(name))) for name in (POSITIVE, NEGATIVE))
    half = (1 + green) / 2, (1 + purple) / 2
    colors = color_signed(np.array([[-2.0, 0.0, 2.0], [-9.0, 1.0, -1.0]]), 2)
    assert np.allclose(colors, [[purple, np.ones(3), green], [purple, *half]])
    assert np.array_equal(color_signed(np.zeros((2, 3)), 0), np.ones((2, 3, 3)))
    marks = {(0.125, 0.25): "+", (0.875, 0.25): "+", (0.375, 0.75): "−"}
    assert label_signs(np.array([[2, 0, 0, 1e-9], [0, -3, 0, 0]])) == marks


def test_a_picture_is_the_same_after_others_and_nearly_the_same_in_a_small_file():
    picture = ReceptiveField()
    picture.show(digits.digit(8, 31), np.ones((31, 31)), 7, 5)
    first, small, dense = picture.png(), picture.png(1.5, small=True), picture.png(1.5)
    picture.show(digits.digit(1, 31), np.zeros((31, 31)), 3, 1)
    assert picture.png() != first
    picture.show(digits.digit(8, 31), np.ones((31, 31)), 7, 5)
    assert picture.png() == first
    assert Image.open(io.BytesIO(dense)).size == tuple(1.5 * side for side in picture.size)
    assert np.sqrt(((decode(dense).astype(float) - decode(small)) ** 2).mean()) < 2
    assert len(small) < len(dense)
    assert Image.open(io.BytesIO(small)).convert("RGB").getcolors(256)


FOUND = {("dense", "a"): [60.0, 62.0], ("convolution", "a"): [90.0, 92.0], ("dense", "b"): [80.0, 80.0]}


def test_accuracies_show_each_seed_the_mean_and_the_spread():
    picture = Accuracies(FOUND, limits=(50, 100))
    sentence, look = looks.accuracies(FOUND)
    assert picture.sentence == sentence
    look(Look(picture))
    assert is_color(Look(picture).at(Accuracies.axis, 80, 1), "white")
    assert picture.parts[Accuracies.axis].get_xlim() == (50, 100)


@pytest.mark.parametrize(
    ("vote", "marks"),
    [("dense", ["◀", "", "◀"]), ("convolution", ["", "◀", ""]), (NO_WINNER, 3 * ["="]), (None, 3 * [""])],
)
def test_a_vote_marks_its_rows(vote, marks):
    picture = Accuracies(FOUND)
    picture.mark("dense")
    picture.mark(vote)
    means = ("61.0 ± 1.4", "91.0 ± 1.4", "80.0 ± 0.0")
    rows = [line for line in read(picture) if {*line} & {*means}]
    assert [row[row.index(mean) + 1 :] for row, mean in zip(rows, means, strict=True)] == [
        [m] if m else [] for m in marks
    ]
    assert has_color(Look(picture).pixels, CHOSEN) == any(marks)


def test_losses_are_marked_on_a_logarithmic_axis():
    picture = Losses({("tied", "a"): [0.001, 0.004], ("untied", "b"): [20.0, 40.0]})
    assert picture.sentence == (
        "Mean loss at the end over 2 seeds, and its range: tied, a 0.0025 (0.001 to 0.004); untied, b 30 (20 to 40)."
    )
    assert has_color(Look(picture).around(Losses.axis, 20, 1), LOCAL, 0.5)
    assert is_color(Look(picture).at(Losses.axis, 30, 1.3), INK)
    assert picture.parts[Losses.axis].get_xscale() == "log"
    assert {"0.01", "1"} <= {label.get_text() for label in picture.parts[Losses.axis].get_xticklabels()}


def test_labels_are_moved_apart_as_little_as_possible():
    assert move_apart([1, 5, 9], room=2, most=10) == [1, 5, 9]
    assert move_apart([4, 4], room=2, most=10) == [3, 5]
    assert move_apart([8, 9, 10], room=2, most=10) == [6, 8, 10]


@pytest.mark.parametrize(("place", "strength"), [((15, 14), 1), ((16, 15), 0.6), ((3, 3), 0)])
def test_a_gradient_is_drawn_where_it_is(place, strength):
    gradient = np.zeros((31, 31))
    gradient[15, 14], gradient[16, 15] = -4, 1
    picture = ReceptiveField()
    picture.show(digits.digit(8, 31), gradient, 3, 1)
    shade = looks.on_white(LOCAL, strength)  # with a root, so that small numbers are seen
    assert is_color(Look(picture).cell("gradient of the output", *place, (31, 31)), shade)
    assert picture.sentence.endswith("its gradient is not zero at 2 pixels.")


def test_a_look_is_found_by_the_first_word_of_a_name():
    assert find_look("dense, as written") == find_look("dense") == (DENSE, "s", "-", "")
    with pytest.raises(ValueError, match="'other dense' has no look; allowed are names that begin with dense, local"):
        find_look("other dense")


LARGE = np.zeros((31, 31))


@pytest.mark.parametrize(
    ("show", "arguments", "named"),
    [
        (ReceptiveField().show, (LARGE, LARGE, 1, 10**8), "depth"),
        (ReceptiveField().show, (LARGE, LARGE, 9, 5), "kernel_size"),
        (ReceptiveField().show, (LARGE, LARGE[1:], 3, 2), "gradient"),
        (ReceptiveField().show, (LARGE, LARGE, 3, 2.0), "depth"),
        (ReceptiveField().show, (np.full((31, 31), "a"), LARGE, 3, 2), "image"),
        (ReceptiveField().show, (np.zeros((513, 513)), LARGE, 3, 2), "image"),
        (Accuracies, ({},), "results"),
        (Accuracies, ({("dense", "a"): [1.0]},), "results"),
        (Accuracies, ({("dense", "a"): [1.0, 2.0], ("dense", "b"): [1.0, 2.0, 3.0]},), "results"),
        (Accuracies, ({("dense", str(row)): [1.0, 2.0] for row in range(13)},), "results"),
        (Losses, ({("dense", "a"): [1.0, 0.0]},), "results"),
    ],
)
def test_input_that_does_not_fit_is_named(show, arguments, named):
    with pytest.raises((TypeError, ValueError), match=rf"{named}[\s\S]*allowed|allowed[\s\S]*{named}"):
        show(*arguments)


def shown(path):
    """Move the panels of a notebook to their ends, and yield each picture by name."""
    ran = notebooks.run_here(path)
    yield from ran.stills.items()
    for name, panel in ran.panels.items():
        start = dict(panel.values)
        for values in [*ends(panel), *(preset["values"] for preset in panel.presets)]:
            yield (name, panel.set(**values).values), panel.picture
        panel.set(**start)
        if hasattr(panel.picture, "mark"):
            panel.picture.mark(panel.predictions[0]["answers"][-1])
            yield (name, "marked"), panel.picture
            panel.picture.mark(None)
        if isinstance(panel, RunPanel):
            yield (name, "run"), panel.run().picture
            panel.picture.clear()
            panel._ran = None
            panel.set(**start)


@pytest.mark.parametrize("path", notebooks.PATHS, ids=notebooks.lesson)
def test_text_is_large_and_stays_inside_and_apart(path, monkeypatch):
    painted, standing = set(), {}
    for kind in (Text, CachedText):

        def draw(text, renderer, paint=kind.draw):
            painted.add(text)
            paint(text, renderer)

        monkeypatch.setattr(kind, "draw", draw)
    for name, picture in shown(path):
        painted.clear()
        picture.png()
        if picture not in standing:
            picture.figure.canvas.draw()
            standing[picture] = set(painted)
        texts = [text for text in painted | standing[picture] if text.get_text() and text.get_visible()]
        boxes = {text: text.get_window_extent() for text in texts}
        assert len(boxes) > 2, name
        for text, box in boxes.items():
            assert text.get_fontsize() >= 12, (name, text)
            assert 0 <= box.x0 < box.x1 <= picture.size[0], (name, text)
            assert 0 <= box.y0 < box.y1 <= picture.size[1], (name, text)
        for (one, first), (other, second) in combinations(boxes.items(), 2):
            across = min(first.x1, second.x1) - max(first.x0, second.x0)
            down = min(first.y1, second.y1) - max(first.y0, second.y0)
            assert min(across, down) <= 0, (name, one, other)
