"""PyTorch's own operator samples, and what stands for each operator here. Imports torch: only under importorskip."""

import functools
import itertools
import os
import types
import warnings
from fnmatch import fnmatchcase

import numpy as np
import torch

import glassgrad as gg
from glassgrad.absent import instead

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from torch.testing._internal.common_methods_invocations import op_db
    from torch.testing._internal.opinfo import core

    OP_DB = [info for info in op_db if info.variant_test_name not in ("complex", "triton_optimized")]
torch.set_num_threads(1)  # the samples are small: beside other work, threads that wait for each other take five times as long

DEFAULT = 0
SAMPLES = int(os.environ.get("GLASSGRAD_PARITY_SAMPLES", DEFAULT))  # an operator and dtype; 0: all that aren't too large
LARGEST = 3000  # elements of all the tensors of a sample; larger ones only where there is no other

# PyTorch's own machinery; what else isn't here is in glassgrad.absent.
MACHINERY = "PyTorch's own machinery, of its compiler, its backward or its GPU kernels"
LEFT_OUT = [
    "_[!_]*", "[!ai]*_copy", "alias_copy", "__rdiv__", "constant_pad_nd", "hash_tensor", "jiterator_*", "max_pool2d_with_indices_backward", "native_*",
    "nn.functional.linear_cross_entropy", "slice", "torch.*", "unsafe_*",
]  # fmt: skip

# Where values are equal, which of them an index points to is nobody's promise.
TIES = {"topk", "sort", "argsort", "msort", "kthvalue", "median", "nanmedian", "mode", "cummax", "cummin", "unique"}

# Elementwise operators have few samples of their own: their values at infinities, NaNs and numbers near the edges too.
MORE = [
    (core.UnaryUfuncInfo, core.generate_elementwise_unary_small_value_tensors),
    (core.UnaryUfuncInfo, core.generate_elementwise_unary_extremal_value_tensors),
    (core.BinaryUfuncInfo, core.generate_elementwise_binary_small_value_tensors),
    (core.BinaryUfuncInfo, core.generate_elementwise_binary_extremal_value_tensors),
]

# What they give is unset memory.
UNINITIALISED = {"empty", "empty_like", "new_empty"}


def full_name(info):
    return f"{info.name} ({info.variant_test_name})" if info.variant_test_name else info.name


def excluded(info):
    """Why the operator isn't here, or None."""
    return MACHINERY if any(fnmatchcase(info.name, pattern) for pattern in LEFT_OUT) else instead(info.name)


def by_chance(info):
    """Whether the values of some samples are random, or none that mean anything."""
    code = getattr(info.op, "__code__", None)
    return info.name in UNINITIALISED or (code is not None and "wrapper_set_seed" in code.co_names)


UNSEEDED = {"wrapper_set_seed": lambda f, *args, **kwargs: f(*args, **kwargs)}


def unseeded(function):
    """A function of PyTorch's tests that sets the seed, without that."""
    if not isinstance(function, types.FunctionType):
        return function
    return types.FunctionType(function.__code__, function.__globals__ | UNSEEDED, function.__name__, function.__defaults__, function.__closure__)


# ---------------------------------------------------------------------------------------------- our counterpart


def resolve(name):
    """Our function of PyTorch's dotted name (`nn.functional.gelu`), or the Tensor method of that name, or None."""
    value = gg
    for part in name.removeprefix("torch.").split("."):
        try:
            value = getattr(value, part)
        except (AttributeError, RuntimeError, NotImplementedError):
            value = None
            break
    return value if callable(value) else getattr(gg.Tensor, name, None) or getattr(gg.Tensor, name + "_", None)


BY_NAME = {full_name(info): info for info in OP_DB}


def exists(info):
    return resolve(info.name) is not None


def ours(function, name):
    """What `function` of PyTorch is here: a wrapper in PyTorch's tests runs with `torch` standing for glassgrad."""
    if isinstance(function, functools.partial):
        return functools.partial(ours(function.func, name), *function.args, **function.keywords)
    if isinstance(function, types.FunctionType) and function.__module__.startswith("torch.testing"):
        space = function.__globals__ | UNSEEDED | {"torch": gg, "F": gg.nn.functional}
        cells = tuple(types.CellType(_ours_in_cell(cell.cell_contents, name)) for cell in function.__closure__ or ())
        made = types.FunctionType(function.__code__, space, function.__name__, function.__defaults__, cells)
        made.__kwdefaults__ = function.__kwdefaults__
        return made
    return resolve(name)


def _ours_in_cell(value, name):
    return ours(value, name) if isinstance(value, types.FunctionType) else value


