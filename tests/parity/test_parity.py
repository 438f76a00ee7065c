"""Parity with PyTorch over its own operator samples: all that we have matches, or raises a clear error; nothing is wrong."""

import fnmatch

import numpy as np
import pytest
from tests.coverage_page import PAGE, page
from tests.parity.differences import DIFFERENCES, reason

import glassgrad as gg

torch = pytest.importorskip("torch", reason="parity with PyTorch needs torch")
pytest.importorskip("expecttest", reason="PyTorch's operator samples need expecttest")
from tests.parity.compare import results  # noqa: E402  # these import torch
from tests.parity.op_db import DEFAULT, LEFT_OUT, OP_DB, SAMPLES, excluded, exists, full_name  # noqa: E402

HAVE = [full_name(info) for info in OP_DB if not excluded(info) and exists(info)]


@pytest.mark.parametrize("name", HAVE)
def test_every_sample_matches_but_for_differences_that_are_named(name):
    others = [outcome for outcome in results(name) if outcome.kind != "match" and not reason(outcome)]
    assert not others, f"{len(others)} of {len(results(name))} samples, the first ones:\n" + "\n".join(map(str, others[:5]))


def test_of_all_samples_97_percent_match():
    outcomes = [outcome for name in HAVE for outcome in results(name)]
    matched = sum(outcome.kind == "match" for outcome in outcomes)
    assert matched >= 0.97 * len(outcomes), f"{matched} of {len(outcomes)}"


def test_every_operator_is_compared():
    """On some sample that PyTorch takes too, be it for its shape and dtype only."""
    assert not [name for name in HAVE if not results(name)]


def test_the_named_differences_are_still_there():
    found = {reason(outcome) for name in HAVE for outcome in results(name) if outcome.kind != "match"}
    assert set(DIFFERENCES.values()) <= found


def test_every_operator_is_here_or_left_out_for_a_reason():
    assert not [full_name(info) for info in OP_DB if not exists(info) and not excluded(info)]
    only_to_say_so = {"to_sparse"}
    assert not {info.name for info in OP_DB if exists(info) and excluded(info)} - only_to_say_so
    names = {info.name for info in OP_DB}
    assert not [pattern for pattern in LEFT_OUT if not fnmatch.filter(names, pattern)]


def test_the_page_is_in_step():
    written = PAGE.read_text()
    if SAMPLES != DEFAULT or f"PyTorch {torch.__version__.split('+')[0]}'s" not in written:
        pytest.skip("the page tells of other samples")
    assert page() == written, "write it again: python -m tests.coverage_page --out tests/parity/COVERAGE.md"


def _found(name, monkeypatch, replacement):
    """(kind, what) of the function `name` when `replacement` stands in its place."""
    monkeypatch.setattr(gg, name, replacement)
    return {(outcome.kind, outcome.what) for outcome in results.__wrapped__(name) if outcome.variant == "function"}


@pytest.mark.parametrize(
    ("replacement", "says"),
    [
        (lambda x: x.sin() * (1 + 1e-3), "value at"),
        (lambda x: x.double().sin(), "gives float64 ("),
        (lambda x: x.sin()[None], "gives float64 (1, "),
        (lambda x: x.sin().detach(), "its output doesn't require grad"),
        (lambda x: x.sin() + (x.detach() - x) * 1e-3, "gradient at"),
        (lambda x: x.detach().cos() * (x - x.detach()) + x.sin().detach(), "second derivative at"),
        (lambda x: (x.sin(), x), "2 outputs, PyTorch gives 1"),
        (lambda x: np.linalg.inv(x.detach().numpy()), "raises an error that doesn't name the op: LinAlgError"),
    ],
)
def test_the_comparison_sees_what_is_wrong(replacement, says, monkeypatch):
    assert any(kind == "wrong" and what.startswith(says) for kind, what in _found("sin", monkeypatch, replacement))


def test_the_comparison_takes_an_error_that_names_the_op(monkeypatch):
    def refuse(x):
        raise RuntimeError("sin: not today")

    assert {kind for kind, _ in _found("sin", monkeypatch, refuse)} == {"raises"}
