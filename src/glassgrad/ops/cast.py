"""What a tensor is made of: PyTorch's typed constructors and `type`, its questions about dtype, layout and device, DLPack."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from glassgrad import dtypes
from glassgrad.device import Size, on
from glassgrad.dtypes import DTYPES, as_dtype
from glassgrad.ops.shape import clone, to
from glassgrad.tensor import Tensor, as_array, attach, make

__all__ = [  # the names in `gg.`
    "BoolTensor", "ByteTensor", "CharTensor", "DoubleTensor", "FloatTensor", "HalfTensor", "IntTensor", "LongTensor", "ShortTensor",
    "asarray", "channels_last", "contiguous_format", "from_dlpack", "is_complex", "is_floating_point", "is_tensor", "numel",
    "preserve_format", "result_type", "strided",
]  # fmt: skip


# ---------------------------------------------------------------------------------------------- typed constructors


class _Typed(type):
    """A class of tensors by dtype: nothing is an instance by class, everything of the dtype is by `isinstance`."""

    dtype: np.dtype[Any]

    def __instancecheck__(cls, x: Any) -> bool:
        return isinstance(x, Tensor) and x.dtype == cls.dtype

    def __call__(cls, *data: Any) -> Tensor:
        if len(data) == 1 and not isinstance(data[0], (Size, int, np.integer)):
            values = data[0]
            if isinstance(values, Tensor):
                if values.dtype != cls.dtype:
                    raise TypeError(f"{cls.__name__}: got a tensor of {values.dtype}: write x.to(gg.{cls.dtype})")
                return values.detach()
            if not np.ndim(values):
                raise TypeError(f"{cls.__name__}: expected sizes or a sequence, got {values!r}: write gg.tensor({values!r})")
            return make(np.array(as_array(values, cls.dtype), order="C"), None)
        shape = data[0] if data and isinstance(data[0], Size) else data or (0,)
        return make(np.empty([operator.index(n) for n in shape], cls.dtype), None)


def _typed(name: str, dtype: np.dtype[Any]) -> Any:
    doc = f"`{name}([1, 2])` holds values as {dtype}, `{name}(2, 3)` unset memory of that shape; see `gg.tensor`."
    return _Typed(name, (), {"dtype": dtype, "__doc__": doc, "__module__": __name__})


BoolTensor, ByteTensor = _typed("BoolTensor", dtypes.bool), _typed("ByteTensor", dtypes.uint8)
CharTensor, ShortTensor = _typed("CharTensor", dtypes.int8), _typed("ShortTensor", dtypes.int16)
IntTensor, LongTensor = _typed("IntTensor", dtypes.int32), _typed("LongTensor", dtypes.int64)
HalfTensor, FloatTensor = _typed("HalfTensor", dtypes.float16), _typed("FloatTensor", dtypes.float32)
DoubleTensor = _typed("DoubleTensor", dtypes.float64)
_TYPED = (BoolTensor, ByteTensor, CharTensor, ShortTensor, IntTensor, LongTensor, HalfTensor, FloatTensor, DoubleTensor)
_NAMES = {kind.dtype: kind.__name__ for kind in _TYPED}
_BY_NAME = {kind.__name__: kind.dtype for kind in _TYPED}
assert set(_NAMES) == set(DTYPES)


def dtype_named(who: str, kind: Any) -> np.dtype[Any]:
    """The dtype that a class (`gg.LongTensor`), its name ('torch.LongTensor'), or a dtype stands for."""
    if isinstance(kind, _Typed):
        return kind.dtype
    if isinstance(kind, str) and kind.endswith("Tensor"):
        package, _, name = kind.rpartition(".")
        if package not in ("torch", "glassgrad", "gg", "") or name not in _BY_NAME:
            raise TypeError(f"{who}: no {kind!r} on the CPU: there are {', '.join(_BY_NAME)}")
        return _BY_NAME[name]
    return as_dtype(kind)


def _type(x: Tensor, dtype: Any = None, non_blocking: bool = False) -> Any:
    """PyTorch's name of the tensor's class, 'torch.FloatTensor', or the tensor cast to a dtype, a class or such a name."""
    return f"torch.{_NAMES[x.dtype]}" if dtype is None else to(x, dtype_named("type", dtype))


# ---------------------------------------------------------------------------------------------- questions


def is_tensor(obj: Any) -> bool:
    """Whether `obj` is a tensor."""
    return isinstance(obj, Tensor)


def is_floating_point(input: Tensor) -> bool:
    """Whether the dtype is float16, float32 or float64."""
    return input.is_floating_point()


def is_complex(input: Tensor) -> bool:
    """False: there are no complex tensors."""
    return False


def numel(input: Tensor) -> int:
    """The number of elements."""
    return input.numel()


def result_type(tensor1: Any, tensor2: Any) -> np.dtype[Any]:
    """The dtype of what `tensor1 + tensor2` gives; each may be a tensor or a Python number."""
    return dtypes.result_type(*(x._array if isinstance(x, Tensor) else x for x in (tensor1, tensor2)))


class _Layout:
    """A name for how memory is laid out: arrays may have any strides, so it asks for nothing."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"gg.{self.name}"


strided, contiguous_format, preserve_format = _Layout("strided"), _Layout("contiguous_format"), _Layout("preserve_format")
channels_last = _Layout("channels_last")


# ---------------------------------------------------------------------------------------------- other libraries' memory


