import copy
import io
import pickle
from functools import partial
from itertools import product

import pytest
import torch
from torch import nn
from torch.func import functional_call, grad, hessian, jacfwd, jacrev, vmap

from helpers import counting
from helpers.layers import LocallyConnected2d, TiledConv2d, locally_connected2d, products

SETTINGS = [
    {"image_size": 7, "kernel_size": 3},
    {"image_size": (7, 6), "kernel_size": (3, 2), "stride": (2, 1), "padding": (1, 0), "dilation": (1, 2)},
    {"image_size": (6, 8), "kernel_size": 2, "stride": 3, "padding": 1, "dilation": 2},
    {"image_size": 5, "kernel_size": 1, "bias": False},
    {"image_size": 5, "kernel_size": 5, "padding": 2},
]


def local_and_conv(sizes, in_channels=2, out_channels=3, kind=LocallyConnected2d):
    """A layer with one kernel at all positions, and the convolution with that kernel."""
    local = kind(in_channels, out_channels, **sizes, dtype=torch.float64)
    conv_sizes = {name: size for name, size in sizes.items() if name != "image_size"}
    conv = nn.Conv2d(in_channels, out_channels, **conv_sizes, dtype=torch.float64)
    with torch.no_grad():
        local.weight.copy_(conv.weight)
        if conv.bias is not None:
            local.bias.copy_(conv.bias)
    return local, conv


def loops(layer, images):
    """The definition, position by position, as a convolution of a patch with the kernel of that position."""
    padding = (layer.padding[1], layer.padding[1], layer.padding[0], layer.padding[0])
    padded = nn.functional.pad(images, padding)
    output = images.new_zeros(len(images), layer.out_channels, *layer.output_size)
    for i in range(layer.output_size[0]):
        for j in range(layer.output_size[1]):
            (top, left), (down, right) = (i * layer.stride[0], j * layer.stride[1]), layer.dilation
            rows = [top + down * tap for tap in range(layer.kernel_size[0])]
            columns = [left + right * tap for tap in range(layer.kernel_size[1])]
            patch = padded[:, :, rows][..., columns]
            own = (i % layer.period[0], j % layer.period[1])
            output[:, :, i, j] = torch.einsum("ncij,ocij->no", patch, layer.weight[own])
            if layer.bias is not None:
                output[:, :, i, j] += layer.bias[own]
    return output


@pytest.mark.parametrize("sizes", SETTINGS)
@pytest.mark.parametrize("batch", [1, 3])
def test_equals_its_definition(sizes, batch):
    layer = LocallyConnected2d(2, 3, **sizes, dtype=torch.float64)
    images = torch.randn(batch, 2, *layer.image_size, dtype=torch.float64)
    torch.testing.assert_close(layer(images), loops(layer, images))


@pytest.mark.parametrize("sizes", SETTINGS)
@pytest.mark.parametrize("batch", [1, 3])
def test_with_one_kernel_everywhere_it_is_the_convolution(sizes, batch):
    local, conv = local_and_conv(sizes)
    images = torch.randn(batch, 2, *local.image_size, dtype=torch.float64, requires_grad=True)
    torch.testing.assert_close(local(images), conv(images))
    cotangent = torch.randn_like(conv(images))
    of_local, of_conv = (torch.autograd.grad(layer(images), images, cotangent)[0] for layer in (local, conv))
    torch.testing.assert_close(of_local, of_conv)
    for name, parameter in conv.named_parameters():  # a shared weight's gradient is the sum over its uses
        shared = torch.autograd.grad(conv(images), parameter, cotangent)[0]
        unshared = torch.autograd.grad(local(images), getattr(local, name), cotangent)[0]
        torch.testing.assert_close(unshared.sum((0, 1)), shared)


@pytest.mark.parametrize("sizes", SETTINGS)
@pytest.mark.parametrize("batch", [1, 2])
def test_first_and_second_derivatives(sizes, batch):
    layer = LocallyConnected2d(1, 2, **sizes, dtype=torch.float64)
    images = torch.randn(batch, 1, *layer.image_size, dtype=torch.float64, requires_grad=True)
    inputs = (images, layer.weight) if layer.bias is None else (images, layer.weight, layer.bias)

    def function(images, weight, bias=None):
        return locally_connected2d(images, weight, bias, layer.stride, layer.padding, layer.dilation)

    assert torch.autograd.gradcheck(function, inputs, check_forward_ad=True)
    assert torch.autograd.gradgradcheck(function, inputs, check_fwd_over_rev=True)


