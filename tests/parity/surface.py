"""The symbols of PyTorch that public toy programs use, and what they are here. Needs no torch."""

import csv
import importlib
import inspect
import re
import types
from pathlib import Path

import glassgrad as gg

# What Python itself says of a name that isn't there; a text of ours says more.
BARE = re.compile(r"(module '[\w.]+'|type object '\w+'|'\w+' object) has no attribute '\w+'|No module named '[\w.]+'")


def symbols():
    """The rows of api_surface.csv: symbol, families of programs that use it, programs that use it (of 86)."""
    with (Path(__file__).parent / "api_surface.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def owners():
    """An instance of each class whose attributes the table names."""
    linear = gg.nn.Linear(1, 1)
    optimizer = gg.optim.SGD(linear.parameters(), lr=0.1)
    return {"Tensor": gg.ones(1, 1), "Module": linear, "Optimizer": optimizer, "LRScheduler": gg.optim.lr_scheduler.StepLR(optimizer, 1)}


def found(symbol):
    """("works", ""), ("raises", our text) or ("missing", "")."""
    path, _, setter = symbol.partition(" ")
    first, *parts = path.split(".")
    value = gg if first == "torch" else owners()[first]
    if setter:
        held = getattr(type(value), parts[0], None)
        return ("works" if hasattr(held, "__set__") else "missing"), ""
    for part in parts:
        try:
            value = _attribute(value, part)
        except (AttributeError, RuntimeError, NotImplementedError, ImportError) as error:
            text = str(error)
            return ("missing", "") if BARE.fullmatch(text) else ("raises", text)
    return _only_raises(value) or ("works", "")


def _only_raises(value):
    """What a function or class that is there only to say why not says: its docstring begins with the error."""
    if isinstance(value, type | types.FunctionType | types.MethodType) and re.match(r"\w+Error: ", inspect.getdoc(value) or ""):
        try:
            value()
        except (RuntimeError, NotImplementedError) as error:
            return "raises", str(error)
    return None


def _attribute(value, part):
    try:
        return getattr(value, part)
    except AttributeError as error:
        if not hasattr(value, "__path__") or not BARE.fullmatch(str(error)):
            raise
        return importlib.import_module(f"{value.__name__}.{part}")  # a user imports it by its full name
