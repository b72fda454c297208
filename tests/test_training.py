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


def with_dropout():
    return nn.Sequential(nn.Flatten(), nn.Dropout(0.5), nn.Linear(64, 10))


def data(train_size=50):
    return map(torch.tensor, digits.split(train_size, seed=0))


@pytest.mark.parametrize("build", [net, with_dropout])
def test_fit_learns_repeats_itself_and_may_be_looked_at(build):
    images, labels, test_images, test_labels = data(200)
    seen, trained = [], []

    def look():
        right = training.accuracy(model, test_images, test_labels)
        seen.append((right, model[-1].weight.detach().clone()))

    for how in ({}, {"after_epoch": look}):
        torch.manual_seed(0)
        model = build()
        assert training.fit(model, images, labels, epochs=10, seed=0, **how) is model
        trained.append(model[-1].weight)
    assert len(seen) == 10
    assert torch.equal(*trained)
    assert torch.equal(seen[-1][1], model[-1].weight)
    assert not any(torch.equal(before, after) for (_, before), (_, after) in pairwise(seen))
    assert seen[-1][0] == training.accuracy(model, test_images, test_labels) > 85
    torch.manual_seed(0)
    assert not torch.equal(training.fit(build(), images, labels, epochs=10, seed=1)[-1].weight, trained[0])


class Rolled(nn.Module):
    """A model whose answer is a place further for each step that it is told."""

    def forward(self, images, steps=0):
        return images.roll(steps, 1)


def test_accuracy_by_hand():
    images, labels = torch.eye(3), torch.tensor([1, 2, 0])
    assert training.accuracy(nn.Identity(), images, torch.tensor([0, 1, 0])) == pytest.approx(200 / 3)
    assert [training.accuracy(Rolled(), images, labels, steps=steps) for steps in range(3)] == [0, 100, 0]
    for bad in (labels[:1], labels[:, None], labels[:0]):
        with pytest.raises(ValueError, match=r"labels.*allowed"):
            training.accuracy(nn.Identity(), images, bad)


def test_progress_ends_in_the_same_words_and_is_moved_before_after_epoch(capsys):
    images, labels, *_ = data()
    with training.Progress(3, "a net") as progress:
        counts = []
        training.fit(net(), images, labels, 3, seed=0, progress=progress, after_epoch=lambda: counts.append(progress.n))
    assert counts == [1, 2, 3]
    shown = capsys.readouterr()
    assert shown.err == ""
    assert re.fullmatch(r"a net 100 % \|.*\| 3 of 3 epochs", shown.out.rstrip("\n").rpartition("\r")[2])


def test_a_diverging_loss_is_noticed():
    images, labels, *_ = data()
    for factor, found in ((math.inf, "nan"), (1e12, r"\d.*e\+\d+")):
        with pytest.raises(RuntimeError, match=rf"the loss is {found} after epoch 1; try a smaller learning_rate"):
            training.fit(net(), images * factor, labels, epochs=1, seed=0)
    with pytest.raises(RuntimeError, match=r"the loss is .* after epoch 2; .*learning_rate"):
        training.fit(model := net(), images, labels, 3, seed=0, after_epoch=lambda: model[1].bias.data.fill_(math.nan))


def test_a_loss_above_a_million_is_refused():
    for loss in (0.0, 999_999.0, -3.0):
        training.refuse_divergence(torch.tensor(loss, requires_grad=True), "at once")
    for loss, said in ((1_000_001.0, "1e+06"), (1e30, "1e+30"), (math.inf, "inf"), (math.nan, "nan")):
        with pytest.raises(RuntimeError, match=re.escape(f"the loss is {said} at once; try another seed")):
            training.refuse_divergence(torch.tensor(loss), "at once", "another seed")


@pytest.mark.parametrize(
    ("argument", "values"),
    {
        "epochs": [0, 1.0],
        "seed": [-1],
        "batch_size": [0],
        "learning_rate": [0, math.nan, math.inf, "fast", True],
        "labels": [torch.zeros(3, dtype=torch.long), torch.zeros(50)],
        "images": [None, torch.zeros(50, 1, 8, 8, dtype=torch.long)],
        "model": [None],
    }.items(),
)
def test_bad_input_is_named(argument, values):
    images, labels, *_ = data()
    good = {"model": net(), "images": images, "labels": labels, "epochs": 1, "seed": 0}
    for value in values:
        with pytest.raises((TypeError, ValueError), match=rf"{argument}.*allowed"):
            training.fit(**{**good, argument: value})