def test_torch_func():
    layer = LocallyConnected2d(2, 3, (5, 6), (3, 2), padding=1, dtype=torch.float64)
    images = torch.randn(4, 2, 5, 6, dtype=torch.float64)
    parameters = dict(layer.named_parameters())

    def loss(parameters, images):
        return functional_call(layer, parameters, (images,)).square().sum()

    whole = grad(loss)(parameters, images)
    each = vmap(grad(loss), (None, 0))(parameters, images)
    for name in parameters:
        torch.testing.assert_close(each[name].sum(0), whole[name])
    torch.testing.assert_close(jacfwd(layer)(images[0]), jacrev(layer)(images[0]))
    stacked = torch.stack([layer.weight, 2 * layer.weight])
    outputs = vmap(lambda weight: locally_connected2d(images, weight, padding=1))(stacked)
    torch.testing.assert_close(outputs[1], 2 * outputs[0])
    second = hessian(lambda image: loss(parameters, image))(images[0])
    torch.testing.assert_close(second, second.permute(3, 4, 5, 0, 1, 2))


def test_chunks_do_not_change_the_result(monkeypatch):
    layer = LocallyConnected2d(2, 3, 9, 3, padding=1, dtype=torch.float64)
    images = torch.randn(4, 2, 9, 9, dtype=torch.float64, requires_grad=True)

    def all_results():
        output = layer(images)
        return output, *torch.autograd.grad(output.square().sum(), (images, *layer.parameters()))

    whole = all_results()
    monkeypatch.setattr(products, "CHUNK_BYTES", 1)
    for one, other in zip(whole, all_results(), strict=True):
        torch.testing.assert_close(one, other)


def test_shapes_and_memory_layout():
    layer = LocallyConnected2d(3, 4, image_size=(6, 5), kernel_size=(3, 2))
    assert layer.weight.shape == (4, 4, 4, 3, 3, 2)  # (H_out, W_out, C_out, C_in, K_h, K_w)
    assert layer.bias.shape == (4, 4, 4)
    images = torch.randn(2, 3, 6, 5)
    assert layer(images).is_contiguous()
    torch.testing.assert_close(layer(images[0]), layer(images)[0])
    assert layer(images[:0]).shape == (0, 4, 4, 4)
    layer(images.to(memory_format=torch.channels_last).requires_grad_()).sum().backward()
    assert layer.weight.grad.shape == layer.weight.shape


def test_starts_in_the_range_of_conv2d():
    torch.manual_seed(0)
    local, conv = LocallyConnected2d(3, 8, 32, (5, 3)), nn.Conv2d(3, 8 * 28 * 30, (5, 3))
    bound = (3 * 5 * 3) ** -0.5
    for ours, theirs in ((local.weight, conv.weight), (local.bias, conv.bias)):
        assert ours.abs().max() <= bound
        assert ours.abs().max() > 0.99 * bound
        assert abs(ours.std() / theirs.std() - 1) < 0.02


def test_behaves_like_a_module():
    layer = LocallyConnected2d(2, 3, 6, (3, 2), stride=(2, 1), padding=1, dtype=torch.float64)
    image = torch.randn(1, 2, 6, 6, dtype=torch.float64)
    twin = LocallyConnected2d(2, 3, 6, (3, 2), stride=(2, 1), padding=1, dtype=torch.float64)
    file = io.BytesIO()
    torch.save(layer.state_dict(), file)
    file.seek(0)
    twin.load_state_dict(torch.load(file))
    for copied in (twin, copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        assert torch.equal(copied(image), layer(image))
    assert layer.float()(image.float()).dtype == torch.float32
    assert LocallyConnected2d(1, 1, 4, 3, device="meta").weight.device.type == "meta"
    assert repr(layer) == (
        "LocallyConnected2d(2, 3, image_size=(6, 6), kernel_size=(3, 2), stride=(2, 1), padding=(1, 1))"
    )
    assert "dilation=(2, 2), bias=False" in repr(LocallyConnected2d(1, 1, 8, 3, dilation=2, bias=False))


def test_learns():
    torch.manual_seed(0)
    layer, target = LocallyConnected2d(1, 2, 6, 3), LocallyConnected2d(1, 2, 6, 3)
    images = torch.randn(256, 1, 6, 6)
    optimizer = torch.optim.Adam(layer.parameters(), lr=0.05)
    for _ in range(100):
        optimizer.zero_grad()
        loss = (layer(images) - target(images).detach()).square().mean()
        loss.backward()
        optimizer.step()
    torch.testing.assert_close(layer.weight, target.weight, atol=1e-2, rtol=0)


def test_too_large_a_layer_is_refused_before_it_is_allocated():
    with pytest.raises(ValueError, match="max_bytes") as caught:
        LocallyConnected2d(3, 64, image_size=100_000, kernel_size=11)
    message = str(caught.value)
    positions = (100_000 - 10) ** 2
    assert f"{64 * positions * (3 * 121 + 1):,} parameters" in message
    assert f"{4 * 64 * positions * (3 * 121 + 1):,} bytes" in message
    assert all(name in message for name in ("image_size", "kernel_size", "in_channels", "out_channels"))
    with pytest.raises(ValueError, match="padded image would take"):
        LocallyConnected2d(1, 1, 8, 3, padding=20_000, stride=20_000)
    with pytest.raises(ValueError, match=r"about 10\^\d+ parameters.*max_bytes"):
        LocallyConnected2d(1, 1, image_size=10**3000, kernel_size=1)
    LocallyConnected2d(1, 1, 8, 3, max_bytes=36 * 10 * 4)
    with pytest.raises(ValueError, match="max_bytes"):
        LocallyConnected2d(1, 1, 8, 3, max_bytes=36 * 10 * 4 - 1)
    with pytest.raises(ValueError, match="max_bytes"):
        LocallyConnected2d(1, 1, 8, 3, dtype=torch.float64, max_bytes=36 * 10 * 4)


GOOD = {"in_channels": 1, "out_channels": 2, "image_size": 8, "kernel_size": 3}


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("in_channels", 0),
        ("out_channels", 1.5),
        ("image_size", (8, -8)),
        ("image_size", float("nan")),
        ("kernel_size", 9),
        ("kernel_size", True),
        ("stride", 0),
        ("padding", "same"),
        ("dilation", None),
        ("bias", "yes"),
        ("dtype", torch.int64),
        ("dtype", "float32"),
        ("max_bytes", 0),
        ("max_bytes", 1e9),
    ],
)
def test_bad_arguments_are_named(argument, value):
    with pytest.raises((TypeError, ValueError), match=rf"{argument}=.*allowed"):
        LocallyConnected2d(**{**GOOD, argument: value})


