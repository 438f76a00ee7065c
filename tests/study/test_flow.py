"""What flows through a model: outputs, gradients, gains, dead and saturated units, updates."""

import sys
from math import inf, isclose, isnan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import glassgrad as gg
from glassgrad import nn
from glassgrad.nn import functional as F


def rms(*tensors):
    values = np.concatenate([t.detach().numpy().astype(np.float64).ravel() for t in tensors])
    return float(np.sqrt(np.mean(values**2)))


class Residual(nn.Module):
    """A block with a norm, activations called as functions, a way around it, and a module that is called twice."""

    def __init__(self, width):
        super().__init__()
        self.norm, self.up, self.down = nn.LayerNorm(width), nn.Linear(width, 2 * width), nn.Linear(2 * width, width)
        self.twice = nn.Linear(width, width, bias=False)

    def forward(self, x):
        x = x + self.down(F.gelu(self.up(self.norm(x))))
        return self.twice(F.relu(self.twice(x)))


def a_model(seed, width=6):
    gg.manual_seed(seed)
    return nn.Sequential(nn.Linear(4, width), nn.Tanh(), Residual(width), Residual(width), nn.Linear(width, 2))


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 1000), st.integers(2, 5))
def test_what_hooks_see_is_what_flows(seed, batch):
    model = a_model(seed)
    x, outputs, given, handed, handles = gg.randn(batch, 4, requires_grad=True), {}, {}, {}, []
    for path, module in model.named_modules():
        path = path or "Sequential"
        for table in (outputs, given, handed):
            table[path] = []
        handles.append(module.register_forward_hook(lambda m, args, y, path=path: outputs[path].append(y)))
        handles.append(
            module.register_full_backward_hook(
                lambda m, gi, go, path=path: (given[path].append(go[0]), handed[path].append(gi[0]), None)[2]
            )
        )
    model(x).square().mean().backward()
    for handle in handles:
        handle.remove()
    with gg.study.record():
        loss = model(x).square().mean()
        found = gg.study.flow(model, loss).readings[0]
    assert list(found.stages)[:5] == ["Sequential", "0", "1", "2", "2.norm"]
    for path in outputs:
        stage = found.stages[path]
        assert isclose(stage.output, rms(*outputs[path]), rel_tol=1e-6)
        assert isclose(stage.gradient, rms(*given[path]), rel_tol=1e-6)
        assert isclose(stage.gain, rms(*handed[path]) / rms(*given[path]), rel_tol=1e-5)
    for name, p in model.named_parameters():
        assert isclose(found.weights[name].gradient, rms(p.grad), rel_tol=1e-6) and isclose(found.weights[name].size, rms(p), rel_tol=1e-6)


def test_most_outputs_are_known_without_a_tape_and_none_is_wrong():
    model, x = a_model(0), gg.randn(3, 4)
    found = gg.study.flow(model, model(x).sum()).readings[0].stages
    with gg.study.record():
        right = gg.study.flow(model, model(x).sum()).readings[0].stages
    assert {name for name, stage in found.items() if stage.output is None} <= {"4", "Sequential", "2.twice", "2", "3", "3.twice"}
    for name, stage in found.items():
        assert stage.output is None or isclose(stage.output, right[name].output, rel_tol=1e-6)
    assert "?: no op keeps it" in str(gg.study.flow(model, model(x).sum()))


def test_a_bias_written_over_since_is_not_run_again():
    model, x = nn.Sequential(nn.Linear(4, 3), nn.ReLU()), gg.randn(5, 4)
    loss = model(x).sum()
    assert gg.study.flow(model, loss).readings[0].stages["0"].output is not None
    with gg.no_grad():
        model[0].bias += 1
    assert gg.study.flow(model, loss).readings[0].stages["0"].output is None


@settings(max_examples=20, deadline=None)
@given(st.integers(2, 6), st.integers(1, 8), st.data())
def test_dead_units_are_those_that_no_example_wakes(batch, units, data):
    x = np.array(
        data.draw(st.lists(st.lists(st.sampled_from([-1.0, 0.0, 2.0]), min_size=units, max_size=units), min_size=batch, max_size=batch))
    )
    model = nn.Sequential(nn.Flatten(), nn.ReLU())
    values = gg.tensor(x, requires_grad=True)
    found = gg.study.flow(model, model(values).sum()).readings[0].stages["1"]
    assert found.dead == np.mean((x <= 0).all(0))
    assert found.saturated is None


