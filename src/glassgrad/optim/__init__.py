"""Optimizers and learning-rate schedules. They work on the arrays of tensors, and know nothing of layers."""

from typing import Any

from glassgrad.optim import lr_scheduler
from glassgrad.optim.adam import Adam, Adamax, AdamW, NAdam, RAdam
from glassgrad.optim.adaptive import Adadelta, Adagrad, RMSprop, Rprop
from glassgrad.optim.lbfgs import LBFGS
from glassgrad.optim.optimizer import Optimizer
from glassgrad.optim.sgd import SGD

__all__ = [
    "LBFGS", "SGD", "Adadelta", "Adagrad", "Adam", "AdamW", "Adamax", "NAdam", "Optimizer", "RAdam", "RMSprop", "Rprop",
    "lr_scheduler",
]  # fmt: skip

_INSTEAD = {  # PyTorch's names that aren't here
    "SparseAdam": "gradients are dense: write optim.Adam",
    "ASGD": "write optim.SGD, and average the parameters over the steps",
    "Adafactor": "write optim.Adam, or optim.Adagrad",
    "Muon": "write optim.AdamW",
    "swa_utils": "keep a copy.deepcopy(model), and average the parameters into it under gg.no_grad()",
}


def __getattr__(name: str) -> Any:
    """For an optimizer that isn't here, AttributeError that says which to take."""
    if name in _INSTEAD:
        raise AttributeError(f"optim has no {name}: {_INSTEAD[name]}", name=name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)
