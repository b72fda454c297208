"""The locally connected layer beside other ways to compute it: one thread, float32, all in one run.

    make benchmarks        or        python -m benchmarks.local_layer

Each way runs in a process of its own, which keeps to one core. `limit` is the time that no implementation can beat on
this machine: the larger of the bytes that must be read and written at the measured bandwidth, and the products at the
measured rate of a large matrix product. `peak` is the memory a step needs on top of the input and the weights.
The ratios count, the milliseconds do not.
"""

import json
import os
import re
import statistics
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

SETTINGS = [  # batch, in_channels, image_size, out_channels, kernel_size
    (32, 3, 32, 16, 5),
    (8, 16, 64, 16, 3),
    (1, 1, 28, 8, 3),
]
REPEATS = 15
MASKED_LIMIT = 2**30  # bytes of the masked dense weight that are still worth measuring


def sizes(setting):
    """Return the counts of a setting's layer."""
    from helpers.counting import Layer

    _, in_channels, image_size, out_channels, kernel_size = setting
    return Layer(in_channels, out_channels, image_size, kernel_size)


def tensors(setting):
    """Return an input that wants a gradient, and the gradient of the output."""
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(0)
    batch, in_channels, image_size, out_channels, _ = setting
    images = torch.randn(batch, in_channels, image_size, image_size, requires_grad=True)
    return images, torch.randn(batch, out_channels, *sizes(setting).output_size)


def torch_steps(module, images, cotangent):
    """Return a forward step and a forward-and-backward step of a module."""
    import torch

    def forward():
        with torch.no_grad():
            module(images)

    def both():
        images.grad = None
        module.zero_grad()
        module(images).backward(cotangent)

    return forward, both


def ours(setting):
    """Use `helpers.layers.LocallyConnected2d`."""
    from helpers.layers import LocallyConnected2d

    _, in_channels, image_size, out_channels, kernel_size = setting
    return torch_steps(LocallyConnected2d(in_channels, out_channels, image_size, kernel_size), *tensors(setting))