NETS = {"small": net, "wide": lambda: nn.Sequential(nn.Flatten(), nn.Linear(64, 20), nn.ReLU(), nn.Linear(20, 10))}


def draw_two_tests(seed):
    """Return data as `compare` takes them, having drawn a number as a shuffling of pixels would."""
    torch.rand(seed + 1)
    images, labels, *held_out = digits.split(60, seed)
    mirrored = held_out[0][..., ::-1].copy()
    return torch.tensor(images), labels, {"as written": held_out, "mirrored": (mirrored, held_out[1])}


def test_compare_is_what_fit_and_accuracy_do_by_hand(capsys):
    results = training.compare(NETS, draw_two_tests, epochs=2, seeds=iter((2, 0)))
    assert list(results) == [(name, test) for name in NETS for test in ("as written", "mirrored")]
    shown = capsys.readouterr().out
    for name in NETS:
        assert f"{name} 100 %" in shown
        expected = {"as written": [], "mirrored": []}
        for seed in (2, 0):
            images, labels, test_images, test_labels = map(torch.tensor, digits.split(60, seed))
            torch.manual_seed(seed)
            model = training.fit(NETS[name](), images, labels, epochs=2, seed=seed)
            expected["as written"].append(training.accuracy(model, test_images, test_labels))
            expected["mirrored"].append(training.accuracy(model, test_images.flip(-1), test_labels))
        assert {test: results[name, test] for test in expected} == expected
    assert shown.count("4 of 4 epochs\n") == 2
    for epochs, seeds, named in ((0, [0], "epochs"), (1.5, [0], "epochs"), (1, [-1], "seed")):
        with pytest.raises((TypeError, ValueError), match=rf"{named}=.*allowed"):
            training.compare(NETS, lambda seed: draw_two_tests(0), epochs, seeds)


def test_compare_gives_a_net_in_a_test_what_it_takes_besides():
    images, labels, *held_out = map(torch.tensor, digits.split(60, 0))
    held_out[0] = held_out[0].flatten(1)
    tests = {"plain": held_out, "used twice": (*held_out, {"reuses": 2})}
    results = training.compare(
        {"tied": lambda: DynamicNet(64, 16, 10, 1)}, lambda seed: (images.flatten(1), labels, tests), 3, [0]
    )
    torch.manual_seed(0)
    model = training.fit(DynamicNet(64, 16, 10, 1), images.flatten(1), labels, epochs=3, seed=0)
    assert list(results.values()) == [[training.accuracy(model, *held_out, reuses=uses)] for uses in (1, 2)]


def test_adam_is_that_of_torch_to_the_last_bit():
    nets = [DynamicNet(4, 8, 3) for _ in range(2)]
    nets[1].load_state_dict(nets[0].state_dict())
    optimizers = [training.Adam(nets[0].parameters(), 0.01), torch.optim.Adam(nets[1].parameters(), lr=0.01)]
    for step in range(20):
        batch = torch.randn(5, 4)
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


def test_what_is_saved_is_loaded(tmp_path, monkeypatch):
    monkeypatch.setattr(training, "RESULTS", tmp_path / "results")
    results = {("dense", "10 × 10"): [90.125, 100.0], ("tiled (period 4, 3)", "shuffled"): [100 / 3, 0.0]}
    before = date.today()
    training.save_results("found", results, budget={"10 × 10": 60, "shuffled": 30}, seeds=range(3, 5))
    found, about = training.load_results("found")
    assert list(found.items()) == list((results | {("tiled (period 4, 3)", "shuffled"): [33.333, 0.0]}).items())
    assert before <= date.fromisoformat(about.pop("date")) <= date.today()
    assert about == {"torch": torch.__version__, "seeds": [3, 4], "budget": {"10 × 10": 60, "shuffled": 30}}
    rows = (tmp_path / "results" / "found.json").read_text().splitlines()[3:5]  # one line for each
    assert json.loads(rows[0].strip(",")) == {"net": "dense", "data": "10 × 10", "found": [90.125, 100.0]}
    training.save_results("empty", {}, budget={}, seeds=[])
    assert training.load_results("empty")[0] == {}
    with pytest.raises(FileNotFoundError, match="no results are stored as 'lost'; allowed is one of: empty, found"):
        training.load_results("lost")
