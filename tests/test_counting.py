from collections import Counter
from itertools import product

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from helpers import counting
from helpers.counting import Layer
from helpers.layers import LocallyConnected2d, TiledConv2d

SETTINGS = [
    {"image_size": 8, "kernel_size": 3},
    {"image_size": (9, 7), "kernel_size": (3, 2), "stride": (2, 1), "padding": (1, 0)},
    {"image_size": 11, "kernel_size": 4, "stride": 3, "padding": 2},
    {"image_size": (10, 12), "kernel_size": 3, "stride": 2, "padding": 1, "dilation": (2, 3)},
    {"image_size": 5, "kernel_size": 5, "bias": False},
]


@pytest.mark.parametrize("sizes", SETTINGS)
def test_against_real_modules(sizes):
    layer = Layer(2, 3, **sizes)
    conv_sizes = {name: size for name, size in sizes.items() if name != "image_size"}
    conv = nn.Conv2d(2, 3, **conv_sizes)
    local = LocallyConnected2d(2, 3, **sizes)
    output = conv(torch.zeros(1, 2, *layer.image_size))
    dense = nn.Linear(2 * layer.image_size[0] * layer.image_size[1], output.numel(), bias=sizes.get("bias", True))
    assert layer.output_size == tuple(output.shape[2:])
    for module, count in ((dense, layer.dense), (local, layer.local), (conv, layer.shared)):
        assert count.weights == module.weight.numel()
        assert count.biases == (0 if module.bias is None else module.bias.numel())
        assert count.bytes == sum(parameter.nbytes for parameter in module.parameters())


@pytest.mark.parametrize("sizes", SETTINGS)
def test_multiply_adds_against_torch(sizes):
    layer = Layer(2, 3, **{**sizes, "bias": False})
    image = torch.zeros(1, 2, *layer.image_size)
    conv = nn.Conv2d(2, 3, layer.kernel_size, layer.stride, layer.padding, layer.dilation, bias=False)
    local = LocallyConnected2d(2, 3, **{**sizes, "bias": False})
    dense = nn.Linear(image.numel(), 3 * layer.output_size[0] * layer.output_size[1], bias=False)
    for run, count in (
        (lambda: conv(image), layer.shared),
        (lambda: local(image), layer.local),
        (lambda: dense(image.flatten(1)), layer.dense),
    ):
        with FlopCounterMode(display=False) as flops, torch.no_grad():
            run()
        assert flops.get_total_flops() == 2 * count.multiply_adds


@pytest.mark.parametrize("sizes", SETTINGS)
def test_connections_against_a_gradient(sizes):
    """A pixel is connected to an output unit where the derivative of the unit is not zero."""
    layer = Layer(2, 3, **sizes)
    local = LocallyConnected2d(2, 3, **sizes, dtype=torch.float64)
    nn.init.ones_(local.weight)
    jacobian = torch.func.jacrev(local)(torch.zeros(2, *layer.image_size, dtype=torch.float64))
    assert layer.local.connections == layer.shared.connections == jacobian.count_nonzero().item()


def test_connections_against_a_double_loop():
    for image, kernel, stride, padding, dilation in product((1, 4, 7), (1, 2, 3), (1, 2, 5), (0, 1, 4), (1, 2, 3)):
        if dilation * (kernel - 1) + 1 > image + 2 * padding:
            continue
        layer = Layer(1, 1, (image, 1), (kernel, 1), (stride, 1), (padding, 0), (dilation, 1))
        seen = sum(
            0 <= o * stride + k * dilation - padding < image for o in range(layer.output_size[0]) for k in range(kernel)
        )
        assert layer.local.connections == seen


def test_uses_per_weight():
    layer = Layer(3, 4, image_size=(9, 7), kernel_size=3, stride=2)
    assert (layer.dense.uses_per_weight, layer.local.uses_per_weight, layer.shared.uses_per_weight) == (1, 1, 4 * 3)
    assert layer.shared.multiply_adds == layer.local.multiply_adds == 4 * 12 * 27


@pytest.mark.parametrize(
    ("layer", "dense", "local", "shared"),
    [
        # 8×8, 3×3: 36 outputs of 9 weights; dense 64 · 36
        (Layer(1, 1, 8, 3, bias=False), 2_304, 324, 9),
        # 192×192 grey, 32 channels, padding 1: 36,864 positions
        (Layer(1, 32, 192, 3, padding=1, bias=False), 43_486_543_872, 10_616_832, 288),
        (Layer(3, 32, 192, 3, padding=1, bias=False), 130_459_631_616, 31_850_496, 864),
        (Layer(1, 32, 192, 3, bias=False), 36_864 * 32 * 36_100, 10_396_800, 288),
        # Inception V3's first layer: 299×299×3 to 149×149×32
        (Layer(3, 32, 299, 3, stride=2, bias=False), 268_203 * 710_432, 19_181_664, 864),
    ],
)
def test_weights_by_hand(layer, dense, local, shared):
    assert (layer.dense.weights, layer.local.weights, layer.shared.weights) == (dense, local, shared)


def test_alexnet_first_layer_with_biases():
    """CS231n's example: 55×55×96 outputs of 11×11×3 weights and a bias each."""
    layer = Layer(3, 96, image_size=227, kernel_size=11, stride=4)
    assert layer.output_size == (55, 55)
    assert layer.local.weights + layer.local.biases == 105_705_600
    assert layer.shared.weights + layer.shared.biases == 34_944


