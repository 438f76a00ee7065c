"""Calling a module that has hooks: what runs before and after its forward, and what sees its gradients."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from glassgrad._mode import state
from glassgrad.op import REGISTRY
from glassgrad.tensor import Tensor, make, record, tie

if TYPE_CHECKING:
    from glassgrad.nn.module import Module

_alias: Any = REGISTRY["alias"]


def call(module: Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """`module.forward(*args, **kwargs)` between the hooks."""
    result = None
    called = set()
    try:
        for hook, with_kwargs in list(module._forward_pre_hooks.values()):
            args, kwargs = _prepared(module, hook, with_kwargs, args, kwargs)
        ends = _Ends(module) if module._backward_hooks or module._backward_pre_hooks else None
        if ends:
            args = ends.enter(args)
        result = module.forward(*args, **kwargs)
        for key, (hook, with_kwargs, _) in list(module._forward_hooks.items()):
            called.add(key)
            returned = hook(module, args, kwargs, result) if with_kwargs else hook(module, args, result)
            result = result if returned is None else returned
        return ends.leave(result) if ends else result
    except Exception:
        for key, (hook, with_kwargs, always) in list(module._forward_hooks.items()):
            if always and key not in called:
                try:
                    hook(module, args, kwargs, result) if with_kwargs else hook(module, args, result)
                except Exception as error:
                    who = type(module).__name__
                    warnings.warn(f"{who}: a forward hook failed too, after the error in forward: {error!r}", stacklevel=3)
        raise


def _prepared(module: Module, hook: Any, with_kwargs: bool, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """The arguments as a forward-pre hook leaves them."""
    if not with_kwargs:
        returned = hook(module, args)
        return (args if returned is None else returned if isinstance(returned, tuple) else (returned,)), kwargs
    returned = hook(module, args, kwargs)
    if returned is None:
        return args, kwargs
    if not (isinstance(returned, tuple) and len(returned) == 2 and isinstance(returned[1], dict)):
        raise RuntimeError(f"{type(module).__name__}: a forward-pre hook with kwargs must return None or (args, kwargs), got {returned!r}")
    return returned


class _Ends:
    """The two ends of one call, where the gradients of its outputs and of its inputs are seen, all of one end at once."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.before = list(module._backward_pre_hooks.values())
        self.after = list(module._backward_hooks.values())
        self.inputs: tuple[Any, ...] = ()
        self.has_entry = False
        self.grad_output: tuple[Any, ...] = ()

    def enter(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        self.inputs = args
        self.has_entry = state.grad_enabled and any(isinstance(x, Tensor) and x.requires_grad for x in args)
        if not self.has_entry:
            return args
        # Where one input requires grad, the hook sees the gradients of the others too, as in PyTorch.
        return _through(tuple(_with_node(x) for x in args), self._at_entry)

    def leave(self, result: Any) -> Any:
        if isinstance(result, tuple):
            passed = _through(result, self._at_exit)
            return type(result)(*passed) if hasattr(result, "_fields") else passed
        return _through((result,), self._at_exit)[0]

    def _at_exit(self, grads: tuple[Any, ...]) -> tuple[Any, ...]:
        for hook in self.before:
            grads = self._replaced("full backward pre-hook", "grad_output", grads, hook(self.module, grads))
        self.grad_output = grads
        if not self.has_entry:  # no input requires grad: nothing will arrive there
            for hook in self.after:
                nothing = (None,) * len(self.inputs)
                returned = self._replaced("full backward hook", "grad_input", nothing, hook(self.module, nothing, grads))
                if any(g is not None for g in returned):
                    who = type(self.module).__name__
                    raise RuntimeError(f"{who}: no input requires grad, so a backward hook has no gradient to replace: return None")
        return grads

    def _at_entry(self, grads: tuple[Any, ...]) -> tuple[Any, ...]:
        pairs = zip(self.inputs, grads, strict=True)
        grads = tuple(make(np.zeros_like(x._array), None) if g is None and _floats(x) else g for x, g in pairs)
        for hook in self.after:
            grads = self._replaced("full backward hook", "grad_input", grads, hook(self.module, grads, self.grad_output))
        return grads

    def _replaced(self, kind: str, name: str, grads: tuple[Any, ...], returned: Any) -> tuple[Any, ...]:
        if returned is None:
            return grads
        returned = returned if isinstance(returned, tuple) else (returned,)
        if len(returned) != len(grads):
            raise RuntimeError(f"{type(self.module).__name__}: a {kind} returned {len(returned)} {name}, but there are {len(grads)}")
        return returned


def _floats(x: Any) -> bool:
    return isinstance(x, Tensor) and x.is_floating_point()


def _with_node(x: Any) -> Any:
    """A floating tensor that doesn't require grad as one whose gradient is computed, and goes nowhere."""
    return tie(record(_alias.op, (None,), (), (), x._array), x) if _floats(x) and not x.requires_grad else x


def _through(values: tuple[Any, ...], seen: Callable[[tuple[Any, ...]], tuple[Any, ...]]) -> tuple[Any, ...]:
    """The values, with nodes in the way at which backward hands all their gradients to `seen`, and goes on with what it returns.

    Each tensor passes two nodes, all first ones being older than all second ones. Backward visits younger nodes first: it has
    been at all the second ones, which collect, before it comes to a first one, which hands on.
    """
    at = [i for i, x in enumerate(values) if isinstance(x, Tensor) and x.requires_grad] if state.grad_enabled else []
    passed = list(values)
    firsts = {i: _alias(values[i]) for i in at}
    grads: list[Any] = [None] * len(values)
    ready: list[tuple[Any, ...]] = []  # what `seen` returned; empty while gradients are being collected

    def collect(i: int) -> Callable[[Tensor], None]:
        def hook(g: Tensor) -> None:
            if ready:  # another backward
                ready.clear()
                grads[:] = [None] * len(values)
            grads[i] = g

        return hook

    def hand_on(i: int) -> Callable[[Tensor], Any]:
        def hook(g: Tensor) -> Any:
            if not ready:
                ready.append(seen(tuple(grads)))
            return ready[0][i]

        return hook

    for i, first in firsts.items():
        passed[i] = tie(_alias(first), values[i])  # the module may write to its input: that is the caller's tensor
        passed[i].register_hook(collect(i))
        first.register_hook(hand_on(i))
    return tuple(passed)
