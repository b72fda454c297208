"""The facts of notebook 1: what its panels offer, say and show, worked out from the controls' values alone."""

import statistics
from itertools import chain, pairwise

import numpy as np
import pytest
import torch
from matplotlib.colors import to_rgb
from matplotlib.text import Text
from torch.nn import functional as F

from helpers import counting, digits
from helpers.counting.formatting import format_bytes, format_count, format_quantity
from helpers.drawing.style import CHOSEN, DENSE, EMPTY, INK, LOCAL
from helpers.layers import LocallyConnected2d
from helpers.lessons.local_connectivity import pictures
from helpers.lessons.local_connectivity.pictures.connections import connection_matrix
from tests import notebooks
from tests.looks import Look, accuracies, are_colors, has_color, is_color, read, receptive_field

PATH = notebooks.path_of("01_local_connectivity")
IMAGE, MATRIX = "input: what the output sees", "connection matrix"
PALE = "#FFE9BF"  # what a chosen row does not see


def connect_all(image_size):
    sentence = (
        f"{image_size}×{image_size} image: each of {image_size**2} outputs sees all {image_size**2} pixels; "
        f"{image_size**4:,} weights."
    )

    def look(seen):
        assert are_colors(seen.cells("image", (image_size, image_size)), 1 - digits.digit(0, image_size))
        pixels = image_size**2
        if pixels <= 64:  # every cell is filled, and white lies between two
            assert are_colors(seen.cells(MATRIX, (pixels, pixels)), np.full((pixels, pixels, 3), to_rgb(DENSE)))
        part = seen.part(MATRIX)[5:-5, 5:-5]
        assert np.mean(np.abs(part / 255 - to_rgb(DENSE)).max(-1) < 0.5) > 0.5
        assert (part[..., 2] > 40).any() == (pixels <= 100)
        if pixels > 64:  # a black square as large as the whole matrix of 8×8
            assert is_color(seen.edges(MATRIX, 0, 0, 64, 64, (pixels, pixels)), INK)
        assert is_color(seen.at("weights, log", image_size, image_size**4), INK)
        times = image_size**4 / 8**4
        below = f"{f'{times:.1f}' if times < 10 else f'{times:,.0f}'} times that of 8×8 pixels (black)"
        written = read(seen.picture)
        titles = [f"{image_size}×{image_size} = {pixels} pixels", f"{pixels} outputs × {pixels} pixels"]
        assert any(line[:2] == titles for line in written)
        assert {f"{pixels**2:,}", below if pixels > 64 else "each cell is one weight"} <= {*chain(*written)}

    return sentence, look


def connect(image_size, kernel_size, out_channels, position):
    side = image_size - kernel_size + 1
    row, column = divmod(position, side)
    sentence = (
        f"{image_size}×{image_size} image, {kernel_size}×{kernel_size} kernel, "
        f"{format_quantity(out_channels, 'channel')}: position {position} "
        f"(row {row}, column {column}) sees {kernel_size**2} of {image_size**2} pixels; "
        f"{out_channels * side**2 * kernel_size**2:,} weights instead of {out_channels * side**2 * image_size**2:,} "
        "in a dense layer."
    )

    def look(seen):
        shape = (image_size, image_size)
        assert are_colors(seen.cells(IMAGE, shape), 1 - digits.digit(0, image_size))
        assert is_color(seen.edges(IMAGE, row, column, kernel_size, kernel_size, shape), CHOSEN)
        output = np.ones((side, side, 3))
        output[row, column] = to_rgb(CHOSEN)
        assert are_colors(seen.cells("output map", (side, side)), output)
        rows, pixels = out_channels * side**2, image_size**2
        for channel in range(out_channels):  # an arrow points at the row of each channel
            arrow = seen.cell(MATRIX, channel * side**2 + position, 0, (rows, 1), across=-0.025)
            assert is_color(arrow, CHOSEN)
        if rows <= 135 and pixels <= 135:  # where a connection is at least two points wide
            sees = np.tile(connection_matrix(counting.Layer(1, 1, image_size, kernel_size)), (out_channels, 1))
            in_row = np.where(sees[..., None], to_rgb(CHOSEN), to_rgb(PALE))
            drawn = np.where(sees[..., None], to_rgb(LOCAL), to_rgb(EMPTY))
            drawn[position :: side**2] = in_row[position :: side**2]
            free = pixels // 50 + 1  # the arrows reach into the first columns
            assert are_colors(seen.cells(MATRIX, (rows, pixels))[:, free:], drawn[:, free:])
        assert has_color(seen.part(MATRIX), CHOSEN)
        assert side == 1 or has_color(seen.part(MATRIX), LOCAL)
        titles = [f"{image_size}×{image_size}, sees {kernel_size**2} pixels", f"{side}×{side}"]
        titles[1] += f" × {out_channels} channels" if out_channels > 1 else ""
        assert [*titles, f"{rows:,} outputs × {pixels} pixels"] in read(seen.picture)

    return sentence, look


