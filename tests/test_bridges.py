import copy
import re
from functools import partial
from itertools import product

import pytest
import torch
from torch import nn

from helpers.counting import Layer, as_pair
from helpers.layers import LocallyConnected2d, TiledConv2d, from_dense, to_conv, to_dense, to_local, to_tiled

SETTINGS = [
    {"image_size": (6, 7), "kernel_size": 3},
    {"image_size": (7, 5), "kernel_size": (3, 2), "stride": (2, 1), "padding": (1, 0), "dilation": (1, 2)},
    {"image_size": (9, 8), "kernel_size": 2, "stride": 3, "dilation": (3, 1), "bias": False},
    {"image_size": 4, "kernel_size": 4, "padding": (3, 2)},
]
UNPADDED = [sizes for sizes in SETTINGS if "padding" not in sizes]


def layer_of(kind, sizes):
    """A layer of the given sizes in float64; a convolution is not told the image's."""
    if kind is nn.Conv2d:
        sizes = {name: size for name, size in sizes.items() if name != "image_size"}
    return kind(2, 3, **sizes, dtype=torch.float64)


def assert_same_outputs(one, other, image_size):
    images = torch.randn(4, 2, *as_pair("image_size", image_size), dtype=torch.float64)
    outputs = (
        layer(images.flatten(1)) if isinstance(layer, nn.Linear) else layer(images).flatten(1) for layer in (one, other)
    )
    torch.testing.assert_close(*outputs)


def assert_same_parameters(one, other):
    one, other = one.state_dict(), other.state_dict()
    assert one.keys() == other.keys()
    assert all(torch.equal(one[name], other[name]) for name in one)


def to_whole_period(layer, image_size):
    return to_tiled(layer, layer.output_size, image_size)


@pytest.mark.parametrize("sizes", SETTINGS)
@pytest.mark.parametrize(
    ("kind", "bridge", "result"),
    [
        (nn.Conv2d, partial(to_tiled, period=1), TiledConv2d),
        (nn.Conv2d, partial(to_tiled, period=2), TiledConv2d),
        (nn.Conv2d, partial(to_tiled, period=(1, 2)), TiledConv2d),
        (nn.Conv2d, to_local, LocallyConnected2d),
        (nn.Conv2d, to_dense, nn.Linear),
        (partial(TiledConv2d, period=1), lambda layer, image_size: to_conv(layer), nn.Conv2d),
        (partial(TiledConv2d, period=(1, 2)), partial(to_tiled, period=2), TiledConv2d),
        (partial(TiledConv2d, period=2), to_local, LocallyConnected2d),
        (partial(TiledConv2d, period=(2, 1)), to_dense, nn.Linear),
        (LocallyConnected2d, to_whole_period, TiledConv2d),
        (LocallyConnected2d, to_local, LocallyConnected2d),
        (LocallyConnected2d, to_dense, nn.Linear),
    ],
)
def test_a_bridge_leads_to_the_same_outputs(sizes, kind, bridge, result):
    layer = layer_of(kind, sizes)
    other = bridge(layer, image_size=sizes["image_size"])
    assert type(other) is result
    assert_same_outputs(layer, other, sizes["image_size"])


@pytest.mark.parametrize("period", [1, 2, 3, (2, 3), (4, 4)])
def test_a_tiled_layer_has_the_period_that_was_asked_for(period):
    tiled = to_tiled(nn.Conv2d(2, 3, 3), period, image_size=6)
    assert tiled.period == as_pair("period", period)
    assert tiled.weight.shape[:2] == tiled.bias.shape[:2] == tiled.period


@pytest.mark.parametrize("sizes", SETTINGS)
def test_a_convolution_comes_back_unchanged(sizes):
    conv = layer_of(nn.Conv2d, sizes)
    tiled, local = to_tiled(conv, 2, sizes["image_size"]), to_local(conv, sizes["image_size"])
    for layer in (tiled, local, to_tiled(local, (1, 2)), to_local(tiled), to_tiled(tiled, 1)):
        back = to_conv(layer)
        assert_same_parameters(back, conv)
        assert repr(back) == repr(conv)


@pytest.mark.parametrize("sizes", SETTINGS)
@pytest.mark.parametrize("period", [1, 2, (1, 2)])
def test_a_tiled_layer_comes_back_unchanged(sizes, period):
    tiled = layer_of(partial(TiledConv2d, period=period), sizes)
    back = to_tiled(to_local(tiled), period)
    assert_same_parameters(back, tiled)
    assert repr(back) == repr(tiled)


