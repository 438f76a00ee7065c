"""Programs: what an op does, told as NumPy calls, and run again by the page's scripts."""

import warnings

import numpy as np
import pytest
from tests.ops.build import map_arrays
from tests.ops.samples import SAMPLES, samples
from tests.study.web import js

import glassgrad as gg
from glassgrad import study
from glassgrad.graph import sum_to
from glassgrad.op import REGISTRY
from glassgrad.study.web import trace

ESSENTIAL = [  # these must be told: the page promises its microscope for them
    "add", "sub", "mul", "div", "pow", "exp", "log", "sqrt", "tanh", "sigmoid", "_relu", "gelu", "matmul", "linear", "sum", "mean", "amax", "softmax",
    "log_softmax", "layer_norm", "rms_norm", "embedding", "cross_entropy", "scaled_dot_product_attention", "reshape", "transpose", "permute", "view",
    "cat", "stack", "expand", "where", "unsqueeze", "squeeze", "flatten", "masked_fill", "clamp", "maximum", "minimum", "var", "_dropout", "mse_loss",
    "binary_cross_entropy_with_logits", "_silu", "gather", "tril", "triu", "cumsum",
]  # fmt: skip
RUN = """
return given.map(({program, inputs}) => {
  try {
    const values = run(program, inputs.map(read));
    return program.outputs.map((o) => o === null ? null : told(values[o]));
  } catch (error) { return String(error); }
});
"""
TREES = """
return given.map(({program, inputs}) => {
  const values = run(program, inputs.map(read)), wrong = [];
  program.outputs.forEach((o) => { if (o !== null) values[o].data.forEach((y, i) => {
    const found = tree(program, values, o, i), sum = termsOf(found).reduce((a, b) => a + b.value, 0);
    for (const x of [found.value, sum]) if (!(Math.abs(x - y) <= 1e-9 * Math.max(1, Math.abs(y)) || (Number.isNaN(x) && Number.isNaN(y)) || x === y)) wrong.push([i, y, x]);
    for (const [input, cells] of cellsOf(found)) for (const at of cells) if (!(at >= 0 && at < values[input].data.length)) wrong.push([i, input, at]);
  }); });
  return wrong.slice(0, 3);
});
"""


def traced(name):
    """(program, its inputs, what it should give) forward and backward, for each op recorded on a sample of op `name`; and how many couldn't be told."""
    found = []
    for sample in samples(name):
        make = lambda key, x: gg.tensor(x.astype(np.float64) if x.dtype.kind == "f" else x, requires_grad=x.dtype.kind == "f")
        args, kwargs = map_arrays(sample, make)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                with study.record() as tape:
                    REGISTRY[name](*args, **kwargs)
            except (RuntimeError, TypeError, ValueError, IndexError):  # a sample for tensors that need no gradient
                continue
            for node in tape.nodes:
                given = tape.arguments.get(node)
                if given is None:
                    continue
                y = tape.values[node]
                program = trace.forward(node.op, given, y)
                found.append((program, trace.flat(given), [y]))
                g = np.random.default_rng(0).standard_normal(node.shape)
                read = (*tape.saved[node], *node.attrs)
                gradients = node.op.backward(node.parents, g, read)
                wanted = [
                    None if x is None else sum_to(np.asarray(x), parent.shape) if np.shape(x) != parent.shape else np.asarray(x)
                    for x, parent in zip(gradients, node.parents, strict=True)
                ]
                found.append((trace.backward(node, tape.saved[node], g, wanted), trace.flat((g, *read)), wanted))
    told = [one for one in found if one[0] is not None]
    return told, len(found) - len(told)


def as_json(told):
    return [{"program": program.json(), "inputs": [js.encoded(x) for x in inputs]} for program, inputs, _ in told]


@pytest.fixture(scope="module")
def every():
    return {name: traced(name) for name in SAMPLES}


def test_every_program_gives_what_the_engine_gives_when_the_page_runs_it(every):
    told = [(name, one) for name, (found, _) in every.items() for one in found]
    assert len(told) > 8000
    strange, answers = set(), js.run(RUN, as_json([one for _, one in told]))
    for (name, (_, _, wanted)), answer in zip(told, answers, strict=True):
        if isinstance(answer, str):
            strange.add((name, answer))
            continue
        for found, want in zip(answer, wanted, strict=False):
            if found is not None and want is not None:
                np.testing.assert_allclose(js.array(found), np.asarray(want, float), 1e-8, 1e-9, err_msg=name)
    assert all("the page can't run" in answer for _, answer in strange)
    assert len({name for name, _ in strange}) < 12


@pytest.mark.parametrize("name", ESSENTIAL)
def test_what_the_page_promises_can_be_told(every, name):
    told, untold = every[name]
    assert told
    assert untold <= len(told) // 5  # samples of no elements or no dimensions


def test_the_terms_of_each_element_add_up_to_it_and_point_at_real_elements(every):
    told = [one for name in ESSENTIAL for one in every[name][0] if sum(x.size for x in one[1]) < 300]
    wrong = js.run(TREES, as_json(told))
    assert [bad for bad in wrong if bad] == []


def test_a_product_is_told_as_the_sum_of_its_products():
    a, b = gg.randn(3, 4, dtype=gg.float64, requires_grad=True), gg.randn(4, 2, dtype=gg.float64, requires_grad=True)
    with study.record() as tape:
        a @ b
    node = tape.nodes[0]
    g = np.random.default_rng(0).standard_normal((3, 2))
    program = trace.backward(node, tape.saved[node], g, node.op.backward(node.parents, g, tape.saved[node] + node.attrs))
    code = """const {program, inputs} = given, values = run(program, inputs.map(read)), found = tree(program, values, program.outputs[1], 5);
    return termsOf(found).map((term) => [term.value, term.parts.map((part) => [part.input, part.at])]);"""
    terms = js.run(code, as_json([(program, trace.flat((g, *tape.saved[node], *node.attrs)), None)])[0])
    x = a.detach().numpy()  # element (2, 1) of d b: column 2 of a by column 1 of g
    np.testing.assert_allclose([value for value, _ in terms], x[:, 2] * g[:, 1])
    names = ["g", *node.op.keep]
    for k, (_, parts) in enumerate(terms):
        assert {(names[i], at) for i, at in parts} == {("a", 4 * k + 2), ("g", 2 * k + 1)}


def test_values_read_in_secret_make_no_program():
    secret = lambda x: (x * float(np.asarray(x.view(np.ndarray)).ravel()[0]),)
    x = np.array([2.0, 3.0])
    assert trace.traced(secret, (x,), (x * 2.0,)) is None
    branch = trace.traced(lambda x: (x * 2 if x.sum() > 0 else x,), (x,), (x * 2,))
    assert branch is not None and branch.fixed
    answers = js.run(RUN, as_json([(branch, [x], None), (branch, [-x], None)]))
    np.testing.assert_allclose(js.array(answers[0][0]), x * 2)
    assert "takes another way" in answers[1]


def test_numbers_are_written_as_python_writes_them():
    rng = np.random.default_rng(0)
    x = np.concatenate([
        rng.standard_normal(3000) * 10.0 ** rng.integers(-12, 13, 3000), rng.integers(-(10**7), 10**7, 3000) / 2.0 ** rng.integers(0, 12, 3000),
        rng.standard_normal(2000).astype(np.float32), [0.0, -0.0, 1e-5, 1e-4, 999999.5, 1e6, 1e16, np.inf, -np.inf, np.nan],
    ])  # fmt: skip
    assert js.run("return Array.from(read(given).data, number);", js.encoded(x)) == [f"{v:.6g}" for v in x.tolist()]
