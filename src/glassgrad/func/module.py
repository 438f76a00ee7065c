"""Modules as functions of their parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from glassgrad.ops.shape import stack
from glassgrad.tensor import Tensor


def functional_call(
    module: Any,
    parameter_and_buffer_dicts: Mapping[str, Tensor] | Sequence[Mapping[str, Tensor]],
    args: Any = None,
    kwargs: Mapping[str, Any] | None = None,
    *,
    tie_weights: bool = True,
    strict: bool = False,
) -> Any:
    """`module(*args, **kwargs)` with the given tensors, by dotted path, in place of its parameters and buffers.

    args: a tuple, or the one argument. The module is as before when the call is over. tie_weights: a replacement holds for
    every path of a shared parameter. strict: every parameter and buffer must be given. KeyError for unknown paths.
    """
    dicts = [parameter_and_buffer_dicts] if isinstance(parameter_and_buffer_dicts, Mapping) else list(parameter_and_buffer_dicts)
    new: dict[str, Tensor] = {}
    for part in dicts:
        twice = sorted(set(part) & set(new))
        if twice:
            raise ValueError(f"functional_call: {', '.join(twice)} is given in more than one dict")
        new.update(part)
    places = dict(_places(module))
    unknown = [key for key in new if key not in places]
    missing = [key for key in places if key not in new] if strict else []
    if unknown or missing:
        told = [f"{type(module).__name__} has no {', '.join(unknown)}"] * bool(unknown) + [f"{', '.join(missing)} missing"] * bool(missing)
        raise (KeyError if unknown else RuntimeError)(f"functional_call: {'; '.join(told)}: it has {', '.join(places)}")
    if tie_weights:
        new = _tied(new, places)
    old = {path: places[path][0][places[path][1]] for path in new}
    try:
        for path, value in new.items():
            table, name = places[path]
            table[name] = value
        return module(*(() if args is None else args if isinstance(args, tuple) else (args,)), **(kwargs or {}))
    finally:
        for path, value in old.items():
            table, name = places[path]
            table[name] = value


def _places(module: Any) -> Any:
    """(path, (table, name)) of each parameter and buffer, shared ones under each of their paths."""
    for prefix, part in module.named_modules(remove_duplicate=False):
        for table in (part._parameters, part._buffers):
            for name, value in table.items():
                if value is not None:
                    yield f"{prefix}.{name}" if prefix else name, (table, name)


def _tied(new: dict[str, Tensor], places: dict[str, Any]) -> dict[str, Tensor]:
    now = {path: table[name] for path, (table, name) in places.items()}
    groups: dict[int, list[str]] = {}
    for path, value in now.items():
        groups.setdefault(id(value), []).append(path)
    full = dict(new)
    for path, value in new.items():
        for other in groups[id(now[path])]:
            if full.setdefault(other, value) is not value:
                raise ValueError(f"functional_call: {path} and {other} are one tensor, but were given two: write tie_weights=False")
    return full


def stack_module_state(models: Sequence[Any]) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """(parameters, buffers) of models of one class, each stacked along a new first dimension: what `vmap` runs an ensemble on."""
    models = list(models)
    if not models:
        raise RuntimeError("stack_module_state: no models")
    if any(type(model) is not type(models[0]) for model in models) or len({model.training for model in models}) > 1:
        raise RuntimeError("stack_module_state: the models must be of one class, and all in training or all in eval mode")
    parameters = {}
    for name, first in models[0].named_parameters():
        same = [dict(model.named_parameters())[name] for model in models]
        parameters[name] = stack([x.detach() for x in same]).requires_grad_(first.requires_grad)
    buffers = {name: stack([dict(model.named_buffers())[name] for model in models]) for name, _ in models[0].named_buffers()}
    return parameters, buffers
