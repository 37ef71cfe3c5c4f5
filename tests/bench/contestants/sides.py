"""On which side of its thresholds each number of a training step lies: see sides.ts."""

import torch
import torch.nn.functional as F


class OwnSides:
    """Thresholds as the numbers themselves say."""

    relu = staticmethod(F.relu)

    def max_pool(self, x):
        return F.max_pool2d(x, 3, 2, 1)

    def size(self, prediction, truth):
        return (prediction - truth).abs()


class GivenSides:
    """Thresholds as another program's numbers have it (sides.ts): ReLUs in the order of the tape, each pool after one."""

    def __init__(self, given):
        self.given, self.next, self.otherwise = given, 0, 0

    def relu(self, x):
        self.last = self.given[f"relu {self.next}"].reshape(x.shape)
        self.next += 1
        is_open = self.last > 0
        self.otherwise += (is_open != (x > 0)).sum().item()
        return torch.where(is_open, x, torch.zeros(()))

    def max_pool(self, x):
        _, places = F.max_pool2d(self.last, 3, 2, 1, return_indices=True)
        return x.flatten(2).gather(2, places.flatten(2)).reshape(places.shape)

    def size(self, prediction, truth):
        return (prediction - truth) * (self.given["prediction"] - truth).sign()
