from collections import Counter
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from helpers import counting
from helpers.counting import Layer, formatting
from helpers.layers import LocallyConnected2d, TiledConv2d

pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")  # torch's Conv2d makes a copy

SETTINGS = [
    {"image_size": (9, 7), "kernel_size": (3, 2), "stride": (2, 1), "padding": (1, 0)},
    {"image_size": (10, 12), "kernel_size": 3, "stride": 2, "padding": 1, "dilation": (2, 3)},
    {"image_size": 5, "kernel_size": 5, "bias": False},
    {"image_size": (4, 5), "kernel_size": (2, 3), "padding": "same", "dilation": (3, 1)},
]


def layer_and_periods(sizes):
    """Return a layer and every period that its output map allows."""
    layer = Layer(2, 3, **sizes)
    return layer, list(product(*(range(1, size + 1) for size in layer.output_size)))


@pytest.mark.parametrize("sizes", SETTINGS)
def test_against_real_modules(sizes):
    layer, periods = layer_and_periods(sizes)
    conv = nn.Conv2d(2, 3, **{name: size for name, size in sizes.items() if name != "image_size"})
    image = torch.zeros(1, 2, *layer.image_size)
    output = conv(image)
    assert layer.output_size == output.shape[2:]
    dense = nn.Linear(image.numel(), output.numel(), bias=layer.bias)
    modules = [(dense, layer.dense), (conv, layer.shared), (LocallyConnected2d(2, 3, **sizes), layer.local)]
    modules += [(TiledConv2d(2, 3, **sizes, period=period), layer.tiled(period)) for period in periods]
    for module, count in modules:
        with FlopCounterMode(display=False) as flops, torch.no_grad():
            module(image.flatten(1) if module is dense else image)
        assert flops.get_total_flops() == 2 * count.multiply_adds
        stored = {"bias": 0} | {name: parameter.numel() for name, parameter in module.named_parameters()}
        assert (count.weights, count.biases) == (stored["weight"], stored["bias"])
        assert count.bytes == 4 * sum(stored.values())


@pytest.mark.parametrize(("batch", "sizes"), [(1, (1, 8, 28, 3)), (4, (3, 16, 32, 5))])
def test_a_backward_pass_has_twice_the_products_of_a_forward_pass(batch, sizes):
    layer = LocallyConnected2d(*sizes)
    with FlopCounterMode(display=False) as flops:
        layer(torch.zeros(batch, sizes[0], sizes[2], sizes[2], requires_grad=True)).sum().backward()
    assert flops.get_total_flops() == 3 * 2 * batch * layer.sizes.local.multiply_adds


@pytest.mark.parametrize("sizes", SETTINGS)
def test_uses_of_a_weight_against_a_double_loop(sizes):
    layer, periods = layer_and_periods(sizes)
    height, width = layer.output_size
    for period in periods:
        uses = Counter((i % period[0], j % period[1]) for i in range(height) for j in range(width))
        count = layer.tiled(period)
        assert (count.uses_per_weight, count.fewest_uses) == (max(uses.values()), min(uses.values()))
    assert layer.tiled((1, 1)) == layer.tiled(1) == layer.shared
    assert layer.tiled(layer.output_size) == layer.local
    assert layer.dense.uses_per_weight == layer.dense.fewest_uses == 1


@pytest.mark.parametrize("sizes", SETTINGS)
def test_connections_against_a_gradient(sizes):
    """A pixel is connected to an output unit where the derivative of the unit is not zero."""
    layer, local = Layer(2, 3, **sizes), LocallyConnected2d(2, 3, **sizes)
    nn.init.ones_(local.weight)
    jacobian = torch.func.jacrev(local)(torch.zeros(2, *layer.image_size))
    assert layer.local.connections == layer.tiled(1).connections == jacobian.count_nonzero()
    assert layer.dense.connections == layer.dense.weights == jacobian.numel()