def unfold(setting):
    """Use `F.unfold` and `einsum`, the usual way in torch."""
    import torch
    from torch import nn

    _, in_channels, _, out_channels, kernel_size = setting
    height, width = sizes(setting).output_size

    class Unfold(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(torch.randn(out_channels, in_channels * kernel_size**2, height * width))
            self.bias = nn.Parameter(torch.randn(out_channels, height * width))

        def forward(self, images):
            patches = nn.functional.unfold(images, kernel_size)
            output = torch.einsum("nkp,okp->nop", patches, self.weight) + self.bias
            return output.view(len(images), out_channels, height, width)

    return torch_steps(Unfold(), *tensors(setting))


def masked(setting):
    """Use a dense layer whose weight is multiplied with a mask of zeros and ones."""
    import torch
    from torch import nn

    from helpers.lessons.local_connectivity.pictures.connections import connection_matrix

    layer = sizes(setting)
    if layer.dense.bytes > MASKED_LIMIT:
        return None
    connected = torch.tensor(connection_matrix(layer)).repeat(layer.out_channels, layer.in_channels).float()

    class Masked(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(torch.randn_like(connected))
            self.bias = nn.Parameter(torch.randn(len(connected)))

        def forward(self, images):
            output = nn.functional.linear(images.flatten(1), self.weight * connected, self.bias)
            return output.view(len(images), layer.out_channels, *layer.output_size)

    return torch_steps(Masked(), *tensors(setting))


def conv(setting):
    """Use `nn.Conv2d`: another function, with shared weights, but as many products."""
    from torch import nn

    _, in_channels, _, out_channels, kernel_size = setting
    return torch_steps(nn.Conv2d(in_channels, out_channels, kernel_size), *tensors(setting))


def jax_local(setting):
    """Use `jax.lax.conv_general_dilated_local`, which flax's layer is built on, compiled."""
    import jax
    import jax.numpy as jnp

    _, in_channels, _, out_channels, kernel_size = setting
    images, cotangent = (jnp.asarray(tensor.detach().numpy()) for tensor in tensors(setting))
    key = jax.random.key(0)
    weight = jax.random.normal(key, (out_channels, in_channels * kernel_size**2, *sizes(setting).output_size))
    bias = jax.random.normal(key, (out_channels, *sizes(setting).output_size))

    def apply(images, weight, bias):
        return jax.lax.conv_general_dilated_local(images, weight, (1, 1), "VALID", (kernel_size, kernel_size)) + bias

    def gradients(images, weight, bias):
        output, backward = jax.vjp(apply, images, weight, bias)
        return output, backward(cotangent)

    forward, both = jax.jit(apply), jax.jit(gradients)
    return (
        lambda: jax.block_until_ready(forward(images, weight, bias)),
        lambda: jax.block_until_ready(both(images, weight, bias)),
    )


WAYS = {
    "ours": ours,
    "F.unfold + einsum": unfold,
    "jax, compiled": jax_local,
    "masked dense": masked,
    "nn.Conv2d (shared)": conv,
}


def median_ms(step):
    """Return the median time of a step in milliseconds, after one that does not count."""
    step()
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    return 1000 * statistics.median(times)


def memory(name):
    """Return a line of this process's memory status in bytes: VmRSS is now, VmHWM the peak."""
    return 1024 * int(re.search(rf"{name}:\s+(\d+)", Path("/proc/self/status").read_text())[1])


def measure(setting, way):
    """Return forward and forward-and-backward milliseconds and the peak memory of one way, in this process."""
    steps = WAYS[way](setting)
    if steps is None:
        return None
    forward, both = steps
    both()
    before = memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew
    both()
    peak = memory("VmHWM") - before
    return {"forward": median_ms(forward), "both": median_ms(both), "peak": peak}


def machine():
    """Return this core's bandwidth in bytes and its matrix products in multiply-adds, both a second."""
    import torch

    torch.set_num_threads(1)
    big, other = torch.randn(2**25), torch.empty(2**25)
    bandwidth = 2 * big.nbytes / (median_ms(lambda: other.copy_(big)) / 1000)
    matrix = torch.randn(1024, 1024)
    return {"bandwidth": bandwidth, "rate": 1024**3 / (median_ms(lambda: matrix @ matrix) / 1000)}


def limit_ms(setting, rates):
    """Return the least time of a forward and a backward pass in milliseconds."""
    batch, layer = setting[0], sizes(setting)
    values = batch * (layer.in_channels * layer.image_size[0] * layer.image_size[1])
    outputs = batch * layer.local.biases
    parameters = layer.local.weights + layer.local.biases
    # Forward reads input and parameters and writes the output; backward reads the output's gradient, the input and the
    # weight, and writes the gradients of the input and the parameters.
    moved = 4 * (3 * values + 2 * outputs + 2 * parameters + layer.local.weights)
    products = 3 * batch * layer.local.multiply_adds
    return 1000 * max(moved / rates["bandwidth"], products / rates["rate"])


def in_a_process(*arguments):
    """Run one measurement in a process that keeps to one core."""
    flags = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    environment = os.environ | {"XLA_FLAGS": flags, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "benchmarks.local_layer", *map(str, arguments)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def main():
    """Print the table, without jax where it is not installed."""
    ways = [way for way in WAYS if find_spec("jax") or not way.startswith("jax")]
    rates = in_a_process("machine")
    print(f"one core: {rates['bandwidth'] / 1e9:.1f} GB/s, {rates['rate'] / 1e9:.0f} billion multiply-adds a second\n")
    for number, setting in enumerate(SETTINGS):
        print("N={} C={} {}×{} O={} K={}".format(*setting[:3], *setting[2:]))
        print(f"  {'':22}{'forward':>9}{'ratio':>7}{'fwd+bwd':>10}{'ratio':>7}{'limit':>8}{'peak':>10}")
        found = {way: in_a_process(number, way) for way in ways}
        usual, limit = found["F.unfold + einsum"], limit_ms(setting, rates)
        for way, row in found.items():
            if row is None:
                print(f"  {way:22}needs {sizes(setting).dense.bytes / 1e9:.0f} GB for its weight")
                continue
            print(
                f"  {way:22}{row['forward']:6.2f} ms{usual['forward'] / row['forward']:6.1f}×{row['both']:7.2f} ms"
                f"{usual['both'] / row['both']:6.1f}×{limit:5.2f} ms{row['peak'] / 1e6:7.1f} MB"
            )
        print()


if __name__ == "__main__":
    if len(sys.argv) == 1:
        main()
    else:
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
        print(json.dumps(machine() if sys.argv[1] == "machine" else measure(SETTINGS[int(sys.argv[1])], sys.argv[2])))
