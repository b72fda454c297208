"""Right answers to the exercises of notebook 1, and wrong ones beside the mistakes that are stated as code."""

import numpy as np
import torch
from torch.nn import functional as F


def side_by_walking(image_size, kernel_size, stride, padding):
    side, begin = 0, -padding
    while begin + kernel_size <= image_size + padding:
        side += 1
        begin += stride
    return side


def side_by_torch(image_size, kernel_size, stride, padding):
    image, weight = torch.zeros(1, 1, image_size, image_size), torch.zeros(1, 1, kernel_size, kernel_size)
    return F.conv2d(image, weight, stride=stride, padding=padding).shape[-1]


def side_by_numpy(image_size, kernel_size, stride, padding):
    return np.floor((image_size - kernel_size + padding + padding) / stride) + 1


def local_by_numpy(image, weight, stride):
    image, weight = image.numpy(), weight.numpy()
    height, width, kernel_size, _ = weight.shape
    output = np.zeros((height, width))
    for i, j in np.ndindex(height, width):
        top, left = stride * i, stride * j
        output[i, j] = np.sum(image[top : top + kernel_size, left : left + kernel_size] * weight[i, j])
    return output


def local_by_columns(image, weight, stride):
    columns = F.unfold(image[None, None], weight.shape[-1], stride=stride)[0]  # (K·K, positions)
    return (columns.T * weight.flatten(2).flatten(0, 1)).sum(1).view(weight.shape[0], weight.shape[1])


def local_by_pixels_of_the_kernel(image, weight, stride):
    height, width, *kernel_size = weight.shape
    return sum(
        image[row::stride, column::stride][:height, :width] * weight[:, :, row, column]
        for row, column in np.ndindex(*kernel_size)
    ).tolist()


RIGHT = {
    1: [(3200.0,), (torch.tensor(3200),), (np.prod([8, 8, 2, 5, 5]),)],
    2: [(side_by_walking,), (side_by_torch,), (side_by_numpy,)],
    3: [(local_by_numpy,), (local_by_columns,), (local_by_pixels_of_the_kernel,)],
    4: [(7, 2), (4, 4), (torch.tensor(3), 12 / (3 - 1))],
}
WRONG = {
    1: {
        "at the border": (12 * 12 * 2 * 25,),
        "Count once more": (7 * 7 * 2 * 25,),
        "second channel": (8 * 8 * 25,),
        "one kernel for all places": (2 * 25,),
        "the biases too": (8 * 8 * 2 * (25 + 1),),
    },
    4: {
        "depth has to be a whole number from 1 up, not 0.": (13, 0),
        "takes 169 weights": (13, 1),
        "sees no neighbours": (1, 13),
        "Neighbouring squares overlap": (2, 6),
        "a pixel already": (2, 13),
        "That is too few": (3, 5),
        "That is too many": (6, 3),
    },
}
