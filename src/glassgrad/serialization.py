"""`gg.save` and `gg.load`: files of nested containers of tensors, that share what they shared, and run no code when loaded.

A file is a zip: `glassgrad/format`, `glassgrad/data.pkl` (the structure, a pickle in which tensors are numbers) and
`glassgrad/memory/0`, ... (raw bytes, one entry for each block of memory that tensors are views of). A name that ends in
`.safetensors` makes a file of that format instead, which other libraries read: a flat dict of tensors.
"""

from __future__ import annotations

import io
import os
import pickle
import sys
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.array_utils import byte_bounds

from glassgrad import writes
from glassgrad.device import Size, device
from glassgrad.dtypes import DTYPES, as_dtype
from glassgrad.nn.parameter import Parameter
from glassgrad.tensor import Tensor, make
from glassgrad.tensor import _rebuild as rebuild

__all__ = ["add_safe_globals", "clear_safe_globals", "get_safe_globals", "load", "safe_globals", "save"]
_FORMAT = "1"
_ZIP, _PICKLE = b"PK\x03\x04", b"\x80"
_KINDS: dict[str, type[Tensor]] = {"Tensor": Tensor, "Parameter": Parameter}
_BUILTIN_SAFE = (OrderedDict, set, frozenset, complex, bytearray, slice, range)  # C types: a file can't write to their attributes
_safe: dict[tuple[str, str], Any] = {}


def save(obj: Any, f: Any) -> None:
    """Write tensors, state dicts, or any nesting of them with what pickle takes, to a path or a binary file.

    Tensors that share memory share it again when loaded. A path that ends in ".safetensors" takes a flat dict of tensors.
    """
    if isinstance(f, (str, os.PathLike)):
        path = os.fspath(f)
        if path.endswith(".safetensors"):
            _save_safetensors(obj, path)
            return
        with open(path, "wb") as file:
            _write(obj, file)
    elif hasattr(f, "write"):
        _write(obj, f)
    else:
        raise TypeError(f"save: expected a path or a file opened for writing bytes, got {type(f).__name__}: write gg.save(obj, path)")


def load(f: Any, map_location: Any = None, *, weights_only: bool = True, mmap: bool | None = None) -> Any:
    """Read what `gg.save` wrote, from a path or a binary file.

    map_location: "cpu", or anything that asks for it; any other device raises RuntimeError.
    weights_only: True loads tensors, containers and numbers, and runs no code; False unpickles any object, which runs
    whatever the file says: only for files that you trust. Classes that are safe can be named with `add_safe_globals`.
    mmap: accepted: files are read whole.
    Raises pickle.UnpicklingError for what weights_only refuses, RuntimeError for files of another kind.
    """
    for place in map_location.values() if isinstance(map_location, dict) else (map_location,):
        if place is not None and not callable(place):
            device(place)
    if isinstance(f, (str, os.PathLike)):
        path = os.fspath(f)
        if path.endswith(".safetensors"):
            from safetensors.numpy import load_file

            return {name: make(_ours(name, array), None) for name, array in load_file(path).items()}
        with open(path, "rb") as file:
            return _read(file, weights_only, path)
    if hasattr(f, "read"):
        seekable = hasattr(f, "seekable") and f.seekable()
        return _read(f if seekable else io.BytesIO(f.read()), weights_only, str(getattr(f, "name", "the file")))
    raise TypeError(f"load: expected a path or a file opened for reading bytes, got {type(f).__name__}")


def _ours(name: str, array: np.ndarray) -> np.ndarray:
    if array.dtype not in DTYPES:
        raise TypeError(f"load: {name!r} has dtype {array.dtype}: there are {', '.join(map(str, DTYPES))}")
    return array


def _save_safetensors(obj: Any, path: str) -> None:
    from safetensors.numpy import save_file

    if not isinstance(obj, dict) or not all(isinstance(k, str) and isinstance(v, (Tensor, np.ndarray)) for k, v in obj.items()):
        raise TypeError(
            "save: a .safetensors file holds a flat dict of tensors, as model.state_dict(): for anything else write a "
            "path that ends otherwise, gg.save(obj, 'checkpoint.gg')"
        )
    arrays = {name: x.detach().numpy() if isinstance(x, Tensor) else x for name, x in obj.items()}
    save_file({name: np.ascontiguousarray(array).reshape(array.shape) for name, array in arrays.items()}, path)


# ---------------------------------------------------------------------------------------------- writing


class _Pickler(pickle.Pickler):
    """Pickles the structure; tensors, arrays, their numbers and dtypes become references to plain values."""

    def __init__(self, file: Any) -> None:
        super().__init__(file, protocol=4)
        self.blocks: list[np.ndarray] = []  # kept alive: they are told apart by address
        self.places: dict[tuple[int, int], int] = {}

    def persistent_id(self, obj: Any) -> Any:
        if isinstance(obj, Tensor):
            kind = type(obj)
            return ("tensor", kind if _KINDS.get(kind.__name__) is not kind else kind.__name__, self.place(obj._array), obj.requires_grad)
        if isinstance(obj, (np.ndarray, np.generic)) and obj.dtype in DTYPES:
            return ("array", self.place(obj)) if isinstance(obj, np.ndarray) else ("number", str(obj.dtype), obj.item())
        if isinstance(obj, np.dtype) and obj in DTYPES:
            return ("dtype", str(obj))
        if isinstance(obj, device):
            return ("device", str(obj))
        return ("size", tuple(obj)) if type(obj) is Size else None

    def place(self, array: np.ndarray) -> tuple[Any, ...]:
        """Where the array lies: number of the block, offset in bytes, dtype, shape, strides in bytes."""
        owner = writes.owner(array)
        start, end = byte_bounds(owner)
        if end - start != owner.nbytes or not array.size:  # it has gaps: a copy without
            owner = array = np.array(array, order="C")
            start, end = byte_bounds(owner)
        number = self.places.setdefault((start, end), len(self.blocks))
        if number == len(self.blocks):
            self.blocks.append(owner)
        return number, array.__array_interface__["data"][0] - start, str(array.dtype), array.shape, array.strides


