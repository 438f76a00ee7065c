"""Recording: what the tape holds, and that nothing is left behind."""

import gc
import threading
import weakref

import numpy as np

import glassgrad as gg
from glassgrad import hooks


def test_it_notes_ops_values_lines_and_backwards():
    x = gg.tensor([1.0, 2.0], requires_grad=True)
    with gg.study.record() as tape:
        y = x * 3
        y.sum().backward()
    assert [node.op.name for node in tape.nodes] == ["mul", "sum"]
    np.testing.assert_array_equal(tape.values[tape.nodes[0]], [3, 6])
    assert "test_tape.py:" in gg.graph.lines[tape.nodes[0]]
    (backward,) = tape.backwards
    assert [node.op.name for node, _, _ in backward.steps] == ["sum", "mul"]
    np.testing.assert_array_equal(backward.steps[1][2][0], [3, 3])
    x * 2
    assert len(tape.nodes) == 2
    assert repr(tape) == "<Tape of 2 ops and 1 backwards>"


def test_values_are_as_they_were():
    x = gg.tensor([1.0, 2.0], requires_grad=True)
    with gg.study.record() as tape:
        y = x + 1
        y.zero_()
    np.testing.assert_array_equal(tape.values[tape.nodes[0]], [2, 3])


def test_nothing_listens_when_none_runs():
    with gg.study.record(), gg.study.record() as inner:
        gg.ones(2, requires_grad=True).sum()
        assert hooks.tap is not None and len(inner.nodes) == 1
    assert hooks.tap is hooks.step is hooks.added is None


def test_with_anomaly_mode_both_listen():
    with gg.autograd.detect_anomaly(), gg.study.record() as tape:
        gg.ones(2, requires_grad=True).sum().backward()
    assert len(tape.backwards) == 1
    assert hooks.tap is hooks.step is None


def test_other_threads_are_not_heard():
    def work():
        gg.ones(2, requires_grad=True).sum().backward()

    with gg.study.record() as tape:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert tape.nodes == [] and tape.backwards == []


def test_a_dropped_tape_frees_the_graph():
    x = gg.ones(2, requires_grad=True)
    with gg.study.record() as tape:
        loss = (x * 2).sum()
    node = weakref.ref(loss._node)
    del loss
    assert node() is not None
    del tape
    gc.collect()
    assert node() is None


def test_one_recorder_may_be_entered_twice():
    recorder = gg.study.record()
    with recorder as outer, recorder as inner:
        gg.ones(2, requires_grad=True).sum()
    assert len(outer.nodes) == len(inner.nodes) == 1
    assert hooks.tap is None


def test_asking_for_names_keeps_nothing_alive():
    """What looks at the variables of a running function must not hold them."""
    x = gg.ones(3, requires_grad=True)
    with gg.study.record() as tape:
        loss = (x * gg.ones(3)).sum()
    gg.explain(loss, wrt=x)
    gg.viz.draw_graph(loss)
    node = weakref.ref(loss._node)
    del tape, loss
    gc.collect()
    assert node() is None
    assert x.shape == (3,)  # nor is anything lost


def test_a_page_that_is_written_on_one_thread_takes_nothing_from_the_tape_of_another(tmp_path):
    """What the page runs for itself is on no tape of the user's, and other threads go on recording."""
    from glassgrad.study.tape import aside

    x = gg.ones(2, requires_grad=True)
    with gg.study.record() as outer:
        y = x * 2
        with aside() as own:
            x.exp()
            there = []
            thread = threading.Thread(target=lambda: there.append(recorded(x)))
            thread.start()
            thread.join()
        y.sum()
    assert [node.op.name for node in own.nodes] == ["exp"]
    assert [node.op.name for node in outer.nodes] == ["mul", "sum"]
    assert there == [["sin"]]


def recorded(x):
    with gg.study.record() as tape:
        x.sin()
    return [node.op.name for node in tape.nodes]


def test_a_tape_that_runs_on_another_thread_hears_on():
    from glassgrad.study.tape import aside

    x, inside, done, found = gg.ones(2, requires_grad=True), threading.Event(), threading.Event(), []

    def other():
        with gg.study.record() as tape:
            inside.set()
            assert done.wait(10)
            x.sin()
        found.extend(node.op.name for node in tape.nodes)

    thread = threading.Thread(target=other)
    thread.start()
    assert inside.wait(10)
    with aside():
        done.set()
        thread.join()
    assert found == ["sin"]
