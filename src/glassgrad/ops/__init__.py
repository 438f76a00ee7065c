"""The derivative tables: one file a family, each op declared with its rules beside its forward.

A family is loaded when one of its names is first used (`names.py` tells whose they are): importing all 440 ops would cost
as much time as importing NumPy, and most programs use few of them.
"""

from importlib import import_module
from typing import Any

from glassgrad import absent
from glassgrad.graph import Node
from glassgrad.ops.names import FUNCTIONS, METHODS
from glassgrad.tensor import Tensor


class Later:
    """Stands on a class for a method whose family isn't loaded; loading it puts the method in its place."""

    def __init__(self, owner: type, name: str, module: str) -> None:
        self.owner = owner
        self.name = name
        self.module = module
        setattr(owner, name, self)

    def __get__(self, instance: Any, kind: Any) -> Any:
        import_module(f"glassgrad.{self.module}")
        if vars(self.owner)[self.name] is self:  # while the family is loading, too
            raise AttributeError(f"{kind.__name__!r} object has no attribute {self.name!r}")
        return getattr(kind if instance is None else instance, self.name)


def load_all() -> None:
    """Load every family."""
    for module in (*FUNCTIONS, *METHODS):
        import_module(f"glassgrad.{module}")


for _module, _names in METHODS.items():
    for _name in _names.split():
        Later(Tensor, _name, _module)
Later(Node, "next_functions", "autograd.graph")
for _name in absent.METHODS:
    setattr(Tensor, _name, absent.Absent(_name))
