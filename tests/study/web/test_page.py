"""The file that a page is: what is in it equals what the engine has, whatever it is called."""

import base64
import json
import re

import numpy as np
import pytest
from tests.study.graphs import random_loss
from tests.study.web import js

import glassgrad as gg
from glassgrad import nn, study
from glassgrad.nn import functional as F

TYPES = {"f4": np.float32, "f8": np.float64, "i4": np.int32, "b1": np.bool_}
HOSTILE = "</script><img src=x onerror=\"alert(1)\">&\u2028'"


def read(path):
    """A page's data, as its scripts read it."""
    text = path.read_text("utf-8")
    found = re.findall(r'<script type="application/json" id="data">(.*?)</script>', text, re.S)
    assert len(found) == 1
    return json.loads(found[0])


def array(page, k):
    """An array of a page, None where it is moved from others or cut."""
    about = page["arrays"][k]
    if "moved" in about:
        return moved(page, k)
    x = np.frombuffer(base64.b64decode(about["data"]), TYPES[about["type"]])
    return None if "kept" in about else x.reshape(about["shape"])


def moved(page, k):
    program, output, sources = page["arrays"][k]["moved"]
    code = "const values = run(given.program, given.inputs.map(read)); return told(values[given.program.outputs[given.output]]);"
    inputs = [js.encoded(array(page, source)) for source in sources]
    return js.array(js.run(code, {"program": page["programs"][program], "output": output, "inputs": inputs}))


def network(dtype=gg.float32):
    gg.manual_seed(3)
    model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2)).to(dtype)
    x, target = gg.randn(5, 3, dtype=dtype), gg.tensor([0, 1, 1, 0, 1])
    with study.record() as tape:
        logits = model(x)
        loss = F.cross_entropy(logits, target)
        loss.backward()
    return model, loss, tape, (x, target, logits)  # alive, so that their names are known


@pytest.mark.parametrize("dtype", [gg.float32, gg.float64])
def test_every_value_and_gradient_is_the_engines_to_the_last_bit(tmp_path, dtype):
    model, _, tape, kept = network(dtype)
    page = read(tmp_path / "p.html") if tape.save(tmp_path / "p.html") else None
    by_name = {value["name"]: value for value in page["values"]}
    assert {"x", "target", "logits", "loss", "0.weight", "2.bias"} <= set(by_name)
    for name, parameter in model.named_parameters():
        assert array(page, by_name[name]["array"]).tobytes() == parameter.detach().numpy().tobytes()
    top = [k for k, op in enumerate(page["ops"]) if op["up"] is None]
    for k, node in zip(top, tape.nodes, strict=True):
        np.testing.assert_array_equal(array(page, page["values"][page["ops"][k]["out"]]["array"]), tape.values[node])
    totals = {}
    for step in page["backwards"][0]["steps"]:
        for part in step["parts"]:
            totals[part["to"]] = totals.get(part["to"], 0) + array(page, part["array"])
    for name, parameter in model.named_parameters():
        np.testing.assert_array_equal(totals[page["values"].index(by_name[name])], parameter.grad.numpy())
    assert [array(page, step["array"]).tobytes() for step in page["backwards"][0]["steps"]] == [g.tobytes() for _, g, _ in tape.backwards[0].steps]
    del kept


def test_what_the_page_recomputes_is_what_backward_gave(tmp_path):
    """The programs of a whole page, run one after the other, give the loss and the gradients of the leaves: also of bodies of fused ops."""
    *_, tape, _ = network(gg.float64)
    tape.save(tmp_path / "p.html")
    page = read(tmp_path / "p.html")
    checked = 0
    stack = list(page["backwards"][0]["steps"])
    while stack:
        step = stack.pop()
        stack += step.get("inside", [])
        op = page["ops"][step["op"]]
        assert op["backward"] is not None, op["name"]
        inputs = [array(page, step["array"] if r == "g" else r["array"] if isinstance(r, dict) else page["values"][r]["array"]) for r in op["reads"]]
        answers = js.run(
            "const values = run(given.program, given.inputs.map(read)); return given.program.outputs.map((o) => o === null ? null : told(values[o]));",
            {"program": page["programs"][op["backward"]], "inputs": [js.encoded(x) for x in inputs]},
        )
        for part in step["parts"]:
            np.testing.assert_allclose(js.array(answers[part["i"]]), array(page, part["array"]), 1e-12, 1e-15, err_msg=op["name"])
            checked += 1
    assert checked > 12
    assert {"linear", "tanh", "cross_entropy", "log_softmax", "matmul"} <= {op["name"] for op in page["ops"]}


def test_names_lines_modules_and_rules(tmp_path):
    *_, tape, kept = network()
    tape.save(tmp_path / "p.html", title="a net")
    page = read(tmp_path / "p.html")
    assert page["title"] == "a net"
    assert [group["title"] for group in page["groups"]][1:] == ["Sequential", "0: Linear", "1: Tanh", "2: Linear"]
    lines = {page["files"][op["line"][0]]["lines"][op["line"][1] - page["files"][op["line"][0]]["start"]].strip() for op in page["ops"] if op["line"]}
    assert lines == {"logits = model(x)", "loss = F.cross_entropy(logits, target)"}
    rules = {part["text"] for step in page["backwards"][0]["steps"] for part in step["parts"]}
    assert {"d linear.mT @ x", "d tanh - d tanh * tanh * tanh", "d logits.mT @ tanh"} <= rules, rules
    del kept


