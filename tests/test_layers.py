import copy
import io
import pickle
from functools import partial

import pytest
import torch
from torch import nn
from torch.autograd import gradcheck, gradgradcheck
from torch.func import functional_call, grad, hessian, jacfwd, jacrev, vmap
from torch.testing import assert_close

from helpers import counting
from helpers.layers import LocallyConnected2d, TiledConv2d, products

pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")  # torch's Conv2d makes a copy

SETTINGS = [
    {"image_size": (7, 5), "kernel_size": (3, 2), "stride": (2, 1), "padding": (1, 0), "dilation": (1, 2)},
    {"image_size": (6, 8), "kernel_size": 2, "stride": 3, "padding": (0, 1), "dilation": (2, 1)},
    {"image_size": 5, "kernel_size": 1, "bias": False},
    {"image_size": (4, 5), "kernel_size": (2, 4), "padding": "same", "dilation": (1, 3)},  # more behind than before
]
PERIODS = [1, (1, 2), (2, 1), None]  # the output maps are 4×3, 2×3, 5×5 and 4×5
SMALL = {"image_size": (3, 4), "kernel_size": 2, "stride": (2, 1), "padding": (1, 0), "dilation": (1, 2)}

TiledConv2d64, LocallyConnected2d64 = (partial(kind, dtype=torch.float64) for kind in (TiledConv2d, LocallyConnected2d))


@pytest.fixture(params=[0, products.FEW_PRODUCTS], ids=["ours", "torch's"])
def either_way(request, monkeypatch):
    """Compute with operations of our own, as large layers do, and with torch's, as small ones do."""
    monkeypatch.setattr(products, "FEW_PRODUCTS", request.param)


def compute_by_definition(layer, images):
    """Multiply each patch with the kernel of its position, one position after the other."""
    (top, left), (bottom, right) = layer.sizes.padding, layer.sizes.padding_after
    padded = nn.functional.pad(images, (left, right, top, bottom))
    output = images.new_zeros(len(images), layer.out_channels, *layer.output_size)
    for i in range(layer.output_size[0]):
        for j in range(layer.output_size[1]):
            rows = [i * layer.stride[0] + tap * layer.dilation[0] for tap in range(layer.kernel_size[0])]
            columns = [j * layer.stride[1] + tap * layer.dilation[1] for tap in range(layer.kernel_size[1])]
            own = (i % layer.period[0], j % layer.period[1])
            patch = padded[:, :, rows][..., columns]
            output[:, :, i, j] = torch.einsum("ncij,ocij->no", patch, layer.weight[own])
            if layer.bias is not None:
                output[:, :, i, j] += layer.bias[own]
    return output


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize("sizes", SETTINGS)
@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("batch", [1, 3])
def test_output_and_gradients_are_those_of_the_definition(sizes, period, batch):
    layer = TiledConv2d64(2, 3, **sizes, period=period)
    images = torch.randn(batch, 2, *layer.image_size, dtype=torch.float64, requires_grad=True)
    output, expected = layer(images), compute_by_definition(layer, images)
    assert_close(output, expected)
    assert_close(layer(images[0]), expected[0])
    tensors, cotangent = [images, *layer.parameters()], torch.randn_like(output)
    assert_close(*(torch.autograd.grad(one, tensors, cotangent) for one in (output, expected)))


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize("sizes", SETTINGS)
def test_with_one_kernel_it_is_the_convolution(sizes):
    tiled, local = TiledConv2d64(2, 3, **sizes, period=1), LocallyConnected2d64(2, 3, **sizes)
    conv = nn.Conv2d(2, 3, **{name: size for name, size in sizes.items() if name != "image_size"}).double()
    images = torch.randn(2, 2, *tiled.image_size, dtype=torch.float64)
    conv(images).square().sum().backward()
    for layer in (tiled, local):
        for name, parameter in conv.named_parameters():
            getattr(layer, name).data.copy_(parameter.data)
        assert_close(layer(images), conv(images))
        assert layer.period == (layer.output_size if layer is local else (1, 1))
        layer(images).square().sum().backward()
        for name, parameter in conv.named_parameters():  # a shared weight's gradient is the sum over its uses
            assert_close(getattr(layer, name).grad.sum((0, 1)), parameter.grad)


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize(("period", "batch"), [(None, 1), (None, 2), ((1, 2), 2)])
def test_first_and_second_derivatives(period, batch):
    layer = TiledConv2d64(2, 2, **SMALL, period=period)
    images = torch.randn(batch, 2, *layer.image_size, dtype=torch.float64, requires_grad=True)

    def function(images, weight, bias):
        return functional_call(layer, {"weight": weight, "bias": bias}, (images,))

    inputs = (images, layer.weight, layer.bias)
    assert gradcheck(function, inputs, check_forward_ad=True)
    assert gradgradcheck(function, inputs, check_fwd_over_rev=True, fast_mode=True)  # in a random direction


