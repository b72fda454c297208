import copy
import re
from functools import partial

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from helpers.counting import as_pair
from helpers.layers import LocallyConnected2d, TiledConv2d, to_conv, to_dense, to_local, to_tiled

pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")  # torch's Conv2d makes a copy

SETTINGS = [
    {"image_size": (7, 5), "kernel_size": (3, 2), "stride": (2, 1), "padding": (1, 0), "dilation": (1, 2)},
    {"image_size": (9, 8), "kernel_size": 2, "stride": 3, "dilation": (3, 1), "bias": False},
    {"image_size": 4, "kernel_size": 4, "padding": (3, 2)},
    {"image_size": (4, 5), "kernel_size": (2, 3), "padding": "same"},
]
SQUARE = {"image_size": 8, "kernel_size": 3}
Tiled1, Tiled2, Tiled12 = (partial(TiledConv2d, period=period) for period in (1, 2, (1, 2)))


def layer_of(kind, sizes):
    """Return a layer of these sizes in float64; a convolution is not told the image's."""
    if kind is nn.Conv2d:
        sizes = {name: size for name, size in sizes.items() if name != "image_size"}
    return kind(2, 3, **sizes, dtype=torch.float64)


def compute(layer, images):
    return layer(images.flatten(1)) if isinstance(layer, nn.Linear) else layer(images).flatten(1)


def assert_same(one, other):
    """Two layers have the same sizes and the same parameters, to the last bit."""
    assert repr(one) == repr(other)
    one, other = one.state_dict(), other.state_dict()
    assert one.keys() == other.keys()
    assert all(torch.equal(one[name], other[name]) for name in one)


@pytest.mark.parametrize("sizes", SETTINGS)
@pytest.mark.parametrize(
    ("kind", "bridge", "result"),
    [
        (nn.Conv2d, lambda layer, image_size: to_tiled(layer, (1, 2), image_size), TiledConv2d),
        (nn.Conv2d, to_local, LocallyConnected2d),
        (nn.Conv2d, to_dense, nn.Linear),
        (Tiled1, lambda layer, _: to_conv(layer), nn.Conv2d),
        (Tiled12, lambda layer, _: to_tiled(layer, 2), TiledConv2d),
        (Tiled2, to_local, LocallyConnected2d),
        (Tiled2, to_dense, nn.Linear),
        (LocallyConnected2d, lambda layer, _: to_tiled(layer, layer.output_size), TiledConv2d),
        (LocallyConnected2d, to_local, LocallyConnected2d),
        (LocallyConnected2d, to_dense, nn.Linear),
    ],
)
def test_a_bridge_leads_to_a_layer_of_its_own_that_computes_the_same(sizes, kind, bridge, result):
    layer, images = layer_of(kind, sizes), torch.randn(4, 2, *as_pair("", sizes["image_size"]), dtype=torch.float64)
    random, expected = torch.get_rng_state(), compute(layer, images)
    other = bridge(layer.requires_grad_(False), sizes["image_size"])
    assert torch.equal(torch.get_rng_state(), random)
    assert type(other) is result
    assert other.weight.dtype == torch.float64
    assert all(parameter.requires_grad and parameter.is_leaf for parameter in other.parameters())
    assert_close(compute(other, images), expected)
    for parameter in layer.parameters():
        parameter.data.add_(1)
    assert_close(compute(other, images), expected)


def test_a_convolution_is_copied():
    conv = nn.Conv2d(2, 3, 3, padding="same")
    copied = to_conv(conv)
    assert_same(copied, conv)
    copied.weight.data += 1
    assert not torch.equal(copied.weight, conv.weight)


@pytest.mark.parametrize("sizes", SETTINGS)
def test_what_was_tied_comes_back_unchanged(sizes):
    conv, tiled = layer_of(nn.Conv2d, sizes), layer_of(Tiled12, sizes)
    local = to_local(conv, sizes["image_size"])
    for layer in (to_tiled(conv, 2, sizes["image_size"]), local, to_tiled(local, (1, 2))):
        assert_same(to_conv(layer), conv)
    assert_same(to_tiled(to_local(tiled), (1, 2)), tiled)
    assert_same(to_tiled(to_tiled(tiled, 2), (1, 2)), tiled)


def test_another_period():
    tiled, conv = layer_of(Tiled2, SQUARE), layer_of(nn.Conv2d, SQUARE)
    wider = to_tiled(tiled, (4, 2))
    assert torch.equal(wider.weight, tiled.weight.repeat(2, 1, 1, 1, 1, 1))
    assert torch.equal(wider.bias, tiled.bias.repeat(2, 1, 1))
    with pytest.raises(ValueError, match=r"kernel at position \(0, 3\) differs from the one at \(0, 0\).*period 3×3"):
        to_tiled(tiled, 3)
    assert_same(to_tiled(to_tiled(conv, 2, 8), 3), to_tiled(conv, 3, 8))