def _write(obj: Any, file: Any) -> None:
    import zipfile

    structure = io.BytesIO()
    pickler = _Pickler(structure)
    pickler.dump(obj)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("glassgrad/format", f"{_FORMAT} {sys.byteorder}")
        archive.writestr("glassgrad/data.pkl", structure.getvalue())
        for i, block in enumerate(pickler.blocks):
            archive.writestr(f"glassgrad/memory/{i}", block.tobytes(order="A"))  # as it lies in memory


# ---------------------------------------------------------------------------------------------- reading


class _Unpickler(pickle.Unpickler):
    """Rebuilds tensors from the blocks; with `weights_only` no name is looked up that isn't known to be safe."""

    def __init__(self, file: Any, blocks: Callable[[int], np.ndarray], weights_only: bool) -> None:
        super().__init__(file)
        self.blocks = blocks
        self.weights_only = weights_only

    def find_class(self, module: str, name: str) -> Any:
        if not self.weights_only:
            return super().find_class(module, name)
        known = {(kind.__module__, kind.__qualname__): kind for kind in _BUILTIN_SAFE} | _safe
        if (module, name) not in known:
            raise pickle.UnpicklingError(
                f"load: the file names {module}.{name}, and weights_only=True loads tensors, containers and numbers only. If you trust "
                "the file, write gg.load(..., weights_only=False); a class of your own can be let in with gg.serialization.add_safe_globals"
            )
        return known[module, name]

    def persistent_load(self, pid: Any) -> Any:
        match pid:
            case ("tensor", kind, place, bool() as requires_grad):
                kind = _KINDS.get(kind) if isinstance(kind, str) else kind
                if isinstance(kind, type) and issubclass(kind, Tensor):
                    return rebuild(kind, self.array(*place), False).requires_grad_(requires_grad)
            case ("array", place):
                return self.array(*place)
            case ("number", str() as dtype, value):
                return as_dtype(dtype).type(value)
            case ("dtype", str() as dtype):
                return as_dtype(dtype)
            case ("device", str() as name):
                return device(name)
            case ("size", sizes):
                return Size(sizes)
        raise pickle.UnpicklingError(f"load: the file refers to something unknown, {pid!r:.80}")

    def array(self, number: int, offset: int, dtype: str, shape: tuple[int, ...], strides: tuple[int, ...]) -> np.ndarray:
        return np.ndarray(shape, as_dtype(dtype), self.blocks(number), offset, strides)  # it checks that all lies inside


def _read(file: Any, weights_only: bool, name: str) -> Any:
    import zipfile

    start = file.tell()
    magic = file.read(4)
    file.seek(start)
    if magic != _ZIP:
        what = "a pickle, as PyTorch before 1.6 or pickle.dump writes" if magic[:1] == _PICKLE else "no file that gg.save wrote"
        raise RuntimeError(f"load: {name} is {what}: {_HOW_TO_BRING_WEIGHTS}")
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        if "glassgrad/format" not in names:
            if any(entry.endswith("data.pkl") for entry in names):
                raise RuntimeError(f"load: {name} is a PyTorch file: {_HOW_TO_BRING_WEIGHTS}")
            raise RuntimeError(f"load: {name} is a zip file, but none that gg.save wrote")
        version, order = archive.read("glassgrad/format").decode().split()
        if version != _FORMAT or order != sys.byteorder:
            reads = f"this glassgrad reads {_FORMAT} ({sys.byteorder}-endian)"
            raise RuntimeError(f"load: {name} has format {version} ({order}-endian), {reads}")
        held: dict[int, np.ndarray] = {}

        def block(number: int) -> np.ndarray:
            if number not in held:
                held[number] = np.array(np.frombuffer(archive.read(f"glassgrad/memory/{int(number)}"), np.uint8))
            return held[number]

        return _Unpickler(io.BytesIO(archive.read("glassgrad/data.pkl")), block, weights_only).load()


_HOW_TO_BRING_WEIGHTS = (
    "to bring weights over, write safetensors.torch.save_file(model.state_dict(), 'model.safetensors') in PyTorch, and "
    "gg.load('model.safetensors') here"
)


# ---------------------------------------------------------------------------------------------- what weights_only takes besides


def add_safe_globals(safe_globals: list[Any]) -> None:
    """Let `load(weights_only=True)` rebuild objects of these classes too: their constructors run on what the file says."""
    _safe.update({(kind.__module__, kind.__qualname__): kind for kind in safe_globals})


def get_safe_globals() -> list[Any]:
    """The classes that were added."""
    return list(_safe.values())


def clear_safe_globals() -> None:
    """Forget the classes that were added."""
    _safe.clear()


class safe_globals:
    """A context manager in which these classes are safe for `load(weights_only=True)`."""

    def __init__(self, safe_globals: list[Any]) -> None:
        self.classes = safe_globals

    def __enter__(self) -> None:
        self.before = dict(_safe)
        add_safe_globals(self.classes)

    def __exit__(self, *exc: object) -> None:
        _safe.clear()
        _safe.update(self.before)