@pytest.mark.parametrize(
    "images",
    [
        torch.zeros(1, 2, 8, 8),
        torch.zeros(1, 1, 8, 9),
        torch.zeros(8, 8),
        torch.zeros(1, 1, 1, 8, 8),
        torch.zeros(1, 1, 8, 8, dtype=torch.float64),
        torch.zeros(1, 1, 8, 8, dtype=torch.int64),
        [[0.0]],
    ],
)
def test_bad_inputs_are_named(images):
    with pytest.raises((TypeError, ValueError), match=r"input .*allowed"):
        LocallyConnected2d(**GOOD)(images)


def test_one_floating_point_dtype_for_all():
    weight, images = torch.zeros(6, 6, 2, 1, 3, 3), torch.zeros(1, 1, 8, 8)
    for arguments, name in (
        ((images.double(), weight), "input"),
        ((images.cfloat(), weight.cfloat()), "input"),
        ((images, weight, torch.zeros(6, 6, 2).double()), "bias"),
        (([1], weight), "input"),
        ((images, weight, 1.0), "bias"),
        ((images, None), "weight"),
    ):
        with pytest.raises(TypeError, match=rf"{name} is.*allowed"):
            locally_connected2d(*arguments)


@pytest.mark.parametrize(
    ("input", "weight", "bias", "name"),
    [
        ((1, 1, 8, 8), (6, 6, 2, 1, 3, 4), None, "weight"),
        ((1, 2, 8, 8), (6, 6, 2, 1, 3, 3), None, "weight"),
        ((1, 1, 8, 8), (5, 6, 2, 1, 3, 3), None, "weight"),
        ((1, 1, 8, 8), (6, 6, 2, 1, 3, 3), (2,), "bias"),
        ((8, 8), (6, 6, 2, 1, 3, 3), None, "input"),
        ((1, 1, 2, 2), (6, 6, 2, 1, 3, 3), None, "kernel_size"),
    ],
)
def test_bad_tensors_are_named(input, weight, bias, name):
    with pytest.raises(ValueError, match=rf"{name}.*allowed"):
        locally_connected2d(torch.zeros(input), torch.zeros(weight), bias if bias is None else torch.zeros(bias))


PERIODS = [1, 2, (1, 2), (2, 1), (2, 3), None]  # the output maps are 5×5, 4×4 and 2×3


def tiled_layer(sizes, period):
    return TiledConv2d(2, 3, **sizes, period=period, dtype=torch.float64)


@pytest.mark.parametrize("sizes", SETTINGS)
@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("batch", [1, 3])
def test_tiled_equals_its_definition(sizes, period, batch):
    layer = tiled_layer(sizes, period)
    images = torch.randn(batch, 2, *layer.image_size, dtype=torch.float64)
    torch.testing.assert_close(layer(images), loops(layer, images))
    torch.testing.assert_close(layer(images[0]), loops(layer, images)[0])


