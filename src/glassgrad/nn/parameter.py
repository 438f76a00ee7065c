"""`Parameter` and `Buffer`: tensors that a module knows as its own."""

from __future__ import annotations

from typing import Any

from glassgrad.tensor import Tensor, as_array, make


class Parameter(Tensor):
    """A leaf that becomes a parameter of the module it is assigned to. It shares the memory of `data`.

    It takes attributes of one's own, `p.tag = 1`, which pickling keeps; a plain tensor, of which there are many, takes none.
    """

    __slots__ = ("__dict__",)

    def __init__(self, data: Any = (), requires_grad: bool = True) -> None:
        super().__init__(data if isinstance(data, Tensor) else make(as_array(data), None), requires_grad=requires_grad)

    def __reduce__(self) -> Any:
        return *super().__reduce__(), self.__dict__ or None

    def __repr__(self) -> str:
        return "Parameter containing:\n" + super().__repr__()


class Buffer(Tensor):
    """A tensor that becomes a buffer of the module it is assigned to: state that isn't trained. It shares the memory of `data`."""

    __slots__ = ("persistent",)

    def __init__(self, data: Any = (), *, persistent: bool = True) -> None:
        super().__init__(data if isinstance(data, Tensor) else make(as_array(data), None))
        self.persistent = persistent