def test_connections_against_a_double_loop():
    far = 10**20  # everything but the kernel that many times larger leaves the connections as they are
    for image, kernel, stride, padding, dilation in product((1, 4, 7), (1, 2, 3), (1, 2, 5), (0, 1, 4), (1, 2, 3)):
        if dilation * (kernel - 1) + 1 > image + 2 * padding:
            continue
        sizes = image, stride, padding, dilation
        for image_size, *window in (sizes, [far * size for size in sizes]):
            across = {"stride": (1, window[0]), "padding": (0, window[1]), "dilation": (1, window[2])}
            layer = Layer(1, 1, (2, image_size), (1, kernel), **across)
            seen = sum(
                0 <= o * stride + k * dilation - padding < image
                for o in range(layer.output_size[1])
                for k in range(kernel)
            )
            assert layer.local.connections == 2 * seen


def test_huge_sizes_are_exact_and_quick():
    side, kernel = 10**30, 10**15
    layer = Layer(1, 1, image_size=side, kernel_size=kernel, stride=7, padding=10**14, dilation=3, bias=False)
    assert layer.local.weights == layer.output_size[0] ** 2 * kernel**2
    assert 0 < layer.local.connections < layer.local.multiply_adds
    unpadded = Layer(1, 1, image_size=side, kernel_size=kernel)
    assert unpadded.local.connections == unpadded.local.weights == (side - kernel + 1) ** 2 * kernel**2
    full = Layer(1, 1, image_size=side, kernel_size=kernel, padding=3 * (kernel - 1), dilation=3)
    assert full.local.connections == side**2 * kernel**2  # every pixel meets every tap
    assert Layer(1, 1, 10**3000, 10**2000, 10**1000 + 7, 10**2999, 10**900 + 1).local.connections > 0
    count = Layer(1, 1, image_size=side, kernel_size=1).tiled((side - 1, kernel))
    assert (count.uses_per_weight, count.fewest_uses) == (2 * kernel, kernel)


@pytest.mark.parametrize(
    ("layer", "dense", "local", "shared"),
    [
        # 8×8, 3×3: 36 outputs of 9 weights; dense 64 · 36
        (Layer(1, 1, 8, 3, bias=False), 2_304, 324, 9),
        # 192×192 grey, 32 channels, padding 1: 36,864 positions
        (Layer(1, 32, 192, 3, padding=1, bias=False), 43_486_543_872, 10_616_832, 288),
        # CS231n's example, the first layer of AlexNet: 55×55×96 outputs of 11×11×3 weights and a bias each
        (Layer(3, 96, 227, 11, stride=4), 55**2 * 96 * (227**2 * 3 + 1), 105_705_600, 34_944),
    ],
)
def test_weights_by_hand(layer, dense, local, shared):
    counts = layer.dense, layer.local, layer.shared
    assert tuple(count.weights + count.biases for count in counts) == (dense, local, shared)


@pytest.mark.parametrize(
    ("options", "dense", "local", "tiled", "shared"),
    [
        # 2·4·5 = 40 inputs and 3·2·4 = 24 outputs; 12 weights and a bias for each of 24, 3·4 or 3 kernels
        ({}, 4 * (64 + 24 * 41), 4 * (64 + 24 * 13), 4 * (64 + 12 * 13), 4 * (64 + 3 * 13)),
        ({"bias": False, "itemsize": 2}, 2 * (64 + 24 * 40), 2 * (64 + 24 * 12), 2 * (64 + 12 * 12), 2 * (64 + 3 * 12)),
    ],
)
def test_bytes_moved_by_hand(options, dense, local, tiled, shared):
    layer = Layer(2, 3, image_size=(4, 5), kernel_size=(3, 2), **options)
    counts = (layer.dense, layer.local, layer.tiled(2), layer.shared)
    assert tuple(count.bytes_moved for count in counts) == (dense, local, tiled, shared)


def test_receptive_field():
    assert [counting.receptive_field(*sizes) for sizes in ((3, 0), (3, 1), (3, 3), (7, 5))] == [1, 3, 7, 31]
    for sizes in ((0, 1), (3, -1), (3, True), (3.0, 1)):
        with pytest.raises((TypeError, ValueError), match="allowed"):
            counting.receptive_field(*sizes)


