"""Threads: models that train at the same time give what they give alone, and modes are each thread's own."""

import threading

import numpy as np
import pytest

import glassgrad as gg
from glassgrad._mode import state
from glassgrad.autograd.graph import saved_tensors_hooks
from glassgrad.utils.checkpoint import checkpoint


def together(*jobs):
    """Run the jobs at the same time, from a common start; what they return, or the first error."""
    start = threading.Barrier(len(jobs))
    results, errors = [None] * len(jobs), []

    def work(i):
        try:
            start.wait()
            results[i] = jobs[i]()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return results


def training(seed, steps=25):
    """A job that trains a model of its own, on numbers of its own; nothing in it draws from the common stream."""
    rng = np.random.default_rng(seed)
    weights = [rng.standard_normal(shape).astype(np.float32) / 3 for shape in ((8, 4), (8,), (3, 8), (3,))]
    x, t = rng.standard_normal((40, 4)).astype(np.float32), rng.integers(0, 3, 40)

    def job():
        model = gg.nn.Sequential(gg.nn.Linear(4, 8), gg.nn.GELU(), gg.nn.LayerNorm(8), gg.nn.Linear(8, 3))
        with gg.no_grad():
            for p, w in zip([model[0].weight, model[0].bias, model[3].weight, model[3].bias], weights, strict=True):
                p.copy_(gg.from_numpy(w))
        optimizer = gg.optim.AdamW(model.parameters(), lr=1e-2)
        losses = []
        for _ in range(steps):
            optimizer.zero_grad()
            loss = gg.nn.functional.cross_entropy(model(gg.from_numpy(x)), gg.from_numpy(t))
            loss.backward()
            optimizer.step()
            with gg.no_grad():
                losses.append(loss.item())
        return losses, [p.detach().numpy() for p in model.parameters()]

    return job


@pytest.mark.parametrize("count", [2, 5])
def test_models_train_at_the_same_time_as_they_do_alone(count):
    jobs = [training(seed) for seed in range(count)]
    alone = [job() for job in jobs]
    for _ in range(3):
        for (losses, found), (want, params) in zip(together(*jobs), alone, strict=True):
            assert losses == want and losses[-1] < losses[0]
            for a, b in zip(found, params, strict=True):
                np.testing.assert_array_equal(a, b)


def test_modes_are_each_threads_own():
    def off():
        with gg.no_grad():
            return [(gg.is_grad_enabled(), (x * 2).requires_grad) for _ in range(200)]

    def inference():
        with gg.inference_mode():
            return [(gg.is_inference_mode_enabled(), (x * 2).requires_grad) for _ in range(200)]

    def on():
        return [(gg.is_grad_enabled() and not gg.is_inference_mode_enabled(), (x * 2).requires_grad) for _ in range(200)]

    x = gg.ones(2, requires_grad=True)
    with gg.no_grad():
        found = together(off, inference, on)  # a new thread starts with grad mode on
    assert set(found[0]) == {(False, False)} and set(found[1]) == {(True, False)} and set(found[2]) == {(True, True)}


def test_backwards_into_one_leaf():
    """Each thread takes gradients of its own graph by the leaf that all share."""
    w = gg.ones(50, dtype=gg.float64, requires_grad=True)

    def job(k):
        return lambda: [gg.autograd.grad((w * k).exp().sum(), w)[0].numpy() for _ in range(50)]

    for k, found in enumerate(together(*(job(k) for k in range(4)))):
        assert all((g == k * np.exp(k)).all() for g in found)


def test_transforms_in_threads():
    x = gg.arange(6.0, dtype=gg.float64).reshape(2, 3)

    def batched():
        return [gg.func.vmap(gg.func.hessian(lambda v: (v**3).sum()))(x).numpy() for _ in range(20)]

    def plain():
        assert state.vmaps == ()
        return [gg.func.jacrev(lambda v: v**2)(x[0]).numpy() for _ in range(20)]

    for many, few in zip(*together(batched, plain), strict=True):
        np.testing.assert_array_equal(many, np.stack([np.diag(6 * row) for row in x.numpy()]))
        np.testing.assert_array_equal(few, np.diag(2 * x[0].numpy()))


def test_hooks_and_checkpoints_in_threads():
    def packed():
        seen = []
        for _ in range(100):
            x = gg.ones(3, requires_grad=True)
            with saved_tensors_hooks(lambda t: seen.append(1) or t.clone(), lambda t: t):
                y = x.exp().sum()
            y.backward()
        return len(seen)

    def again():
        found = []
        for _ in range(100):
            x = gg.ones(3, requires_grad=True)
            checkpoint(lambda x: x.exp().sin(), x).sum().backward()
            found.append(x.grad[0].item())
        return found

    def written():
        """Versions and stale values are found among the writes of the others."""
        caught = 0
        for _ in range(100):
            h = gg.ones(3, requires_grad=True) * 1
            y = h.exp()
            y.add_(1)
            try:
                y.sum().backward()
            except RuntimeError:
                caught += 1
        return caught

    count, found, caught = together(packed, again, written)
    assert count == 100 and len(set(found)) == 1 and caught == 100


def test_a_graph_made_here_and_walked_there():
    x = gg.ones(3, requires_grad=True)
    y = (x.exp() * 2).sum()
    together(y.backward)
    np.testing.assert_allclose(x.grad.numpy(), np.full(3, 2 * np.e), rtol=1e-6)


def test_module_scopes_do_not_mix():
    """What a node notes as the modules that were running are those of its thread."""
    models = [gg.nn.Linear(2, 2), gg.nn.Sequential(gg.nn.Linear(2, 2))]

    def job(model):
        def run():
            return [model(gg.ones(1, 2)).grad_fn.scope for _ in range(200)]

        return run

    for model, scopes in zip(models, together(*map(job, models)), strict=True):
        assert all(scope[0] is model for scope in scopes)


def test_gradients_of_several_threads_add_up_in_one_leaf():
    w = gg.zeros(100_000, dtype=gg.float64, requires_grad=True)

    def job():
        for _ in range(40):
            (w * 1).sum().backward()

    for _ in range(3):
        w.grad = None
        together(*[job] * 4)
        assert (w.grad == 160).all()
