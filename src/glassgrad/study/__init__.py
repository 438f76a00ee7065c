"""Ask a computation of your own: record it, step through its backward, and see where a gradient came from."""

from glassgrad.study.ledger import Ledger, explain
from glassgrad.study.steps import Part, Step, steps
from glassgrad.study.tape import Tape, record
from glassgrad.study.verify import Check, Verification, verify

__all__ = ["Check", "Ledger", "Part", "Step", "Tape", "Verification", "explain", "record", "steps", "verify"]
