"""How many taps of a moving kernel fall on the image, along one axis and without a loop over positions."""


def taps_inside(image: int, outputs: int, kernel: int, stride: int, padding: int, dilation: int) -> int:
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
