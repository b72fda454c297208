from types import SimpleNamespace

import numpy as np
import pytest
import torch
from matplotlib.text import Text

from helpers import counting, digits, figures
from helpers.figures.connections import connection_matrix
from helpers.figures.picture import short_bytes, short_count
from helpers.figures.style import FONT_SIZE
from helpers.layers import LocallyConnected2d

SETTINGS = [
    {"image_size": 6, "kernel_size": 3},
    {"image_size": (5, 7), "kernel_size": (2, 3), "stride": (1, 2), "padding": (1, 0)},
    {"image_size": 8, "kernel_size": 2, "dilation": 3, "padding": 1},
]


@pytest.mark.parametrize("sizes", SETTINGS)
def test_connection_matrix_is_where_the_layer_has_a_derivative(sizes):
    layer = LocallyConnected2d(1, 1, **sizes)
    torch.nn.init.ones_(layer.weight)
    height, width = layer.image_size
    jacobian = torch.func.jacrev(layer)(torch.zeros(1, height, width)).reshape(-1, height * width)
    matrix = connection_matrix(counting.Layer(1, 1, **sizes))
    assert np.array_equal(matrix, jacobian.detach().numpy() != 0)
    assert matrix.sum() == counting.Layer(1, 1, **sizes).local.connections


def test_pointing_finds_the_position_in_all_three_parts():
    picture = figures.ConnectionMap()
    layer = counting.Layer(1, 2, image_size=8, kernel_size=3)
    picture.show(layer, digits.digit(0, 8), 0)
    width, height = picture.size
    for row in range(6):
        for column in range(6):
            expected = {"position": 6 * row + column}
            middle_of_patch = (10 + 270 * (column + 1.5) / 8, 50 + 270 * (row + 1.5) / 8)
            middle_of_output = (310 + 270 * (column + 0.5) / 6, 50 + 270 * (row + 0.5) / 6)
            matrix_row = (700, 50 + 270 * (36 + 6 * row + column + 0.5) / 72)
            for x, y in (middle_of_patch, middle_of_output, matrix_row):
                assert picture.pointed(x / width, y / height) == expected
    assert picture.pointed(11 / width, 51 / height) == {"position": 0}  # a corner pixel has no square of its own
    assert picture.pointed(0.5, 0.01) is None


def test_a_position_outside_is_refused():
    picture = figures.ConnectionMap()
    with pytest.raises(ValueError, match=r"position=36.*allowed is 0 to 35"):
        picture.show(counting.Layer(1, 1, 8, 3), digits.digit(0, 8), 36)


def test_a_figure_takes_a_layer_or_its_sizes():
    pictures = [figures.ConnectionMap(), figures.ConnectionMap()]
    for picture, layer in zip(pictures, (LocallyConnected2d(1, 2, 8, 3), counting.Layer(1, 2, 8, 3)), strict=True):
        picture.show(layer, digits.digit(0, 8), 7)
    assert pictures[0].png() == pictures[1].png()
    assert pictures[0].sentence == pictures[1].sentence


def test_accuracies_are_in_the_sentence():
    results = {("dense", "as written"): [90.0, 92.0], ("local", "shuffled"): [80.0, 80.0]}
    picture = figures.Accuracies(results)
    assert "2 seeds" in picture.sentence
    assert "dense, as written 91.0 ± 1.4 %" in picture.sentence
    assert "local, shuffled 80.0 ± 0.0 %" in picture.sentence


def test_before_after_says_whether_the_values_are_the_same():
    picture = figures.BeforeAfter("before", "after")
    image = digits.digit(0, 8)
    picture.show(image, image[::-1], "a digit")
    assert "the same values in other places" in picture.sentence
    picture.show(image, image / 2, "a digit")
    assert "other values" in picture.sentence


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (999_999_999, "1 billion"),
        (9, "9"),
        (9_216, "9,216"),
        (999_999, "999,999"),
        (43_486_543_872, "43.5 billion"),
        (999_600_000, "1 billion"),
        (2 * 10**15, "2 quadrillion"),
    ],
)
def test_short_count(number, words):
    assert short_count(number) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [(324, "324 bytes"), (2_650_000, "2.65 MB"), (173_950_894_080, "174 GB"), (999_600, "1 MB"), (10**15, "1 PB")],
)
def test_short_bytes(number, words):
    assert short_bytes(number) == words


@pytest.mark.parametrize("settings", [{"stride": 2}, {"padding": 1}, {"dilation": 2}, {"stride": 2, "padding": 2}])
def test_pointing_at_the_middle_of_a_window_finds_it(settings):
    layer = counting.Layer(1, 1, image_size=16, kernel_size=3, **settings)
    picture = figures.ConnectionMap()
    picture.show(layer, digits.digit(0, 16), 0)
    (stride, _), (padding, _), (dilation, _) = layer.stride, layer.padding, layer.dilation
    for row in range(1, layer.output_size[0] - 1):
        middle = row * stride - padding + dilation + 0.5
        y, x = 50 + 270 * middle / 16, 10 + 270 * middle / 16
        found = picture.pointed(x / picture.size[0], y / picture.size[1])
        assert found == {"position": row * layer.output_size[1] + row}


