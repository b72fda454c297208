import json
import math
import re
import subprocess
import sys
from datetime import date
from itertools import pairwise

import pytest
import torch
from torch import nn

from helpers import digits, training
from helpers.layers import DynamicNet


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    """Nets this small train many times faster than with threads that wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def net():
    return nn.Sequential(nn.Flatten(), nn.Linear(64, 10))


def data(train_size=200):
    return map(torch.tensor, digits.split(train_size, seed=0))


def test_fit_learns_and_repeats_itself():
    images, labels, test_images, test_labels = data()
    accuracies, weights = [], []
    for _ in range(2):
        torch.manual_seed(0)
        model = net()
        before = training.accuracy(model, test_images, test_labels)
        training.fit(model, images, labels, epochs=10, seed=0)
        accuracies.append(training.accuracy(model, test_images, test_labels))
        weights.append(model[1].weight.detach().clone())
    assert before < 30
    assert accuracies[0] > 85
    assert torch.equal(*weights)


def test_accuracy_by_hand():
    images = torch.eye(3)
    assert training.accuracy(nn.Identity(), images, torch.tensor([0, 1, 0])) == pytest.approx(200 / 3)


class Rolled(nn.Module):
    """A model whose answer is a place further for each step that it is told."""

    def forward(self, images, steps=0):
        return images.roll(steps, 1)


def test_accuracy_tells_the_model_what_it_is_told():
    images, labels = torch.eye(3), torch.tensor([1, 2, 0])
    found = [training.accuracy(Rolled(), images, labels, **how) for how in ({}, {"steps": 1}, {"steps": 2})]
    assert found == [0, 100, 0]
    with pytest.raises(TypeError, match="places"):
        training.accuracy(Rolled(), images, labels, places=1)


def test_progress_ends_in_the_same_words(capsys):
    images, labels, *_ = data(50)
    with training.Progress(3, "a net") as progress:
        training.fit(net(), images, labels, epochs=3, seed=0, progress=progress)
    shown = capsys.readouterr()
    assert shown.err == ""
    last = shown.out.rstrip("\n").rpartition("\r")[2]
    assert last.startswith("a net 100 % |")
    assert last.endswith("| 3 of 3 epochs")


def test_a_diverging_loss_is_noticed():
    images, labels, *_ = data(50)
    with pytest.raises(RuntimeError, match=r"the loss is nan after epoch 1; .*learning_rate"):
        training.fit(net(), images * float("inf"), labels, epochs=1, seed=0)
    with pytest.raises(RuntimeError, match=r"the loss is \d.*e\+\d+ after epoch 1; .*learning_rate"):
        training.fit(net(), images * 1e12, labels, epochs=1, seed=0)
    with pytest.raises(RuntimeError, match=r"the loss is .* after epoch 2; .*learning_rate"):
        training.fit(model := net(), images, labels, 3, seed=0, after_epoch=lambda: model[1].bias.data.fill_(math.nan))


@pytest.mark.parametrize(
    ("loss", "said"),
    [
        (1_000_001.0, "1e+06"),
        (1.5e6, "1.5e+06"),
        (1e30, "1e+30"),
        (1234567.0, "1.23e+06"),
        (math.inf, "inf"),
        (math.nan, "nan"),
    ],
)
def test_a_loss_that_no_net_has_which_learns_is_refused(loss, said):
    message = re.escape(f"the loss is {said} after step 7; try a smaller learning_rate")
    for dtype in (torch.float32, torch.float64):
        with pytest.raises(RuntimeError, match=message):
            training.refuse_divergence(torch.tensor(loss, dtype=dtype), "after step 7")
    with pytest.raises(RuntimeError, match=re.escape(f"the loss is {said} at once; try another seed")):
        training.refuse_divergence(torch.tensor(loss), "at once", "another seed")


@pytest.mark.parametrize("loss", [0.0, 2.3, 1000.0, 999_999.0, -3.0])
def test_a_loss_that_a_net_may_have_is_not_refused(loss):
    training.refuse_divergence(torch.tensor(loss, requires_grad=True), "after step 7")


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("epochs", 0),
        ("epochs", 1.0),
        ("seed", -1),
        ("batch_size", 0),
        ("learning_rate", 0),
        ("learning_rate", float("nan")),
        ("learning_rate", "fast"),
        ("labels", torch.zeros(3, dtype=torch.long)),
        ("labels", torch.zeros(50)),
        ("images", None),
        ("images", torch.zeros(50, 1, 8, 8, dtype=torch.long)),
        ("model", None),
        ("learning_rate", True),
    ],
)
def test_bad_input_is_named(argument, value):
    images, labels, *_ = data(50)
    good = {"model": net(), "images": images, "labels": labels, "epochs": 1, "seed": 0}
    with pytest.raises((TypeError, ValueError), match=rf"{argument}.*allowed"):
        training.fit(**{**good, argument: value})


def test_accuracy_refuses_labels_that_would_be_broadcast():
    images, labels, *_ = data(50)
    for bad in (labels[:1], labels[:, None], labels[:0]):
        with pytest.raises(ValueError, match=r"labels.*allowed"):
            training.accuracy(net(), images, bad)


def with_dropout():
    return nn.Sequential(nn.Flatten(), nn.Dropout(0.5), nn.Linear(64, 10))


@pytest.mark.parametrize("build", [net, with_dropout])
def test_looking_after_each_epoch_changes_nothing(build):
    images, labels, test_images, test_labels = data(100)
    seen, trained = [], []

    def look():
        right = training.accuracy(model, test_images, test_labels)
        seen.append((right, model[-1].weight.detach().clone()))

    for how in ({}, {"after_epoch": look}):
        torch.manual_seed(0)
        model = build()
        assert training.fit(model, images, labels, epochs=4, seed=0, **how) is model
        trained.append(model[-1].weight)
    assert len(seen) == 4
    assert torch.equal(*trained)
    assert torch.equal(seen[-1][1], model[-1].weight)
    assert not any(torch.equal(before, after) for (_, before), (_, after) in pairwise(seen))
    assert seen[-1][0] == training.accuracy(model, test_images, test_labels) > seen[0][0]


def test_after_epoch_follows_the_progress_of_its_epoch():
    images, labels, *_ = data(50)
    with training.Progress(3, "a net") as progress:
        counts = []
        training.fit(net(), images, labels, 3, seed=0, progress=progress, after_epoch=lambda: counts.append(progress.n))
    assert counts == [1, 2, 3]


NETS = {"small": net, "wide": lambda: nn.Sequential(nn.Flatten(), nn.Linear(64, 20), nn.ReLU(), nn.Linear(20, 10))}


def two_tests(seed):
    """Return data as `compare` takes them, having drawn a number as a shuffling of pixels would."""
    torch.rand(seed + 1)
    images, labels, *held_out = digits.split(60, seed)
    mirrored = held_out[0][..., ::-1].copy()
    return images, labels, {"as written": held_out, "mirrored": (mirrored, held_out[1])}


def test_compare_is_what_fit_and_accuracy_do_by_hand(capsys):
    results = training.compare(NETS, two_tests, epochs=2, seeds=iter((2, 0)))
    assert list(results) == [(name, test) for name in NETS for test in ("as written", "mirrored")]
    assert results == training.compare(NETS, two_tests, epochs=2, seeds=[2, 0])
    assert all(len(accuracies) == 2 for accuracies in results.values())
    shown = capsys.readouterr().out
    for name in NETS:
        assert f"{name} 100 %" in shown
        for number, seed in enumerate((2, 0)):
            images, labels, test_images, test_labels = map(torch.tensor, digits.split(60, seed))
            torch.manual_seed(seed)
            model = training.fit(NETS[name](), images, labels, epochs=2, seed=seed)
            by_hand = {"as written": test_images, "mirrored": test_images.flip(-1)}
            for test, held_out in by_hand.items():
                assert results[name, test][number] == training.accuracy(model, held_out, test_labels)
    assert shown.count("4 of 4 epochs\n") == 4


def test_compare_takes_tensors_too():
    def tensors(seed):
        images, labels, tests = two_tests(seed)
        tests = {name: tuple(map(torch.tensor, held_out)) for name, held_out in tests.items()}
        return torch.tensor(images), torch.tensor(labels), tests

    found, expected = (training.compare({"small": net}, given, epochs=1, seeds=[1]) for given in (tensors, two_tests))
    assert found == expected


def test_adam_is_that_of_torch_to_the_last_bit():
    nets = [DynamicNet(4, 8, 3) for _ in range(2)]
    nets[1].load_state_dict(nets[0].state_dict())
    optimizers = [training.Adam(nets[0].parameters(), 0.01), torch.optim.Adam(nets[1].parameters(), lr=0.01)]
    inputs = torch.randn(20, 5, 4)
    for step, batch in enumerate(inputs):
        for net, optimizer in zip(nets, optimizers, strict=True):
            optimizer.zero_grad()
            net(batch, reuses=step % 3).square().sum().backward()  # without a use the middle layer has no gradient
            optimizer.step()
    for one, other in zip(*(net.parameters() for net in nets), strict=True):
        assert torch.equal(one, other)


def test_training_does_without_the_compiler_of_torch():
    script = (
        "import sys, torch; from helpers import digits, training; net = torch.nn.Sequential(torch.nn.Flatten(), "
        "torch.nn.Linear(64, 10)); images, labels, *_ = map(torch.tensor, digits.split(40, 0)); "
        "training.fit(net, images, labels, 1, 0); print(*sys.modules)"
    )
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert "torch" in loaded
    assert not {"torch._dynamo", "sympy", "sklearn", "scipy"} & set(loaded)


@pytest.mark.parametrize(("epochs", "seeds", "named"), [(0, [0], "epochs"), (1.5, [0], "epochs"), (1, [-1], "seed")])
def test_compare_names_bad_input(epochs, seeds, named):
    with pytest.raises((TypeError, ValueError), match=rf"{named}=.*allowed"):
        training.compare({"small": net}, lambda seed: two_tests(0), epochs, seeds)


@pytest.mark.parametrize("kind", [str, lambda path: path])
def test_what_is_saved_is_loaded(tmp_path, kind):
    path = kind(tmp_path / "results.json")
    results = {("dense", "10 × 10"): [90.125, 100.0], ("tiled (period 4, 3)", "shuffled"): [100 / 3, 0.0]}
    before = date.today()
    training.save_results(path, results, budget={"10 × 10": 60, "shuffled": 30}, seeds=range(3, 5))
    found, about = training.load_results(path)
    rounded = {**results, ("tiled (period 4, 3)", "shuffled"): [33.333, 0.0]}
    assert list(found.items()) == list(rounded.items())
    assert before <= date.fromisoformat(about.pop("date")) <= date.today()
    assert about == {"torch": torch.__version__, "seeds": [3, 4], "budget": {"10 × 10": 60, "shuffled": 30}}


def test_a_saved_file_has_a_line_for_each_row(tmp_path):
    path = tmp_path / "results.json"
    training.save_results(path, {("dense", "a"): [1.0], ("local", "a"): [2.0]}, budget={"a": 1}, seeds=[0])
    lines = path.read_text().splitlines()
    assert json.loads(lines[3].strip(" ,")) == {"net": "dense", "data": "a", "found": [1.0]}
    assert json.loads(lines[1].partition(":")[2].strip(" ,")).keys() == {"date", "torch", "seeds", "budget"}
    assert json.loads(lines[4]) == {"net": "local", "data": "a", "found": [2.0]}
    training.save_results(path, {}, budget={}, seeds=[])
    assert training.load_results(path)[0] == {}