def look_through(kernel_size, depth):
    side, layers = depth * (kernel_size - 1) + 1, format_quantity(depth, "layer")
    kernels = f"{kernel_size}×{kernel_size} kernels"
    sentence = (
        f"{layers} with {kernels}: the middle output sees {side}×{side} = {side**2} of 961 pixels, because "
        f"{depth} × ({kernel_size} − 1) + 1 = {side}; its gradient is not zero at {side**2} pixels."
    )

    def look(seen):
        receptive_field(digits.digit(8, 31), kernel_size, depth, "the layers from the side")(seen)
        titles, *levels, _ = read(seen.picture)
        assert titles == [
            *(f"sees {side}×{side} = {side**2} pixels", f"{layers}, {kernels}", f"not zero at {side**2} pixels")
        ]
        assert levels == [*([f"layer {level}"] for level in range(depth, 0, -1)), ["input"]]

    return sentence, look


def compare(image_size, kernel_size, out_channels):
    def weights(side):
        outputs = out_channels * (side - kernel_size + 1) ** 2
        return outputs * side**2, outputs * kernel_size**2

    dense, local = weights(image_size)
    ratio = image_size**2 / kernel_size**2
    sentence = (
        f"{image_size}×{image_size} image, {kernel_size}×{kernel_size} kernel, "
        f"{format_quantity(out_channels, 'channel')}: dense {format_count(dense)} weights "
        f"({format_bytes(4 * dense)}), local {format_count(local)} weights "
        f"({format_bytes(4 * local)}), {f'{ratio:.1f}' if ratio < 10 else f'{ratio:,.0f}'} times fewer. "
        "Each weight is used once, so multiply-adds equal weights."
    )

    def look(seen):
        for side, reach in ((image_size, 6), (8, 12), (299, 12)):  # the dot, and both ends of the curve
            for number, color in zip(weights(side), (DENSE, LOCAL), strict=True):
                assert has_color(seen.around("costs", side, number, reach), color), side
        if ratio > 100:  # then the dotted line at the image's side is seen between the dots
            assert has_color(seen.around("costs", image_size, (dense * local) ** 0.5), INK, tolerance=0.4)
        labels = {f"dense: {format_count(dense)}", f"local: {format_count(local)}"}
        boxes = {text.get_text(): text.get_window_extent() for text in seen.picture.figure.findobj(Text)}
        to_pixels = seen.picture.parts["costs"].transData.transform
        for label in labels:  # no line and no dot reaches into the words
            for side in np.geomspace(8, 299, 400):
                for number in (*weights(side), 5e8):
                    x, y = to_pixels((side, number))
                    assert not boxes[label].padded(1).contains(x, y), (label, side)

    return sentence, look


def results():
    return notebooks.run_here(PATH).names["results"]


PANELS = {
    "connect_all": connect_all,
    "connect": connect,
    "look": look_through,
    "compare": compare,
    "shuffle-train": lambda: accuracies(results(), grouped=True),
}

