"""Sizes, weights, uses, connections, multiply-adds and bytes of a layer, by formula and without allocating anything.

`Layer(in_channels, out_channels, image_size, kernel_size, ...)` counts three layers that go from one image to the same
output map: `.dense`, `.local` (locally connected, unshared) and `.shared` (a convolution).

All results are exact Python integers, so a layer too large for any computer can still be counted.
"""

import reprlib
from dataclasses import dataclass
from operator import index

Size = int | tuple[int, int]


@dataclass(frozen=True)
class Count:
    """What one layer needs for one image.

    `weights` and `biases` are stored numbers, `bytes` the memory of both. `uses_per_weight` and `multiply_adds` are per
    image; a product with a padding zero is counted, because the layer computes it. `connections` counts only pairs of
    one input value and one output unit, so padding is left out.
    """

    weights: int
    biases: int
    uses_per_weight: int
    connections: int
    bytes: int

    @property
    def multiply_adds(self) -> int:
        """Products that one forward pass of one image computes (the sums that go with them are not counted again)."""
        return self.weights * self.uses_per_weight


@dataclass(frozen=True)
class Layer:
    """The sizes of one layer, from which `dense`, `local` and `shared` are counted.

    Sizes are ints or (height, width) pairs in pixels, kept as pairs; `itemsize` is the bytes of one number (4 for
    float32). The dense layer is the one from the whole image to the same output map. Raises TypeError for anything but
    whole numbers, and ValueError for a size out of range or a kernel larger than the padded image; the message names
    the argument, its value and what is allowed.
    """

    in_channels: int
    out_channels: int
    image_size: Size
    kernel_size: Size
    stride: Size = 1
    padding: Size = 0
    dilation: Size = 1
    bias: bool = True
    itemsize: int = 4

    def __post_init__(self) -> None:
        for name in ("in_channels", "out_channels", "itemsize"):
            object.__setattr__(self, name, as_int(name, getattr(self, name)))
        for name in ("image_size", "kernel_size", "stride", "padding", "dilation"):
            object.__setattr__(self, name, as_pair(name, getattr(self, name), minimum=0 if name == "padding" else 1))
        if not isinstance(self.bias, bool):
            raise TypeError(f"bias={_brief(self.bias)} is a {type(self.bias).__name__}; allowed is True or False")
        padded = tuple(n + 2 * p for n, p in zip(self.image_size, self.padding, strict=True))
        span = tuple(d * (k - 1) + 1 for k, d in zip(self.kernel_size, self.dilation, strict=True))
        if span[0] > padded[0] or span[1] > padded[1]:
            dilated = f" with dilation={_show(self.dilation)}" if span != self.kernel_size else ""
            surrounded = f" with padding={_show(self.padding)}" if padded != self.image_size else ""
            raise ValueError(
                f"kernel_size={_show(self.kernel_size)}{dilated} is larger than image_size={_show(self.image_size)}"
                f"{surrounded}; allowed is a kernel that covers at most {_show(padded)} pixels"
            )

    @property
    def output_size(self) -> tuple[int, int]:
        """Height and width of the output map: floor((size + 2 padding - dilation (kernel - 1) - 1) / stride) + 1.

        The formula is the one in the documentation of `torch.nn.Conv2d`.
        """
        return tuple(
            (n + 2 * p - d * (k - 1) - 1) // s + 1
            for n, k, s, p, d in zip(
                self.image_size, self.kernel_size, self.stride, self.padding, self.dilation, strict=True
            )
        )

    @property
    def dense(self) -> Count:
        """Every output unit has a weight for every input value."""
        weights = self.in_channels * self.image_size[0] * self.image_size[1] * self._units
        return self._count(weights, self._units, uses_per_weight=1, connections=weights)

    @property
    def local(self) -> Count:
        """Every output unit has weights of its own for its neighbourhood only: locally connected, unshared."""
        weights = self._units * self._kernel_weights
        return self._count(weights, self._units, uses_per_weight=1, connections=self._connections)

    @property
    def shared(self) -> Count:
        """One kernel and one bias per output channel, used at every position: a convolution."""
        height, width = self.output_size
        weights = self.out_channels * self._kernel_weights
        return self._count(weights, self.out_channels, uses_per_weight=height * width, connections=self._connections)

    @property
    def _units(self) -> int:
        return self.out_channels * self.output_size[0] * self.output_size[1]

    @property
    def _kernel_weights(self) -> int:
        return self.in_channels * self.kernel_size[0] * self.kernel_size[1]

    @property
    def _connections(self) -> int:
        # The two axes are independent, so the pairs of both are a product.
        rows, columns = (
            _taps_inside(*axis)
            for axis in zip(
                self.image_size,
                self.output_size,
                self.kernel_size,
                self.stride,
                self.padding,
                self.dilation,
                strict=True,
            )
        )
        return self.in_channels * self.out_channels * rows * columns

    def _count(self, weights: int, biases: int, uses_per_weight: int, connections: int) -> Count:
        biases = biases if self.bias else 0
        return Count(weights, biases, uses_per_weight, connections, bytes=(weights + biases) * self.itemsize)