def test_huge_sizes_are_exact_and_quick():
    side = 10**30
    layer = Layer(1, 1, image_size=side, kernel_size=10**15, stride=7, padding=10**14, dilation=3, bias=False)
    assert layer.local.weights == layer.output_size[0] ** 2 * 10**30
    assert 0 < layer.local.connections < layer.local.multiply_adds
    unpadded = Layer(1, 1, image_size=side, kernel_size=10**15)
    assert unpadded.local.connections == unpadded.local.weights == (side - 10**15 + 1) ** 2 * 10**30


def test_receptive_field():
    assert counting.receptive_field(3, 1) == 3
    assert counting.receptive_field(3, 3) == 7
    assert counting.receptive_field(7, 5) == 31


GOOD = {"in_channels": 1, "out_channels": 2, "image_size": 8, "kernel_size": 3}


@pytest.mark.parametrize(
    ("argument", "value", "error"),
    [
        ("in_channels", 0, ValueError),
        ("out_channels", -1, ValueError),
        ("out_channels", 2.0, TypeError),
        ("in_channels", True, TypeError),
        ("in_channels", float("nan"), TypeError),
        ("in_channels", np.True_, TypeError),
        ("image_size", "8", TypeError),
        ("image_size", (8, 0), ValueError),
        ("image_size", (8, 8, 8), ValueError),
        ("image_size", None, TypeError),
        pytest.param("image_size", -(10**6000), ValueError, id="image_size-enormous"),
        ("kernel_size", 9, ValueError),
        ("kernel_size", (3, False), TypeError),
        ("stride", 0, ValueError),
        ("padding", -1, ValueError),
        ("padding", 0.5, TypeError),
        ("dilation", 4, ValueError),
        ("itemsize", 0, ValueError),
        ("bias", 1, TypeError),
    ],
)
def test_bad_input_is_named(argument, value, error):
    with pytest.raises(error, match=rf"{argument}=.*allowed") as caught:
        Layer(**{**GOOD, argument: value})
    assert len(str(caught.value)) < 300


def test_numpy_and_torch_integers_are_sizes():
    assert Layer(np.int64(1), 2, (np.int32(8), 8), torch.tensor(3)).image_size == (8, 8)
    with pytest.raises(TypeError, match="kernel_size"):
        Layer(1, 2, 8, torch.tensor(3.0))


@pytest.mark.parametrize(("kernel_size", "depth"), [(0, 1), (3, -1), (3, True), (3.0, 1)])
def test_bad_receptive_field(kernel_size, depth):
    with pytest.raises((TypeError, ValueError), match="allowed"):
        counting.receptive_field(kernel_size, depth)


def periods(layer):
    """Every period that the output map allows."""
    return list(product(*(range(1, size + 1) for size in layer.output_size)))


@pytest.mark.parametrize("sizes", SETTINGS)
def test_tiled_is_shared_at_one_end_and_local_at_the_other(sizes):
    layer = Layer(2, 3, **sizes)
    assert layer.tiled(1) == layer.tiled((1, 1)) == layer.shared
    assert layer.tiled(layer.output_size) == layer.local


@pytest.mark.parametrize("sizes", SETTINGS)
def test_tiled_against_real_modules(sizes):
    layer = Layer(2, 3, **sizes)
    for period in periods(layer):
        module, count = TiledConv2d(2, 3, **sizes, period=period, device="meta"), layer.tiled(period)
        assert count.weights == module.weight.numel()
        assert count.biases == (0 if module.bias is None else module.bias.numel())
        assert count.bytes == sum(parameter.nbytes for parameter in module.parameters())


@pytest.mark.parametrize("sizes", SETTINGS)
def test_uses_of_a_tiled_weight_against_a_double_loop(sizes):
    layer = Layer(2, 3, **sizes)
    height, width = layer.output_size
    for period in periods(layer):
        uses = Counter((i % period[0], j % period[1]) for i in range(height) for j in range(width))
        count = layer.tiled(period)
        assert (count.uses_per_weight, count.fewest_uses) == (max(uses.values()), min(uses.values()))


@pytest.mark.parametrize("sizes", SETTINGS)
def test_tiling_changes_neither_multiply_adds_nor_connections(sizes):
    layer = Layer(2, 3, **sizes)
    counts = [layer.tiled(period) for period in periods(layer)]
    assert {count.multiply_adds for count in counts} == {layer.shared.multiply_adds}
    assert {count.connections for count in counts} == {layer.shared.connections}


def test_uses_of_huge_sizes_are_exact():
    count = Layer(1, 1, image_size=10**30, kernel_size=1).tiled((10**30 - 1, 10**15))
    assert (count.uses_per_weight, count.fewest_uses) == (2 * 10**15, 10**15)


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


def test_a_period_is_a_pair():
    layer = Layer(**GOOD)
    assert layer.as_period(2) == layer.as_period([2, 2]) == (2, 2)
    assert layer.as_period((np.int64(6), 1)) == (6, 1)


@pytest.mark.parametrize(
    ("period", "error"),
    [
        (0, ValueError),
        (7, ValueError),
        ((7, 1), ValueError),
        ((1, 7), ValueError),
        ((2, 2, 2), ValueError),
        (True, TypeError),
        (1.5, TypeError),
        ("2", TypeError),
        (None, TypeError),
    ],
)
def test_a_bad_period_is_named(period, error):
    layer = Layer(**GOOD)
    for function in (layer.tiled, layer.as_period):
        with pytest.raises(error, match=r"period=.*allowed"):
            function(period)