def test_a_period_that_is_a_multiple_has_the_same_kernels_several_times():
    tiled = TiledConv2d(2, 3, image_size=8, kernel_size=3, period=2)
    wider = to_tiled(tiled, 4)
    for i, j in product(range(4), repeat=2):
        assert torch.equal(wider.weight[i, j], tiled.weight[i % 2, j % 2])
        assert torch.equal(wider.bias[i, j], tiled.bias[i % 2, j % 2])
    assert_same_parameters(to_tiled(wider, 2), tiled)


def test_a_period_that_is_no_multiple_needs_equal_kernels():
    tiled = TiledConv2d(2, 3, image_size=8, kernel_size=3, period=2)
    with pytest.raises(ValueError, match=r"kernel at position \(0, 3\) differs from the one at \(0, 0\).*period=3×3"):
        to_tiled(tiled, 3)
    with pytest.raises(ValueError, match=r"kernel at position \(3, 0\) differs from the one at \(0, 0\).*period=3×2"):
        to_tiled(tiled, (3, 2))
    conv = nn.Conv2d(2, 3, 3)
    assert_same_parameters(to_tiled(to_tiled(conv, 2, 8), 3), to_tiled(conv, 3, 8))


@pytest.mark.parametrize("name", ["weight", "bias"])
@pytest.mark.parametrize(
    ("period", "changed", "first", "like"),
    [
        ((1, 1), [(0, 1)], (0, 1), (0, 0)),
        ((1, 1), [(0, 2), (1, 0)], (0, 2), (0, 0)),
        ((1, 1), [(3, 0), (2, 2), (2, 1)], (2, 1), (0, 0)),
        ((1, 1), [(3, 2)], (3, 2), (0, 0)),
        ((1, 1), [(0, 0)], (0, 1), (0, 0)),
        ((2, 2), [(0, 2)], (0, 2), (0, 0)),
        ((2, 2), [(1, 1)], (3, 1), (1, 1)),
        ((2, 2), [(3, 2)], (3, 2), (1, 0)),
        ((4, 1), [(2, 2), (3, 1)], (2, 2), (2, 0)),
        ((3, 3), [(3, 2)], (3, 2), (0, 2)),
    ],
)
def test_the_first_position_that_differs_is_named(name, period, changed, first, like):
    sizes = {"image_size": (7, 5), "kernel_size": (3, 2), "stride": (2, 1), "padding": (1, 0), "dilation": (1, 2)}
    local = to_local(layer_of(nn.Conv2d, sizes), sizes["image_size"])
    for place in changed:  # a single number of the kernel or bias
        getattr(local, name).data[place].view(-1)[-1] -= 0.25
    what = {"weight": "kernel"}.get(name, name)
    message = f"the {what} at position {first} differs from the one at {like} by 0.25; allowed"
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        to_tiled(local, period)
    assert f"period={period[0]}×{period[1]}" in str(caught.value)
    if period == (1, 1):
        with pytest.raises(ValueError, match=re.escape(message)):
            to_conv(local)


@pytest.mark.parametrize("kind", [LocallyConnected2d, partial(TiledConv2d, period=2)])
def test_untied_kernels_are_no_convolution(kind):
    with pytest.raises(ValueError, match=r"kernel at position \(0, 1\).*allowed for period=1×1"):
        to_conv(layer_of(kind, SETTINGS[0]))


def test_the_dense_weight_is_the_toeplitz_matrix_by_hand():
    conv = nn.Conv2d(1, 1, 2)
    conv.weight.data = torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]])
    matrix = [
        [1, 2, 0, 3, 4, 0, 0, 0, 0],
        [0, 1, 2, 0, 3, 4, 0, 0, 0],
        [0, 0, 0, 1, 2, 0, 3, 4, 0],
        [0, 0, 0, 0, 1, 2, 0, 3, 4],
    ]
    dense = to_dense(conv, image_size=3)
    assert dense.weight.tolist() == matrix
    assert dense.bias.tolist() == 4 * conv.bias.tolist()