def receptive_field(kernel_size: int, depth: int) -> int:
    """Side, in pixels, of the square that one unit sees through `depth` layers of stride 1: depth (kernel - 1) + 1.

    The formula is derived in Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural Networks",
    Distill, 2019. Raises TypeError or ValueError for anything but whole numbers from 1 up.
    """
    return as_int("depth", depth) * (as_int("kernel_size", kernel_size) - 1) + 1


def as_int(name: str, value: int, minimum: int = 1) -> int:
    """Return `value` as an int, or raise a TypeError or ValueError that names the argument and what is allowed."""
    try:
        number = None if isinstance(value, bool) else index(value)
    except TypeError:
        number = None
    if number is None:
        raise TypeError(f"{name}={_brief(value)} is a {type(value).__name__}; allowed is an int, {minimum} or larger")
    if number < minimum:
        raise ValueError(f"{name}={_brief(number)} is too small; allowed is an int, {minimum} or larger")
    return number


def as_pair(name: str, value: Size, minimum: int = 1) -> tuple[int, int]:
    """Return an int or a pair of ints as a (height, width) pair, or raise as `as_int` does."""
    if not isinstance(value, tuple | list):
        value = (value, value)
    if len(value) != 2:
        raise ValueError(
            f"{name}={_brief(value)} has {len(value)} entries; allowed is an int or a (height, width) pair"
        )
    return as_int(name, value[0], minimum), as_int(name, value[1], minimum)


def _taps_inside(image: int, outputs: int, kernel: int, stride: int, padding: int, dilation: int) -> int:
    """Along one axis: pairs (output o, tap k) with 0 <= o stride + k dilation - padding < image."""
    return _pairs_up_to(image - 1 + padding, outputs, kernel, stride, dilation) - _pairs_up_to(
        padding - 1, outputs, kernel, stride, dilation
    )


def _pairs_up_to(limit: int, outputs: int, kernel: int, stride: int, dilation: int) -> int:
    """Count pairs 0 <= o < outputs, 0 <= k < kernel with o stride + k dilation <= limit."""
    if limit < 0:
        return 0
    outputs = min(outputs, limit // stride + 1)
    room = limit - dilation * (kernel - 1)
    full = min(outputs, room // stride + 1) if room >= 0 else 0  # these outputs have every tap within the limit
    rest = outputs - full
    lowest = limit - stride * (outputs - 1)  # what the last output leaves for its taps
    return full * kernel + rest + _floor_sum(rest, dilation, stride, lowest)


def _floor_sum(count: int, divisor: int, factor: int, offset: int) -> int:
    """Sum of floor((factor i + offset) / divisor) for i from 0 to count - 1, in as many steps as Euclid's algorithm.

    Graham, Knuth and Patashnik, "Concrete Mathematics", 2nd edition, section 3.5.
    """
    total, sign = 0, 1
    while count > 0:
        whole, factor = divmod(factor, divisor)
        total += sign * whole * (count * (count - 1) // 2)
        whole, offset = divmod(offset, divisor)
        total += sign * whole * count
        height = (factor * (count - 1) + offset) // divisor
        # Lattice points under a line: those left of it are all points less those above it.
        total += sign * height * (count - 1)
        count, divisor, factor, offset = height, factor, divisor, divisor - offset - 1
        sign = -sign
    return total


def _show(pair: tuple[int, int]) -> str:
    return f"{_brief(pair[0])}×{_brief(pair[1])}"


def _brief(value: object) -> str:
    try:
        return reprlib.repr(value)
    except ValueError:  # Python does not write out an int of more than 4,300 digits
        return f"<{type(value).__name__} too long to show>"
