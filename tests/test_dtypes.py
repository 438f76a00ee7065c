"""Dtypes and their promotion: a table written out, and PyTorch's own answers where it is installed."""

import itertools

import numpy as np
import pytest

import glassgrad as gg
from glassgrad.dtypes import DTYPES, as_dtype, result_type

NAMES = [str(dtype) for dtype in DTYPES]

# Dtype of a + b: what a user of PyTorch relies on, checked also where PyTorch isn't installed.
TABLE = [
    (gg.ones(2), gg.ones(2, dtype=gg.int64), "float32"), (gg.ones(2), gg.ones(2, dtype=gg.float64), "float64"),
    (gg.ones(2), gg.ones((), dtype=gg.float64), "float32"), (gg.ones(2, dtype=gg.int32), gg.ones(()), "float32"),
    (gg.ones(2, dtype=gg.int32), gg.ones((), dtype=gg.int64), "int32"), (gg.ones(2, dtype=gg.int32), 1.5, "float32"),
    (gg.ones(2, dtype=gg.int8), 1, "int8"), (gg.ones(2, dtype=gg.bool), 1, "int64"), (gg.ones(2, dtype=gg.bool), True, "bool"),
    (gg.ones(2, dtype=gg.float16), 1e3, "float16"), (gg.ones(2, dtype=gg.float16), gg.ones(2, dtype=gg.int64), "float16"),
    (gg.ones(2, dtype=gg.uint8), gg.ones(2, dtype=gg.int8), "int16"), (gg.ones((), dtype=gg.int64), 2.5, "float32"),
    (gg.ones((), dtype=gg.float64), 2.5, "float64"), (gg.ones((), dtype=gg.float64), gg.ones(2, dtype=gg.float16), "float16"),
    (gg.ones(2), np.float64(2.0), "float32"), (gg.ones(2), np.float32(2.0), "float32"), (gg.ones(2, dtype=gg.int64), np.float64(2), "float32"),
    (gg.ones(2), np.ones(2), "float64"), (gg.ones(2), np.ones(2, np.int64), "float32"),
]  # fmt: skip


@pytest.mark.parametrize(("a", "b", "dtype"), TABLE)
def test_promotion_by_the_table(a, b, dtype):
    assert str((a + b).dtype) == str((b + a).dtype) == dtype


def test_division_of_integers_gives_the_default_float():
    a = gg.tensor([1, 2])
    assert (a / 2).dtype == (a / a).dtype == gg.float32 and (a / 2).tolist() == [0.5, 1]
    gg.set_default_dtype(gg.float64)
    assert (a / 2).dtype == a.exp().dtype == gg.float64


def test_comparisons_give_bool():
    assert (gg.ones(2) < gg.ones(2, dtype=gg.int64)).dtype == (gg.tensor([1, 2]) == 1.5).dtype == gg.bool


def test_where_of_two_numbers_has_the_default_dtype():
    c = gg.tensor([True, False])
    assert gg.where(c, 1.0, 0.0).dtype == gg.float32 and gg.where(c, 1, 0).dtype == gg.int64
    assert gg.where(c, gg.ones(2), 0).dtype == gg.where(c, 0.5, gg.ones(2)).dtype == gg.float32
    assert gg.where(c, gg.tensor([1, 2]), 0.5).dtype == gg.float32


def test_bounds_of_a_clamp_do_not_change_a_float():
    assert gg.ones(2).clamp(np.float64(0.5), 1).dtype == gg.float32
    assert gg.tensor([1, 2]).clamp(0, 1).dtype == gg.int64 and gg.tensor([1, 2]).clamp(min=1.5).dtype == gg.float32


def test_sums_of_integers_are_int64():
    for dtype in (gg.bool, gg.uint8, gg.int32):
        assert gg.ones(3, dtype=dtype).sum().dtype == gg.int64
    assert gg.ones(3).sum(dtype=gg.float64).dtype == gg.float64
    with pytest.raises(RuntimeError, match=r"mean: only floating.*x.float\(\).mean"):
        gg.tensor([1, 2]).mean()


def test_as_dtype_takes_what_numpy_takes_and_names_what_there_is():
    assert as_dtype("float32") == as_dtype(np.float32) == gg.float32 and as_dtype(bool) == gg.bool
    for wrong in ("complex64", None, "nonsense", np.uint16):
        with pytest.raises(TypeError, match="there are float16, float32"):
            as_dtype(wrong)


