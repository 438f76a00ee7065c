"""Optimizers and learning-rate schedules. They work on the arrays of tensors, and know nothing of layers."""

from typing import Any

from glassgrad.absent import missing
from glassgrad.optim import lr_scheduler
from glassgrad.optim.adam import Adam, Adamax, AdamW, NAdam, RAdam, SparseAdam
from glassgrad.optim.adaptive import Adadelta, Adagrad, RMSprop, Rprop
from glassgrad.optim.lbfgs import LBFGS
from glassgrad.optim.optimizer import Optimizer
from glassgrad.optim.sgd import SGD

__all__ = [
    "LBFGS", "SGD", "Adadelta", "Adagrad", "Adam", "AdamW", "Adamax", "NAdam", "Optimizer", "RAdam", "RMSprop", "Rprop",
    "SparseAdam", "lr_scheduler",
]  # fmt: skip

def __getattr__(name: str) -> Any:
    """For an optimizer that isn't here, AttributeError that says which to take."""
    raise missing(__name__, name)
