"""One layer's sizes, and what it needs when it is dense, locally connected, tiled or a convolution."""

import math
from dataclasses import dataclass
from functools import cached_property

from helpers.counting.formatting import format_size, format_value
from helpers.counting.sizes import Size, as_int, as_pair


@dataclass(frozen=True)
class Count:
    """What one layer needs for one image.

    `weights` and `biases` are stored numbers, `bytes` the memory of both. `multiply_adds` are the products that one
    forward pass computes, those with a padding zero included; the sums that go with them are not counted again.
    `uses_per_weight` is how often one pass uses a weight, and `fewest_uses` is smaller only in a tiled layer whose
    period does not divide its output map. `connections` counts only pairs of one input value and one output unit, so
    padding is left out. `bytes_moved` is the least that a pass has to move between memory and processor: input,
    weights, biases and output once each.
    """

    weights: int
    biases: int
    uses_per_weight: int
    fewest_uses: int
    multiply_adds: int
    connections: int
    bytes: int
    bytes_moved: int


@dataclass(frozen=True)
class Layer:
    """The sizes of one layer, from which `dense`, `local`, `tiled` and `shared` are counted.

    Sizes are ints or (height, width) pairs in pixels, kept as pairs; `itemsize` is the bytes of one number (4 for
    float32). `padding` may also be "valid", none, or "same", as much as gives an output map of the image's size at
    stride 1. It is the number of zeros before the image and, unless `padding_after` says otherwise, behind it: as in
    torch, "same" puts an odd one behind. The dense layer is the one from the whole image to the same output map.

    Raises TypeError for anything but whole numbers, and ValueError for a size out of range or a kernel larger than the
    padded image; the message names the argument, its value and what is allowed.
    """

    in_channels: int
    out_channels: int
    image_size: Size
    kernel_size: Size
    stride: Size = 1
    padding: Size | str = 0
    dilation: Size = 1
    bias: bool = True
    itemsize: int = 4
    padding_after: Size | None = None

    def __post_init__(self) -> None:
        for name in ("in_channels", "out_channels", "itemsize"):
            object.__setattr__(self, name, as_int(name, getattr(self, name)))
        for name in ("image_size", "kernel_size", "stride", "dilation"):
            object.__setattr__(self, name, as_pair(name, getattr(self, name)))
        before, after = self._find_padding()
        object.__setattr__(self, "padding", as_pair("padding", before, minimum=0))
        object.__setattr__(self, "padding_after", as_pair("padding_after", after, minimum=0))
        if not isinstance(self.bias, bool):
            raise TypeError(f"bias={format_value(self.bias)} is a {type(self.bias).__name__}; allowed is True or False")
        span, padded = self._span, self.padded_size
        if span[0] > padded[0] or span[1] > padded[1]:
            dilated = f" with dilation={format_size(self.dilation)}" if span != self.kernel_size else ""
            surrounded = f" with padding={format_size(self.padding)}" if padded != self.image_size else ""
            raise ValueError(
                f"kernel_size={format_size(self.kernel_size)}{dilated} is larger than "
                f"image_size={format_size(self.image_size)}"
                f"{surrounded}; allowed is a kernel that covers at most {format_size(padded)} pixels"
            )

    def _find_padding(self) -> tuple[Size, Size]:
        """Return the padding before and after the image, in numbers."""
        if not isinstance(self.padding, str):
            return self.padding, self.padding if self.padding_after is None else self.padding_after
        if self.padding == "valid":
            return 0, 0
        if self.padding == "same" and self.stride == (1, 1):
            return tuple((span - 1) // 2 for span in self._span), tuple(span // 2 for span in self._span)
        raise ValueError(
            f"padding={format_value(self.padding)} with stride={format_size(self.stride)}; allowed is a number of "
            "pixels, 'valid', or with stride 1 'same'"
        )

    @cached_property
    def padded_size(self) -> tuple[int, int]:
        """The height and width of the image with its padding."""
        return tuple(map(sum, zip(self.image_size, self.padding, self.padding_after, strict=True)))

    @cached_property
    def output_size(self) -> tuple[int, int]:
        """The height and width of the output map: floor((padded size - dilation (kernel - 1) - 1) / stride) + 1.

        The formula is the one in the documentation of `torch.nn.Conv2d`.
        """
        axes = zip(self.padded_size, self._span, self.stride, strict=True)
        return tuple((size - span) // step + 1 for size, span, step in axes)

    @property
    def dense(self) -> Count:
        """The count of a dense layer: every output unit has a weight for every input value."""
        weights = self._inputs * self._units
        return self._count(weights, self._units, multiply_adds=weights, connections=weights)

    @property
    def local(self) -> Count:
        """The count of a locally connected layer: every output unit has weights of its own for its neighbourhood."""
        return self.tiled(self.output_size)

    def tiled(self, period: Size) -> Count:
        """Return the count of a tiled convolution: positions `period` apart on either axis share a kernel and a bias.

        Period 1 gives the convolution, and the output size as period the locally connected layer. Raises TypeError or
        ValueError for a period that is no whole number from 1 to the output size.
        """
        axes = list(zip(self.output_size, self.as_period(period), strict=True))
        kernels = self.out_channels * math.prod(step for _, step in axes)
        return self._count(
            weights=kernels * self.kernel_weights,
            biases=kernels,
            multiply_adds=self._units * self.kernel_weights,
            connections=self._connections,
            uses_per_weight=math.prod(-(-size // step) for size, step in axes),
            fewest_uses=math.prod(size // step for size, step in axes),
        )

    @property
    def shared(self) -> Count:
        """The count of a convolution: one kernel and bias per output channel, used at every position."""
        return self.tiled(1)

    @property
    def kernel_weights(self) -> int:
        """The number of weights of one kernel, which are those of one output unit."""
        return self.in_channels * self.kernel_size[0] * self.kernel_size[1]

    def as_period(self, period: Size) -> tuple[int, int]:
        """Return a period as a (height, width) pair, or raise as `tiled` does."""
        pair = as_pair("period", period)
        if pair[0] > self.output_size[0] or pair[1] > self.output_size[1]:
            raise ValueError(
                f"period={format_size(pair)} is larger than the output map; allowed is at most "
                f"{format_size(self.output_size)}"
            )
        return pair

    @property
    def _span(self) -> tuple[int, int]:
        """The height and width of the pixels that a kernel covers, those between its taps included."""
        return tuple(d * (k - 1) + 1 for k, d in zip(self.kernel_size, self.dilation, strict=True))

    @property
    def _units(self) -> int:
        """The number of output units."""
        return self.out_channels * self.output_size[0] * self.output_size[1]

    @property
    def _inputs(self) -> int:
        """The number of input values."""
        return self.in_channels * self.image_size[0] * self.image_size[1]

    @property
    def _connections(self) -> int:
        """The number of pairs of an input value and an output unit whose neighbourhood holds it."""
        sizes = self.image_size, self.output_size, self.kernel_size, self.stride, self.padding, self.dilation
        rows, columns = (_count_pairs(*axis) for axis in zip(*sizes, strict=True))
        return self.in_channels * self.out_channels * rows * columns

    def _count(self, weights: int, biases: int, uses_per_weight: int = 1, fewest_uses: int = 1, **counts: int) -> Count:
        biases = biases if self.bias else 0
        stored = (weights + biases) * self.itemsize
        moved = stored + (self._inputs + self._units) * self.itemsize
        return Count(weights, biases, uses_per_weight, fewest_uses, bytes=stored, bytes_moved=moved, **counts)


def receptive_field(kernel_size: int, depth: int) -> int:
    """Return the side of the square of pixels that a unit sees through `depth` layers of stride 1.

    The formula, depth (kernel - 1) + 1, is derived in Araujo, Norris and Sim, "Computing Receptive Fields of
    Convolutional Neural Networks", Distill, 2019. Raises TypeError or ValueError for anything but whole numbers, depth
    from 0 up and kernel_size from 1.
    """
    return as_int("depth", depth, minimum=0) * (as_int("kernel_size", kernel_size) - 1) + 1


def _count_pairs(image: int, outputs: int, kernel: int, stride: int, padding: int, dilation: int) -> int:
    """Return the number of pairs (output o, tap k) with 0 <= o stride + k dilation - padding < image on one axis."""
    total = 0
    # All pairs from (0, 0) on, less those past the last output and those past the last tap; none is past both.
    for output, tap, sign in ((0, 0, 1), (outputs, 0, -1), (0, kernel, -1)):
        first = padding - output * stride - tap * dilation
        total += sign * (_count_below(first + image, stride, dilation) - _count_below(first, stride, dilation))
    return total


def _count_below(limit: int, stride: int, dilation: int) -> int:
    """Return the number of pairs o, k >= 0 with o stride + k dilation < limit.

    It is a sum of floor((slope tap + offset) / divisor) + 1 over the taps, which Euclid's algorithm makes shorter in
    each step: Graham, Knuth and Patashnik, "Concrete Mathematics", 2nd edition, section 3.5.
    """
    taps, offset = max(0, (limit - 1) // dilation + 1), (limit - 1) % dilation
    total, slope, divisor = taps, dilation, stride
    while taps:
        total += slope // divisor * (taps * (taps - 1) // 2) + offset // divisor * taps
        end = slope % divisor * taps + offset % divisor
        taps, slope, divisor, offset = end // divisor, divisor, slope % divisor, end % divisor
    return total