def test_the_aliases_are_pytorchs():
    assert (gg.half, gg.float, gg.double, gg.short, gg.int, gg.long) == (gg.float16, gg.float32, gg.float64, gg.int16, gg.int32, gg.int64)


def test_casts():
    x = gg.tensor([1.7, -1.7, 0.0])
    assert x.long().tolist() == [1, -1, 0] and x.bool().tolist() == [True, True, False]
    assert x.to(gg.float64).dtype == x.double().dtype == x.to("float64").dtype == x.type_as(gg.ones(1, dtype=gg.float64)).dtype == gg.float64
    assert x.to(gg.float32) is x and x.float() is x and x.to("cpu") is x and x.to(gg.float32, copy=True) is not x
    assert x.half().dtype == gg.float16 and x.int().dtype == gg.int32 and x.short().dtype == gg.int16
    with pytest.raises(RuntimeError, match="CPU only"):
        x.to("cuda")


def test_all_forms_of_to():
    x = gg.tensor([1.5], requires_grad=True)
    assert x.to(gg.ones(1, dtype=gg.float64)).dtype == x.to(other=gg.ones(1).double()).dtype == x.to("cpu", gg.float64).dtype == gg.float64
    assert x.to("cpu", gg.int64, True).tolist() == [1] and x.to(dtype=float).dtype == gg.float64 and x.to(int).dtype == gg.int64
    assert x.to(gg.float32, True, True) is not x and x.to(x, copy=True) is not x and x.to(gg.float32, False, False) is x
    assert x.to(gg.float64, non_blocking=True, memory_format=gg.preserve_format).requires_grad and not x.to(gg.int64).requires_grad
    assert x.char().dtype == gg.int8 and x.byte().dtype == gg.uint8


def test_type_names_and_casts():
    x = gg.tensor([1.5])
    assert x.type() == "torch.FloatTensor" and x.long().type() == "torch.LongTensor" and x.bool().type() == "torch.BoolTensor"
    for target in (gg.LongTensor, "torch.LongTensor", "gg.LongTensor", "glassgrad.LongTensor", gg.int64):
        assert x.type(target).dtype == gg.int64
    with pytest.raises(TypeError, match=r"type: no 'torch\.cuda\.FloatTensor' on the CPU"):
        x.type("torch.cuda.FloatTensor")


def test_typed_constructors():
    assert gg.LongTensor([[1, 2]]).tolist() == [[1, 2]] and gg.FloatTensor([1, 2]).dtype == gg.float32 and gg.LongTensor([1.5]).tolist() == [1]
    assert gg.FloatTensor(2, 3).shape == (2, 3) and gg.IntTensor(3).dtype == gg.int32 and gg.DoubleTensor().shape == (0,)
    assert gg.ByteTensor(np.array([1, 2])).dtype == gg.uint8 and gg.BoolTensor([1, 0]).tolist() == [True, False]
    assert isinstance(gg.ones(1), gg.FloatTensor) and not isinstance(gg.ones(1), gg.LongTensor) and not isinstance(1, gg.LongTensor)
    x = gg.tensor([1, 2])
    assert np.shares_memory(gg.LongTensor(x).numpy(), x.numpy())
    for wrong in (lambda: gg.LongTensor(gg.ones(2)), lambda: gg.FloatTensor(2.5)):
        with pytest.raises(TypeError, match=r"write x\.to\(gg\.int64\)|write gg\.tensor\(2\.5\)"):
            wrong()


def test_the_default_tensor_type():
    gg.set_default_tensor_type(gg.DoubleTensor)
    assert gg.ones(1).dtype == gg.get_default_dtype() == gg.float64
    gg.set_default_tensor_type("torch.FloatTensor")
    assert gg.ones(1).dtype == gg.float32
    with pytest.raises(TypeError, match=r"set_default_tensor_type: no 'torch\.cuda\.FloatTensor' on the CPU"):
        gg.set_default_tensor_type("torch.cuda.FloatTensor")


