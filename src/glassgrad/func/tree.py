"""Nests of tuples, lists and dicts: their leaves in order, and the same nest around others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any


def leaves(tree: Any) -> list[Any]:
    """What is in the nest that is no tuple, list or dict, in order."""
    if isinstance(tree, dict):
        return [leaf for key in tree for leaf in leaves(tree[key])]
    return [leaf for part in tree for leaf in leaves(part)] if isinstance(tree, (tuple, list)) else [tree]


def rebuild(tree: Any, new: Iterable[Any]) -> Any:
    """The nest with its leaves replaced by `new`, in order."""
    return _rebuild(tree, iter(new))


def _rebuild(tree: Any, new: Iterator[Any]) -> Any:
    if isinstance(tree, dict):
        parts = [(key, _rebuild(tree[key], new)) for key in tree]
        return type(tree)(parts)  # OrderedDict too
    if isinstance(tree, (tuple, list)):
        parts = [_rebuild(part, new) for part in tree]
        return type(tree)(*parts) if hasattr(tree, "_fields") else type(tree)(parts)
    return next(new)


def change(function: Callable[[Any], Any], tree: Any) -> Any:
    """The nest with `function` of each leaf."""
    return rebuild(tree, map(function, leaves(tree)))


def spread(who: str, prefix: Any, tree: Any) -> list[Any]:
    """A value for each leaf of `tree` from a nest that may end earlier: there one value is for all that is below."""
    if isinstance(prefix, (tuple, list, dict)):
        same = isinstance(tree, dict) if isinstance(prefix, dict) else isinstance(tree, (tuple, list)) and not isinstance(tree, dict)
        keys: Any = range(len(prefix)) if not isinstance(prefix, dict) else prefix
        if not same or len(prefix) != len(tree) or (isinstance(prefix, dict) and set(prefix) != set(tree)):
            raise ValueError(f"{who} {prefix!r} doesn't fit what it is for, {describe(tree)}: give an int, None or a nest of its form")
        order = tree if isinstance(tree, dict) else keys
        return [value for key in order for value in spread(who, prefix[key], tree[key])]
    return [prefix] * len(leaves(tree))


def describe(tree: Any) -> str:
    """The form of a nest in short, with shapes for tensors."""
    if isinstance(tree, dict):
        return "{" + ", ".join(f"{key!r}: {describe(tree[key])}" for key in tree) + "}"
    if isinstance(tree, (tuple, list)):
        inside = ", ".join(map(describe, tree))
        return f"[{inside}]" if isinstance(tree, list) else f"({inside}{',' if len(tree) == 1 else ''})"
    return f"tensor{list(tree.shape)}" if hasattr(tree, "shape") else type(tree).__name__