def test_saturated_elements():
    model = nn.ModuleDict({"tanh": nn.Tanh(), "sigmoid": nn.Sigmoid(), "softmax": nn.Softmax(-1), "relu6": nn.ReLU6(), "gelu": nn.GELU()})

    class All(nn.Module):
        def __init__(self):
            super().__init__()
            self.all = model

        def forward(self, x):
            return sum(module(x).square().sum() for module in self.all.values())

    every = All()
    x = gg.tensor([[0.0, 1.0, 5.0, -9.0], [0.0, 2.0, -2.5, -9.0]], requires_grad=True)
    found = gg.study.flow(every, every(x)).readings[0].stages
    y = np.tanh(x.detach().numpy())
    assert found["all.tanh"].saturated == np.mean(1 - y**2 < 0.05)
    s = 1 / (1 + np.exp(-x.detach().numpy()))
    assert found["all.sigmoid"].saturated == np.mean(s * (1 - s) < 0.0125)
    assert found["all.softmax"].saturated == np.mean(x.softmax(-1).detach().numpy().max(-1) > 0.99) and found["all.softmax"].dead is None
    assert found["all.relu6"].saturated is None and found["all.relu6"].dead == 0.5
    assert found["all.gelu"].dead == 0.25 and found["all.gelu"].saturated is None


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 1000), st.sampled_from(["penalty", "auxiliary", "both"]))
def test_other_uses_of_what_is_inside_do_not_make_it_the_output(seed, use):
    gg.manual_seed(seed)
    model, x = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 4), nn.Tanh(), nn.Linear(4, 1)), gg.randn(6, 3, requires_grad=True)
    inner = []
    model[1].register_forward_hook(lambda module, args, y: inner.append(y))

    def stages(use):
        y = model(x)
        loss = y.square().mean()
        if use != "auxiliary":
            loss = loss + 0 * gg.autograd.grad(y.square().sum(), x, create_graph=True)[0].square().sum()
        if use != "penalty":
            loss = loss + 0 * inner[-1].abs().mean()
        return gg.study.flow(model, loss).readings[0].stages, y

    alone = gg.study.flow(model, model(x).square().mean()).readings[0].stages
    found, y = stages(use)
    assert list(found) == list(alone)
    whole = found["Sequential"]
    assert whole.output is None or isclose(whole.output, rms(y), rel_tol=1e-5)
    for name in ("1", "3", "4", "Sequential"):
        assert isclose(found[name].gradient, alone[name].gradient, rel_tol=1e-5), name
        assert isclose(found[name].gain, alone[name].gain, rel_tol=1e-5), name


def test_what_only_a_recorded_backward_uses_is_no_output_of_the_whole():
    model, x = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1)), gg.randn(6, 3, requires_grad=True)
    penalty = gg.autograd.grad(model(x).sum(), x, create_graph=True)[0].square().sum()
    found = gg.study.flow(model, penalty)
    stages = found.readings[0].stages
    assert stages["Sequential"].output is None and stages["Sequential"].gradient is None and "?" not in str(found)
    assert isclose(stages["1"].output, rms(model[:2](x)), rel_tol=1e-6)


def test_a_gain_counts_the_calls_that_hand_on():
    gg.manual_seed(4)
    layer, x = nn.Linear(3, 3), gg.randn(5, 3)
    gain = lambda loss: gg.study.flow(layer, loss).readings[0].stages["Linear"].gain
    middle = layer(x)
    last = layer(middle)
    right = gg.autograd.grad(last.square().sum(), [middle, last], retain_graph=True)
    assert isclose(gain(last.square().sum()), rms(right[0]) / rms(right[1]), rel_tol=1e-6)
    assert gain(layer(x).sum()) is None


def test_one_example_tells_nothing_of_a_unit():
    model = nn.Sequential(nn.Linear(2, 3), nn.ReLU())
    assert gg.study.flow(model, model(gg.randn(1, 2)).sum()).readings[0].stages["1"].dead is None