@pytest.mark.usefixtures("either_way")
def test_torch_func():
    layer = LocallyConnected2d64(2, 3, **SETTINGS[0])
    images = torch.randn(4, 2, 7, 5, dtype=torch.float64)
    parameters = dict(layer.named_parameters())

    def loss(parameters, images):
        return functional_call(layer, parameters, (images,)).square().sum()

    whole, each = grad(loss)(parameters, images), vmap(grad(loss), (None, 0))(parameters, images)
    for name in parameters:
        assert_close(each[name].sum(0), whole[name])
    assert_close(jacfwd(layer)(images[0]), jacrev(layer)(images[0]))
    stacked = torch.stack([layer.weight, 2 * layer.weight])
    outputs = vmap(lambda weight: functional_call(layer, {"weight": weight}, (images,)))(stacked)
    assert_close(outputs[0], layer(images))
    assert_close(outputs[1] - outputs[0], layer(images) - layer.bias.permute(2, 0, 1))
    second = hessian(lambda image: loss(parameters, image))(images[0]).flatten(3).flatten(0, 2)
    jacobian = jacrev(layer)(images[0]).flatten(3).flatten(0, 2)
    assert_close(second, 2 * jacobian.T @ jacobian)


def test_chunks_do_not_change_the_result(monkeypatch):
    layer = LocallyConnected2d64(2, 3, **SETTINGS[0])
    images = torch.randn(4, 2, 7, 5, dtype=torch.float64, requires_grad=True)

    def compute_all():
        output = layer(images)
        return output, *torch.autograd.grad(output.square().sum(), (images, *layer.parameters()))

    whole = compute_all()
    monkeypatch.setattr(products, "FEW_PRODUCTS", 0)
    assert_close(compute_all(), whole)
    monkeypatch.setattr(products, "CHUNK_BYTES", 1)  # less than a row, so each row is a chunk
    assert_close(compute_all(), whole)


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize("kind", [LocallyConnected2d, partial(TiledConv2d, period=1)])
@pytest.mark.parametrize(("out_channels", "image_size"), [(1, 8), (2, 8), (2, 3)])
@pytest.mark.parametrize("shape", [(1,), (1, 1), (2, 1)])
def test_the_output_may_be_changed_in_place(kind, out_channels, image_size, shape):
    layer = kind(1, out_channels, image_size, 3, bias=False, dtype=torch.float64)
    images = torch.randn(*shape, image_size, image_size, dtype=torch.float64)
    outputs = [nn.Sequential(layer, nn.ReLU(inplace))(images) for inplace in (False, True)]
    assert torch.equal(*outputs)
    assert torch.equal(*(torch.autograd.grad(output.square().sum(), layer.weight)[0] for output in outputs))


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize("before", [nn.Identity(), nn.Conv2d(1, 1, 1)])
@pytest.mark.parametrize("batch", [1, 3])
def test_autocast_casts_what_it_casts_for_a_convolution(before, batch):
    conv, layer, images = nn.Conv2d(1, 2, 3), TiledConv2d(1, 2, 8, 3, period=1), torch.randn(batch, 1, 8, 8)
    for name, parameter in conv.named_parameters():
        getattr(layer, name).data.copy_(parameter.data)
    exact = conv(before(images))
    with torch.autocast("cpu", torch.bfloat16):
        outputs = [module(before(images)) for module in (conv, layer)]
        with pytest.raises(TypeError, match=r"input is torch.float64; allowed is a tensor of torch.float32"):
            layer(images.double())
        assert TiledConv2d64(1, 2, 8, 3, period=1)(images.double()).dtype == torch.float64
    for module, output in zip((conv, layer), outputs, strict=True):
        assert output.dtype == torch.bfloat16
        assert_close(output.float(), exact, atol=0.03, rtol=0.03)
        output.float().square().sum().backward()
        assert module.weight.grad.dtype == module.bias.grad.dtype == torch.float32
    assert_close(layer.weight.grad[0, 0], conv.weight.grad, atol=0.2, rtol=0.05)


