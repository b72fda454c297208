"""Layers whose kernel depends on the position: the tiled convolution and the locally connected layer."""

import math

import torch
from torch import Tensor, nn

from helpers import counting
from helpers.layers.products import local_product

SHRINK = "Shrink image_size, kernel_size, in_channels or out_channels, use a larger stride"


class TiledConv2d(nn.Module):
    """A convolution in which output positions `period` apart use the same kernel and bias, and no others do.

    Period 1 is the convolution, and the output size as period the locally connected layer. The name and the idea are
    from Ngiam et al., "Tiled convolutional neural networks", NeurIPS 2010.

    Arguments are those of `nn.Conv2d`, with `image_size` added, because the number of positions depends on it, and
    `period`, from 1 to the output size; None is the output size. Sizes are ints or (height, width) pairs in pixels.
    Unlike there, `groups` has to be 1 and `padding_mode` "zeros": give each group a layer of its own, and pad before
    the layer, for example by `nn.CircularPad2d`. `max_bytes` is the most memory that one kernel and bias for each
    position may take, because a forward pass makes a copy of the kernels for every position. `torch.compile` and
    `torch.export` take the layer apart into torch's own operations, which keep the patches for the backward pass.

    Shapes: input (N, in_channels, H, W) or (in_channels, H, W) with (H, W) == image_size; output
    (N, out_channels, H_out, W_out) or (out_channels, H_out, W_out).

    `weight[i, j]` is the kernel of output position (i, j) and of those that are a multiple of the period away, of the
    shape of `Conv2d.weight`, and `bias[i, j]` their bias. Both start uniform in +-1/sqrt(fan_in) with
    fan_in = in_channels * kernel height * kernel width, as `nn.Conv2d` does. To start otherwise, give the kernels of
    `weight.flatten(0, 1)` to `nn.init` one by one: of the whole it takes the positions for channels.

    `sizes.tiled(period)` counts its weights and multiply-adds. torch's `FlopCounterMode` finds as many in a forward
    pass; it misses the gradient of the weight when the batch is one large image. torchinfo is right for
    `LocallyConnected2d`, but multiplies those of a `TiledConv2d` by the kernels of its period; thop counts none.

    Raises TypeError or ValueError naming the argument, its value and what is allowed. The size is compared with
    `max_bytes` before anything is allocated.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        image_size: counting.Size,
        kernel_size: counting.Size,
        period: counting.Size | None,
        stride: counting.Size = 1,
        padding: counting.Size | str = 0,
        dilation: counting.Size = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
        max_bytes: int = 2**30,
    ) -> None:
        refuse_variants(groups, padding_mode)
        dtype = as_float_dtype(dtype)
        sizes = counting.Layer(
            in_channels, out_channels, image_size, kernel_size, stride, padding, dilation, bias, dtype.itemsize
        )
        refuse_too_large_layer(sizes, max_bytes)
        super().__init__()
        self.sizes = sizes
        self.in_channels, self.out_channels = sizes.in_channels, sizes.out_channels
        self.image_size, self.kernel_size, self.output_size = sizes.image_size, sizes.kernel_size, sizes.output_size
        self.stride, self.dilation = sizes.stride, sizes.dilation
        self.padding = padding if isinstance(padding, str) else sizes.padding
        self.period = sizes.output_size if period is None else sizes.as_period(period)
        kernel = (self.out_channels, self.in_channels, *self.kernel_size)
        self.weight = nn.Parameter(torch.empty(*self.period, *kernel, device=device, dtype=dtype))
        self.bias = None
        if bias:
            self.bias = nn.Parameter(torch.empty(*self.period, self.out_channels, device=device, dtype=dtype))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw every weight and bias anew from torch's global generator."""
        bound = self.sizes.kernel_weights**-0.5
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -bound, bound)

    def forward(self, input: Tensor) -> Tensor:
        """Return the output map; see the class for shapes. Raises ValueError or TypeError for another input."""
        expected = (self.in_channels, *self.image_size)
        dtype = find_dtype(self.weight)
        if not isinstance(input, Tensor) or find_dtype(input) != dtype or input.is_complex():
            found = input.dtype if isinstance(input, Tensor) else type(input).__name__
            raise TypeError(f"input is {found}; allowed is a tensor of {self.weight.dtype}, the dtype of the weight")
        if input.dim() not in (3, 4) or tuple(input.shape[-3:]) != expected:
            raise ValueError(
                f"input has shape {tuple(input.shape)}; allowed is {expected} or (N, {', '.join(map(str, expected))})"
            )
        batch = input if input.dim() == 4 else input.unsqueeze(0)
        weight, bias = (p if p is None else lay_out(p, self.output_size).to(dtype) for p in (self.weight, self.bias))
        output = local_product(batch.to(dtype), weight, bias, self.sizes)
        return output if input.dim() == 4 else output.squeeze(0)

    def extra_repr(self) -> str:
        """Return the arguments in the order of the constructor, as `nn.Conv2d` does."""
        text = f"{self.in_channels}, {self.out_channels}, image_size={self.image_size}, kernel_size={self.kernel_size}"
        text += f", period={self.period}, stride={self.stride}"
        if self.padding != (0, 0):
            text += f", padding={self.padding}"
        if self.dilation != (1, 1):
            text += f", dilation={self.dilation}"
        return text if self.bias is not None else text + ", bias=False"