def test_limits():
    info = gg.finfo(gg.float32)
    assert (info.bits, info.dtype) == (32, "float32") and info.max == -info.min == float(np.finfo(np.float32).max) and type(info.eps) is float
    assert gg.finfo().eps == 2.0**-23 and gg.finfo(gg.float64).tiny == gg.finfo(gg.float64).smallest_normal == 2.0**-1022
    assert (gg.iinfo(gg.int8).min, gg.iinfo(gg.uint8).max, gg.iinfo(gg.int64).bits) == (-128, 255, 64)
    assert repr(gg.iinfo(gg.uint8)) == "iinfo(min=0, max=255, dtype=uint8)" and repr(info).startswith("finfo(resolution=1e-06, min=-3.40282e+38")
    for wrong, text in ((lambda: gg.finfo(gg.int32), r"gg\.iinfo\(int32\)"), (lambda: gg.iinfo(gg.float32), r"gg\.finfo\(float32\)")):
        with pytest.raises(TypeError, match=text):
            wrong()


def test_the_class_of_dtypes():
    assert isinstance(gg.float32, gg.dtype) and gg.float32.itemsize == 4 and gg.promote_types(gg.uint8, gg.int8) == gg.int16
    assert gg.result_type(gg.ones(2), 2) == gg.float32 and gg.result_type(gg.tensor([1]), 2.5) == gg.float32


def test_data_keeps_the_dtypes_of_arrays_and_tensors_in_lists():
    for data, dtype in (
        ([np.float64(1)], "float64"), ([np.float32(1), 2.0], "float32"), ([gg.tensor(1.0, dtype=gg.float64), 2.0], "float64"), ([True, 2], "int64"),
        ([np.int32(1)], "int32"), ([np.int32(1), 2], "int64"), ([np.ones(2), np.ones(2)], "float64"), ([gg.tensor(1), 2.5], "float32"), ([[]], "float32"),
        ([np.float16(1)], "float16"), ([np.bool_(True)], "bool"), (range(3), "int64"),
    ):  # fmt: skip
        assert str(gg.tensor(data).dtype) == dtype, data


# ------------------------------------------------------------------------------------------------ against PyTorch

OPS = {
    "add": lambda a, b: a + b, "mul": lambda a, b: a * b, "div": lambda a, b: a / b, "lt": lambda a, b: a < b, "eq": lambda a, b: a == b,
    "floor_divide": lambda a, b: a // b, "remainder": lambda a, b: a % b, "pow": lambda a, b: a**b, "and": lambda a, b: a & b,
    "sub": lambda a, b: a - b, "ne": lambda a, b: a != b, "le": lambda a, b: a <= b, "gt": lambda a, b: a > b, "ge": lambda a, b: a >= b,
    "or": lambda a, b: a | b, "xor": lambda a, b: a ^ b,
}  # fmt: skip


def _operands(torch):
    """(label, ours, PyTorch's) of each kind: with dimensions, 0-d, and Python numbers."""
    for name in NAMES:
        for kind, shape in (("dim", (2,)), ("0-d", ())):
            array = np.full(shape, 2).astype(name)
            yield f"{name} {kind}", gg.tensor(array), torch.from_numpy(array.copy())
    for number in (True, 2, 2.5):
        yield type(number).__name__, number, number


@pytest.mark.parametrize("op", OPS)
def test_every_pair_of_operands_promotes_as_in_pytorch(op):
    torch = pytest.importorskip("torch", reason="the full table is PyTorch's")
    run = OPS[op]
    compared = 0
    for (left, a, ta), (right, b, tb) in itertools.product(_operands(torch), repeat=2):
        if not (isinstance(a, gg.Tensor) or isinstance(b, gg.Tensor)) or (op == "pow" and "bool" in left and "bool" in right):
            continue  # bool ** bool is an int8 to NumPy
        try:
            want = run(ta, tb)
        except (RuntimeError, TypeError, NotImplementedError):
            continue
        found = run(a, b)
        assert str(found.dtype) == str(want.dtype).removeprefix("torch."), f"{left} {op} {right}"
        np.testing.assert_allclose(found.numpy(), want.numpy(), rtol=1e-3, err_msg=f"{left} {op} {right}")
        compared += 1
    assert compared > 60


def test_result_type_is_pytorchs():
    torch = pytest.importorskip("torch", reason="the full table is PyTorch's")
    for (left, a, ta), (right, b, tb) in itertools.product(_operands(torch), repeat=2):
        if isinstance(a, gg.Tensor) or isinstance(b, gg.Tensor):
            ours = result_type(*(x.numpy() if isinstance(x, gg.Tensor) else x for x in (a, b)))
            assert str(ours) == str(torch.result_type(ta, tb)).removeprefix("torch."), f"{left} with {right}"


