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


@pytest.mark.parametrize("image_size", [1, 3, 8, 13, 512])
def test_digit_is_interpolated_as_scipy_does(image_size):
    image = digits.digit(5, image_size)
    expected = zoom(digits.load()[0][5], image_size / 8, order=1, mode="nearest", grid_mode=True)
    assert np.allclose(image, expected, rtol=0, atol=1e-6)
    assert (image.shape, image.dtype) == ((image_size, image_size), np.float32)


def test_split():
    train, train_labels, test, test_labels = digits.split(100, seed=1)
    assert (train.shape, test.shape) == ((100, 1, 8, 8), (1697, 1, 8, 8))
    (images, labels), drawn = digits.load(), (np.r_[train, test], np.r_[train_labels, test_labels])
    expected, found = (np.c_[of.reshape(-1, 64), by].tolist() for of, by in ((images, labels), drawn))
    assert sorted(found) == sorted(expected)
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
    corners = np.broadcast_to(top, 3), np.broadcast_to(left, 3)
    for item, row, column in np.ndindex(3, 2, 4):
        expected[item, 0, corners[0][item] + row, corners[1][item] + column] = IMAGES[item, 0, row, column]
    assert canvas.dtype == np.float32
    assert np.array_equal(canvas, expected)
    assert digits.place(IMAGES[:0], 9, 0, 1).shape == (0, 1, 9, 9)


def test_every_random_place_occurs_equally_often():
    canvases = digits.place_at_random(np.ones((900, 1, 6, 6)), 8, seed=0)
    corners = [tuple(np.argwhere(canvas[0])[0]) for canvas in canvases]
    counts = [corners.count((row, column)) for row in range(3) for column in range(3)]
    assert sum(counts) == 900
    assert 60 < min(counts) <= max(counts) < 140


def test_random_places_depend_on_the_seed_alone_and_keep_the_images():
    images = digits.load()[0][:50, None]
    canvases = digits.place_at_random(images, 12, seed=3)
    assert np.array_equal(canvases, digits.place_at_random(images, 12, seed=3))
    assert not np.array_equal(canvases, digits.place_at_random(images, 12, seed=4))
    assert (canvases.shape, canvases.dtype) == ((50, 1, 12, 12), np.float32)
    for image, canvas in zip(images, canvases, strict=True):
        assert np.array_equal(image[image > 0], canvas[canvas > 0])
    assert np.array_equal(digits.place_at_random(images, 8, seed=3), images)


@pytest.mark.parametrize(
    ("function", "name", "calls"),
    [
        (digits.digit, "index", [(1797, 8), (-1, 8)]),
        (digits.digit, "image_size", [(0, 0), (0, 513), (0, 8.0)]),
        (digits.split, "train_size", [(0, 0), (1797, 0)]),
        (digits.split, "seed", [(100, -1)]),
        (digits.place, "images", [(IMAGES[0], 5, 0, 0), (IMAGES.swapaxes(0, 1), 5, 0, 0)]),
        (digits.place, "image_size", [(IMAGES, 5.0, 0, 0), (IMAGES, 513, 0, 0)]),
        (digits.place, "top", [(IMAGES, 5, top, 0) for top in (4, -1, 1.0, [0, 1])]),
        (digits.place, "left", [(IMAGES, 5, 0, left) for left in ([0, 1, -1], [0, 2, 0], True, [[0, 1, 1]])]),
        (digits.place_at_random, "left", [(IMAGES, 3, 0)]),
        (digits.place_at_random, "top", [(IMAGES, 1, 0)]),
        (digits.place_at_random, "image_size", [(IMAGES, 5.0, 0)]),
        (digits.place_at_random, "seed", [(IMAGES, 5, -1)]),
        (digits.place_at_random, "images", [(IMAGES[0], 5, 0)]),
    ],
)
def test_bad_input_is_named(function, name, calls):
    for arguments in calls:
        with pytest.raises((TypeError, ValueError), match=rf"{name}(=| has| is| goes).*(allowed|leaves)"):
            function(*arguments)