@pytest.mark.parametrize("name", ["weight", "bias"])
@pytest.mark.parametrize(
    ("period", "changed", "first", "like"),
    [
        ((1, 1), [(0, 2), (1, 0)], (0, 2), (0, 0)),
        ((1, 1), [(3, 0), (2, 2), (2, 1)], (2, 1), (0, 0)),
        ((1, 1), [(0, 0)], (0, 1), (0, 0)),
        ((2, 2), [(1, 1)], (3, 1), (1, 1)),
        ((2, 2), [(3, 2)], (3, 2), (1, 0)),
        ((4, 1), [(2, 2), (3, 1)], (2, 2), (2, 0)),
        ((3, 3), [(3, 2)], (3, 2), (0, 2)),
    ],
)
def test_the_first_position_that_differs_is_named(name, period, changed, first, like):
    local = to_local(layer_of(nn.Conv2d, SETTINGS[0]), SETTINGS[0]["image_size"])  # with 4×3 positions
    for place in changed:  # a single number of the kernel or bias
        getattr(local, name).data[place].view(-1)[-1] -= 0.25
    what = {"weight": "kernel"}.get(name, name)
    message = f"the {what} at position {first} differs from the one at {like} by 0.25; allowed are equal ones"
    with pytest.raises(ValueError, match=re.escape(f"{message}, because with period {period[0]}×{period[1]}")):
        to_tiled(local, period)
    if period == (1, 1):
        with pytest.raises(ValueError, match=re.escape(message)):
            to_conv(local)


def test_of_kernel_and_bias_the_first_is_named_and_nan_equals_nan():
    local = to_local(layer_of(nn.Conv2d, SQUARE), 8)
    local.weight.data.fill_(torch.nan)
    assert to_conv(local).weight.isnan().all()
    local.weight.data[0, 3] = 1
    local.bias.data[0, 1] += 1
    with pytest.raises(ValueError, match=r"bias at position \(0, 1\)"):
        to_conv(local)


@pytest.mark.parametrize("sizes", SETTINGS)
@pytest.mark.parametrize("kind", [nn.Conv2d, Tiled2, LocallyConnected2d])
def test_the_dense_weight_is_the_jacobian(sizes, kind):
    layer, image_size = layer_of(kind, sizes), as_pair("image_size", sizes["image_size"])
    jacobian = torch.func.jacrev(layer)(torch.randn(2, *image_size, dtype=torch.float64))
    assert_close(to_dense(layer, image_size).weight, jacobian.flatten(3).flatten(0, 2))


@pytest.mark.parametrize(
    ("layer", "image_size", "error", "message"),
    [
        (nn.Conv2d(2, 4, 3, groups=2), 6, ValueError, "groups=2; allowed is 1"),
        (nn.Conv2d(1, 1, 3, padding_mode="circular"), 6, ValueError, "padding_mode='circular'; allowed is 'zeros'"),
        (nn.Conv2d(1, 1, 3), None, TypeError, "image_size is missing"),
        (nn.Conv2d(1, 1, 3), 2, ValueError, "image_size=2×2.*allowed"),
        (nn.Conv2d(1, 1, 3), "6", TypeError, "image_size='6'.*allowed"),
        (TiledConv2d(1, 1, (6, 5), 3, period=2), (5, 6), ValueError, r"image_size=\(5, 6\); allowed is \(6, 5\)"),
        (TiledConv2d(1, 1, 6, 3, period=2), 6.5, TypeError, r"image_size=6.5.*allowed"),
        (nn.ConvTranspose2d(1, 1, 3), 6, TypeError, "layer is a ConvTranspose2d; allowed"),
        (None, 6, TypeError, "layer is a NoneType; allowed"),
    ],
)
def test_a_layer_without_a_bridge_is_named(layer, image_size, error, message):
    for bridge in (partial(to_tiled, period=2), to_local, to_dense):
        with pytest.raises(error, match=message):
            bridge(layer, image_size=image_size)
    if message.startswith("layer is"):
        with pytest.raises(error, match=message):
            to_conv(layer)


def test_a_layer_that_knows_its_image_size_may_be_told_again():
    local = layer_of(LocallyConnected2d, SQUARE)
    for image_size in (None, 8, (8, 8), [8, 8]):
        assert_same(to_local(local, image_size), local)


@pytest.mark.parametrize("period", [0, 7, (6, 7), True, 1.5])
def test_a_bad_period_is_named(period):
    with pytest.raises((TypeError, ValueError), match=r"period=.*allowed"):
        to_tiled(layer_of(nn.Conv2d, SQUARE), period, image_size=8)


@pytest.mark.parametrize(
    ("bridge", "need", "message"),
    [
        (to_local, 36 * 2 * 10, "a kernel at each of"),
        (partial(to_tiled, period=2), 36 * 2 * 10, "a kernel at each of"),
        (to_dense, 36 * 2 * 65, "the dense layer"),
    ],
)
def test_too_large_a_layer_is_refused_before_it_is_allocated(bridge, need, message):
    for image_size in (10_000_000, 10**3000):
        with pytest.raises(ValueError, match=f"{message}.* parameters, .* bytes, more than max_bytes="):
            bridge(nn.Conv2d(1, 2, 3), image_size=image_size)
    conv = nn.Conv2d(1, 2, 3)
    for layer, itemsize in ((conv, 4), (copy.deepcopy(conv).double(), 8), (to_local(conv, 8).double(), 8)):
        bridge(layer, image_size=8, max_bytes=need * itemsize)
        with pytest.raises(ValueError, match=f"{message}.* {need:,} parameters, {need * itemsize:,} bytes"):
            bridge(layer, image_size=8, max_bytes=need * itemsize - 1)
    with pytest.raises(TypeError, match=r"max_bytes=1.5.*allowed"):
        bridge(conv, image_size=8, max_bytes=1.5)


@pytest.mark.parametrize("bridge", [to_local, partial(to_tiled, period=2)])
def test_a_larger_layer_may_be_allowed(bridge):
    assert bridge(nn.Conv2d(1, 1, 3, device="meta"), image_size=10_000, max_bytes=2**34).weight.is_meta
