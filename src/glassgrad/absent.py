"""PyTorch's names that glassgrad hasn't: each says what to write instead."""

from __future__ import annotations

from typing import Any

_NO_COMPLEX = "there are no complex tensors: keep the real and imaginary parts as two float tensors"
_NO_SPARSE = "there are no sparse tensors: write a dense one, gg.zeros(size).index_put_(tuple(indices), values, accumulate=True)"
_NO_QUANTIZED = "there are no quantized tensors: the integer dtypes are gg.int8, gg.uint8, gg.int16, gg.int32 and gg.int64"
_NO_SMALL_FLOATS = "there are no 8-bit floats: write gg.float32 (or gg.float16, for memory)"

# name in `gg.` -> what to write instead
INSTEAD = {
    **dict.fromkeys(("complex32", "complex64", "complex128", "complex", "cfloat", "cdouble", "chalf"), _NO_COMPLEX),
    **dict.fromkeys(("ComplexFloatTensor", "fft", "stft", "istft", "polar", "view_as_complex", "view_as_real"), _NO_COMPLEX),
    **dict.fromkeys(("sparse", "sparse_coo_tensor", "sparse_csr_tensor", "sparse_coo", "sparse_csr"), _NO_SPARSE),
    **dict.fromkeys(("smm", "hspmm"), "there are no sparse tensors: write gg.mm on dense ones"),
    **dict.fromkeys(("qint8", "quint8", "qint32", "quantize_per_tensor", "quantization", "ao"), _NO_QUANTIZED),
    **dict.fromkeys(("float8_e4m3fn", "float8_e5m2"), _NO_SMALL_FLOATS),
    "BFloat16Tensor": "there is no bfloat16: write gg.FloatTensor (or gg.HalfTensor, for memory)",
    "uint16": "write gg.int32", "uint32": "write gg.int64", "uint64": "write gg.int64",
    "fx": "gg.viz.picture shows the graph of a computation", "export": "gg.save(model.state_dict(), path) keeps its weights",
    "profiler": "Python's cProfile shows the time of each op", "hub": "build the model in code, and load its weights with gg.load",
    "nested": "pad the tensors to one length, with a mask", "masked": "write gg.where(mask, x, other)",
    "library": "declare an op with glassgrad.op.op",
    "overrides": "subclass gg.Tensor", "mtia": "glassgrad runs on the CPU only", "hpu": "glassgrad runs on the CPU only",
}  # fmt: skip

# name of a Tensor method or attribute -> what to write instead
METHODS = {
    **dict.fromkeys(("imag", "real", "conj", "angle", "cfloat", "cdouble", "chalf", "stft", "istft"), _NO_COMPLEX),
    **dict.fromkeys(("coalesce", "indices", "values", "sparse_dim", "dense_dim", "sparse_mask", "crow_indices", "col_indices"), _NO_SPARSE),
    **dict.fromkeys(("to_sparse_coo", "to_sparse_csr", "is_coalesced"), _NO_SPARSE),
    **dict.fromkeys(("dequantize", "int_repr", "q_scale", "q_zero_point"), _NO_QUANTIZED),
    **dict.fromkeys(("storage", "untyped_storage", "storage_type"), "x.data_ptr(), x.storage_offset() and x.stride() tell where it lies"),
    **dict.fromkeys(("apply_", "map_", "map2_"), "write the function with gg functions, or x.copy_(gg.tensor([f(v) for v in x.tolist()]))"),
    **dict.fromkeys(("resize", "resize_", "resize_as_", "set_"), "the shape of a tensor is fixed: write x.data = y, or x.reshape(shape)"),
    **dict.fromkeys(("as_strided", "as_strided_"), "write x.unfold(dim, size, step), x.diagonal() or x[::step], which are views too"),
    "bfloat16": "there is no bfloat16: write x.float() (or x.half(), for memory)",
    "new": "write x.new_zeros(size), or x.new_tensor(data)",
    "volatile": "write with gg.no_grad():",
    "to_mkldnn": "tensors are ordinary memory: leave it out",
}  # fmt: skip


class Absent:
    """Stands on Tensor for one of these: AttributeError that says what to write. (A `__getattr__` would slow every attribute by 30 ns.)"""

    def __init__(self, name: str, instead: str) -> None:
        self.name = name
        self.instead = instead

    def __get__(self, instance: Any, kind: type) -> Any:
        raise AttributeError(f"{kind.__name__!r} object has no attribute {self.name!r}: {self.instead}", name=self.name, obj=instance)


def refusing(name: str, instead: str) -> Any:
    """A function `name` that raises NotImplementedError and says what to write instead."""

    def function(*args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(f"{name}: {instead}")

    function.__name__ = function.__qualname__ = name.rpartition(".")[2]
    function.__doc__ = f"NotImplementedError: {instead}."
    return function


def refusing_class(name: str, instead: str) -> Any:
    """A class whose constructor raises NotImplementedError and says what to write instead."""
    return type(name.rpartition(".")[2], (), {"__init__": refusing(name, instead), "__doc__": f"NotImplementedError: {instead}."})
