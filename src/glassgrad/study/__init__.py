"""Ask a computation of your own: record it, step through its backward, and see where a gradient came from."""

from glassgrad.study.ledger import Ledger, explain
from glassgrad.study.steps import Part, Step, steps
from glassgrad.study.tape import Tape, record

__all__ = ["Ledger", "Part", "Step", "Tape", "explain", "record", "steps"]