def test_casts_and_promotions_of_types_are_pytorchs():
    torch = pytest.importorskip("torch", reason="the full table is PyTorch's")
    for a, b in itertools.product(NAMES, repeat=2):
        ta, tb = getattr(torch, a), getattr(torch, b)
        assert gg.can_cast(a, b) == torch.can_cast(ta, tb) and str(gg.promote_types(a, b)) == str(torch.promote_types(ta, tb)).removeprefix("torch.")
    for name in ("float16", "float32", "float64"):
        ours, theirs = gg.finfo(name), torch.finfo(getattr(torch, name))
        for what in ("bits", "eps", "max", "min", "tiny", "smallest_normal", "resolution", "dtype"):
            assert getattr(ours, what) == pytest.approx(getattr(theirs, what)), (name, what)
        assert repr(ours) == repr(theirs)


CAST = [0, 1, 2, 3, 100, -1, -3.7, 2.5, 1e3, float("nan")]


@pytest.mark.parametrize("start", NAMES)
@pytest.mark.parametrize("end", NAMES)
def test_every_cast_is_pytorchs(start, end):
    torch = pytest.importorskip("torch", reason="the answers are PyTorch's")
    with np.errstate(all="ignore"):
        values = np.array([v for v in CAST if "float" in start or v in (0, 1, 2, 3, 100)]).astype(start)
        if "float" not in end and end != "bool":  # what doesn't fit an integer is undefined, in C too
            values = values[(values >= (0 if end == "uint8" else -128)) & (values <= 127)]
    method = {"float64": "double", "float32": "float", "float16": "half", "int64": "long", "int32": "int", "int16": "short", "int8": "char", "uint8": "byte"}
    for cast in (
        lambda m: m.tensor(values).to(getattr(m, end)), lambda m: m.tensor(values).type(getattr(m, end)), lambda m: m.tensor(values, dtype=getattr(m, end)),
        lambda m: m.tensor(values).type_as(m.zeros(1, dtype=getattr(m, end))), lambda m: getattr(m.tensor(values), method.get(end, end))(),
        lambda m: m.zeros(len(values), dtype=getattr(m, end)).copy_(m.tensor(values)), lambda m: m.full((2,), values[1].item(), dtype=getattr(m, end)),
        lambda m: m.tensor(values[1].item(), dtype=getattr(m, end)), lambda m: m.as_tensor(values.tolist(), dtype=getattr(m, end)),
    ):  # fmt: skip
        ours, theirs = cast(gg), cast(torch)
        assert str(ours.dtype) == end == str(theirs.dtype).removeprefix("torch.") and ours.shape == tuple(theirs.shape)
        np.testing.assert_array_equal(ours.numpy(), theirs.numpy())
    a, b = getattr(gg, start), getattr(gg, end)
    assert str(gg.promote_types(a, b)) == str(torch.promote_types(getattr(torch, start), getattr(torch, end))).removeprefix("torch.")
    assert gg.can_cast(a, b) == torch.can_cast(getattr(torch, start), getattr(torch, end))


IN_PLACE = ["iadd", "isub", "imul", "itruediv", "ifloordiv", "imod", "iand", "ior", "ipow"]


@pytest.mark.parametrize("name", IN_PLACE)
def test_a_write_in_place_keeps_the_dtype_or_is_refused_as_in_pytorch(name):
    torch = pytest.importorskip("torch", reason="the answers are PyTorch's")
    compared = 0
    for left, right, shape in itertools.product(NAMES, [*NAMES, "number 2", "number 2.5", "number True"], [(2,), ()]):
        answers = []
        for m in (torch, gg):
            x = m.ones(2, dtype=getattr(m, left))
            y = eval(right.split()[1]) if " " in right else m.ones(shape, dtype=getattr(m, right)) * (1 if right == "bool" else 2)
            try:
                answer = getattr(x, f"__{name}__")(y)
                answers.append(None if answer is NotImplemented else (answer is x, str(x.dtype).removeprefix("torch."), x.tolist()))
            except (RuntimeError, TypeError, NotImplementedError):
                answers.append(None)
        compared += answers[0] is not None
        if (name, left, right) == ("ipow", "bool", "number True"):
            continue  # bool ** bool is an int8 to NumPy
        if answers[0] is not None or not (name == "isub" and (left == "bool" or right in ("bool", "number True"))):  # PyTorch subtracts no bools
            assert answers[1] == answers[0], (left, right, shape)
    assert compared > 60
