import pytest
import torch
from torch import nn

from helpers import digits, training


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
    with pytest.raises(RuntimeError, match="learning_rate"):
        training.fit(net(), images * float("inf"), labels, epochs=1, seed=0)


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
