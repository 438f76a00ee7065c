"""How tensors are printed: PyTorch's layout, digit for digit.

The one number format of a tensor is chosen from the values that are printed: whole numbers as `2.`, others with
`precision` digits, in scientific notation where the largest is more than 1000 times the smallest, above 1e8 or below 1e-4.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from glassgrad._mode import state
from glassgrad.tensor import Tensor, attach

_PROFILES: dict[str, dict[str, Any]] = {
    "default": {"precision": 4, "threshold": 1000, "edgeitems": 3, "linewidth": 80},
    "short": {"precision": 2, "threshold": 1000, "edgeitems": 2, "linewidth": 80},
    "full": {"precision": 4, "threshold": np.inf, "edgeitems": 3, "linewidth": 80},
}
_options: dict[str, Any] = {**_PROFILES["default"], "sci_mode": None}


def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """How tensors are printed.

    precision: digits after the point (4); threshold: elements above which a tensor is summarised (1000); edgeitems:
    how many are shown at each end of a dimension then (3); linewidth: characters a line (80); profile: "default",
    "short" or "full", the base for the others; sci_mode: scientific notation always (True), never (False), or, as None,
    where the values ask for it.
    """
    if profile is not None:
        if profile not in _PROFILES:
            raise ValueError(f"set_printoptions: no profile {profile!r}: there are {', '.join(_PROFILES)}")
        _options.update(_PROFILES[profile])
    given = {"precision": precision, "threshold": threshold, "edgeitems": edgeitems, "linewidth": linewidth}
    _options.update({key: value for key, value in given.items() if value is not None}, sci_mode=sci_mode)


def get_printoptions() -> dict[str, Any]:
    """The options that `set_printoptions` set."""
    return dict(_options)


# ---------------------------------------------------------------------------------------------- one number


def _number_format(array: np.ndarray) -> tuple[Callable[[Any], str], int]:
    """How to print each element of `array`, and how wide; only finite values that aren't zero have a say."""
    precision, scientific = _options["precision"], _options["sci_mode"]
    if array.dtype.kind != "f":
        return str, max((len(str(x)) for x in array.ravel().tolist()), default=1)
    values = array.astype(np.float64).ravel()
    values = values[np.isfinite(values) & (values != 0)]
    if not values.size:
        return _whole, 1
    size = np.abs(values)
    whole = bool((values == np.ceil(values)).all())
    if scientific is None:
        scientific = size.max() / size.min() > 1000 or size.max() > 1e8 or (not whole and size.min() < 1e-4)
    text = _whole if whole and not scientific else f"{{:.{precision}{'e' if scientific else 'f'}}}".format
    return text, max(len(text(x)) for x in values.tolist())


def _whole(x: float) -> str:
    return f"{x:.0f}." if np.isfinite(x) else f"{x:.0f}"


# ---------------------------------------------------------------------------------------------- the array


def _ends(array: np.ndarray) -> np.ndarray:
    """The corners that are shown of a summarised array."""
    edge = _options["edgeitems"]
    for axis, n in enumerate(array.shape):
        if n > 2 * edge:
            array = np.take(array, [*range(edge), *range(n - edge, n)], axis)
    return array


def _rows(array: np.ndarray, indent: int, summarise: bool, text: Callable[[Any], str], width: int) -> str:
    """Nested brackets, `indent` columns from the left."""
    edge = _options["edgeitems"]
    if array.ndim == 0:
        return text(array.item()).rjust(width)
    cut = summarise and len(array) > 2 * edge
    shown = [*array[:edge], *array[len(array) - edge :]] if cut else list(array)
    if array.ndim == 1:
        items = [text(x.item()).rjust(width) for x in shown]
        if cut:
            items.insert(edge, " ..." if edge else "...")
        per_line = max(1, (_options["linewidth"] - indent) // (width + 2))
        lines = [", ".join(items[i : i + per_line]) for i in range(0, len(items), per_line)]
        return "[" + (",\n" + " " * (indent + 1)).join(lines) + "]"
    parts = [_rows(part, indent + 1, summarise, text, width) for part in shown]
    if cut:
        parts.insert(edge, "...")
    return "[" + ("," + "\n" * (array.ndim - 1) + " " * (indent + 1)).join(parts) + "]"


def _repr(self: Tensor) -> str:
    """`tensor([1., 2.], requires_grad=True)`: the values, and the dtype where they don't tell it."""
    array, prefix = self._array, "tensor("
    ending = []
    told: tuple[Any, ...] = (state.default_dtype,)  # dtypes that the values tell
    if array.size:
        summarise = array.size > _options["threshold"]
        told = (*told, np.int64, np.bool_)
        text = _rows(array, len(prefix), summarise, *_number_format(_ends(array) if summarise else array))
    else:
        text = "[]"
    if array.ndim != 1 if not array.size else not _options["edgeitems"]:  # where the brackets don't tell the shape
        ending.append(f"size={self.shape}")
    if array.dtype not in told:
        ending.append(f"dtype=gg.{array.dtype}")
    if self._node is not None:
        ending.append(f"grad_fn=<{self._node.name()}>")
    elif self._requires_grad:
        ending.append("requires_grad=True")
    text = prefix + text
    column = len(text) - text.rfind("\n") + 1
    for part in ending:
        if column + len(part) + 2 > _options["linewidth"]:
            text += ",\n" + " " * len(prefix) + part
            column = len(prefix) + len(part)
        else:
            text += ", " + part
            column += len(part) + 2
    return text + ")"


def _format(self: Tensor, spec: str) -> str:
    """A tensor without dimensions is formatted as its number; others take no format."""
    if self._array.ndim == 0:
        return format(self.item(), spec)
    if spec:
        raise TypeError(f"format {spec!r} on a tensor of shape {self.shape}: only one number can be formatted: write x.item() or x[i]")
    return repr(self)


attach(__repr__=_repr, __format__=_format)
