"""Hooks on tensors: functions that see a gradient when backward computes it, and may replace it."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

import numpy as np

from glassgrad import hooks
from glassgrad.hooks import RemovableHandle
from glassgrad.tensor import Tensor, attach, make


class _Hooks(dict[int, Callable[..., Any]]):
    """The hooks of one tensor, by the number of their handle, called in order with a copy that they may also change in place."""

    def __call__(self, g: Any) -> Any:
        for hook in list(self.values()):
            seen = g if isinstance(g, Tensor) else make(np.array(g), None)
            returned = hook(seen)
            if returned is not None and not (isinstance(returned, Tensor) and returned.shape == seen.shape):
                what = f"a tensor of shape {returned.shape}" if isinstance(returned, Tensor) else type(returned).__name__
                raise RuntimeError(f"register_hook: {_named(hook)} returned {what} for a gradient of shape {seen.shape}: return it or None")
            new = seen if returned is None else returned
            g = new if isinstance(g, Tensor) else new._array.astype(seen.dtype, copy=False)
        return g


class _Accumulated(dict[int, Callable[..., Any]]):
    """The post-accumulate hooks of one leaf."""

    def __call__(self, leaf: Tensor) -> None:
        for hook in list(self.values()):
            hook(leaf)


def _named(hook: Any) -> str:
    return getattr(hook, "__qualname__", repr(hook))


def _of_leaf(registry: dict[int, Any], leaf: Tensor, kind: type[Any]) -> Any:
    key = id(leaf)
    if key not in registry:
        registry[key] = kind()
        weakref.finalize(leaf, registry.pop, key, None).atexit = False
    return registry[key]


def register_hook(self: Tensor, hook: Callable[[Tensor], Tensor | None]) -> RemovableHandle:
    """Call `hook(grad)` when a backward has computed the gradient of this tensor; what it returns, if not None, replaces it.

    Returns a handle with `remove()`. RuntimeError if the tensor doesn't require grad.
    """
    if not self.requires_grad:
        raise RuntimeError(f"register_hook: this tensor (shape {self.shape}) doesn't require grad, so no gradient will reach it")
    if self._node is None:
        return RemovableHandle(_of_leaf(hooks.leaves, self, _Hooks), hook)
    watch = self._node.watch or []
    mine = next((seen for seen in watch if isinstance(seen, _Hooks)), None)
    if mine is None:
        mine = _Hooks()
        self._node.watch = [mine, *watch]  # before retain_grad, which keeps what the hooks return
    return RemovableHandle(mine, hook)


def register_post_accumulate_grad_hook(self: Tensor, hook: Callable[[Tensor], None]) -> RemovableHandle:
    """Call `hook(leaf)` each time a backward has added to `.grad` of this leaf; an optimizer can step there, and free the gradient."""
    if self._node is not None or not self.requires_grad:
        raise RuntimeError("register_post_accumulate_grad_hook: only for leaves that require grad: write register_hook")
    return RemovableHandle(_of_leaf(hooks.accumulated, self, _Accumulated), hook)


attach(register_hook=register_hook, register_post_accumulate_grad_hook=register_post_accumulate_grad_hook)