def asarray(obj: Any, *, dtype: Any = None, device: Any = None, copy: bool | None = None, requires_grad: bool = False) -> Tensor:
    """A tensor of `obj` (tensor, array, nested lists, anything with `__dlpack__`), sharing its memory where no copy or cast is needed."""
    on(device)
    if isinstance(obj, Tensor):
        made = obj if dtype is None else to(obj, dtype)
        made = made if requires_grad else made.detach()
        shared = made._array is obj._array
    elif hasattr(obj, "__dlpack__") and not isinstance(obj, (np.ndarray, np.generic)):
        made = from_dlpack(obj)
        made = made if dtype is None else to(made, dtype)
        shared = dtype is None
    else:
        array = as_array(obj, dtype)
        made, shared = make(array, None), isinstance(obj, np.ndarray) and np.shares_memory(array, obj)
    if copy and shared:
        made = clone(made)
    if copy is False and not shared:
        raise ValueError(f"asarray: copy=False, but {type(obj).__name__} can't be shared as a tensor{f' of {dtype}' if dtype else ''}")
    return made.requires_grad_() if requires_grad and made.is_leaf else made


def from_dlpack(ext_tensor: Any) -> Tensor:
    """A tensor on the memory of another library's CPU tensor (anything with `__dlpack__`): a write to either is seen by both."""
    if not hasattr(ext_tensor, "__dlpack__"):
        raise TypeError(f"from_dlpack: {type(ext_tensor).__name__} has no __dlpack__: write gg.asarray(...)")
    array = np.from_dlpack(ext_tensor)
    return make(array.view(as_dtype(array.dtype)), None)


def _dlpack(self: Tensor, **options: Any) -> Any:
    """Export the memory to another library: `torch.from_dlpack(t)`, `np.from_dlpack(t)`. BufferError if the tensor requires grad."""
    if self.requires_grad:
        raise BufferError("__dlpack__: this tensor requires grad, and what shares its memory can't: write t.detach()")
    return self._array.__dlpack__(**options)


# ---------------------------------------------------------------------------------------------- methods


def _cpu_only(name: str) -> Any:
    def method(self: Tensor, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError(f"{name}: glassgrad runs on the CPU only: leave .{name}() out, or write .to(device) with device='cpu'")

    method.__doc__ = "RuntimeError: there is no such device."
    return method


def _refuse_sparse(self: Tensor, *args: Any, **kwargs: Any) -> Any:
    """NotImplementedError: there are no sparse tensors."""
    raise NotImplementedError("to_sparse: glassgrad has no sparse tensors: leave the tensor dense, and write gg.mm for gg.sparse.mm")


def _refuse_sharing(self: Tensor) -> Any:
    """NotImplementedError: other processes get copies."""
    raise NotImplementedError("share_memory_: processes get copies of tensors: threads share them, write threading.Thread")


def _itself(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """The tensor itself: it is already so."""
    return self


def _cpu(self: Tensor, memory_format: Any = None) -> Tensor:
    """The tensor itself: it is on the CPU."""
    return self


def _type_as(self: Tensor, other: Tensor) -> Tensor:
    """Cast to the dtype of `other`."""
    return to(self, other.dtype)


def _is_signed(self: Tensor) -> bool:
    """Whether the dtype has negative numbers."""
    return self.dtype.kind in "fi"


def _data_ptr(self: Tensor) -> int:
    """The address of the first element: views that begin at the same element share it."""
    return self._array.__array_interface__["data"][0]


def _storage_offset(self: Tensor) -> int:
    """How many elements after the start of the memory the first one lies."""
    whole = self._array
    while isinstance(whole.base, np.ndarray):
        whole = whole.base
    return (_data_ptr(self) - whole.__array_interface__["data"][0]) // self._array.itemsize


def _is_same_size(self: Tensor, other: Tensor) -> bool:
    """Whether both have one shape."""
    return self.shape == other.shape


def _always(value: Any, doc: str) -> Any:
    def method(self: Tensor) -> Any:
        return value

    method.__doc__ = doc
    return method


_ATTRIBUTES: dict[str, Any] = {
    "type": _type, "type_as": _type_as, "cpu": _cpu, "cuda": _cpu_only("cuda"), "xpu": _cpu_only("xpu"), "to_sparse": _refuse_sparse,
    "share_memory_": _refuse_sharing, "pin_memory": _itself, "to_dense": _itself, "resolve_conj": _itself, "resolve_neg": _itself,
    "get_device": _always(-1, "-1, which stands for the CPU."), "is_pinned": _always(False, "False: memory is never pinned."),
    "is_shared": _always(False, "False: processes get copies."), "is_conj": _always(False, "False: there are no complex tensors."),
    "is_complex": is_complex, "is_signed": _is_signed, "is_same_size": _is_same_size, "data_ptr": _data_ptr,
    "storage_offset": _storage_offset, "ndimension": Tensor.dim,
    "is_cuda": False, "is_xpu": False, "is_mps": False, "is_meta": False, "is_cpu": True,
    "is_quantized": False, "is_mkldnn": False, "is_nested": False, "layout": strided,
    "itemsize": property(lambda x: x._array.itemsize, doc="Bytes an element."),
    "nbytes": property(lambda x: x._array.nbytes, doc="Bytes of all elements."),
    "__dlpack__": _dlpack, "__dlpack_device__": lambda x: x._array.__dlpack_device__(),
}  # fmt: skip
attach(**_ATTRIBUTES)