def toeplitz(conv, image_size):
    """The definition: the entry of output (i, j) and a pixel is the kernel's, where the kernel at (i, j) covers it."""
    image_size = as_pair("image_size", image_size)
    output_size = conv(torch.zeros(2, *image_size, dtype=torch.float64)).shape[1:]
    matrix = torch.zeros(3, *output_size, 2, *image_size, dtype=torch.float64)
    for i, j, down, right in product(*map(range, (*output_size, *conv.kernel_size))):
        row = i * conv.stride[0] + down * conv.dilation[0] - conv.padding[0]
        column = j * conv.stride[1] + right * conv.dilation[1] - conv.padding[1]
        if 0 <= row < image_size[0] and 0 <= column < image_size[1]:
            matrix[:, i, j, :, row, column] = conv.weight.detach()[:, :, down, right]
    return matrix.flatten(3).flatten(0, 2)


@pytest.mark.parametrize("sizes", SETTINGS)
def test_the_dense_weight_is_the_toeplitz_matrix(sizes):
    conv = layer_of(nn.Conv2d, sizes)
    assert torch.equal(to_dense(conv, sizes["image_size"]).weight, toeplitz(conv, sizes["image_size"]))


@pytest.mark.parametrize("sizes", SETTINGS)
@pytest.mark.parametrize("kind", [nn.Conv2d, partial(TiledConv2d, period=2), LocallyConnected2d])
def test_the_dense_weight_is_the_jacobian(sizes, kind):
    layer, image_size = layer_of(kind, sizes), as_pair("image_size", sizes["image_size"])
    jacobian = torch.func.jacrev(layer)(torch.randn(2, *image_size, dtype=torch.float64))
    torch.testing.assert_close(to_dense(layer, image_size).weight, jacobian.flatten(3).flatten(0, 2))


@pytest.mark.parametrize("sizes", UNPADDED)
def test_without_padding_a_dense_layer_leads_back_exactly(sizes):
    local, conv = layer_of(LocallyConnected2d, sizes), layer_of(nn.Conv2d, sizes)
    back = from_dense(to_dense(local), local.sizes)
    assert_same_parameters(back, local)
    assert repr(back) == repr(local)
    assert_same_parameters(to_conv(from_dense(to_dense(conv, sizes["image_size"]), local.sizes)), conv)


@pytest.mark.parametrize("sizes", SETTINGS)
def test_a_weight_that_meets_only_padding_comes_back_as_zero(sizes):
    local = layer_of(LocallyConnected2d, sizes)
    dense = to_dense(local)
    back = from_dense(dense, local.sizes)
    assert_same_outputs(back, local, sizes["image_size"])
    assert back.weight.count_nonzero() == local.sizes.local.connections
    assert torch.equal(back.weight, local.weight * (back.weight != 0))
    assert_same_parameters(to_dense(back), dense)


# (output channel, row, column, input channel, pixel row, pixel column), for 3×3 outputs that see 2×2 of 4×4 pixels
@pytest.mark.parametrize(
    ("places", "position", "pixel"),
    [
        ([(0, 1, 1, 0, 0, 1)], (1, 1), (0, 1)),
        ([(2, 1, 1, 1, 3, 1)], (1, 1), (3, 1)),
        ([(0, 1, 1, 1, 1, 0)], (1, 1), (1, 0)),
        ([(0, 1, 1, 0, 2, 3)], (1, 1), (2, 3)),
        ([(2, 2, 2, 1, 0, 0)], (2, 2), (0, 0)),
        ([(0, 2, 0, 0, 0, 0), (1, 0, 2, 0, 3, 3)], (0, 2), (3, 3)),
        ([(0, 1, 2, 0, 3, 3), (2, 1, 1, 0, 3, 3), (2, 1, 1, 0, 0, 0)], (1, 1), (0, 0)),
    ],
)
def test_a_weight_outside_the_neighbourhood_is_named(places, position, pixel):
    local = LocallyConnected2d(2, 3, image_size=4, kernel_size=2, dtype=torch.float64)
    dense = to_dense(local)
    for place in places:
        dense.weight.data.view(3, 3, 3, 2, 4, 4)[place] = 1e-300
    message = f"output at position {position} has a weight for pixel {pixel}, outside its 2×2 neighbourhood; allowed"
    with pytest.raises(ValueError, match=re.escape(message)):
        from_dense(dense, local.sizes)


def test_between_the_taps_of_a_dilated_kernel_is_outside():
    local = LocallyConnected2d(1, 1, image_size=3, kernel_size=2, dilation=2)
    dense = to_dense(local)
    dense.weight.data[0, 4] = 1
    with pytest.raises(ValueError, match=r"position \(0, 0\) has a weight for pixel \(1, 1\)"):
        from_dense(dense, local.sizes)


