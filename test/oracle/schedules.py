"""The rates of PyTorch's schedulers, for netc to be compared with (make.py says how fixtures are made).

A case is a schedule as src/protocol/recipe.ts has it, and the rate of each step. Where conventions differ: PyTorch's
plateau lowers the rate when *more* than `patience` epochs were not better, netc's when `patience` were.
"""

import torch
from torch.optim import lr_scheduler as schedulers

from store import encoded, store, sum_up

BASE, STEPS_PER_EPOCH, EPOCHS = 0.1, 3, 12


def optimizer():
    return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=BASE)


def rates(make, every=1):
    """The rate of each step of a scheduler that moves after `every` steps."""
    sgd = optimizer()
    scheduler = make(sgd)
    found = []
    for step in range(1, EPOCHS * STEPS_PER_EPOCH + 1):
        found.append(sgd.param_groups[0]["lr"])
        sgd.step()
        if step % every == 0:
            scheduler.step()
    return found


def plateau(accuracies, patience, factor):
    """The rate of each epoch."""
    sgd = optimizer()
    scheduler = schedulers.ReduceLROnPlateau(sgd, mode="max", factor=factor, patience=patience - 1, eps=0)
    found = []
    for accuracy in accuracies:
        found.append(sgd.param_groups[0]["lr"])
        scheduler.step(accuracy)
    return found


def warm(epochs):
    return lambda sgd: schedulers.LinearLR(sgd, start_factor=0.1, total_iters=epochs * STEPS_PER_EPOCH)


def warm_cosine(epochs):
    first, every = epochs * STEPS_PER_EPOCH, EPOCHS * STEPS_PER_EPOCH
    return lambda sgd: schedulers.SequentialLR(
        sgd, [warm(epochs)(sgd), schedulers.CosineAnnealingLR(sgd, every - first)], milestones=[first]
    )


def case(shape, warmup, found):
    return {"schedule": {"warmup": warmup, "shape": shape}, "rates": encoded(found)}


NAN = float("nan")
ACCURACIES = [0.3, 0.5, 0.50004, 0.50006, 0.5, 0.4, 0.6, 0.6, NAN, 0.5, 0.7, 0.1, 0.2, 0.3, 0.69, 0.71, 0.7, 0.7, 0.7]
each = STEPS_PER_EPOCH

store(
    "training/schedules",
    {
        "base": BASE,
        "stepsPerEpoch": STEPS_PER_EPOCH,
        "epochs": EPOCHS,
        "cases": [
            case({"tag": "constant"}, 0, [BASE] * EPOCHS * STEPS_PER_EPOCH),
            case({"tag": "constant"}, 2, rates(warm(2))),
            case(
                {"tag": "every", "every": 4, "factor": 0.3},
                0,
                rates(lambda sgd: schedulers.StepLR(sgd, 4, 0.3), each),
            ),
            case(
                {"tag": "step", "at": [2, 3, 9], "factor": 0.2},
                0,
                rates(lambda sgd: schedulers.MultiStepLR(sgd, [2, 3, 9], 0.2), each),
            ),
            case(
                {"tag": "cosine"},
                0,
                rates(lambda sgd: schedulers.CosineAnnealingLR(sgd, EPOCHS * STEPS_PER_EPOCH)),
            ),
            case({"tag": "cosine"}, 3, rates(warm_cosine(3))),
        ],
        "plateaus": [
            {
                "patience": patience,
                "factor": factor,
                "accuracies": [None if a != a else a for a in ACCURACIES],
                "rates": encoded(plateau(ACCURACIES, patience, factor)),
            }
            for patience, factor in [(1, 0.5), (2, 0.1), (3, 0.1)]
        ],
    },
)
sum_up()