@pytest.mark.parametrize(
    ("argument", "values", "error"),
    [
        ("in_channels", [np.True_, "8", None], TypeError),
        ("out_channels", [0, -(10**6000)], ValueError),
        ("image_size", [(8, 0), (8, 8, 8), ()], ValueError),
        ("kernel_size", [9, (9, 3), (3, 9)], ValueError),
        ("kernel_size", [True, (3, False), 3.0], TypeError),
        ("stride", [0], ValueError),
        ("padding", [-1, "full"], ValueError),
        ("dilation", [0, 4], ValueError),
        ("itemsize", [0], ValueError),
        ("bias", [1], TypeError),
        ("period", [0, (7, 1), (1, 7), (2, 2, 2)], ValueError),
        ("period", [None, 1.5], TypeError),
    ],
)
def test_bad_input_is_named(argument, values, error):
    for value in values:
        arguments = {"in_channels": 1, "out_channels": 2, "image_size": 8, "kernel_size": 3, argument: value}
        period = arguments.pop("period", 1)
        with pytest.raises(error, match=rf"{argument}=.*allowed") as caught:
            Layer(**arguments).tiled(period)
        assert len(str(caught.value)) < 300


def test_a_kernel_or_period_that_is_too_large_is_described():
    Layer(1, 1, image_size=4, kernel_size=3, dilation=2, padding=(1, 1))
    message = r"kernel_size=3×3 with dilation=2×2 is larger than image_size=4×4 with padding=1×0; .* at most 6×4 pixels"
    with pytest.raises(ValueError, match=message):
        Layer(1, 1, image_size=4, kernel_size=3, dilation=2, padding=(1, 0))
    with pytest.raises(ValueError, match="period=7×1 is larger than the output map; allowed is at most 6×5"):
        Layer(1, 1, image_size=(8, 7), kernel_size=3).as_period((7, 1))


def test_padding_in_words_is_kept_in_numbers():
    sizes = {"in_channels": 1, "out_channels": 1, "image_size": 6, "kernel_size": (3, 2)}
    same = Layer(**sizes, padding="same")
    assert (same.padding, same.padding_after, same.padded_size) == ((1, 0), (1, 1), (8, 7))
    assert replace(same, itemsize=8).output_size == same.output_size == (6, 6)
    assert Layer(**sizes, padding="valid") == Layer(**sizes)
    with pytest.raises(ValueError, match=r"padding='same' with stride=2×1; allowed is .* with stride 1 'same'"):
        Layer(**sizes, padding="same", stride=(2, 1))


def test_numpy_and_torch_integers_are_sizes():
    layer = Layer(np.int64(1), 2, (np.int32(8), 8), torch.tensor(3))
    assert (layer.image_size, layer.kernel_size) == ((8, 8), (3, 3))
    assert layer.as_period([np.int64(6), 1]) == (6, 1)
    with pytest.raises(TypeError, match="kernel_size"):
        Layer(1, 2, 8, torch.tensor(3.0))


@pytest.mark.parametrize(
    ("function", "value", "text"),
    [
        (formatting.format_size, (3, 2), "3×2"),
        (formatting.format_count, 9_216, "9,216"),
        (formatting.format_count, 999_600_000, "1 billion"),
        (formatting.format_count, 43_486_543_872, "43.5 billion"),
        (formatting.format_bytes, 324, "324 bytes"),
        (formatting.format_bytes, 2_650_000, "2.65 MB"),
        (formatting.format_bytes, 173_950_894_080, "174 GB"),
        (formatting.format_times, 0, "not at all"),
        (formatting.format_times, 1, "once"),
        (formatting.format_times, 3, "3 times"),
        (formatting.format_signed, -0.5, "−0.50"),
    ],
)
def test_formatting(function, value, text):
    assert function(value) == text
    assert formatting.format_quantity(1, "channel") == "1 channel"
    assert formatting.format_quantity(1024, "weight") == "1,024 weights"