CONTROLS = {
    "connect_all": {"image_size": (4, 28, 1)},
    "connect": {"image_size": (7, 16, 1), "kernel_size": (1, 7, 2), "out_channels": (1, 8, 1), "position": (0, 35, 1)},
    "look": {"kernel_size": (3, 7, 2), "depth": (1, 5, 1)},
    "compare": {"image_size": (8, 299, 1), "kernel_size": (1, 7, 2), "out_channels": (1, 64, 1)},
}


def bands():
    """A row of the matrix has a band for each row of the kernel's square that lies apart from the others."""
    seen = [row * 8 + column for row in range(5) for column in range(5)]
    return [(str(1 + sum(after - before > 1 for before, after in pairwise(seen))), {"kernel_size": 5})]


def side_of_two_gigabytes():
    side = next(side for side in range(3, 300) if 4 * (side - 2) ** 2 * (side**2 + 1) > 2e9)  # with biases
    return [(f"about {round(side, -1)}", {"image_size": side})]


def means():
    return {key: statistics.fmean(accuracies) for key, accuracies in results().items()}


def hurt_by_the_shuffle():
    mean = means()
    lost = [net for net in ("dense", "local") if mean[net, "shadow"] - mean[net, "shadow and shuffle"] > 5]
    return [({2: "both", 0: "neither"}.get(len(lost), *lost), {})]


PREDICTIONS = {
    "connect_all": lambda: [(f"{16**4 // 8**4} times", {"image_size": 16})],
    "connect": bands,
    "look": lambda: [(f"{1 + 3 * (3 - 1)}×{1 + 3 * (3 - 1)}", {"depth": 3})],
    "compare": side_of_two_gigabytes,
    "shuffle-train": hurt_by_the_shuffle,
}

EIGHT, SIZES = digits.digit(0, 8), counting.Layer(1, 1, 8, 3)


@pytest.mark.parametrize(
    "sizes",
    [
        {"image_size": 8, "kernel_size": 3, "padding": 3},  # where some outputs see no pixel
        {"image_size": 9, "kernel_size": 2, "dilation": 3, "padding": 1},
        {"image_size": (12, 9), "kernel_size": (2, 3), "stride": (1, 2), "padding": (1, 0)},
    ],
)
def test_the_matrix_is_where_the_layer_has_a_derivative_and_pointing_finds_its_rows(sizes):
    layer, picture = LocallyConnected2d(1, 2, **sizes), pictures.ConnectionMap()
    torch.nn.init.ones_(layer.weight)
    jacobian = torch.func.jacrev(layer)(torch.zeros(1, *layer.image_size))[0].flatten(2).flatten(0, 1)
    connected = connection_matrix(counting.Layer(1, 2, **sizes))
    assert np.array_equal(connected, jacobian.detach().numpy() != 0)
    assert picture.pointed(0.5, 0.5) is None  # nothing is shown yet
    picture.show(layer, np.zeros(layer.image_size), 0)
    look, count = Look(picture), len(connected)
    for position, seen in enumerate(connected):
        pixels = np.argwhere(seen.reshape(layer.image_size))
        places = [("output map", *np.unravel_index(position, layer.output_size), layer.output_size)]
        places += [("connection matrix", row, 0, (2 * count, 1)) for row in (position, count + position)]
        if len(pixels) == np.prod(layer.kernel_size):
            places += [(IMAGE, *pixels.mean(0), layer.image_size)]
        for place in places:
            assert picture.pointed(*look.place(*place)) == {"position": position}, place


def test_pointing_at_the_border_finds_the_nearest_position_and_beside_the_parts_none():
    picture = pictures.ConnectionMap()
    picture.show(SIZES, EIGHT, 14)
    pixels = [picture.pointed(*Look(picture).place(IMAGE, pixel, pixel, (8, 8))) for pixel in (0, 7)]
    assert pixels == [{"position": 0}, {"position": 35}]
    assert picture.pointed(0.5, 0.01) is None


