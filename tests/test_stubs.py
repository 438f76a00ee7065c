"""What tests/stubs.py writes is in step, and says what is there."""

import inspect
import subprocess
import sys

import pytest
from tests.typing import program

import glassgrad as gg
from glassgrad.op import REGISTRY
from glassgrad.ops.names import FUNCTIONS, METHODS


def test_the_written_files_are_in_step():
    done = subprocess.run([sys.executable, "-m", "tests.stubs", "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_sample_program_runs(capsys):
    program.main()
    assert "(2,) (2, 2)" in capsys.readouterr().out


@pytest.mark.parametrize("name", sorted(name for names in FUNCTIONS.values() for name in names.split()))
def test_every_function_is_there_with_help(name):
    value = getattr(gg, name)
    assert name in dir(gg)
    if inspect.isfunction(value):
        assert value.__doc__
        assert inspect.signature(value)


@pytest.mark.parametrize("name", sorted(name for names in METHODS.values() for name in names.split()))
def test_every_method_is_there(name):
    method = getattr(gg.Tensor, name)
    assert not callable(method) or name.startswith("_") or method.__doc__ or inspect.isclass(method), f"{name} has no docstring"


def test_help_shows_a_signature_and_what_is_computed():
    text = str(inspect.signature(gg.softmax))
    assert text.startswith("(") and "dim" in text and "args" not in text
    for name, function in REGISTRY.items():
        shown = str(inspect.signature(function))
        assert "*args" not in shown and "Array" not in shown, name
    for name, method in vars(gg.Tensor).items():
        if inspect.isfunction(method) and not name.startswith("_") and name.endswith("_"):
            assert "*args: 'Any', **kwargs" not in str(inspect.signature(method)), name


@pytest.mark.parametrize(
    ("function", "shown"),
    [
        (gg.exp, "(input: 'Tensor', *, out: 'Tensor | None' = None) -> 'Tensor'"),
        (gg.gt, "(input: 'Tensor', other: 'Tensor | float', *, out: 'Tensor | None' = None) -> 'Tensor'"),
        (gg.isnan, "(input: 'Tensor', *, out: 'Tensor | None' = None) -> 'Tensor'"),
        (gg.cat, "(tensors: 'Sequence[Tensor]', dim: 'int' = 0, *, out: 'Tensor | None' = None) -> 'Tensor'"),
        (gg.ones(2).mul_, "(other: 'Tensor | float') -> 'Tensor'"),
        (gg.ones(2).cumsum_, "(dim: 'int', dtype: 'Any' = None) -> 'Tensor'"),
        (gg.Tensor.masked_fill_, "(input: 'Tensor', mask: 'Tensor', value: 'float | Tensor') -> 'Tensor'"),
    ],
)
def test_signatures_have_the_names_and_types_of_pytorch(function, shown):
    assert str(inspect.signature(function)) == shown


def test_help_leads_to_the_source_of_the_body():
    assert "def softmax(x: Array" in inspect.getsource(gg.softmax)


@pytest.mark.parametrize("name", ["exp", "isnan", "softmax", "neg"])
def test_lists_and_text_are_no_tensors(name):
    for data in ([1.0], (1.0,), "a"):
        with pytest.raises(TypeError, match=rf"{name}: x must be a tensor or an array, got a {type(data).__name__}"):
            getattr(gg, name)(data)
    with pytest.raises(TypeError, match="add: a must be a tensor or an array, got a list"):
        gg.add([1.0], 2.0)


def test_only_operators_that_python_has_are_attached():
    assert not [name for name in dir(gg.Tensor) if name.strip("_") in {i + c for i in "ir" for c in ("eq", "ne", "lt", "le", "gt", "ge")}]


def test_importing_loads_no_family_of_ops():
    code = "import sys, glassgrad; print([m for m in sys.modules if m.startswith('glassgrad.ops.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['glassgrad.ops.names']"


@pytest.mark.parametrize(
    "code",
    [
        "x = gg.Tensor([1.0, 2.0]); print((x @ x).item())",
        "x = gg.Tensor([1.0, 2.0]); x += 3; print(x.sum().item() - 4)",
        "print(gg.Tensor.dot(gg.Tensor([1.0, 2.0]), gg.Tensor([1.0, 2.0])).item())",
        "import numpy as np; print(float(np.linalg.norm(gg.Tensor([3.0, 4.0]))))",
        "from glassgrad import norm, tensor; print(norm(tensor([3.0, 4.0])).item())",
        "print(len(gg.Tensor([1.0, 2.0]).T) + 3.0)",
        "print(hasattr(gg.Tensor, 'sort') * 5.0)",
        "print(gg.nn.functional.relu(gg.Tensor([5.0, -1.0]))[0].item())",
        "x = gg.ones(2, requires_grad=True); (x * 2).sum().backward(); print(x.grad.sum().item() + 1)",
        "x = gg.ones(2, requires_grad=True); print(5.0 * len((x * 2).grad_fn.next_functions[:1]))",
        "print(5.0 - hasattr(gg.Tensor([1.0]), 'no_such_name') - hasattr(gg, 'no_such_name'))",
    ],
)
def test_what_is_named_first_loads_what_it_needs(code):
    done = subprocess.run([sys.executable, "-c", "import glassgrad as gg\n" + code], capture_output=True, text=True)
    assert done.stdout == "5.0\n", done.stderr