def test_a_page_asks_and_changes_nothing(tmp_path):
    model, loss, _, _ = network()
    seen = []
    handle = model[0].weight.register_hook(lambda g: seen.append(g))
    grads = [p.grad.numpy().copy() for p in model.parameters()]
    with study.record():
        again = F.cross_entropy(model(gg.ones(5, 3)), gg.tensor([0, 1, 1, 0, 1]))
    seen.clear()
    gg.viz.page(again, tmp_path / "a.html")
    assert not seen
    handle.remove()
    for before, p in zip(grads, model.parameters(), strict=True):
        np.testing.assert_array_equal(before, p.grad.numpy())
    assert read(tmp_path / "a.html")["asked"]
    again.backward()  # nothing was freed
    assert loss.grad_fn is not None


def test_without_a_tape_the_page_has_what_the_ops_kept(tmp_path):
    x = gg.tensor([1.0, 2.0], requires_grad=True)
    loss = (x.exp() * 2).sum()
    gg.viz.page(loss, tmp_path / "p.html")
    page = read(tmp_path / "p.html")
    by_name = {value["name"]: value for value in page["values"]}
    np.testing.assert_array_equal(array(page, by_name["exp"]["array"]), np.exp(x.detach().numpy()))
    assert by_name["loss"]["array"] is None
    np.testing.assert_array_equal(array(page, page["backwards"][0]["steps"][-1]["parts"][0]["array"]), 2 * np.exp(x.detach().numpy()))


def test_several_backwards_and_what_was_there_before(tmp_path):
    w = gg.tensor([2.0, 3.0], requires_grad=True)
    (w * w).sum().backward()
    with study.record() as tape:
        (w * 3).sum().backward()
        (w * w * w).sum().backward()
    tape.save(tmp_path / "p.html")
    page = read(tmp_path / "p.html")
    assert len(page["backwards"]) == 2
    held = [array(page, backward["before"][0][1]) for backward in page["backwards"]]
    np.testing.assert_array_equal(held, [[4, 6], [7, 9]])


def test_a_leaf_that_was_written_to_between_two_uses_has_two_values(tmp_path):
    w = gg.tensor([2.0, 3.0], requires_grad=True)
    with study.record() as tape:
        (w * w).sum().backward()
        with gg.no_grad():
            w.sub_(w.grad)
        (w * w).sum().backward()
    tape.save(tmp_path / "p.html")
    page = read(tmp_path / "p.html")
    found = [array(page, value["array"]).tolist() for value in page["values"] if value["kind"] == "input"]
    assert found == [[2, 3], [-2, -3]]


def test_slices_scalars_and_functions_of_ones_own(tmp_path):
    class Twice(gg.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return g * 2

    x = gg.tensor([1.0, 2.0, 3.0], requires_grad=True)
    with study.record() as tape:
        y = Twice.apply(x[:2] * x[1:]) * 0.5
        y.sum().backward()
    tape.save(tmp_path / "p.html")
    page = read(tmp_path / "p.html")
    parts = [part for step in page["backwards"][0]["steps"] for part in step["parts"]]
    leaf = next(v for v, value in enumerate(page["values"]) if value["kind"] == "input")
    np.testing.assert_array_equal(sum(array(page, part["array"]) for part in parts if part["to"] == leaf), x.grad.numpy())
    assert any(op["name"] == "Twice" for op in page["ops"])


@pytest.mark.parametrize("seed", range(12))
def test_random_graphs(tmp_path, seed):
    loss, leaves, _ = random_loss(seed)
    gg.viz.page(loss, tmp_path / "p.html")
    page = read(tmp_path / "p.html")
    totals = {}
    for v, k in page["backwards"][0]["roots"]:
        totals[v] = array(page, k)
    for step in page["backwards"][0]["steps"]:
        for part in step["parts"]:
            totals[part["to"]] = totals.get(part["to"], 0) + array(page, part["array"])
    loss.backward()
    wanted = [leaf.grad.numpy().tolist() for leaf in leaves if leaf.grad is not None]
    found = [totals[v].tolist() for v, value in enumerate(page["values"]) if value["kind"] != "op" and v in totals]
    assert sorted(found, key=str) == sorted(wanted, key=str)


def test_large_arrays_are_cut_to_corners_and_said_to_be(tmp_path):
    w = gg.randn(200, 300, requires_grad=True)
    with study.record() as tape:
        (w * w).sum().backward()
    tape.save(tmp_path / "p.html", max_bytes=100_000)
    page = read(tmp_path / "p.html")
    assert (tmp_path / "p.html").stat().st_size < 250_000
    about = page["arrays"][page["values"][0]["array"]]
    assert about["shape"] == [200, 300]
    rows, columns = about["kept"]
    assert 0 < rows * columns < 200 * 300
    corner = np.frombuffer(base64.b64decode(about["data"]), np.float32).reshape(rows, columns)
    np.testing.assert_array_equal(corner, w.detach().numpy()[:rows, :columns])
    assert float(about["about"][3]) == pytest.approx(float(np.linalg.norm(w.detach().numpy())), rel=1e-5)


def test_hostile_names_stay_text(tmp_path):
    x = gg.name(gg.tensor([1.0], requires_grad=True), HOSTILE)
    with study.record() as tape:
        gg.name(x * 2, HOSTILE + "y").sum().backward()
    tape.save(tmp_path / "p.html", title=HOSTILE)
    text = (tmp_path / "p.html").read_text("utf-8")
    assert text.count("</script>") == 9
    assert "<img" not in text
    page = read(tmp_path / "p.html")
    assert page["title"] == HOSTILE
    assert HOSTILE in {value["name"] for value in page["values"]}


def test_the_page_is_one_file_that_asks_nobody(tmp_path):
    *_, tape, _ = network()
    tape.save(tmp_path / "p.html")
    text = (tmp_path / "p.html").read_text("utf-8")
    ours = re.sub(r'<script type="application/json".*?</script>', "", text, flags=re.S).replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"(src|href)\s*=|@import|url\(|fetch\(|XMLHttp|import\(|https?://", ours)