class LocallyConnected2d(TiledConv2d):
    """A layer like `torch.nn.Conv2d` in which every output position has a kernel and a bias of its own.

    It is the tiled convolution whose period is its output size, and has the same arguments (without `period`), shapes
    and errors.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        image_size: counting.Size,
        kernel_size: counting.Size,
        stride: counting.Size = 1,
        padding: counting.Size | str = 0,
        dilation: counting.Size = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
        max_bytes: int = 2**30,
    ) -> None:
        super().__init__(
            in_channels, out_channels, image_size, kernel_size, None, stride, padding, dilation, groups, bias,
            padding_mode, device, dtype, max_bytes,
        )  # fmt: skip

    def extra_repr(self) -> str:
        """Return the arguments in the order of the constructor, which has no period."""
        return super().extra_repr().replace(f", period={self.period}", "")


def lay_out(parameter: Tensor, output_size: tuple[int, int]) -> Tensor:
    """Return a parameter repeated for every output position.

    Shapes: (period rows, period columns, ...) to (H_out, W_out, ...). A parameter that already has an entry for each
    position is returned as it is.
    """
    if parameter.shape[:2] == output_size:
        return parameter
    rows, columns = (
        torch.arange(size, device=parameter.device) % step
        for size, step in zip(output_size, parameter.shape, strict=False)
    )
    return parameter[rows[:, None], columns]


def find_dtype(tensor: Tensor) -> torch.dtype:
    """Return the dtype in which a convolution would take a tensor: its own, or under autocast the one to cast it to."""
    device = tensor.device.type
    cast = torch.amp.is_autocast_available(device) and torch.is_autocast_enabled(device)
    if cast and tensor.is_floating_point() and tensor.dtype != torch.float64:
        return torch.get_autocast_dtype(device)
    return tensor.dtype


def as_float_dtype(dtype: torch.dtype | None) -> torch.dtype:
    """Return `dtype`, or torch's default for None. Raises TypeError for anything but a floating point dtype."""
    dtype = torch.get_default_dtype() if dtype is None else dtype
    if not isinstance(dtype, torch.dtype) or not dtype.is_floating_point:
        raise TypeError(f"dtype={dtype} cannot be trained; allowed is a floating point torch.dtype")
    return dtype


def refuse_variants(groups: int, padding_mode: str, where: str = "") -> None:
    """Raise a ValueError for the arguments of `nn.Conv2d` that a layer with a kernel for each position lacks."""
    if groups != 1:
        raise ValueError(f"{where}groups={groups!r}; allowed is 1, so use one layer for each group")
    if padding_mode != "zeros":
        raise ValueError(f"{where}padding_mode={padding_mode!r}; allowed is 'zeros', so pad before the layer")


def refuse_too_large(what: str, parameters: int, itemsize: int, max_bytes: int, advice: str = SHRINK) -> None:
    """Raise a ValueError that names the bytes needed and ends in `advice` if the parameters exceed `max_bytes`."""
    need = parameters * itemsize
    if need > counting.as_int("max_bytes", max_bytes):
        raise ValueError(
            f"{what} would have {_format_int(parameters)} parameters, {_format_int(need)} bytes, more than "
            f"max_bytes={_format_int(max_bytes)}. {advice}, or raise max_bytes"
        )


def refuse_too_large_layer(sizes: counting.Layer, max_bytes: int) -> None:
    """Raise a ValueError if a kernel and bias for each position, or one padded image, take more than `max_bytes`."""
    height, width = map(_format_int, sizes.output_size)
    parameters = sizes.local.weights + sizes.local.biases
    refuse_too_large(
        f"a layer with a kernel at each of {height}×{width} positions", parameters, sizes.itemsize, max_bytes
    )
    padded = sizes.in_channels * math.prod(sizes.padded_size) * sizes.itemsize
    if padded > max_bytes:
        raise ValueError(
            f"one padded image would take {_format_int(padded)} bytes, more than max_bytes={_format_int(max_bytes)}. "
            "Shrink image_size, padding or in_channels, or raise max_bytes"
        )


def _format_int(number: int) -> str:
    """Return a number in digits with commas, or as a power of ten from 30 digits on."""
    return f"{number:,}" if number < 10**30 else f"about 10^{round(number.bit_length() * math.log10(2))}"