def test_activations_called_as_functions_are_named_after_what_feeds_them():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.cell = nn.Linear(3, 4), nn.Linear(4, 4)

        def forward(self, x):
            h = F.relu(self.a(x))
            for _ in range(3):
                h = gg.tanh(self.cell(h))
            return (h * 2).relu() + (h - 1).relu()

    model = Net()
    stages = gg.study.flow(model, model(gg.randn(5, 3)).sum()).readings[0].stages
    assert list(stages) == ["Net", "a", "relu after a", "cell", "tanh after cell", "relu in Net", "relu in Net (2)"]
    prelu = nn.Sequential(nn.Linear(3, 4), nn.PReLU())
    assert list(gg.study.flow(prelu, prelu(gg.randn(5, 3)).sum()).readings[0].stages) == ["Sequential", "0", "1"]
    assert stages["tanh after cell"].saturated is not None and stages["relu after a"].dead is not None


OPTIMIZERS = {
    "SGD": lambda ps: gg.optim.SGD(ps, lr=0.1, momentum=0.9, weight_decay=0.1),
    "Adam": lambda ps: gg.optim.Adam(ps, lr=0.01),
    "AdamW": lambda ps: gg.optim.AdamW(ps, lr=0.01),
    "RMSprop": lambda ps: gg.optim.RMSprop(ps, lr=0.01),
    "Adagrad": lambda ps: gg.optim.Adagrad(ps, lr=0.01),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_updates_are_what_the_step_does(name):
    gg.manual_seed(2)
    model = nn.Sequential(nn.Linear(4, 8), nn.GELU(), nn.Linear(8, 2))
    optimizer, x, y = OPTIMIZERS[name](model.parameters()), gg.randn(6, 4), gg.randn(6, 2)
    told, measured = gg.study.Flow(model, optimizer), gg.study.Flow(model)
    for _ in range(4):
        loss = F.mse_loss(model(x), y)
        before = {name: p.detach().numpy().copy() for name, p in model.named_parameters()}
        told.add(loss), measured.add(loss)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        for path, p in model.named_parameters():
            right = np.linalg.norm(p.detach().numpy() - before[path]) / np.linalg.norm(before[path])
            assert isclose(told.readings[-1].weights[path].update, right, rel_tol=1e-3)
        assert measured.readings[-1].weights["0.weight"].update is None
    measured.add(F.mse_loss(model(x), y))
    for a, b in zip(told.readings, measured.readings, strict=False):
        assert all(isclose(a.weights[path].update, b.weights[path].update, rel_tol=1e-3) for path in a.weights)
    assert [reading.step for reading in measured.readings] == [1, 2, 3, 4, 5]


def test_sparse_rows_and_parameters_without_an_optimizer():
    model = nn.Sequential(nn.Embedding(5, 3, sparse=True), nn.Linear(3, 1))
    optimizer = gg.optim.SGD(model[0].parameters(), lr=0.5)
    before = model[0].weight.detach().numpy().copy()
    loss = model(gg.tensor([1, 1, 4])).sum()
    weights = gg.study.flow(model, loss, optimizer).readings[0].weights
    loss.backward()
    optimizer.step()
    now = model[0].weight.detach().numpy()
    assert isclose(weights["0.weight"].update, np.linalg.norm(now - before) / np.linalg.norm(before), rel_tol=1e-5)
    assert weights["1.weight"].update is None


def test_nothing_is_touched():
    model = nn.Sequential(nn.Linear(3, 3), nn.Tanh())
    optimizer = gg.optim.Adam(model.parameters())
    model[0].register_full_backward_hook(lambda *seen: pytest.fail("a hook ran"))
    loss = model(gg.randn(4, 3)).sum()
    before = model[0].weight.detach().numpy().copy()
    gg.study.flow(model, loss, optimizer)
    assert model[0].weight.grad is None and not optimizer.state
    np.testing.assert_array_equal(model[0].weight.detach().numpy(), before)


def deep(scale, layers=20, width=16):
    gg.manual_seed(0)
    model = nn.Sequential(*[part for _ in range(layers) for part in (nn.Linear(width, width), nn.Tanh())])
    for layer in model[::2]:
        nn.init.normal_(layer.weight, std=scale)
        nn.init.zeros_(layer.bias)
    return model


@pytest.mark.parametrize("scale, told", [(0.05, "gradients vanish"), (1.5, "saturated: 1: Tanh"), (0.25, None)])
def test_what_stands_out_in_a_deep_net(scale, told):
    model = deep(scale)
    warnings = gg.study.flow(model, model(gg.randn(32, 16)).square().mean()).warnings
    assert (told is None and not warnings) or any(line.startswith(told) for line in warnings)


def test_exploding_dead_slow_fast_unreached_and_nan():
    linear = nn.Sequential(*[nn.Linear(16, 16, bias=False) for _ in range(8)])
    for layer in linear:
        nn.init.normal_(layer.weight, std=2.0)
    found = gg.study.flow(linear, linear(gg.randn(4, 16)).mean(), gg.optim.SGD(linear.parameters(), lr=1e-12))
    assert any(line.startswith("gradients explode: they grow") and "back to 0: Linear" in line for line in found.warnings)
    assert any("raise the learning rate" in line for line in found.warnings)
    fast = gg.study.flow(linear, linear(gg.randn(4, 16)).mean(), gg.optim.SGD(linear.parameters(), lr=1e3))
    assert any("lower the learning rate" in line for line in fast.warnings)
    model = nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 1))
    nn.init.constant_(model[0].bias, -100.0)
    text = str(gg.study.flow(model, model(gg.randn(8, 2)).sum()))
    assert "! dead units in 1: ReLU (100 %)" in text and "the gradient of 0.weight, 0.bias, 2.weight is 0 everywhere" in text
    x = gg.randn(8, 2)
    text = str(gg.study.flow(model, model(x).sum() * gg.nan))
    assert "! NaN or infinite, the gradient of Sequential, 1: ReLU, 2: Linear: with gg.autograd.detect_anomaly()" in text

    class Half(nn.Module):
        def __init__(self):
            super().__init__()
            self.used, self.spare = nn.Linear(2, 2), nn.Linear(2, 2)

        def forward(self, x):
            return self.used(x)

    half = Half()
    found = gg.study.flow(half, half(x).sum())
    assert "! no gradient comes to spare.weight, spare.bias: gg.why_no_grad" in str(found)
    assert found.readings[0].weights["spare.weight"].gradient is None
    half.spare.requires_grad_(False)
    found = gg.study.flow(half, half(x).sum())
    assert found.warnings == [] and "frozen" in str(found)


