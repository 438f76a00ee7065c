"""Per-thread state that every floor may read: grad mode, the modules being run, the default dtype."""

from __future__ import annotations

import functools
import inspect
import threading
from collections.abc import Callable
from typing import Any, TypeVar, overload

import numpy as np

_F = TypeVar("_F", bound=Callable[..., Any])


class _State(threading.local):
    default_dtype = np.dtype(np.float32)  # kept on the class: one for all threads, as in PyTorch

    def __init__(self) -> None:  # in each thread
        self.grad_enabled = True
        self.inference = False  # whether grad mode is off by inference_mode
        self.scope: tuple[Any, ...] = ()  # the modules whose forward is running, outermost first
        self.recording: tuple[Any, ...] | None = ()  # the scope where grad mode is on, else None: one look instead of two (50 ns of 1.5 µs)
        self.vmaps: tuple[Any, ...] = ()  # the vmaps that are running (batch.Level), outermost first

    def set_grad(self, enabled: bool) -> None:
        """Turn recording on or off."""
        self.grad_enabled = enabled
        self.recording = self.scope if enabled else None

    def begin_backward(self, create_graph: bool) -> tuple[bool, tuple[Any, ...]]:
        """Record what a backward computes, or nothing; returns what `end_backward` takes."""
        before = self.grad_enabled, self.scope
        if create_graph:
            self.scope = (*self.scope, Backward())
        self.set_grad(create_graph)
        return before

    def end_backward(self, before: tuple[bool, tuple[Any, ...]]) -> None:
        """Go back to how it was before."""
        enabled, self.scope = before
        self.set_grad(enabled)


class Backward:
    """Stands among the modules in the scope of a node, and tells that a backward with create_graph recorded it."""


state = _State()


def is_grad_enabled() -> bool:
    """Whether ops on this thread record a graph."""
    return state.grad_enabled


def is_inference_mode_enabled() -> bool:
    """Whether this thread runs inside `inference_mode`."""
    return state.inference


def get_default_dtype() -> np.dtype[Any]:
    """The dtype of floats made from Python numbers."""
    return state.default_dtype


def set_default_dtype(dtype: Any) -> None:
    """Set the dtype of floats made from Python numbers: float16, float32 or float64, else TypeError."""
    dtype = np.dtype(dtype)
    if dtype.kind != "f":
        raise TypeError(f"set_default_dtype: only floating dtypes, got {dtype}: write gg.float32 or gg.float64")
    _State.default_dtype = dtype


class _GradMode:
    """A context manager and decorator that sets grad mode on this thread and restores it on leaving."""

    mode = True

    def __enter__(self) -> None:
        self._before = state.grad_enabled
        state.set_grad(self.mode)

    def __exit__(self, *exc: object) -> None:
        state.set_grad(self._before)

    def _again(self) -> _GradMode:
        return type(self)()

    def __call__(self, function: _F) -> _F:
        if inspect.isgeneratorfunction(function):  # the mode holds while the generator runs, not between items

            @functools.wraps(function)
            def generator(*args: Any, **kwargs: Any) -> Any:
                items = function(*args, **kwargs)
                resume, given = items.send, None
                while True:
                    with self._again():
                        try:
                            item = resume(given)
                        except StopIteration as end:
                            return end.value
                    try:
                        resume, given = items.send, (yield item)
                    except GeneratorExit:
                        items.close()
                        raise
                    except BaseException as error:
                        resume, given = items.throw, error

            return generator  # type: ignore[return-value]

        @functools.wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            with self._again():
                return function(*args, **kwargs)

        return wrapper  # type: ignore[return-value]


class no_grad(_GradMode):
    """Record nothing inside: `with gg.no_grad():`, `@gg.no_grad()` or `@gg.no_grad`."""

    mode = False

    @overload
    def __new__(cls, function: None = None) -> no_grad: ...
    @overload
    def __new__(cls, function: _F) -> _F: ...  # type: ignore[misc]
    def __new__(cls, function: Callable[..., Any] | None = None) -> Any:
        made = super().__new__(cls)
        return made if function is None else made(function)


class inference_mode(no_grad):
    """`no_grad` under PyTorch's other name: `with gg.inference_mode():` or as a decorator; `inference_mode(False)` is `enable_grad`.

    Tensors made inside are ordinary ones here: they may be used in a graph later, as constants.
    """

    on: bool

    @overload
    def __new__(cls, mode: bool = True) -> inference_mode: ...
    @overload
    def __new__(cls, mode: _F) -> _F: ...  # type: ignore[misc]
    def __new__(cls, mode: Any = True) -> Any:
        made = object.__new__(cls)
        made.on = mode if isinstance(mode, bool) else True
        return made if isinstance(mode, bool) else made(mode)

    def __enter__(self) -> None:
        super().__enter__()
        self._inference_before = state.inference
        state.inference = self.on
        state.set_grad(not self.on)

    def __exit__(self, *exc: object) -> None:
        super().__exit__(*exc)
        state.inference = self._inference_before

    def _again(self) -> _GradMode:
        return inference_mode(self.on)


class enable_grad(_GradMode):
    """Record inside, also within `no_grad`: `with gg.enable_grad():` or as a decorator."""

    @overload
    def __new__(cls, function: None = None) -> enable_grad: ...
    @overload
    def __new__(cls, function: _F) -> _F: ...  # type: ignore[misc]
    def __new__(cls, function: Callable[..., Any] | None = None) -> Any:
        made = super().__new__(cls)
        return made if function is None else made(function)


class set_grad_enabled(_GradMode):
    """Turn recording on or off, at once; as a context manager it is restored on leaving."""

    def __init__(self, mode: bool) -> None:
        self.mode = bool(mode)
        self._before = state.grad_enabled
        state.set_grad(self.mode)

    def __enter__(self) -> None:  # `_before` was taken when the mode was set
        state.set_grad(self.mode)

    def _again(self) -> _GradMode:
        return set_grad_enabled(self.mode)

    def __call__(self, function: _F) -> _F:
        state.set_grad(self._before)  # as a decorator it sets the mode only while the function runs
        return super().__call__(function)