@pytest.mark.parametrize("sizes", SETTINGS)
def test_tiled_with_period_1_is_the_convolution(sizes):
    tiled, conv = local_and_conv(sizes, kind=partial(TiledConv2d, period=1))
    images = torch.randn(2, 2, *tiled.image_size, dtype=torch.float64)
    torch.testing.assert_close(tiled(images), conv(images))
    for layer in (tiled, conv):
        layer(images).square().sum().backward()
    for name, parameter in conv.named_parameters():
        torch.testing.assert_close(getattr(tiled, name).grad[0, 0], parameter.grad)


@pytest.mark.parametrize("sizes", SETTINGS)
def test_tiled_with_the_output_size_as_period_is_the_local_layer(sizes):
    local = LocallyConnected2d(2, 3, **sizes, dtype=torch.float64)
    images = torch.randn(2, 2, *local.image_size, dtype=torch.float64)
    for period in (None, local.output_size):
        tiled = tiled_layer(sizes, period)
        tiled.load_state_dict(local.state_dict())
        assert torch.equal(tiled(images), local(images))


@pytest.mark.parametrize("sizes", SETTINGS)
@pytest.mark.parametrize("period", PERIODS)
def test_the_gradient_of_a_tied_weight_is_the_sum_over_its_uses(sizes, period):
    tiled, local = tiled_layer(sizes, period), LocallyConnected2d(2, 3, **sizes, dtype=torch.float64)
    rows, columns = tiled.period
    uses = {(i, j): (slice(i, None, rows), slice(j, None, columns)) for i in range(rows) for j in range(columns)}
    names = [name for name, _ in tiled.named_parameters()]
    for name, own in product(names, uses):
        getattr(local, name).data[uses[own]] = getattr(tiled, name).data[own]
    images = torch.randn(3, 2, *tiled.image_size, dtype=torch.float64)
    for layer in (tiled, local):
        layer(images).square().sum().backward()
    for name, own in product(names, uses):
        unshared = getattr(local, name).grad[uses[own]]
        torch.testing.assert_close(getattr(tiled, name).grad[own], unshared.sum((0, 1)))


@pytest.mark.parametrize("period", [1, 2, (2, 1)])
def test_derivatives_of_tiled(period):
    layer = TiledConv2d(1, 2, (5, 4), 2, period, stride=(2, 1), dtype=torch.float64)
    images = torch.randn(2, 1, 5, 4, dtype=torch.float64, requires_grad=True)

    def function(images, weight, bias):
        return functional_call(layer, {"weight": weight, "bias": bias}, (images,))

    inputs = (images, layer.weight, layer.bias)
    assert torch.autograd.gradcheck(function, inputs, check_forward_ad=True)
    assert torch.autograd.gradgradcheck(function, inputs)


@pytest.mark.parametrize("sizes", SETTINGS)
@pytest.mark.parametrize("period", PERIODS[:-1])
def test_tiled_stores_what_is_counted(sizes, period):
    layer = tiled_layer(sizes, period)
    count = counting.Layer(2, 3, **sizes, itemsize=8).tiled(period)
    assert count == layer.sizes.tiled(layer.period)
    assert count.weights + count.biases == sum(parameter.numel() for parameter in layer.parameters())


def test_tiled_says_its_period():
    layer = TiledConv2d(2, 3, 6, (3, 2), period=(2, 3), stride=(2, 1), padding=1)
    assert layer.weight.shape == (2, 3, 3, 2, 3, 2)  # (period rows, period columns, C_out, C_in, K_h, K_w)
    assert layer.bias.shape == (2, 3, 3)
    assert repr(layer) == (
        "TiledConv2d(2, 3, image_size=(6, 6), kernel_size=(3, 2), period=(2, 3), stride=(2, 1), padding=(1, 1))"
    )
    assert "period=(6, 6)" in repr(TiledConv2d(**GOOD, period=None))
    assert "period=" not in repr(LocallyConnected2d(**GOOD))


@pytest.mark.parametrize("period", [0, 7, (6, 7), (7, 6), (2, 2, 2), True, 1.5, "2"])
def test_a_bad_period_is_named(period):
    with pytest.raises((TypeError, ValueError), match=r"period=.*allowed"):
        TiledConv2d(**GOOD, period=period)


@pytest.mark.parametrize("period", [1, 2, None])
def test_too_large_a_tiled_layer_is_refused_before_it_is_allocated(period):
    with pytest.raises(ValueError, match=r"a layer with a kernel at each of 99,990×99,990 positions.*max_bytes"):
        TiledConv2d(3, 64, image_size=100_000, kernel_size=11, period=period)
    TiledConv2d(1, 1, 8, 3, period, max_bytes=36 * 10 * 4)
    with pytest.raises(ValueError, match="max_bytes"):
        TiledConv2d(1, 1, 8, 3, period, max_bytes=36 * 10 * 4 - 1)