def test_zero_weights_and_whole_numbers_of_steps():
    model = nn.Linear(2, 2)
    nn.init.zeros_(model.weight)
    found = gg.study.Flow(model, gg.optim.SGD(model.parameters(), lr=0.1)).add(model(gg.ones(3, 2)).sum(), step=10)
    assert found.readings[0].weights["weight"].update == inf and "from 0" in str(found)
    found.add(model(gg.ones(3, 2)).sum())
    assert str(found).startswith("step 11:")


def test_bad_input_is_told():
    model, x = nn.Linear(2, 2), gg.randn(3, 2)
    with pytest.raises(TypeError, match=r"study.flow: expected a module and its loss, got a Tensor first"):
        gg.study.flow(model(x).sum(), model)
    with pytest.raises(TypeError, match="study.flow: expected a tensor, got Linear"):
        gg.study.flow(model, model)
    with pytest.raises(RuntimeError, match=r"study.flow: the loss has shape \(3, 2\), .* write loss.sum\(\) or loss.mean\(\)$"):
        gg.study.flow(model, model(x))
    with pytest.raises(TypeError, match="study.flow: step must be a whole number, got str"):
        gg.study.Flow(model).add(model(x).sum(), step="a")
    with pytest.raises(ValueError, match="the SGD has none of the parameters of this Linear"):
        gg.study.Flow(model, gg.optim.SGD(nn.Linear(2, 2).parameters(), lr=0.1))
    with pytest.raises(RuntimeError, match="no op of this loss ran inside the Linear: give its own loss, and call model"):
        gg.study.flow(model, nn.Linear(2, 2)(x).sum())
    with pytest.raises(RuntimeError, match="no op of this loss ran inside"):
        gg.study.flow(model, model.forward(x).sum())
    with pytest.raises(TypeError, match="the update of LBFGS"):
        gg.study.flow(model, model(x).sum(), gg.optim.LBFGS(model.parameters()))
    with pytest.raises(TypeError, match="optimizer must be one of gg.optim, got float"):
        gg.study.flow(model, model(x).sum(), 0.1)
    loss = model(x).square().sum()
    loss.backward()
    with pytest.raises(RuntimeError, match="study.flow: .* has freed what it saved: ask before backward"):
        gg.study.flow(model, loss)
    empty = gg.study.Flow(model)
    assert "nothing read yet" in str(empty)
    with pytest.raises(RuntimeError, match="nothing read yet"):
        empty.figure()


