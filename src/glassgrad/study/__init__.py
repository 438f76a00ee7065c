"""Ask a computation of your own: record it, step through its backward, and see where a gradient came from."""

from glassgrad.study.broken import Broken, broken
from glassgrad.study.flow import Flow, Reading, Weight, flow
from glassgrad.study.formula import formula
from glassgrad.study.grade import Mark, Marks, grade
from glassgrad.study.jacobian import Jacobian, Jacobians, jacobian_structure
from glassgrad.study.ledger import Ledger, explain
from glassgrad.study.memory import Memory, memory
from glassgrad.study.paths import Path, Paths, paths
from glassgrad.study.signals import Stage
from glassgrad.study.steps import Part, Step, steps
from glassgrad.study.structure import Structure
from glassgrad.study.tape import Tape, record
from glassgrad.study.verify import Check, Verification, verify
from glassgrad.study.web import page

__all__ = [
    "Broken", "Check", "Flow", "Jacobian", "Jacobians", "Ledger", "Mark", "Marks", "Memory", "Part", "Path", "Paths", "Reading", "Stage",
    "Step", "Structure", "Tape", "Verification", "Weight",
    "broken", "explain", "flow", "formula", "grade", "jacobian_structure", "memory", "page", "paths", "record", "steps", "verify",
]  # fmt: skip
