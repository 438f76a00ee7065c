"""`gg.jit`: nothing is compiled from Python's text, so `script` returns what it is given; what needs a traced program raises."""

from __future__ import annotations

from typing import Any

from glassgrad.absent import refusing

_NO_TRACE = "glassgrad has no traced programs: call the module itself, and keep its weights with gg.save(model.state_dict(), path)"
trace = refusing("jit.trace", _NO_TRACE)
save = refusing("jit.save", _NO_TRACE)
load = refusing("jit.load", _NO_TRACE)


def script(obj: Any, *args: Any, **kwargs: Any) -> Any:
    """The function or module itself: it computes the same."""
    return obj


def ignore(function: Any = None, **kwargs: Any) -> Any:
    """The function itself."""
    return function if function is not None else ignore


export = unused = script_if_tracing = ignore


def is_scripting() -> bool:
    """False."""
    return False


is_tracing = is_scripting