@pytest.mark.filterwarnings("error")
def test_an_empty_batch_and_an_infinite_loss_are_told_without_a_warning():
    model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 4), nn.Tanh(), nn.Softmax(-1))
    found = gg.study.flow(model, model(gg.zeros(0, 3)).sum())
    assert all(stage.dead is None and stage.saturated is None for stage in found.readings[0].stages.values())
    assert "nan" not in str(found)
    found = gg.study.flow(model, model(gg.randn(5, 3)).sum() * gg.inf, gg.optim.Adam(model.parameters()))
    assert any(line.startswith("NaN or infinite, the gradient of Sequential") for line in found.warnings)


def test_a_model_that_was_not_called_itself_is_told():
    model, x = nn.Sequential(nn.Linear(3, 4), nn.ReLU()), gg.randn(5, 3)
    told = "Sequential itself isn't listed"
    assert told in str(gg.study.flow(model, model.forward(x).sum())) and told not in str(gg.study.flow(model, model(x).sum()))


@pytest.mark.parametrize("activation, told", [(nn.Sigmoid, "saturated"), (nn.Hardtanh, "saturated"), (nn.ReLU, "dead units"), (None, None)])
def test_units_are_dead_only_where_nothing_flows(activation, told):
    model = nn.Sequential(nn.Linear(2, 4), activation() if activation else nn.LeakyReLU(1e-4))
    nn.init.constant_(model[0].bias, 10.0 if activation in (nn.Sigmoid, nn.Hardtanh) else -8.0)
    found = gg.study.flow(model, model(gg.rand(8, 2)).sum())
    stage = found.readings[0].stages["1"]
    assert (stage.dead == 1) == (stage.gain is None or found.readings[0].stages["0"].gradient == 0)
    kinds = [line.partition(" in ")[0].partition(":")[0] for line in found.warnings if "0 everywhere" not in line]
    assert kinds == ([told] if told else [])


def test_it_is_drawn(tmp_path, monkeypatch):
    pytest.importorskip("matplotlib", reason="an optional package")
    model = a_model(1)
    found = gg.study.Flow(model, gg.optim.SGD(model.parameters(), lr=0.1))
    for i in range(3):
        found.add(model(gg.randn(4, 4)).square().mean(), step=10 * i)
    axes = {one.get_title(): one for one in found.figure().axes if one.get_title()}
    assert len(axes) == 6
    stages = found.readings[0].stages
    assert [text.get_text() for text in axes["output, rms"].get_yticklabels()] == [stage.title for stage in stages.values()]
    drawn = np.ma.filled(axes["gradient there, rms"].images[0].get_array().astype(float), np.nan)
    right = [[reading.stages[name].gradient for reading in found.readings] for name in stages]
    np.testing.assert_array_equal(drawn, right)
    assert [text.get_text() for text in axes["update / weight"].get_xticklabels()] == ["0", "10", "20"]
    assert all(
        isnan(x) for x in np.ma.filled(axes["gain: gradient at the input / at the output"].images[0].get_array().astype(float), np.nan)[0]
    )
    found.save(tmp_path / "flow.png")
    assert (tmp_path / "flow.png").read_bytes()[:4] == b"\x89PNG"
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ModuleNotFoundError, match=r"study.flow.*pip install 'glassgrad\[examples\]'"):
        found.save(tmp_path / "again.png")
