"""Grad mode and default dtype: as contexts, as decorators, and per thread."""

import threading

import pytest

import glassgrad as gg


def records():
    return gg.ones(1, requires_grad=True).exp().requires_grad


def test_no_grad_as_a_context_nests_and_restores():
    with gg.no_grad():
        assert not records()
        with gg.enable_grad():
            assert records()
        assert not records()
    assert records()


def test_no_grad_restores_after_an_error():
    with pytest.raises(KeyError), gg.no_grad():
        raise KeyError
    assert gg.is_grad_enabled()


def test_no_grad_as_a_decorator_with_and_without_parentheses():
    @gg.no_grad()
    def called():
        """Doc."""
        return records()

    @gg.no_grad
    def bare():
        return records()

    assert not called() and not bare() and records()
    assert called.__name__ == "called" and called.__doc__ == "Doc."
    assert gg.enable_grad()(records)()


def test_a_decorated_function_may_call_itself():
    @gg.no_grad()
    def count_down(n):
        assert not records()
        return count_down(n - 1) if n else "done"

    assert count_down(3) == "done" and records()


def test_a_decorated_generator_holds_the_mode_only_while_it_runs():
    @gg.no_grad()
    def items():
        for _ in range(2):
            yield records()
        return "end"

    seen = []
    for inside in items():
        seen += [inside, records()]
    assert seen == [False, True, False, True]

    def through():
        return (yield from items())

    generator = through()
    next(generator), next(generator)
    with pytest.raises(StopIteration, match="end"):
        next(generator)


def test_a_decorated_generator_that_is_left_early_is_closed():
    log = []

    @gg.no_grad()
    def items():
        try:
            while True:
                yield records()
        finally:
            log.append("closed")

    generator = items()
    assert next(generator) is False
    generator.close()
    assert log == ["closed"] and records()


def test_set_grad_enabled_as_a_call_a_context_and_a_decorator():
    gg.set_grad_enabled(False)
    assert not gg.is_grad_enabled()
    gg.set_grad_enabled(True)
    with gg.set_grad_enabled(False):
        assert not records()
    assert records()

    @gg.set_grad_enabled(False)
    def function():
        return records()

    assert records() and not function() and records()


def test_each_thread_has_a_mode_of_its_own():
    seen = {}

    def run():
        seen["start"] = gg.is_grad_enabled()
        gg.set_grad_enabled(False)
        seen["end"] = gg.is_grad_enabled()

    with gg.no_grad():
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
        assert not gg.is_grad_enabled()
    assert seen == {"start": True, "end": False} and gg.is_grad_enabled()


def test_threads_record_and_differentiate_at_the_same_time():
    found = {}

    def run(i):
        x = gg.tensor(float(i), dtype=gg.float64, requires_grad=True)
        y = x
        for _ in range(200):
            y = y * 1.01 + x * 0
        y.backward()
        found[i] = x.grad.item()

    threads = [threading.Thread(target=run, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found[i] for i in range(4)] == pytest.approx([1.01**200] * 4)


def test_the_default_dtype_is_that_of_python_floats_in_every_thread():
    assert gg.tensor([1.0]).dtype == gg.zeros(1).dtype == gg.rand(1).dtype == gg.get_default_dtype() == gg.float32
    gg.set_default_dtype(gg.float64)
    seen = []
    thread = threading.Thread(target=lambda: seen.append(gg.get_default_dtype()))
    thread.start()
    thread.join()
    assert seen == [gg.float64]
    assert gg.tensor([1.0]).dtype == gg.ones(1).dtype == gg.randn(1).dtype == gg.linspace(0, 1, 2).dtype == gg.float64
    assert gg.tensor([1]).dtype == gg.int64
    with pytest.raises(TypeError, match=r"only floating.*gg\.float32"):
        gg.set_default_dtype(gg.int64)


def test_a_decorated_generator_takes_what_is_sent_and_thrown():
    seen = []

    @gg.no_grad()
    def echo():
        try:
            while True:
                seen.append(((yield gg.is_grad_enabled()), gg.is_grad_enabled()))
        except KeyError:
            yield "caught"
            return "end"

    items = echo()
    assert next(items) is False and gg.is_grad_enabled()
    assert items.send("a") is False and seen == [("a", False)]
    assert items.throw(KeyError()) == "caught"
    with pytest.raises(StopIteration, match="end"):
        next(items)
    other = echo()
    next(other)
    other.close()


def test_inference_mode_records_nothing_and_is_restored():
    x = gg.ones(2, requires_grad=True)
    assert not gg.is_inference_mode_enabled()
    with gg.inference_mode():
        assert gg.is_inference_mode_enabled() and not gg.is_grad_enabled() and not (x * 2).requires_grad
        with gg.inference_mode(False):
            assert not gg.is_inference_mode_enabled() and (x * 2).requires_grad
        with gg.enable_grad():
            assert (x * 2).requires_grad
        assert gg.is_inference_mode_enabled()
        y = x * 2
    assert gg.is_grad_enabled() and not gg.is_inference_mode_enabled()
    (x * y).sum().backward()  # PyTorch refuses its inference tensors here: as constants they are right
    assert x.grad.tolist() == [2, 2]
    with pytest.raises(ZeroDivisionError), gg.inference_mode():
        raise ZeroDivisionError
    assert gg.is_grad_enabled() and not gg.is_inference_mode_enabled()


def test_inference_mode_as_a_decorator():
    x = gg.ones(2, requires_grad=True)

    @gg.inference_mode()
    def with_parentheses():
        return x * 2

    @gg.inference_mode
    def without():
        return x * 2

    @gg.inference_mode(mode=False)
    def switched_off():
        return x * 2

    assert not with_parentheses().requires_grad and not without().requires_grad and switched_off().requires_grad


def test_what_a_backward_records_is_told_apart_and_the_scope_is_as_before():
    x = gg.tensor(2.0, requires_grad=True)
    (slope,) = gg.autograd.grad(x.exp(), x, create_graph=True)
    assert [type(one).__name__ for one in slope.grad_fn.scope] == ["Backward"]

    def fails(g):
        raise ValueError

    y = x.exp()
    y.register_hook(fails)
    with pytest.raises(ValueError):
        y.backward(create_graph=True)
    assert (x * x).grad_fn.scope == () and gg.is_grad_enabled()
