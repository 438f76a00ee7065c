"""`gg.save` and `gg.load`: what goes in comes out, and loading runs no code."""

import io
import os
import pickle
from collections import OrderedDict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import glassgrad as gg
from glassgrad import nn


def again(obj, **options):
    file = io.BytesIO()
    gg.save(obj, file)
    file.seek(0)
    return gg.load(file, **options)


def test_a_checkpoint_comes_back(tmp_path):
    model = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2))
    optimizer = gg.optim.AdamW(model.parameters(), lr=0.1)
    model(gg.ones(1, 3)).sum().backward()
    optimizer.step()
    before = gg.get_rng_state()
    drawn = gg.rand(3).tolist()
    gg.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "rng": before, "step": 1}, tmp_path / "ckpt.pt")
    other = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2))
    saved = gg.load(str(tmp_path / "ckpt.pt"), map_location="cpu")
    other.load_state_dict(saved["model"])
    second = gg.optim.AdamW(other.parameters(), lr=0.5)
    second.load_state_dict(saved["optimizer"])
    gg.set_rng_state(saved["rng"])
    assert gg.rand(3).tolist() == drawn and saved["step"] == 1 and second.param_groups[0]["lr"] == 0.1
    for m, o in ((model, optimizer), (other, second)):
        o.zero_grad()
        m(gg.ones(1, 3)).sum().backward()
        o.step()
    assert all((p == q).all() for p, q in zip(model.parameters(), other.parameters(), strict=True))


def test_values_of_all_kinds_come_back():
    values = {
        "none": None, "numbers": [1, 2.5, True, 1j], "text": "s", "bytes": b"b", "tuple": (1, (2,)), "set": {1, 2}, "ordered": OrderedDict(a=1),
        "dtype": gg.float32, "device": gg.device("cpu"), "size": gg.ones(2, 3).size(), "array": np.arange(3), "number": np.float32(2.5), 3: "int key",
    }  # fmt: skip
    back = again(values)
    assert np.array_equal(back.pop("array"), values.pop("array")) and back == values
    assert isinstance(back["size"], gg.Size) and isinstance(back["number"], np.float32) and isinstance(back["ordered"], OrderedDict)


@given(hnp.arrays(st.sampled_from(["float16", "float32", "float64", "int8", "int64", "uint8", "bool"]), hnp.array_shapes(min_dims=0, min_side=0, max_side=5)))
def test_any_array_comes_back_bit_by_bit(array):
    back = again(gg.from_numpy(array))
    assert back.dtype == array.dtype and back.shape == array.shape and back.numpy().tobytes() == array.tobytes()


def test_views_share_memory_again_and_keep_strides():
    x = gg.arange(12.0).view(3, 4)
    views = [x, x[1:, ::2], x.T, gg.from_numpy(x.numpy()[::-1]), gg.ones(1).expand(5), gg.zeros(0, 3), gg.tensor(3)]
    back = again(views)
    assert [y.tolist() for y in back] == [y.tolist() for y in views] and [y.stride() for y in back] == [y.stride() for y in views]
    back[0].add_(100)
    assert back[1][0, 0].item() == back[2][0, 1].item() == 104 and back[3][0, 0].item() == 108


def test_an_array_with_gaps_is_saved_without_them():
    raw = np.frombuffer(bytearray(np.arange(8.0).tobytes()), np.float64)[::2]
    assert again(gg.from_numpy(raw)).tolist() == [0, 2, 4, 6]
    file = io.BytesIO()
    gg.save(gg.from_numpy(np.lib.stride_tricks.as_strided(np.zeros(100_000), (10,), (8 * 1000,))), file)
    assert len(file.getvalue()) > 800_000  # a view keeps what it is a view of, as in PyTorch


def test_flags_and_classes_of_tensors():
    w, y = again((nn.Parameter(gg.ones(2)), gg.ones(2, requires_grad=True) * 2))
    assert type(w) is nn.Parameter and w.requires_grad and w.is_leaf and y.is_leaf and y.requires_grad and y.tolist() == [2, 2]


# ------------------------------------------------------------------------------------------------ safety


class Evil:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (self.path,)


def test_loading_runs_no_code(tmp_path):
    target = str(tmp_path / "made")
    with pytest.raises(pickle.UnpicklingError, match=r"names posix\.mkdir, and weights_only=True loads tensors|names nt\.mkdir"):
        again({"x": gg.ones(1), "evil": [Evil(target)]})
    assert not os.path.exists(target)
    again(Evil(target), weights_only=False)
    assert os.path.exists(target)