def test_an_output_that_sees_only_padding_can_be_shown():
    picture = figures.ConnectionMap()
    picture.show(counting.Layer(1, 1, 8, 3, padding=3), digits.digit(0, 8), 0)
    assert "sees 0 of 64 pixels" in picture.sentence


EIGHT, LARGE = digits.digit(0, 8), np.zeros((31, 31))
PAIR = {("dense", "a"): [1.0, 2.0]}


@pytest.mark.parametrize(
    ("show", "named"),
    [
        (lambda: figures.ConnectionMap().show(counting.Layer(1, 1, 5000, 3), np.zeros((5000, 5000)), 0), "image_size"),
        (lambda: figures.ConnectionMap().show(counting.Layer(1, 10**9, 8, 3), EIGHT, 0), "out_channels"),
        (lambda: figures.ConnectionMap().show(counting.Layer(3, 1, 8, 3), EIGHT, 0), "in_channels"),
        (lambda: figures.ConnectionMap().show(counting.Layer(1, 1, 9, 3), EIGHT, 0), "image"),
        (lambda: figures.ConnectionMap().show(counting.Layer(1, 1, 8, 3), EIGHT * np.nan, 0), "image"),
        (lambda: figures.DenseGrowth().show(SimpleNamespace(in_features=10, out_features=3), EIGHT), "layer"),
        (lambda: figures.ReceptiveField().show(LARGE, LARGE, 1, 10**8), "depth"),
        (lambda: figures.ReceptiveField().show(LARGE, LARGE, 9, 5), "kernel_size"),
        (lambda: figures.ReceptiveField().show(LARGE, EIGHT, 3, 2), "gradient"),
        (lambda: figures.ReceptiveField().show(LARGE, LARGE, 3, 2.0), "depth"),
        (lambda: figures.LocalityCosts().show(28.0, 3, 1), "image_size"),
        (lambda: figures.LocalityCosts().show(300, 3, 1), "image_size"),
        (lambda: figures.LocalityCosts().show(28, (3, 3), 1), "kernel_size"),
        (lambda: figures.LocalityCosts().show(28, 3, 0), "out_channels"),
        (lambda: figures.BeforeAfter("a", "b").show(EIGHT, LARGE, "c"), "after"),
        (lambda: figures.BeforeAfter("a", "b").show(None, EIGHT, "c"), "before"),
        (lambda: figures.Accuracies({}), "results"),
        (lambda: figures.Accuracies({("dense", "a"): [1.0]}), "results"),
        (lambda: figures.Accuracies({**PAIR, ("dense", "b"): [1.0, 2.0, 3.0]}), "results"),
        (lambda: figures.Accuracies({("other", "a"): [1.0, 2.0]}), "results"),
    ],
)
def test_bad_input_is_named(show, named):
    with pytest.raises((TypeError, ValueError), match=rf"{named}[\s\S]*allowed|allowed[\s\S]*{named}"):
        show()


def shown_pictures():
    """Every picture, with the arguments that make its words longest."""
    image = digits.digit(0, 8)
    dense = SimpleNamespace(in_features=784, out_features=784)
    pair = figures.BeforeAfter("before", "after")
    pair.show(image, image, "a digit")
    pictures = [pair, figures.Accuracies({("local", "as written"): [99.0, 99.9]})]
    for kind, arguments in (
        (figures.DenseGrowth, (dense, digits.digit(0, 28))),
        (figures.ConnectionMap, (counting.Layer(1, 8, 16, 3), digits.digit(0, 16), 35)),
        (figures.ReceptiveField, (digits.digit(0, 31), np.ones((31, 31)), 7, 5)),
        (figures.LocalityCosts, (299, 7, 64)),
    ):
        pictures.append(kind())
        pictures[-1].show(*arguments)
    return pictures


@pytest.mark.parametrize("picture", shown_pictures(), ids=lambda picture: type(picture).__name__)
def test_text_is_large_and_stays_inside(picture):
    assert FONT_SIZE >= 12
    picture.png()
    renderer = picture.figure.canvas.get_renderer()
    texts = [
        text
        for text in picture.figure.findobj(Text)
        if text.get_text() and text.get_visible() and all(axis.axison for axis in [text.axes] if axis)
    ]
    assert len(texts) > 2
    for text in texts:
        box = text.get_window_extent(renderer)
        assert text.get_fontsize() >= 12, text
        assert min(box.x0, box.y0) >= 0, text
        assert box.x1 <= picture.size[0], text
        assert box.y1 <= picture.size[1], text
