"""Public names have docstrings and type hints, and the README says what is true."""

import doctest
import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import numpy as np
import pytest

import glassgrad as gg
from glassgrad.op import REGISTRY

gg.ops.load_all()
ROOT = Path(__file__).parent.parent


def public(module):
    for name in sorted(dir(module)):
        value = getattr(module, name)
        if not name.startswith("_") and callable(value) and not isinstance(value, np.dtype):
            yield f"{module.__name__}.{name}", value


def members():
    for module in (gg, gg.nn, gg.nn.functional, gg.nn.init, gg.nn.utils, gg.optim, gg.optim.lr_scheduler, gg.autograd, gg.autograd.functional, gg.func, gg.linalg, gg.viz, gg.study, gg.amp, gg.cuda, gg.distributions, gg.serialization, gg.utils.data):
        for name, value in public(module):
            if getattr(value, "__module__", "").startswith("glassgrad"):
                yield pytest.param(value, id=name)


@pytest.mark.parametrize("value", list(members()))
def test_public_names_have_docstrings_and_type_hints(value):
    assert inspect.getdoc(value), "no docstring"
    function = value.__init__ if inspect.isclass(value) and "__init__" in vars(value) else value
    if inspect.isclass(function):
        return
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name != "self":
            assert parameter.annotation is not parameter.empty, f"{parameter.name} has no type hint"


@pytest.mark.parametrize("name", REGISTRY)
def test_every_op_has_a_docstring(name):
    assert REGISTRY[name].__doc__ or name.startswith("_"), "say in one sentence what it computes"


def test_every_figure_of_the_readme_names_its_script():
    text = (ROOT / "README.md").read_text()
    for script in re.findall(r"benchmarks/\w+\.py", text):
        assert (ROOT / script).exists(), script
    for example in re.findall(r"examples/[\w/]+\.py", text):
        assert (ROOT / example).exists(), example


def modules():
    yield gg.__name__
    for found in pkgutil.walk_packages(gg.__path__, "glassgrad."):
        yield found.name


def test_the_examples_in_docstrings_give_what_they_say():
    tried = 0
    for name in modules():
        module = importlib.import_module(name)
        result = doctest.testmod(module, extraglobs={"gg": gg, "np": np, "nn": gg.nn, "F": gg.nn.functional})
        assert result.failed == 0, name
        tried += result.attempted
    assert tried > 5


def test_the_readme_runs_as_it_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    space: dict = {}
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.S)
    runnable = [block for block in blocks if "= op(" not in block]
    assert len(runnable) >= 2 and len(blocks) - len(runnable) == 1
    for block in runnable:
        exec(block, space)
    assert (space["total"].item(), space["number"].grad.item()) == pytest.approx((220, 110))
    assert "220" in (tmp_path / "apple.svg").read_text()


def test_the_ops_that_the_readme_quotes_are_declared_so():
    block = next(block for block in re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.S) if "= op(" in block)
    rules = re.findall(r"(\w+)=lambda \w+(?:, \w+)*: (.*?)[,)]", block)
    assert len(rules) == 3
    for name, rule in rules:
        assert rule in {gg.exp.op.formula("x"), gg.mul.op.formula("a"), gg.mul.op.formula("b")}, (name, rule)
