"""Layers whose kernel depends on the position: the tiled convolution, and its extreme, the locally connected layer."""

import math

import torch
from torch import Tensor, nn

from helpers import counting
from helpers.layers.products import Window, local_product

SHRINK = "Shrink image_size, kernel_size, in_channels or out_channels, use a larger stride"


class TiledConv2d(nn.Module):
    """A `torch.nn.Conv2d` in which positions `period` apart use the same kernel and bias, and no others do.

    Period 1 is the convolution, and the output size as period the locally connected layer. The name and the idea are
    from Ngiam et al., "Tiled convolutional neural networks", NeurIPS 2010.

    Arguments are those of `nn.Conv2d`, with `image_size` added, because the number of positions depends on it, and
    `period`, from 1 to the output size; None is the output size. Sizes are ints or (height, width) pairs in pixels.
    `max_bytes` is the most memory that one kernel and bias for each position may take, because a forward pass lays
    the kernels out like that.

    Shapes: input (N, in_channels, H, W) or (in_channels, H, W) with (H, W) == image_size; output
    (N, out_channels, H_out, W_out) or (out_channels, H_out, W_out).

    `weight[i, j]` is the kernel of output position (i, j) and of those that are a multiple of the period away, of the
    shape of `Conv2d.weight`, and `bias[i, j]` their bias. Both start uniform in +-1/sqrt(fan_in) with
    fan_in = in_channels * kernel height * kernel width, as `nn.Conv2d` does. `sizes` are the sizes to count.

    Raises TypeError or ValueError naming the argument, its value and what is allowed; MemoryError is never reached,
    because the size is computed and compared with `max_bytes` before anything is allocated.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        image_size: counting.Size,
        kernel_size: counting.Size,
        period: counting.Size | None,
        stride: counting.Size = 1,
        padding: counting.Size = 0,
        dilation: counting.Size = 1,
        bias: bool = True,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
        max_bytes: int = 2**30,
    ) -> None:
        dtype = trainable(dtype)
        sizes = counting.Layer(
            in_channels, out_channels, image_size, kernel_size, stride, padding, dilation, bias, dtype.itemsize
        )
        refuse_unshared(sizes, max_bytes)
        super().__init__()
        self.sizes = sizes
        self.in_channels, self.out_channels = sizes.in_channels, sizes.out_channels
        self.image_size, self.kernel_size, self.output_size = sizes.image_size, sizes.kernel_size, sizes.output_size
        self.stride, self.padding, self.dilation = sizes.stride, sizes.padding, sizes.dilation
        self.period = sizes.output_size if period is None else sizes.as_period(period)
        self._window = Window.of(sizes)
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
        if not isinstance(input, Tensor) or input.dtype != self.weight.dtype or input.is_complex():
            found = input.dtype if isinstance(input, Tensor) else type(input).__name__
            raise TypeError(f"input is {found}; allowed is a tensor of {self.weight.dtype}, the dtype of the weight")
        if input.dim() not in (3, 4) or tuple(input.shape[-3:]) != expected:
            raise ValueError(
                f"input has shape {tuple(input.shape)}; allowed is {expected} or (N, {', '.join(map(str, expected))})"
            )
        batch = input if input.dim() == 4 else input.unsqueeze(0)
        weight, bias = (laid_out(parameter, self.output_size) for parameter in (self.weight, self.bias))
        output = local_product(batch, weight, bias, self._window)
        return output if input.dim() == 4 else output.squeeze(0)

    def extra_repr(self) -> str:
        """Say the arguments in the order of the constructor, as `nn.Conv2d` does."""
        text = f"{self.in_channels}, {self.out_channels}, image_size={self.image_size}, kernel_size={self.kernel_size}"
        text += f"{self._period_repr()}, stride={self.stride}"
        if self.padding != (0, 0):
            text += f", padding={self.padding}"
        if self.dilation != (1, 1):
            text += f", dilation={self.dilation}"
        return text if self.bias is not None else text + ", bias=False"

    def _period_repr(self) -> str:
        return f", period={self.period}"


class LocallyConnected2d(TiledConv2d):
    """A `torch.nn.Conv2d` in which every output position has a kernel and a bias of its own.

    It is the tiled convolution whose period is its output map, and has the same arguments, shapes and errors but for
    `period`. Where all kernels and biases equal those of a convolution, the layer is that convolution.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        image_size: counting.Size,
        kernel_size: counting.Size,
        stride: counting.Size = 1,
        padding: counting.Size = 0,
        dilation: counting.Size = 1,
        bias: bool = True,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
        max_bytes: int = 2**30,
    ) -> None:
        super().__init__(
            in_channels, out_channels, image_size, kernel_size, None, stride, padding, dilation, bias, device, dtype,
            max_bytes,
        )  # fmt: skip

    def _period_repr(self) -> str:
        return ""


