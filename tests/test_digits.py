import numpy as np
import pytest
from scipy.ndimage import zoom
from sklearn.datasets import load_digits

from helpers import digits


def test_load_gives_what_scikit_learn_gives():
    images, labels = digits.load()
    bundle = load_digits()
    assert np.array_equal(images, bundle.images / 16)
    assert np.array_equal(labels, bundle.target)
    assert (images.dtype, labels.dtype) == (np.float32, np.int64)
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


@pytest.mark.parametrize("image_size", [1, 3, 8, 13, 31, 300])
def test_digit_is_interpolated_as_scipy_does(image_size):
    expected = zoom(digits.load()[0][5], image_size / 8, order=1, mode="nearest", grid_mode=True)
    assert np.allclose(digits.digit(5, image_size), expected, rtol=0, atol=1e-6)


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


IMAGES = np.random.default_rng(0).random((3, 1, 2, 4), dtype=np.float32) + 1


@pytest.mark.parametrize(
    ("top", "left"),
    [
        (0, 0),
        (3, 1),
        (np.int64(2), 0),
        ([0, 3, 1], np.array([1, 0, 1])),
        (2, [1, 1, 0]),
        (np.array([3, 3, 0], "u1"), 1),
    ],
)
def test_place_puts_every_value_where_it_belongs(top, left):
    canvas = digits.place(IMAGES, 5, top, left)
    expected = np.zeros((3, 1, 5, 5), dtype=np.float32)
    for item, row, column in np.ndindex(3, 2, 4):
        first_row = top if np.ndim(top) == 0 else top[item]
        first_column = left if np.ndim(left) == 0 else left[item]
        expected[item, 0, first_row + row, first_column + column] = IMAGES[item, 0, row, column]
    assert canvas.dtype == np.float32
    assert np.array_equal(canvas, expected)


def test_place_fills_a_canvas_of_the_same_size_and_takes_no_images():
    images = digits.load()[0][:4, None]
    assert np.array_equal(digits.place(images, 8, 0, 0), images)
    assert digits.place(images[:0], 9, 0, 1).shape == (0, 1, 9, 9)


def test_every_random_place_occurs_equally_often():
    canvases = digits.place_at_random(np.ones((900, 1, 6, 6)), 8, seed=0)
    corners = [tuple(np.argwhere(canvas[0])[0]) for canvas in canvases]
    counts = [corners.count((row, column)) for row in range(3) for column in range(3)]
    assert sum(counts) == 900
    assert 60 < min(counts) <= max(counts) < 140


def test_random_places_depend_on_the_seed_alone_and_keep_the_images():
    images = digits.load()[0][:50, None]
    canvases = digits.place_at_random(images, 12, seed=3)
    np.random.default_rng().random()
    assert np.array_equal(canvases, digits.place_at_random(images, 12, seed=3))
    assert not np.array_equal(canvases, digits.place_at_random(images, 12, seed=4))
    assert canvases.dtype == np.float32
    assert canvases.shape == (50, 1, 12, 12)
    for image, canvas in zip(images, canvases, strict=True):
        assert np.array_equal(image[image > 0], canvas[canvas > 0])
    assert np.array_equal(digits.place_at_random(images, 8, seed=3), images)


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
        (digits.place, (IMAGES[0], 5, 0, 0), "images"),
        (digits.place, (IMAGES.swapaxes(0, 1), 5, 0, 0), "images"),
        (digits.place, (IMAGES, 5.0, 0, 0), "image_size"),
        (digits.place, (IMAGES, 513, 0, 0), "image_size"),
        (digits.place, (IMAGES, 5, 4, 0), "top"),
        (digits.place, (IMAGES, 5, -1, 0), "top"),
        (digits.place, (IMAGES, 5, 0, 2), "left"),
        (digits.place, (IMAGES, 5, 0, [0, 1, -1]), "left"),
        (digits.place, (IMAGES, 5, [0, 4, 0], 0), "top"),
        (digits.place, (IMAGES, 5, 1.0, 0), "top"),
        (digits.place, (IMAGES, 5, 0, True), "left"),
        (digits.place, (IMAGES, 5, [0, 1], 0), "top"),
        (digits.place, (IMAGES, 5, 0, [[0, 1, 1]]), "left"),
        (digits.place, (IMAGES, 3, 0, 0), "left"),
        (digits.place_at_random, (IMAGES, 3, 0), "left"),
        (digits.place_at_random, (IMAGES, 1, 0), "top"),
        (digits.place_at_random, (IMAGES, 5.0, 0), "image_size"),
        (digits.place_at_random, (IMAGES, 5, -1), "seed"),
        (digits.place_at_random, (IMAGES[0], 5, 0), "images"),
    ],
)
def test_bad_input_is_named(function, arguments, name):
    with pytest.raises((TypeError, ValueError), match=rf"{name}(=| has| is| goes).*(allowed|leaves)"):
        function(*arguments)