def test_the_same_program_gives_the_same_page(tmp_path):
    for name in "ab":
        *_, tape, kept = network()
        tape.save(tmp_path / f"{name}.html")
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()
    del kept


def test_nan_and_infinity(tmp_path):
    x = gg.tensor([0.0, 1.0], requires_grad=True)
    with study.record() as tape:
        (x.log() * 0).sum().backward()
    tape.save(tmp_path / "p.html")
    page = read(tmp_path / "p.html")
    assert any(about.get("bad") for about in page["arrays"])


def test_bad_input_is_said(tmp_path):
    with pytest.raises(TypeError, match=r"page: expected a tensor or a tape, got int: write gg.viz.page\(loss, 'page.html'\)"):
        gg.viz.page(3, tmp_path / "p.html")
    with pytest.raises(ValueError, match="must end in .html"):
        gg.viz.page(gg.tensor(1.0, requires_grad=True) * 2, tmp_path / "p.svg")
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        gg.viz.page(gg.tensor(1.0, requires_grad=True) * 2, tmp_path / "no" / "p.html")
    with pytest.raises(RuntimeError, match="page: this tensor .* has no graph"):
        gg.viz.page(gg.tensor(1.0), tmp_path / "p.html")
    with pytest.raises(ValueError, match="page: this tensor is a leaf"):
        gg.viz.page(gg.tensor(1.0, requires_grad=True), tmp_path / "p.html")
    with study.record() as tape:
        pass
    with pytest.raises(ValueError, match="this tape saw no op"):
        tape.save(tmp_path / "p.html")
    y = gg.tensor(1.0, requires_grad=True).exp()
    y.backward()
    with pytest.raises(RuntimeError, match="freed"):
        gg.viz.page(y, tmp_path / "p.html")
    assert not list(tmp_path.iterdir())


def test_a_page_without_a_backward_says_why(tmp_path):
    x = gg.ones(2, requires_grad=True)
    with study.record() as tape:
        loss = (x * 2).sum()
    loss.backward()
    tape.save(tmp_path / "p.html")
    page = read(tmp_path / "p.html")
    assert not page["backwards"]
    assert page["note"].startswith("backward() was called where no tape ran")
    with study.record() as tape:
        y = x * 2
    tape.save(tmp_path / "p.html")
    assert "gradient=" in read(tmp_path / "p.html")["note"]
    gg.viz.page(y, tmp_path / "p.html", gradient=gg.ones(2))
    assert read(tmp_path / "p.html")["backwards"]


def test_each_step_of_a_training_gives_to_the_weights_that_it_read(tmp_path):
    w = gg.tensor([1.0, 2.0], requires_grad=True)
    optimizer = gg.optim.SGD([w], lr=0.1)
    with study.record() as tape:
        for _ in range(3):
            optimizer.zero_grad()
            (w * w).sum().backward()
            optimizer.step()
    tape.save(tmp_path / "p.html")
    page = read(tmp_path / "p.html")
    leaves = [v for v, value in enumerate(page["values"]) if value["kind"] == "input"]
    assert len(leaves) == 3
    for leaf, backward in zip(leaves, page["backwards"], strict=True):
        parts = [part for step in backward["steps"] for part in step["parts"] if page["values"][part["to"]]["kind"] == "input"]
        assert {part["to"] for part in parts} == {leaf}
        np.testing.assert_allclose(array(page, backward["later"][0][1]), 2 * array(page, page["values"][leaf]["array"]))


def test_gradients_asked_for_are_a_walk_like_a_backward(tmp_path):
    x = gg.tensor([1.0, 2.0], requires_grad=True)
    with study.record() as tape:
        gg.autograd.grad((x**3).sum(), x)
    tape.save(tmp_path / "p.html")
    page = read(tmp_path / "p.html")
    assert [backward["kept"] for backward in page["backwards"]] == [False]
    assert not tape.backwards