def laid_out(parameter: Tensor | None, output_size: tuple[int, int]) -> Tensor | None:
    """Give every output position its own entry: (period rows, period columns, ...) to (H_out, W_out, ...).

    A parameter that has one for each position already is returned as it is, None as None.
    """
    if parameter is None or parameter.shape[:2] == output_size:
        return parameter
    rows, columns = (
        torch.arange(size, device=parameter.device) % step
        for size, step in zip(output_size, parameter.shape, strict=False)
    )
    return parameter[rows[:, None], columns]


def locally_connected2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: counting.Size = 1,
    padding: counting.Size = 0,
    dilation: counting.Size = 1,
) -> Tensor:
    """Apply a kernel of its own at every output position: `F.conv2d` without sharing.

    Shapes: input (N, C_in, H, W), weight (H_out, W_out, C_out, C_in, K_h, K_w), bias (H_out, W_out, C_out), output
    (N, C_out, H_out, W_out). Raises TypeError or ValueError where they do not fit together.
    """
    tensors = {"input": input, "weight": weight} | ({} if bias is None else {"bias": bias})
    for name, tensor in tensors.items():
        if not isinstance(tensor, Tensor):
            raise TypeError(f"{name} is a {type(tensor).__name__}; allowed is a tensor")
    for name, tensor in tensors.items():
        if not tensor.dtype.is_floating_point or tensor.dtype != weight.dtype:
            raise TypeError(f"{name} is {tensor.dtype}; allowed is one floating point dtype for all tensors")
    if input.dim() != 4 or weight.dim() != 6:
        raise ValueError(
            f"input has {input.dim()} dimensions and weight {weight.dim()}; allowed are 4, (N, C_in, H, W), "
            "and 6, (H_out, W_out, C_out, C_in, K_h, K_w)"
        )
    sizes = counting.Layer(
        in_channels=input.shape[1],
        out_channels=weight.shape[2],
        image_size=tuple(input.shape[2:]),
        kernel_size=tuple(weight.shape[4:]),
        stride=stride,
        padding=padding,
        dilation=dilation,
    )
    expected = (*sizes.output_size, sizes.out_channels, sizes.in_channels, *sizes.kernel_size)
    if tuple(weight.shape) != expected:
        raise ValueError(f"weight has shape {tuple(weight.shape)}; allowed is {expected} for this input")
    if bias is not None and tuple(bias.shape) != expected[:3]:
        raise ValueError(f"bias has shape {tuple(bias.shape)}; allowed is {expected[:3]} for this input")
    return local_product(input, weight, bias, Window.of(sizes))


def trainable(dtype: torch.dtype | None) -> torch.dtype:
    """Return a floating point dtype, torch's default for None, or raise a TypeError."""
    dtype = torch.get_default_dtype() if dtype is None else dtype
    if not isinstance(dtype, torch.dtype) or not dtype.is_floating_point:
        raise TypeError(f"dtype={dtype} cannot be trained; allowed is a floating point torch.dtype")
    return dtype


def refuse_too_large(what: str, parameters: int, itemsize: int, max_bytes: int, advice: str = SHRINK) -> None:
    """Raise a ValueError that counts in words and says `advice`, unless the parameters fit into `max_bytes`."""
    need = parameters * itemsize
    if need > counting.as_int("max_bytes", max_bytes):
        raise ValueError(
            f"{what} would have {_grouped(parameters)} parameters, {_grouped(need)} bytes, more than "
            f"max_bytes={_grouped(max_bytes)}. {advice}, or raise max_bytes"
        )


def refuse_unshared(sizes: counting.Layer, max_bytes: int) -> None:
    """Raise a ValueError unless a kernel for each position, and one padded image, each fit into `max_bytes`."""
    height, width = map(_grouped, sizes.output_size)
    parameters = sizes.local.weights + sizes.local.biases
    refuse_too_large(
        f"a layer with a kernel at each of {height}×{width} positions", parameters, sizes.itemsize, max_bytes
    )
    height, width = (n + 2 * p for n, p in zip(sizes.image_size, sizes.padding, strict=True))
    padded = sizes.in_channels * height * width * sizes.itemsize
    if padded > max_bytes:
        raise ValueError(
            f"one padded image would take {_grouped(padded)} bytes, more than max_bytes={_grouped(max_bytes)}. "
            "Shrink image_size, padding or in_channels, or raise max_bytes"
        )


def _grouped(number: int) -> str:
    return f"{number:,}" if number < 10**30 else f"about 10^{round(number.bit_length() * math.log10(2))}"