@pytest.mark.usefixtures("either_way")
def test_compiled_and_exported_as_one_graph():
    layer = TiledConv2d64(2, 3, **SETTINGS[0], period=2)
    images = torch.randn(3, 2, 7, 5, dtype=torch.float64, requires_grad=True)
    compiled = torch.compile(layer, fullgraph=True, backend="aot_eager")
    exported = torch.export.export(layer, (images,), dynamic_shapes=({0: torch.export.Dim("batch")},)).module()
    tensors = [images, *layer.parameters()]
    for one in (compiled, exported):
        assert_close(*(torch.autograd.grad(module(images).square().sum(), tensors) for module in (one, layer)))
        assert_close(one(images[:2].detach()), layer(images[:2]))


@pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning", "ignore:`torch.jit")
def test_traced_saved_and_loaded(tmp_path):
    layer, images = LocallyConnected2d64(1, 2, image_size=8, kernel_size=3), torch.randn(64, 1, 8, 8).double()
    torch.jit.save(torch.jit.trace(layer, images), tmp_path / "layer.pt")
    assert_close(torch.jit.load(tmp_path / "layer.pt")(images[:2]), layer(images[:2]))


def test_padding_in_words():
    for padding in ("same", "valid"):
        layer, conv = (
            LocallyConnected2d(1, 1, (6, 5), (2, 3), padding=padding),
            nn.Conv2d(1, 1, (2, 3), padding=padding),
        )
        assert layer.padding == conv.padding == padding
        assert f"padding={padding}" in repr(layer)
        assert layer.output_size == conv(torch.zeros(1, 6, 5)).shape[1:]


@pytest.mark.usefixtures("either_way")
def test_shapes():
    layer = TiledConv2d(3, 4, image_size=(6, 5), kernel_size=(3, 2), period=(2, 3))
    assert layer.weight.shape == (2, 3, 4, 3, 3, 2)  # (period rows, period columns, C_out, C_in, K_h, K_w)
    assert layer.bias.shape == (2, 3, 4)
    assert layer.sizes == counting.Layer(3, 4, image_size=(6, 5), kernel_size=(3, 2))
    images = torch.randn(2, 3, 6, 5)
    assert layer(images).is_contiguous()
    empty = layer(images[:0])
    assert empty.shape == (0, 4, 4, 4)
    assert not any(grad.any() for grad in torch.autograd.grad(empty.sum(), layer.parameters()))
    assert_close(layer(images.to(memory_format=torch.channels_last)), layer(images))
    assert layer.to("meta")(images.to("meta")).shape == (2, 4, 4, 4)


def test_starts_in_the_range_of_conv2d():
    torch.manual_seed(0)
    layer, bound = LocallyConnected2d(3, 8, 32, (5, 3)), (3 * 5 * 3) ** -0.5
    for parameter in layer.parameters():
        assert 0.99 * bound < parameter.max() <= bound
        assert -0.99 * bound > parameter.min() >= -bound
        assert abs(parameter.std() * 3**0.5 / bound - 1) < 0.02


def test_behaves_like_a_module():
    layer = LocallyConnected2d64(2, 3, 6, (3, 2), stride=(2, 1), padding=1)
    image, file = torch.randn(1, 2, 6, 6, dtype=torch.float64), io.BytesIO()
    torch.save(layer.state_dict(), file)
    file.seek(0)
    twin = LocallyConnected2d64(2, 3, 6, (3, 2), stride=(2, 1), padding=1)
    twin.load_state_dict(torch.load(file))
    for copied in (twin, copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        assert torch.equal(copied(image), layer(image))
    single = LocallyConnected2d(2, 3, 6, (3, 2))
    single.load_state_dict(LocallyConnected2d64(2, 3, 6, (3, 2)).state_dict())
    assert single(image.float()).dtype == torch.float32
    assert layer.float()(image.float()).dtype == torch.float32
    assert LocallyConnected2d(1, 1, 4, 3, device="meta").weight.device.type == "meta"
    sizes = "image_size=(6, 6), kernel_size=(3, 2)"
    assert repr(layer) == f"LocallyConnected2d(2, 3, {sizes}, stride=(2, 1), padding=(1, 1))"
    tiled = TiledConv2d(2, 3, 6, (3, 2), period=(2, 3), dilation=2, bias=False)
    assert repr(tiled) == f"TiledConv2d(2, 3, {sizes}, period=(2, 3), stride=(1, 1), dilation=(2, 2), bias=False)"


@pytest.mark.parametrize("kind", [LocallyConnected2d, partial(TiledConv2d, period=1), partial(TiledConv2d, period=2)])
def test_too_large_a_layer_is_refused_before_it_is_allocated(kind):
    parameters = 64 * 99_990**2 * (3 * 121 + 1)
    message = (
        rf"99,990×99,990 positions.* {parameters:,} parameters, {4 * parameters:,} bytes, .*max_bytes=1,073,741,824"
    )
    with pytest.raises(ValueError, match=message) as caught:
        kind(3, 64, image_size=100_000, kernel_size=11)
    assert all(name in str(caught.value) for name in ("image_size", "kernel_size", "in_channels", "out_channels"))
    with pytest.raises(ValueError, match=r"padded image would take .* bytes, more than max_bytes=.*padding"):
        kind(1, 1, 8, 3, padding=20_000, stride=10_000)
    with pytest.raises(ValueError, match=r"about 10\^6001 parameters.*max_bytes"):
        kind(1, 1, image_size=10**3000, kernel_size=3)
    need = 36 * 10 * 4
    for dtype, factor in ((torch.float32, 1), (torch.float64, 2)):
        kind(1, 1, 8, 3, dtype=dtype, max_bytes=need * factor)
        with pytest.raises(ValueError, match=f"{need * factor:,} bytes, more than max_bytes={need * factor - 1:,}"):
            kind(1, 1, 8, 3, dtype=dtype, max_bytes=need * factor - 1)


GOOD = {"in_channels": 1, "out_channels": 2, "image_size": 8, "kernel_size": 3, "period": 2}


@pytest.mark.parametrize(
    ("argument", "values"),
    {
        "in_channels": [0],
        "out_channels": [1.5],
        "image_size": [(8, -8), float("nan")],
        "kernel_size": [9, True],
        "period": [0, 7, (6, 7), (7, 6), (2, 2, 2), True, 1.5, "2"],
        "stride": [0],
        "padding": ["full", -1, 1.5],
        "dilation": [None],
        "groups": [2],
        "padding_mode": ["circular"],
        "bias": ["yes"],
        "dtype": [torch.int64, torch.complex64, "float32"],
        "max_bytes": [0, 1e9],
    }.items(),
)
def test_bad_arguments_are_named(argument, values):
    for value in values:
        with pytest.raises((TypeError, ValueError), match=rf"{argument}=.*allowed"):
            TiledConv2d(**{**GOOD, argument: value})


def test_bad_inputs_are_named():
    layer, good = TiledConv2d(**GOOD), torch.zeros(1, 1, 8, 8)
    for shape in ((1, 2, 8, 8), (1, 1, 8, 9), (8, 8), (1, 1, 1, 8, 8)):
        with pytest.raises(
            ValueError, match=rf"input has shape \({shape[0]}, .*allowed is \(1, 8, 8\) or \(N, 1, 8, 8\)"
        ):
            layer(torch.zeros(shape))
    for images, found in ((good.double(), "torch.float64"), (good.long(), "torch.int64"), ([[0.0]], "list")):
        with pytest.raises(TypeError, match=f"input is {found}; allowed is a tensor of torch.float32"):
            layer(images)
