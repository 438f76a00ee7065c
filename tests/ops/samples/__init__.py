"""Sample inputs for every op of the registry, one file a family.

A family may also hold sets of op names: `OUR_OWN` (no counterpart in PyTorch: finite differences judge them), `BEYOND`
((name, number of the sample) where we give more than PyTorch, or it refuses), `ELEMENTWISE`, `INTEGER_OPS`,
`NAN_CHOSEN_AWAY` ((name, key) of inputs whose NaN can be passed over, by a choice that is made elsewhere), `NAN_REPLACED` (what
puts something else in the place of NaN), `OTHERWISE`
((name, dtype) where PyTorch's answer for integers differs on purpose); and `twins(torch)`, PyTorch's function for each op
that isn't `torch.<name>` with our signature.
"""

import importlib
import pkgutil

from tests.ops.samples.draw import SAMPLES, samples

FAMILIES = [importlib.import_module(found.name) for found in pkgutil.iter_modules(__path__, __name__ + ".") if not found.name.endswith("draw")]


def gathered(name):
    """The union over the families of a set of that name."""
    return set().union(*(getattr(family, name, ()) for family in FAMILIES))


def twins(torch):
    """PyTorch's function for each op where it isn't `torch.<name>`."""
    return {op: function for family in FAMILIES if hasattr(family, "twins") for op, function in family.twins(torch).items()}


__all__ = ["SAMPLES", "gathered", "samples", "twins"]