def test_controls_start_where_the_text_begins():
    panels = notebooks.run_here(PATH).panels
    assert {name: panel._function.__defaults__ for name, panel in panels.items()} == {
        "connect_all": (8,), "connect": (8, 3, 1, 14), "look": (3, 2), "compare": (28, 3, 1), "shuffle-train": None
    }  # fmt: skip


def test_the_positions_depend_on_the_sizes():
    assert pictures.ConnectionMap.positions(image_size=7, kernel_size=5) == (0, 8)


def test_local_wins_under_a_shadow_and_loses_it_all_by_the_shuffle():
    mean = means()
    best_dense = {
        data: max(mean["dense", data], mean["dense (64 units)", data]) for data in ("no shadow", "shadow and shuffle")
    }
    for seed in range(3):
        shadow = {net: of[seed] for (net, data), of in results().items() if data == "shadow"}
        assert shadow.pop("local") > max(shadow.values()) + 10
    for data, dense in best_dense.items():
        assert abs(mean["local", data] - dense) < 5, data


def test_no_pixel_is_seen_by_more_units_than_another():
    """Otherwise the net would have a second advantage: to leave out the border, where there is no digit."""
    (layer, *_), units = notebooks.run_here(PATH).names["nets"]["local"](), torch.zeros(1, 1, 16, 16)
    torch.nn.init.ones_(layer.weight)
    (units,) = torch.autograd.grad(layer(units.requires_grad_()).sum(), units)
    assert (units == 36).all()


def test_the_shadow_is_what_neighbours_share_and_the_shuffle_moves_pixels_alone():
    data, plain = notebooks.run_here(PATH).names["data"], digits.place(digits.load()[0][:, None], 16, 4, 4)
    assert np.array_equal(data["no shadow"], plain)
    shadow = data["shadow"] - data["no shadow"]
    beside = (shadow[..., 1:] - shadow[..., :-1]).square().mean() / shadow.square().mean()
    assert beside < 0.1
    assert torch.equal(data["shadow"].flatten(1).sort()[0], data["shadow and shuffle"].flatten(1).sort()[0])
    moved = torch.full((1797, 256), 0.0)
    columns = data["shadow and shuffle"].flatten(1)
    for pixel, column in enumerate(data["shadow"].flatten(1).T):
        moved[:, pixel] = (columns == column[:, None]).all(0).sum()
    assert (moved == 1).all()  # each column of pixels is found again as a whole: one permutation for all digits


def test_steps_show_each_image_from_white_to_black_and_say_what_has_changed():
    picture = pictures.Steps({"first": EIGHT, "second": EIGHT * 3 - 1, "third": EIGHT.T * 3 - 1})
    assert picture.sentence == (
        "A digit of 64 pixels, step by step: first; second (other values); third (the same values in other places)."
    )
    gray = 1 - EIGHT / EIGHT.max()
    for name, expected in (("first", gray), ("second", gray), ("third", gray.T)):
        assert are_colors(Look(picture).cells(name, (8, 8)), expected), name
    assert has_color(Look(picture).pixels, CHOSEN)


@pytest.mark.parametrize(
    ("picture", "arguments", "named"),
    [
        (pictures.ConnectionMap, (SIZES, EIGHT, 36), "position=36"),
        (pictures.ConnectionMap, (SIZES, np.zeros((9, 9)), 0), "image"),
        (pictures.ConnectionMap, (SIZES, EIGHT * np.nan, 0), "image"),
        (pictures.ConnectionMap, (counting.Layer(1, 10**9, 8, 3), EIGHT, 0), "out_channels"),
        (pictures.ConnectionMap, (counting.Layer(3, 1, 8, 3), EIGHT, 0), "in_channels"),
        (pictures.DenseGrowth, (np.ones((64, 10)), EIGHT), "weight"),
        (pictures.DenseGrowth, (np.ones((29**2, 29**2)), np.zeros((29, 29))), "weight"),
        (pictures.LocalityCosts, (300, 3, 1), "image_size"),
        (pictures.LocalityCosts, (28, 9, 1), "kernel_size"),
    ],
)
def test_input_that_does_not_fit_is_named(picture, arguments, named):
    with pytest.raises((TypeError, ValueError), match=rf"{named}[\s\S]*allowed|allowed[\s\S]*{named}"):
        picture().show(*arguments)


