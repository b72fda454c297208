import numpy as np
import pytest

from helpers import digits


def test_load():
    images, labels = digits.load()
    assert images.shape == (1797, 8, 8)
    assert images.dtype == np.float32
    assert (images.min(), images.max()) == (0, 1)
    assert sorted(set(labels)) == list(range(10))
    with pytest.raises(ValueError, match="read-only"):
        images[0, 0, 0] = 1


@pytest.mark.parametrize("image_size", [1, 4, 8, 13, 31, 512])
def test_digit_has_the_size_and_the_ink(image_size):
    image = digits.digit(5, image_size)
    assert image.shape == (image_size, image_size)
    assert image.dtype == np.float32
    assert 0 <= image.min() <= image.max() <= 1
    if image_size >= 4:  # a single pixel shows only the middle of the digit
        assert image.mean() == pytest.approx(digits.load()[0][5].mean(), abs=0.02)


def test_digit_at_its_own_size_is_unchanged():
    assert np.array_equal(digits.digit(3, 8), digits.load()[0][3])


def test_split():
    train, train_labels, test, test_labels = digits.split(100, seed=1)
    assert train.shape == (100, 1, 8, 8)
    assert test.shape == (1697, 1, 8, 8)
    assert len(train_labels) == 100
    assert len(test_labels) == 1697
    both = np.concatenate([train, test]).sum((1, 2, 3))
    assert np.allclose(np.sort(both), np.sort(digits.load()[0].sum((1, 2))))
    assert np.array_equal(train, digits.split(100, seed=1)[0])
    assert not np.array_equal(train, digits.split(100, seed=2)[0])


@pytest.mark.parametrize(
    ("function", "arguments", "name"),
    [
        (digits.digit, (1797, 8), "index"),
        (digits.digit, (-1, 8), "index"),
        (digits.digit, (0, 0), "image_size"),
        (digits.digit, (0, 10**9), "image_size"),
        (digits.digit, (0, 8.0), "image_size"),
        (digits.split, (0, 0), "train_size"),
        (digits.split, (1797, 0), "train_size"),
        (digits.split, (100, -1), "seed"),
        (digits.split, (True, 0), "train_size"),
    ],
)
def test_bad_input_is_named(function, arguments, name):
    with pytest.raises((TypeError, ValueError), match=rf"{name}=.*allowed|{name}=.*leaves"):
        function(*arguments)