SIZES = Layer(2, 3, image_size=(5, 4), kernel_size=2)  # 40 inputs, 3 · 4 · 3 = 36 outputs


@pytest.mark.parametrize(
    ("dense", "sizes", "error", "message"),
    [
        (nn.Linear(39, 36), SIZES, ValueError, r"shape \(36, 39\).*allowed are \(36, 40\)"),
        (nn.Linear(40, 12), SIZES, ValueError, r"shape \(12, 40\).*allowed are \(36, 40\)"),
        (nn.Linear(36, 40), SIZES, ValueError, r"shape \(40, 36\).*allowed are \(36, 40\)"),
        (nn.Linear(40, 36, bias=False), SIZES, ValueError, "bias=False; allowed .* bias=True"),
        (nn.Linear(4, 1), Layer(1, 1, 2, 2, bias=False), ValueError, "bias=True; allowed .* bias=False"),
        (nn.Conv2d(2, 3, 2), SIZES, TypeError, "dense is a Conv2d .*allowed"),
        (nn.Linear(40, 36), {"image_size": 5}, TypeError, "sizes a dict; allowed"),
    ],
)
def test_a_dense_layer_that_does_not_fit_is_named(dense, sizes, error, message):
    with pytest.raises(error, match=message):
        from_dense(dense, sizes)


@pytest.mark.parametrize("bridge", [partial(to_tiled, period=2), to_local, to_dense])
@pytest.mark.parametrize(
    ("layer", "image_size", "error", "message"),
    [
        (nn.Conv2d(2, 4, 3, groups=2), 6, ValueError, "groups=2; allowed is 1"),
        (nn.Conv2d(1, 1, 3, padding_mode="circular"), 6, ValueError, "padding_mode='circular'; allowed is 'zeros'"),
        (nn.Conv2d(1, 1, 3, padding="same"), 6, ValueError, "padding='same'; allowed is a number"),
        (nn.Conv2d(1, 1, 3), None, TypeError, "image_size is missing"),
        (nn.Conv2d(1, 1, 3), 2, ValueError, "image_size=2×2.*allowed"),
        (nn.Conv2d(1, 1, 3), "6", TypeError, "image_size='6'.*allowed"),
        (TiledConv2d(1, 1, 6, 3, period=2), 7, ValueError, r"image_size=7; allowed is \(6, 6\)"),
        (TiledConv2d(1, 1, 6, 3, period=2), 6.5, TypeError, r"image_size=6.5.*allowed"),
        (LocallyConnected2d(1, 1, (6, 5), 3), (5, 6), ValueError, r"image_size=\(5, 6\); allowed is \(6, 5\)"),
        (nn.Linear(36, 16), 6, TypeError, "layer is a Linear; allowed"),
        (nn.ConvTranspose2d(1, 1, 3), 6, TypeError, "layer is a ConvTranspose2d; allowed"),
        (None, 6, TypeError, "layer is a NoneType; allowed"),
    ],
)
def test_a_layer_without_a_bridge_is_named(bridge, layer, image_size, error, message):
    with pytest.raises(error, match=message):
        bridge(layer, image_size=image_size)


def test_only_a_convolution_leads_to_a_convolution():
    with pytest.raises(TypeError, match="layer is a Linear; allowed"):
        to_conv(nn.Linear(36, 16))


@pytest.mark.parametrize("image_size", [None, 6, (6, 6), [6, 6]])
def test_a_layer_that_knows_its_image_size_may_be_told_again(image_size):
    local = LocallyConnected2d(1, 1, image_size=6, kernel_size=3)
    assert_same_parameters(to_local(local, image_size), local)
    assert to_dense(local, image_size).in_features == 36


@pytest.mark.parametrize(
    ("period", "error"), [(0, ValueError), (5, ValueError), ((4, 5), ValueError), (True, TypeError), (1.5, TypeError)]
)
def test_a_bad_period_is_named(period, error):
    with pytest.raises(error, match=r"period=.*allowed"):
        to_tiled(nn.Conv2d(1, 1, 3), period, image_size=6)


