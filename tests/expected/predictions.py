"""What is right to predict before each panel, and what it then moves to: worked out here, or from the results."""

import statistics
from itertools import pairwise

from helpers import counting
from tests import notebooks
from tests.expected import notebook_4

LOCAL, SHARING, WINS, DYNAMIC, DEPTH = (path.stem for path in notebooks.PATHS)


def found(stem, name):
    return notebooks.found_in(notebooks.path_of(stem), name)


def times():
    return f"{counting.Layer(1, 1, 16, 1).dense.weights // counting.Layer(1, 1, 8, 1).dense.weights} times"


def bands():
    """A row of the matrix has a piece for each row of the kernel's square that lies apart from the others."""
    seen = [row * 8 + column for row in range(5) for column in range(5)]
    return str(1 + sum(after - before > 1 for before, after in pairwise(seen)))


def view_of_three():
    side = 1
    for _ in range(3):
        side += 3 - 1
    return f"{side}×{side}"


def side_of_two_gigabytes():
    side = next(side for side in range(3, 300) if counting.Layer(1, 1, side, 3).dense.bytes > 2e9)
    return f"about {round(side, -1)}", side


def hurt_by_the_shuffle():
    mean = {key: statistics.fmean(of) for key, of in found(LOCAL, "results").items()}
    lost = [net for net in ("dense", "local") if mean[net, "as written"] - mean[net, "shuffled"] > 2]
    return {2: "both", 0: "neither"}.get(len(lost), *lost)


def tied_once():
    sizes = counting.Layer(1, 1, 4, 2, bias=False)
    return f"{sizes.shared.weights} weights, {sizes.shared.multiply_adds} multiply-adds"


def what_sharing_shrinks():
    sizes = counting.Layer(1, 32, 192, 3, padding=1)
    shrinks = [sizes.shared.weights < sizes.local.weights, sizes.shared.multiply_adds < sizes.local.multiply_adds]
    return {(True, False): "weights", (False, True): "multiply-adds", (True, True): "both"}[tuple(shrinks)]


def sum_of_uses():
    uses, grad = found(SHARING, "gradients")(*_conv_and_image())
    ways = {"their mean": uses.mean((0, 1)), "the largest": uses.amax((0, 1)), "their sum": uses.sum((0, 1))}
    (way,) = [name for name, of in ways.items() if (of - grad).abs().max() < 1e-9]
    return way


def _conv_and_image():
    nn, torch = found(SHARING, "nn"), found(SHARING, "torch")
    return nn.Conv2d(1, 1, 3, bias=False, dtype=torch.float64), torch.rand(10, 10, dtype=torch.float64)


def maps_that_follow():
    cases, canvas, moved = (found(WINS, name) for name in ("cases", "canvas", "moved"))
    shifts = [(down, right) for down in range(16) for right in range(16)]
    follow = 0
    for module, step in list(cases.values())[:4]:
        changes = [module(moved(canvas, *by)) - moved(module(canvas), *by, step) for by in shifts]
        follow += max(change.abs().max() for change in changes) < 1e-9
    return ("none", "one", "two", "three", "all four")[follow]


def drift():
    last = found(WINS, "spread")[-1]
    return "less than 1 %" if last < 1 else "a few percent" if last < 10 else "more than half" if last > 50 else "else"


def what_grows():
    tied, untied = ([notebook_4_parameters(reuses, kind) for reuses in (1, 6)] for kind in ("tied", "untied"))
    grows = tied[0] < tied[1], untied[0] < untied[1]
    return {(True, True): "both grow", (False, True): "only the untied net grows"}.get(grows, "neither grows")


def notebook_4_parameters(reuses, kind):
    middles = 1 if kind == "tied" else reuses
    return 1000 * 100 + 100 + middles * (100 * 100 + 100) + 100 * 10 + 10


def smaller_than_its_parts():
    sentence, _ = notebook_4.add_up(reuses=3, row=2, column=1)
    numbers = [part.strip(" ,;.") for part in sentence.replace("−", "-").split() if part[:1] in "+-"]
    *parts, total, _ = [abs(float(number)) for number in numbers]
    return "no, maybe smaller" if total < max(parts) else "yes, larger"


def easiest_depth():
    reuses, losses, _ = notebook_4.descent(100, 3, 0.0001, 0.9, 0)
    last = list(zip(reuses, losses, strict=True))[-50:]
    none, three = (statistics.fmean(loss for uses, loss in last if uses == number) for number in (0, 3))
    return "0 uses" if none < 0.7 * three else "3 uses" if three < 0.7 * none else "no difference"


def view_of_reuse():
    two, four = (counting.receptive_field(3, reuses) ** 2 for reuses in (2, 4))
    return ("more than " if four > 2 * two else "less than " if four < 2 * two else "") + "twice as many"


PREDICTIONS = {
    (LOCAL, "connect_all"): lambda: (times(), {"image_size": 16}),
    (LOCAL, "connect"): lambda: (bands(), {"kernel_size": 5}),
    (LOCAL, "look"): lambda: (view_of_three(), {"depth": 3}),
    (LOCAL, "compare"): lambda: (side_of_two_gigabytes()[0], {"image_size": side_of_two_gigabytes()[1]}),
    (LOCAL, "shuffle"): lambda: (hurt_by_the_shuffle(), {}),
    (SHARING, "climb"): lambda: (tied_once(), {"period": 1}),
    (SHARING, "add_up"): lambda: (sum_of_uses(), {}),
    (SHARING, "compare"): lambda: (what_sharing_shrinks(), {}),
    (WINS, "slide"): lambda: (maps_that_follow(), {"layer": "zero padding", "right": 7}),
    (WINS, "cut"): lambda: (drift(), {}),
    (DYNAMIC, "unroll"): lambda: (what_grows(), {"reuses": 6}),
    (DYNAMIC, "add_up"): lambda: (smaller_than_its_parts(), {}),
    (DYNAMIC, "train"): lambda: (easiest_depth(), {}),
    (DEPTH, "look"): lambda: (view_of_reuse(), {"reuses": 4}),
}
