from __future__ import annotations

import math

import numpy as np
import pytest

import glassgrad as gg
from glassgrad import nn

L, S, N, E, H = 3, 4, 2, 6, 2
CAUSAL = np.triu(np.ones((L, L), bool), 1)
HIDDEN = np.array([[0, 1, 0, 1], [0, 0, 0, 1], [0, 0, 1, 0]], bool)  # (L, S)
PADDING = np.array([[0, 0, 0, 1], [0, 0, 1, 1]], bool)  # (N, S), no query is left blind with HIDDEN


def random(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


HEADS = np.stack([HIDDEN, ~HIDDEN, HIDDEN, HIDDEN])  # (N * H, L, S)
FLOATS = random(L, S, seed=9)

# options of the constructor, and of the call
CASES = [
    ({}, {}),
    ({"bias": False}, {"attn_mask": HIDDEN}),
    ({"batch_first": True}, {"attn_mask": FLOATS, "average_attn_weights": False}),
    ({"kdim": 5, "vdim": 7}, {"attn_mask": HEADS}),
    ({"add_bias_kv": True}, {"attn_mask": HIDDEN, "key_padding_mask": PADDING}),
    ({"add_zero_attn": True, "batch_first": True}, {"key_padding_mask": PADDING}),
    ({"add_bias_kv": True, "add_zero_attn": True, "kdim": 5}, {"attn_mask": FLOATS, "key_padding_mask": random(N, S, seed=8)}),
    ({}, {"attn_mask": FLOATS, "key_padding_mask": PADDING.astype("f") * -1}),
]


def inputs(options, batched=True):
    sizes = (E, options.get("kdim", E), options.get("vdim", E))
    made = [random(length, N, size, seed=i) for i, (length, size) in enumerate(zip((L, S, S), sizes, strict=True))]
    if not batched:
        return [x[:, 0] for x in made]
    return [np.ascontiguousarray(x.swapaxes(0, 1)) for x in made] if options.get("batch_first") else made


def pair(torch, options):
    ours, theirs = nn.MultiheadAttention(E, H, **options), torch.nn.MultiheadAttention(E, H, **options)
    with gg.no_grad():
        for p in ours.parameters():
            p.normal_()  # biases start at zero, which would hide a wrong one
    theirs.load_state_dict({key: torch.tensor(value.numpy()) for key, value in ours.state_dict().items()})
    assert list(ours.state_dict()) == list(theirs.state_dict())
    return ours, theirs


def compare(torch, options, call, arrays, need_weights, training=True):
    ours, theirs = pair(torch, options)
    ours.train(training), theirs.train(training)
    mine, others = [gg.tensor(x, requires_grad=True) for x in arrays], [torch.tensor(x, requires_grad=True) for x in arrays]
    masks = {key: value for key, value in call.items() if isinstance(value, np.ndarray)}
    y, w = ours(*mine, need_weights=need_weights, **{**call, **{k: gg.tensor(v) for k, v in masks.items()}})
    z, v = theirs(*others, need_weights=need_weights, **{**call, **{k: torch.tensor(v) for k, v in masks.items()}})
    assert y.shape == z.shape and y.dtype == gg.float32
    np.testing.assert_allclose(y.detach().numpy(), z.detach().numpy(), atol=1e-5)
    assert (w is None) == (v is None) == (not need_weights)
    if need_weights:
        assert w.shape == v.shape
        np.testing.assert_allclose(w.detach().numpy(), v.detach().numpy(), atol=1e-5)
    upstream = random(*y.shape, seed=7)
    y.backward(gg.tensor(upstream))
    z.backward(torch.tensor(upstream))
    expected = dict(theirs.named_parameters())
    assert [name for name, _ in ours.named_parameters()] == list(expected)
    for name, p in ours.named_parameters():
        np.testing.assert_allclose(p.grad.numpy(), expected[name].grad.numpy(), atol=2e-5, rtol=1e-4, err_msg=name)
    for a, b in zip(mine, others, strict=True):
        np.testing.assert_allclose(a.grad.numpy(), b.grad.numpy(), atol=2e-5, rtol=1e-4)


@pytest.mark.parametrize("need_weights", [True, False])
@pytest.mark.parametrize(("options", "call"), CASES)
def test_parity(torch, options, call, need_weights):
    compare(torch, options, call, inputs(options), need_weights)


@pytest.mark.parametrize("need_weights", [True, False])
def test_parity_without_a_batch(torch, need_weights):
    compare(torch, {}, {"attn_mask": HIDDEN, "key_padding_mask": PADDING[0]}, inputs({}, batched=False), need_weights)
    compare(torch, {"batch_first": True}, {"attn_mask": HEADS[:H]}, inputs({}, batched=False), need_weights)


@pytest.mark.parametrize("need_weights", [True, False])
def test_parity_of_causal_self_attention(torch, need_weights):
    ours, theirs = pair(torch, {"batch_first": True})
    x = random(N, L, E)
    for padding in (None, np.array([[0, 0, 1], [0, 0, 0]], bool)):
        a, b = gg.tensor(x), torch.tensor(x)
        y, _ = ours(a, a, a, gg.tensor(padding) if padding is not None else None, need_weights, gg.tensor(CAUSAL), is_causal=True)
        z, _ = theirs(b, b, b, torch.tensor(padding) if padding is not None else None, need_weights, torch.tensor(CAUSAL), is_causal=True)
        np.testing.assert_allclose(y.detach().numpy(), z.detach().numpy(), atol=1e-5)


def plain(module, query, key, value):
    """The definition, head by head, for (L, E) inputs."""
    w = [p.detach().numpy() for p in module.in_proj_weight.chunk(3)]
    b = [p.detach().numpy() for p in module.in_proj_bias.chunk(3)]
    q, k, v = (x @ wi.T + bi for x, wi, bi in zip((query, key, value), w, b, strict=True))
    heads, hd = [], E // H
    for i in range(H):
        at = slice(i * hd, (i + 1) * hd)
        scores = q[:, at] @ k[:, at].T / math.sqrt(hd)
        weights = np.exp(scores) / np.exp(scores).sum(-1, keepdims=True)
        heads.append(weights @ v[:, at])
    return np.concatenate(heads, -1) @ module.out_proj.weight.detach().numpy().T + module.out_proj.bias.detach().numpy()


def test_definition():
    module = nn.MultiheadAttention(E, H)
    arrays = inputs({}, batched=False)
    for need_weights in (True, False):
        y, _ = module(*map(gg.tensor, arrays), need_weights=need_weights)
        np.testing.assert_allclose(y.detach().numpy(), plain(module, *arrays), atol=1e-5)


@pytest.mark.parametrize("need_weights", [True, False])
@pytest.mark.parametrize(("options", "call"), [CASES[0], CASES[3], CASES[6]])
def test_gradients(check, options, call, need_weights):
    def run(module, query, key, value):
        y, w = module(query, key, value, need_weights=need_weights, **{k: gg.tensor(v) for k, v in call.items()})
        return (y, w) if need_weights else y

    module = nn.MultiheadAttention(2, 2, **options)
    call = {k: v[:4] for k, v in call.items()}
    arrays = [x[..., :2] if i == 0 or x.shape[-1] == E else x for i, x in enumerate(inputs(options))]
    check.gradients(module, *map(gg.tensor, arrays), run=run, second=not options)


def test_second_derivative_of_self_attention(check):
    module = nn.MultiheadAttention(2, 1)
    check.gradients(module, gg.randn(3, 1, 2), run=lambda m, x: m(x, x, x, need_weights=False)[0], second=True)


def test_a_learned_mask_gets_a_gradient():
    module = nn.MultiheadAttention(E, H)
    for need_weights in (True, False):
        mask = gg.tensor(FLOATS, requires_grad=True)
        y, _ = module(*map(gg.tensor, inputs({})), need_weights=need_weights, attn_mask=mask)
        y.sum().backward()
        assert mask.grad.shape == (L, S) and mask.grad.numpy().any()


def test_a_query_that_may_look_nowhere_gets_zero_weights():
    module = nn.MultiheadAttention(E, H)
    for blind in (np.array([[True] * S] + [[False] * S] * (L - 1)), np.array([[-np.inf] * S] + [[0.0] * S] * (L - 1), np.float32)):
        outs = []
        for need_weights in (True, False):
            x = [gg.tensor(a, requires_grad=True) for a in inputs({})]
            y, w = module(*x, need_weights=need_weights, attn_mask=gg.tensor(blind))
            outs.append(y.detach().numpy())
            np.testing.assert_allclose(outs[-1][0], np.broadcast_to(module.out_proj.bias.detach().numpy(), (N, E)), atol=1e-6)
            if need_weights:
                assert not w.detach().numpy()[:, 0].any() and np.allclose(w.detach().numpy()[:, 1:].sum(-1), 1)
            y.sum().backward()
            assert all(np.isfinite(a.grad.numpy()).all() for a in x)
        np.testing.assert_allclose(*outs, atol=1e-6)


def test_dropout_in_training_only():
    module = nn.MultiheadAttention(E, H, dropout=0.5)
    x = [gg.tensor(a) for a in inputs({})]
    for need_weights in (True, False):
        module.train()
        assert not np.allclose(module(*x, need_weights=need_weights)[0].detach().numpy(), module(*x)[0].detach().numpy())
        module.eval()
        np.testing.assert_array_equal(module(*x)[0].detach().numpy(), module(*x)[0].detach().numpy())


def test_starting_values_and_repr():
    module = nn.MultiheadAttention(60, 4, add_bias_kv=True)
    bound = math.sqrt(6 / (60 + 180))
    weight = module.in_proj_weight.detach().numpy()
    assert 0.95 * bound < np.abs(weight).max() <= bound
    assert not module.in_proj_bias.any() and not module.out_proj.bias.any() and module.bias_k.any()
    assert nn.MultiheadAttention(6, 2, kdim=5).in_proj_weight is None
    assert repr(nn.MultiheadAttention(6, 2)) == "MultiheadAttention(\n  (out_proj): Linear(in_features=6, out_features=6, bias=True)\n)"


def test_errors():
    with pytest.raises(ValueError, match="embed_dim 6 must be a positive multiple of num_heads 4"):
        nn.MultiheadAttention(6, 4)
    module = nn.MultiheadAttention(E, H)
    q, k, v = map(gg.tensor, inputs({}))
    for args, options, error, text in (
        ((q, k[:, 0], v), {}, ValueError, "must all be 3-D, or 2-D"),
        ((q, k, v[..., :3]), {}, ValueError, r"last dimension of value must be 6, got .*value \(4, 2, 3\)"),
        ((q, k, v[:2]), {}, ValueError, "one length for key and value"),
        ((q, k[:, :1], v[:, :1]), {}, ValueError, r"one batch N for all.*\(L, N, E\)"),
        ((q, k, v), {"attn_mask": gg.ones(L, L)}, ValueError, r"attn_mask must have shape \(3, 4\) or \(4, 3, 4\), got \(3, 3\)"),
        ((q, k, v), {"attn_mask": gg.ones(L, S, dtype=gg.int64)}, TypeError, r"bool \(True: don't look\)"),
        ((q, k, v), {"key_padding_mask": gg.ones(S, N) > 0}, ValueError, r"key_padding_mask must have shape \(2, 4\)"),
        ((q, k, v), {"is_causal": True}, ValueError, "pass attn_mask too"),
    ):
        with pytest.raises(error, match=text):
            module(*args, **options)


def ops_of(y):
    """The names of all ops in the graph of y."""
    found, todo = set(), [y._node]
    while todo:
        node = todo.pop()
        if hasattr(node, "op"):
            found.add(node.op.name)
            todo += [parent for parent in node.parents if parent is not None]
    return found


def test_without_weights_attention_is_one_op():
    module = nn.MultiheadAttention(E, H, dropout=0.1)
    x = [gg.tensor(a) for a in inputs({})]
    for masks in ({}, {"attn_mask": gg.tensor(HIDDEN)}, {"key_padding_mask": gg.tensor(PADDING)}, {"attn_mask": gg.tensor(FLOATS)}):
        y, _ = module(*x, need_weights=False, **masks)
        assert "scaled_dot_product_attention" in ops_of(y) and not {"softmax", "matmul"} & ops_of(y)
    learned = gg.tensor(FLOATS, requires_grad=True)
    assert "softmax" in ops_of(module(*x, need_weights=False, attn_mask=learned)[0])


def test_the_formula_of_the_fused_op():
    op = gg.nn.functional.scaled_dot_product_attention
    q = gg.randn(2, 3, 4, requires_grad=True)
    node = op(q, q, q, is_causal=True)._node
    assert node.op.formula("key").startswith("attention_grad(g, query, key, value, attn_mask, y, lse")
    assert node.op.formula("key").endswith("[1]")


@pytest.mark.parametrize("heads", [(4, 2), (6, 1), (3, 3)])
def test_grouped_heads_are_repeated_heads(heads):
    many, few = heads
    q = gg.randn(2, many, 5, 4, dtype=gg.float64, requires_grad=True)
    k, v = (gg.randn(2, few, 7, 4, dtype=gg.float64, requires_grad=True) for _ in "kv")
    f = gg.nn.functional.scaled_dot_product_attention
    found = [f(q, k, v, enable_gqa=True)]
    want = [f(q, *(x.repeat_interleave(many // few, 1) for x in (k, v)))]
    found += gg.autograd.grad(found[0].square().sum(), (q, k, v))
    want += gg.autograd.grad(want[0].square().sum(), (q, k, v))
    for a, b in zip(found, want, strict=True):
        np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), rtol=1e-12, atol=1e-13)
    assert "softmax" not in ops_of(f(q, k, v, enable_gqa=True))
    with pytest.raises(RuntimeError, match="with enable_gqa the heads"):
        f(gg.randn(2, 3, 5, 4), gg.randn(2, 2, 5, 4), gg.randn(2, 2, 5, 4), enable_gqa=True)