def test_images_that_are_no_steps_are_named():
    for images in ({"one": EIGHT}, {"one": EIGHT, "two": np.zeros((31, 31))}):
        with pytest.raises(ValueError, match="allowed"):
            pictures.Steps(images)


ASSERTS = {"dense-slider": 1, "vectorised-code": 1, "layer-code": 2, "zeros-code": 2, "costs-count": 1}


# Answers to the exercises: right ones written in different ways, and wrong ones that no registered mistake reaches.


def side_by_walking(image_size, kernel_size, stride, padding):
    side, begin = 0, -padding
    while begin + kernel_size <= image_size + padding:
        side += 1
        begin += stride
    return side


def side_by_torch(image_size, kernel_size, stride, padding):
    image, weight = torch.zeros(1, 1, image_size, image_size), torch.zeros(1, 1, kernel_size, kernel_size)
    return F.conv2d(image, weight, stride=stride, padding=padding).shape[-1]


def side_by_numpy(image_size, kernel_size, stride, padding):
    return np.floor((image_size - kernel_size + padding + padding) / stride) + 1


def local_by_numpy(image, weight, stride):
    image, weight = image.numpy(), weight.numpy()
    height, width, kernel_size, _ = weight.shape
    output = np.zeros((height, width))
    for i, j in np.ndindex(height, width):
        top, left = stride * i, stride * j
        output[i, j] = np.sum(image[top : top + kernel_size, left : left + kernel_size] * weight[i, j])
    return output


def local_by_columns(image, weight, stride):
    columns = F.unfold(image[None, None], weight.shape[-1], stride=stride)[0]  # (K·K, positions)
    return (columns.T * weight.flatten(2).flatten(0, 1)).sum(1).view(weight.shape[0], weight.shape[1])


def local_by_pixels_of_the_kernel(image, weight, stride):
    height, width, *kernel_size = weight.shape
    return sum(
        image[row::stride, column::stride][:height, :width] * weight[:, :, row, column]
        for row, column in np.ndindex(*kernel_size)
    ).tolist()


def multiply_weight_in_place(image, weight, stride):
    size = weight.shape[-1]
    for i, j in np.ndindex(*weight.shape[:2]):
        weight[i, j] *= image[i * stride : i * stride + size, j * stride : j * stride + size]
    return weight.sum((2, 3))


RIGHT = {
    1: [(3200.0,), (torch.tensor(3200),), (np.prod([8, 8, 2, 5, 5]),)],
    2: [(side_by_walking,), (side_by_torch,), (side_by_numpy,)],
    3: [(local_by_numpy,), (local_by_columns,), (local_by_pixels_of_the_kernel,)],
    4: [(7, 2), (4, 4), (torch.tensor(3), 12 / (3 - 1))],
}
WRONG = {
    1: {
        "at the border": (12 * 12 * 2 * 25,),
        "Count once more": (7 * 7 * 2 * 25,),
        "second channel": (8 * 8 * 25,),
        "one kernel for all places": (2 * 25,),
        "the biases too": (8 * 8 * 2 * (25 + 1),),
    },
    3: {"changes `weight`": (multiply_weight_in_place,)},
    4: {
        "depth has to be a whole number from 1 up, not 0.": (13, 0),
        "takes 169 weights": (13, 1),
        "sees no neighbours": (1, 13),
        "Neighbouring squares overlap": (2, 6),
        "a pixel already": (2, 13),
        "That is too few": (3, 5),
        "That is too many": (6, 3),
    },
}
