"""Tensors with a hidden dimension: what `vmap` and batched Jacobians run on."""

from glassgrad.batch import rules as rules
from glassgrad.batch.batched import Batched, CannotBatch, Level, refuse_in_place, strip, wrap
from glassgrad.batch.pull import Linear, fresh, leads_outside, pull

__all__ = ["Batched", "CannotBatch", "Level", "Linear", "fresh", "leads_outside", "pull", "strip", "wrap"]

refuse_in_place()