def variants(info):
    """The ways to call it: (name, PyTorch's callable, ours or None where we haven't that one)."""
    yield "function", info.op, ours(info.op, info.name)
    if isinstance(info.method_variant, types.MethodDescriptorType | types.FunctionType) and info.method_variant is not info.op:
        yield "method", info.method_variant, getattr(gg.Tensor, info.name, None)
    written = info.inplace_variant
    if isinstance(written, types.FunctionType | functools.partial):
        yield "in place", written, ours(written, info.name)
    elif written is not None and not info.name.endswith("_"):
        yield "in place", written, getattr(gg.Tensor, info.name + "_", None)
    if info.operator_variant is not None:
        yield "operator", info.operator_variant, info.operator_variant
    for alias in info.aliases:
        yield f"alias {alias.name}", alias.op, resolve(alias.name)


# ---------------------------------------------------------------------------------------------- samples


def dtypes_of(info):
    return [dtype for dtype in (torch.float64, torch.float32, torch.int64, torch.bool) if info.supports_dtype(dtype, "cpu")]


def chosen(info, dtype, count=SAMPLES):
    """(number, sample) for its samples that aren't too large, or for `count` of them, spread over the list."""
    torch.default_generator.manual_seed(0)  # not torch.manual_seed, nor info.sample_inputs: these look at the whole stack each time, at 1 ms
    np.random.seed(0)  # noqa: NPY002  # PyTorch's samples draw from it
    requires_grad = info.supports_autograd and dtype.is_floating_point
    inputs = [info.sample_inputs_func(info, "cpu", dtype, requires_grad)]
    if dtype.is_floating_point:
        inputs += [more(info, device="cpu", dtype=dtype) for kind, more in MORE if isinstance(info, kind)]
    made = list(enumerate(itertools.chain(*inputs)))
    made = [(i, sample) for i, sample in made if convertible(sample)]
    small = [(i, sample) for i, sample in made if sum(t.numel() for t in tensors(sample)) <= LARGEST] or made[:1]
    if not count or len(small) <= count:
        return small
    return [small[round(i * (len(small) - 1) / (count - 1))] for i in range(count)] if count > 1 else small[:1]


def mapped(value, change):
    """Nested arguments with `change` applied to what is no container."""
    if isinstance(value, torch.Size):
        return tuple(value)
    if isinstance(value, list | tuple):
        items = [mapped(item, change) for item in value]
        return items if isinstance(value, list) else tuple(items)
    if isinstance(value, dict):
        return {key: mapped(item, change) for key, item in value.items()}
    if isinstance(value, slice):
        return slice(*(mapped(item, change) for item in (value.start, value.stop, value.step)))
    return change(value)


def arguments(sample):
    return ((sample.input, *sample.args), sample.kwargs)


def tensors(sample):
    found = []
    mapped(arguments(sample), lambda x: found.append(x) if isinstance(x, torch.Tensor) else None)
    return found


def convertible(sample):
    """Whether we have the dtypes and layouts of the sample."""
    fine = []

    def look(x):
        if isinstance(x, torch.Tensor):
            fine.append(x.layout == torch.strided and not x.is_quantized and our_dtype(x.dtype) is not None)
        elif isinstance(x, torch.dtype):
            fine.append(our_dtype(x) is not None)
        elif isinstance(x, torch.layout):
            fine.append(x == torch.strided)
        else:
            fine.append(not isinstance(x, complex))

    mapped(arguments(sample), look)
    return all(fine)


def our_dtype(dtype):
    return getattr(gg, str(dtype).removeprefix("torch."), None)


def array_of(tensor):
    """A copy of its values in the same memory layout."""
    tensor = tensor.detach().resolve_neg()
    if tensor.is_contiguous():
        return tensor.numpy().copy()
    memory = torch.as_strided(tensor, (tensor.untyped_storage().nbytes() // tensor.element_size(),), (1,), 0).numpy().copy()
    strides = [step * memory.itemsize for step in tensor.stride()]
    return np.lib.stride_tricks.as_strided(memory[tensor.storage_offset() :], tuple(tensor.shape), strides)


def converted(sample, library, double=False):
    """The arguments for `library` (torch or gg), sharing nothing with the sample, and the leaves that require grad; floats as float64 if `double`."""
    seen, leaves = {}, []

    def change(x):
        if isinstance(x, torch.Tensor):
            if id(x) not in seen:
                array = array_of(x)
                seen[id(x)] = made = library.from_numpy(array.astype(np.float64) if double and array.dtype.kind == "f" else array)
                if x.requires_grad:
                    leaves.append(made.requires_grad_())
            return seen[id(x)]
        if library is gg:
            if isinstance(x, torch.dtype):
                return our_dtype(x)
            if isinstance(x, torch.device):
                return gg.device("cpu")
            if isinstance(x, torch.layout | torch.memory_format):
                return getattr(gg, str(x).removeprefix("torch."), x)
            if isinstance(x, torch.nn.Module):
                return getattr(gg.nn, type(x).__name__)()
            if isinstance(x, types.FunctionType | types.BuiltinFunctionType):
                return ours(x, x.__name__) or getattr(gg.nn.functional, x.__name__)
        return x

    (args, kwargs) = mapped(arguments(sample), change)
    return args, kwargs, leaves