def test_too_large_a_dense_layer_is_refused_before_it_is_allocated():
    parameters = 99_998**2 * (100_000**2 + 1)
    message = f"the dense layer would have {parameters:,} parameters, {4 * parameters:,} bytes, more than max_bytes="
    with pytest.raises(ValueError, match=message):
        to_dense(nn.Conv2d(1, 1, 3), image_size=100_000)
    conv = nn.Conv2d(1, 2, 3)
    to_dense(conv, image_size=6, max_bytes=4 * 32 * 37)
    with pytest.raises(ValueError, match=r"the dense layer .*max_bytes"):
        to_dense(conv, image_size=6, max_bytes=4 * 32 * 37 - 1)
    with pytest.raises(ValueError, match=r"the dense layer .*max_bytes"):
        to_dense(conv.double(), image_size=6, max_bytes=4 * 32 * 37)
    with pytest.raises(TypeError, match=r"max_bytes=1.5.*allowed"):
        to_dense(conv, image_size=6, max_bytes=1.5)


SQUARE = {"in_channels": 2, "out_channels": 3, "image_size": 6, "kernel_size": 3}


every_bridge = pytest.mark.parametrize(
    ("kind", "bridge"),
    [
        (partial(nn.Conv2d, 2, 3, 3), partial(to_tiled, period=2, image_size=6)),
        (partial(nn.Conv2d, 2, 3, 3), partial(to_local, image_size=6)),
        (partial(nn.Conv2d, 2, 3, 3), partial(to_dense, image_size=6)),
        (partial(TiledConv2d, **SQUARE, period=1), to_conv),
        (partial(TiledConv2d, **SQUARE, period=2), partial(to_tiled, period=2)),
        (partial(LocallyConnected2d, **SQUARE), to_local),
        (partial(LocallyConnected2d, **SQUARE), to_dense),
        (lambda **dtype: to_dense(LocallyConnected2d(**SQUARE, **dtype)), partial(from_dense, sizes=Layer(**SQUARE))),
    ],
)


@every_bridge
def test_a_bridge_draws_no_random_numbers(kind, bridge):
    layer = kind()
    before = torch.get_rng_state()
    bridge(layer)
    assert torch.equal(torch.get_rng_state(), before)


@every_bridge
def test_a_bridge_returns_a_copy(kind, bridge):
    layer = kind()
    other = bridge(layer)
    for changed, kept in ((layer, other), (other, layer)):
        before = copy.deepcopy(kept)
        for parameter in changed.parameters():
            parameter.data.add_(1)
        assert_same_parameters(kept, before)


@every_bridge
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float64])
def test_a_bridge_keeps_the_dtype(kind, bridge, dtype):
    assert {parameter.dtype for parameter in bridge(kind(dtype=dtype)).parameters()} == {dtype}


@every_bridge
def test_the_result_of_a_bridge_can_be_trained(kind, bridge):
    parameters = dict(bridge(kind().requires_grad_(False)).named_parameters())
    assert parameters.keys() == {"weight", "bias"}
    assert all(parameter.requires_grad and parameter.is_leaf for parameter in parameters.values())


def test_a_convolution_is_copied():
    conv = nn.Conv2d(2, 3, 3, groups=1, padding="same")
    copied = to_conv(conv)
    assert_same_parameters(copied, conv)
    assert copied.padding == "same"
    copied.weight.data += 1
    assert not torch.equal(copied.weight, conv.weight)


def test_of_kernel_and_bias_the_first_that_differs_is_named():
    local = to_local(nn.Conv2d(1, 1, 3), image_size=8)
    local.weight.data[3, 3] += 1
    local.bias.data[0, 1] += 1
    with pytest.raises(ValueError, match=r"bias at position \(0, 1\)"):
        to_conv(local)


def test_weights_that_are_no_numbers_can_be_tied():
    local = to_local(nn.Conv2d(1, 1, 3), image_size=8)
    local.weight.data.fill_(float("nan"))
    assert to_conv(local).weight.isnan().all()


@pytest.mark.parametrize("bridge", [to_local, partial(to_tiled, period=2)])
def test_too_large_a_layer_is_refused_before_anything_is_allocated(bridge):
    for image_size in (10_000_000, 10**3000):
        with pytest.raises(ValueError, match="max_bytes"):
            bridge(nn.Conv2d(1, 1, 3), image_size=image_size)
    assert bridge(nn.Conv2d(1, 1, 3), image_size=8, max_bytes=36 * 10 * 4).image_size == (8, 8)
    with pytest.raises(ValueError, match="max_bytes"):
        bridge(nn.Conv2d(1, 1, 3), image_size=8, max_bytes=36 * 10 * 4 - 1)
