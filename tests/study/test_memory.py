"""What backward keeps alive."""

import numpy as np
import pytest

import glassgrad as gg


def test_memory_is_counted_once_and_leaves_are_free():
    x, w = gg.randn(100, 50, requires_grad=True), gg.randn(50, 20, requires_grad=True)
    h = (x @ w).tanh()  # matmul saves two leaves, tanh its output
    loss = (h * h).sum()  # which mul saves again
    found = gg.study.memory(loss)
    assert found.total == h.numel() * 4
    assert sum(1 for one in found.saved if one.shared) == len(found.saved) - 1
    text = str(found)
    assert "tanh: y" in text and "for the gradient by x" in text and "4 more cost nothing" in text
    loss.backward()
    with pytest.raises(RuntimeError, match="ask before backward"):
        gg.study.memory(loss)


def test_what_checkpointing_would_save():
    block = gg.nn.Sequential(gg.nn.Linear(64, 256), gg.nn.GELU(), gg.nn.Linear(256, 64), gg.nn.Tanh())
    model = gg.nn.Sequential(gg.nn.Linear(64, 64), block, gg.nn.Linear(64, 1))
    found = gg.study.memory(model(gg.randn(32, 64)).mean())
    kept = {one.path: one for one in found.modules}
    assert kept["1"].inputs == 32 * 64 * 4
    assert kept["1"].size > 32 * 256 * 4
    assert "checkpointing 1 would keep 8.2 kB instead of" in str(found)


def test_data_is_an_input_too():
    first, x = gg.nn.Sequential(gg.nn.Linear(8, 8), gg.nn.Tanh(), gg.nn.Linear(8, 8), gg.nn.Tanh()), gg.randn(32, 8)
    model = gg.nn.Sequential(first, gg.nn.Linear(8, 1))
    kept = {one.path: one for one in gg.study.memory(model(x).mean()).modules}
    assert (kept["0"].inputs, kept["0"].size) == (32 * 8 * 4, 3 * 32 * 8 * 4)
    again = gg.study.memory(model[1](gg.utils.checkpoint.checkpoint(first, x)).mean())
    assert not again.modules


def test_a_view_holds_its_base():
    x = gg.ones(10, requires_grad=True)
    y = x.exp()
    loss = (y[:3] * y[3:6]).sum()
    assert gg.study.memory(loss).total == 40  # the memory of y, saved by exp, and seen by mul through its views


def test_steps_go_from_the_last_op_to_the_first():
    x = gg.ones(10, requires_grad=True)
    found = gg.study.memory(x.exp().sin().sum())
    assert [(one.node.op.name, one.freed_at) for one in found.saved] == [("exp", 3), ("sin", 2)]
    assert np.isclose(found.total, 40)


def test_a_checkpoint_keeps_its_arguments_and_is_not_run_by_being_asked():
    x, runs = gg.ones(10, requires_grad=True), []

    def part(h):
        runs.append(h)
        return h.exp().sin().exp()

    h = x.exp()
    loss = gg.utils.checkpoint.checkpoint(part, h).sum()
    found = gg.study.memory(loss)
    assert len(runs) == 1
    assert found.total == 40  # h, which exp keeps, and the checkpoint too; of what runs inside, nothing
    assert [(one.name, one.because) for one in found.saved if one.shared] == [("arguments", "to run a checkpoint again")]
    loss.backward()
    assert len(runs) == 2
