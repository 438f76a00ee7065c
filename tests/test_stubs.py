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
        assert "*args, **kwargs" not in str(inspect.signature(function)), name


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
