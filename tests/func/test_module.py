"""functional_call and stack_module_state: modules as functions of their parameters, tied ones and buffers too."""

import numpy as np
import pytest

import glassgrad as gg
from glassgrad.func import functional_call, grad, jacrev, stack_module_state, vmap

nn = gg.nn


def net():
    return nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))


def close(a, b, **tolerance):
    a, b = (x.detach().numpy() if hasattr(x, "detach") else np.asarray(x) for x in (a, b))
    np.testing.assert_allclose(a, b, **({"rtol": 1e-6, "atol": 1e-7} | tolerance))


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(3, 3, bias=False)
        self.b = nn.Linear(3, 3, bias=False)
        self.b.weight = self.a.weight

    def forward(self, x):
        return self.b(self.a(x))


class Counter(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("count", gg.zeros(()))
        self.register_buffer("scale", gg.ones(2))

    def forward(self, x):
        self.count += 1
        self.scale = self.scale * 2
        return x * self.scale


def test_the_given_tensors_are_used_and_the_module_is_as_before():
    model, x = net(), gg.randn(5, 3)
    before = {name: (p, p.detach().clone()) for name, p in model.named_parameters()}
    other = {name: p.detach() * 2 for name, p in model.named_parameters()}
    want = gg.tanh(x @ other["0.weight"].mT + other["0.bias"]) @ other["2.weight"].mT + other["2.bias"]
    close(functional_call(model, other, (x,)), want)
    close(functional_call(model, other, x), want)
    close(functional_call(model, [{k: other[k]} for k in other], (), {"input": x}), want)
    for name, p in model.named_parameters():
        assert p is before[name][0]
        close(p, before[name][1])
    some = functional_call(model, {"2.bias": gg.zeros(2)}, (x,))  # the rest is the module's own
    close(some, model(x) - model[2].bias)


def test_the_module_is_as_before_after_an_error_too():
    model = net()
    weight = model[0].weight
    with pytest.raises(RuntimeError, match="linear|matmul"):
        functional_call(model, {"0.weight": gg.ones(4, 3)}, (gg.ones(5, 7),))
    assert model[0].weight is weight


def test_gradients_by_what_is_given():
    model, x = net(), gg.randn(5, 3)
    params = {name: p.detach().clone().requires_grad_() for name, p in model.named_parameters()}
    functional_call(model, params, (x,)).sum().backward()
    model(x).sum().backward()
    by_func = grad(lambda p: functional_call(model, p, (x,)).sum())({k: p.detach() for k, p in params.items()})
    for name, p in model.named_parameters():
        close(params[name].grad, p.grad), close(by_func[name], p.grad)
    jacobian = jacrev(lambda p: functional_call(model, p, (x,)))({k: p.detach() for k, p in params.items()})
    assert jacobian["0.weight"].shape == (5, 2, 4, 3)
    close(jacobian["0.weight"].sum((0, 1)), model[0].weight.grad)


def test_tied_weights():
    model, x, w = Tied(), gg.randn(2, 3), gg.randn(3, 3)
    close(functional_call(model, {"a.weight": w}, (x,)), x @ w.mT @ w.mT, rtol=1e-5)
    close(functional_call(model, {"b.weight": w}, (x,)), x @ w.mT @ w.mT, rtol=1e-5)
    with pytest.raises(ValueError, match=r"a.weight and b.weight are one tensor, but were given two: write tie_weights=False"):
        functional_call(model, {"a.weight": w, "b.weight": w * 2}, (x,))
    close(functional_call(model, {"a.weight": w, "b.weight": w * 2}, (x,), tie_weights=False), x @ w.mT @ (2 * w).mT, rtol=1e-5)
    close(functional_call(model, {"a.weight": w}, (x,), tie_weights=False), x @ w.mT @ model.a.weight.mT, rtol=1e-5)


def test_buffers_are_the_given_ones():
    model = Counter()
    buffers = {"count": gg.tensor(5.0), "scale": gg.full((2,), 3.0)}
    close(functional_call(model, buffers, (gg.ones(2),)), [6.0, 6.0])
    assert model.count.item() == 0 and model.scale.tolist() == [1, 1]
    assert buffers["count"].item() == 6  # written in place, as PyTorch does


def test_wrong_names_are_told():
    model, w = net(), gg.ones(4, 3)
    with pytest.raises(KeyError, match="functional_call: Sequential has no 0.wieght: it has 0.weight, 0.bias, 2.weight, 2.bias"):
        functional_call(model, {"0.wieght": w}, (gg.ones(3),))
    with pytest.raises(RuntimeError, match="0.bias, 2.weight, 2.bias missing"):
        functional_call(model, {"0.weight": w}, (gg.ones(3),), strict=True)
    with pytest.raises(ValueError, match="0.weight is given in more than one dict"):
        functional_call(model, [{"0.weight": w}, {"0.weight": w}], (gg.ones(3),))


def test_an_ensemble_runs_as_one():
    models = [net() for _ in range(4)]
    params, buffers = stack_module_state(models)
    assert params["0.weight"].shape == (4, 4, 3) and params["0.weight"].is_leaf and params["0.weight"].requires_grad and not buffers
    x = gg.randn(5, 3)
    y = vmap(lambda p, x: functional_call(models[0], p, (x,)), (0, None))(params, x)
    close(y, gg.stack([model(x) for model in models]), rtol=1e-5)
    y.sum().backward()
    for i, model in enumerate(models):
        model(x).sum().backward()
        close(params["0.weight"].grad[i], model[0].weight.grad, rtol=1e-5)


def test_only_equal_models_are_stacked():
    with pytest.raises(RuntimeError, match="no models"):
        stack_module_state([])
    with pytest.raises(RuntimeError, match="must be of one class"):
        stack_module_state([net(), nn.Linear(3, 4)])
    with pytest.raises(RuntimeError, match="all in training or all in eval mode"):
        stack_module_state([net(), net().eval()])


def test_buffers_are_stacked():
    params, buffers = stack_module_state([Counter(), Counter()])
    assert not params and buffers["scale"].shape == (2, 2)


def test_per_sample_gradients_are_pytorchs():
    torch = pytest.importorskip("torch", reason="parity with PyTorch needs torch")
    rng = np.random.default_rng(0)
    weights = {"0.weight": rng.standard_normal((4, 3)), "0.bias": rng.standard_normal(4), "2.weight": rng.standard_normal((2, 4)),
               "2.bias": rng.standard_normal(2)}  # fmt: skip
    x = rng.standard_normal((5, 3))
    found = []
    for m in (gg, torch):
        model = m.nn.Sequential(m.nn.Linear(3, 4), m.nn.Tanh(), m.nn.Linear(4, 2)).double()
        params = {k: m.tensor(w.tolist(), dtype=m.float64) for k, w in weights.items()}

        def loss(p, x, t, m=m, model=model):
            return m.nn.functional.cross_entropy(m.func.functional_call(model, p, (x[None],)), t[None])

        per_sample = m.func.vmap(m.func.grad(loss), in_dims=(None, 0, 0))
        found.append(per_sample(params, m.tensor(x.tolist(), dtype=m.float64), m.tensor([0, 1, 1, 0, 1])))
    for name in weights:
        np.testing.assert_allclose(found[0][name].numpy(), found[1][name].numpy(), rtol=1e-10, atol=1e-12)