@pytest.mark.parametrize("code", [
    b"cbuiltins\neval\n(S'1'\ntR.", b"\x80\x04\x8c\x08builtins\x8c\x07getattr\x93.", b"cglassgrad.tensor\nTensor\n.", b"cglassgrad.tensor\n_rebuild\n.",
    b"cnumpy\nload\n.", b"ccollections\nOrderedDict.fromkeys\n.", b"\x80\x04\x8c\x0bcollections\x8c\x1dOrderedDict.__init_subclass__\x93.",
])  # fmt: skip
def test_only_named_classes_are_looked_up(code):
    from glassgrad.serialization import _Unpickler

    with pytest.raises(pickle.UnpicklingError, match="weights_only=True loads"):
        _Unpickler(io.BytesIO(code), lambda i: np.zeros(8, np.uint8), True).load()


@pytest.mark.parametrize("pid", [
    ("tensor", "Tensor", (0, 0, "float32", (1000,), (4,)), False), ("tensor", "Tensor", (0, -8, "float32", (1,), (4,)), False),
    ("array", (0, 4, "float64", (1,), (8,))), ("array", (0, 0, "object", (1,), (8,))), ("array", (0, 0, "float32", (2, 2), (-400, 4))),
    ("tensor", dict, (0, 0, "float32", (1,), (4,)), False), ("other",), 7, ("device", "cuda"),
])  # fmt: skip
def test_references_outside_of_the_memory_are_refused(pid):
    from glassgrad.serialization import _Unpickler

    reader = _Unpickler(io.BytesIO(), lambda i: np.zeros(8, np.uint8), True)
    with pytest.raises((ValueError, TypeError, RuntimeError, pickle.UnpicklingError)):
        reader.persistent_load(pid)


class Point:
    def __init__(self, x):
        self.x = x


def test_classes_can_be_let_in():
    with pytest.raises(pickle.UnpicklingError, match=r"Point.*add_safe_globals"):
        again(Point(1))
    with gg.serialization.safe_globals([Point]):
        assert again(Point(gg.ones(1))).x.item() == 1 and gg.serialization.get_safe_globals() == [Point]
    assert gg.serialization.get_safe_globals() == []
    gg.serialization.add_safe_globals([Point])
    assert again(Point(2)).x == 2
    gg.serialization.clear_safe_globals()
    assert again(nn.Linear(2, 1), weights_only=False)(gg.zeros(1, 2)).shape == (1, 1)


# ------------------------------------------------------------------------------------------------ other files


def test_safetensors(tmp_path):
    from safetensors.numpy import load_file

    path, model = tmp_path / "m.safetensors", nn.Linear(2, 3)
    gg.save(model.state_dict(), path)
    assert set(load_file(path)) == {"weight", "bias"}
    other = nn.Linear(2, 3)
    other.load_state_dict(gg.load(path))
    assert (other.weight == model.weight).all()
    gg.save({"t": gg.arange(6).view(2, 3).T}, path)
    assert gg.load(path)["t"].tolist() == [[0, 3], [1, 4], [2, 5]]
    with pytest.raises(TypeError, match="flat dict of tensors"):
        gg.save({"a": {"b": gg.ones(1)}}, path)


def test_files_of_other_kinds_are_named(tmp_path):
    for data, text in ((pickle.dumps(1, protocol=2), "a pickle"), (b"junk", "no file that gg.save wrote"), (b"", "no file")):
        with pytest.raises(RuntimeError, match=text):
            gg.load(io.BytesIO(data))
    for wrong in (lambda: gg.load(3), lambda: gg.save(1, 3)):
        with pytest.raises(TypeError, match="expected a path or a file"):
            wrong()
    with pytest.raises(FileNotFoundError):
        gg.load(tmp_path / "none")


def test_a_file_of_pytorch_is_named():
    torch = pytest.importorskip("torch", reason="it writes the file")
    for zipped in (True, False):
        file = io.BytesIO()
        torch.save({"a": torch.ones(1)}, file, _use_new_zipfile_serialization=zipped)
        file.seek(0)
        with pytest.raises(RuntimeError, match=r"PyTorch.*safetensors\.torch\.save_file"):
            gg.load(file)


def test_map_location_is_the_cpu_or_an_error():
    file = io.BytesIO()
    gg.save(gg.ones(1), file)
    for place in ("cpu", gg.device("cpu"), lambda storage, location: storage, {"cuda:0": "cpu"}, None):
        file.seek(0)
        assert gg.load(file, map_location=place).item() == 1
    with pytest.raises(RuntimeError, match="CPU only"):
        gg.load(file, map_location="cuda")
