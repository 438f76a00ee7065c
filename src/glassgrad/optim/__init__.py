"""Optimizers and learning-rate schedules. They work on the arrays of tensors, and know nothing of layers."""

from glassgrad.optim import lr_scheduler
from glassgrad.optim.adam import Adam, AdamW
from glassgrad.optim.optimizer import Optimizer
from glassgrad.optim.sgd import SGD

__all__ = ["SGD", "Adam", "AdamW", "Optimizer", "lr_scheduler"]
