"""What a wrong call says: the op, the shapes, the dimension, and what to write instead."""

import math

import pytest

import glassgrad as gg
from glassgrad.nn import functional as F

ones = gg.ones
ints = gg.tensor([0, 1])

CASES = {
    "add": (lambda: ones(2, 3) + ones(2, 4), RuntimeError, r"add: .*a \(2, 3\) float32, b \(2, 4\).*dimension -1 is 3 in a and 4 in b.*unsqueeze"),
    "maximum": (lambda: gg.maximum(ones(2, 3), ones(4, 3)), RuntimeError, r"maximum: .*dimension -2 is 2 in a and 4 in b"),
    "lt": (lambda: ones(2) < ones(3), RuntimeError, r"lt: .*dimension -1 is 2 in a and 3 in b"),
    "pow": (lambda: ones(2) ** ones(3), RuntimeError, r"pow: .*dimension -1 is 2 in a and 3 in b"),
    "pow of integers": (lambda: gg.tensor([2]) ** -1, RuntimeError, r"pow: .*x\.float\(\) \*\* exponent"),
    "matmul": (lambda: ones(2, 3) @ ones(2, 3), RuntimeError, r"matmul: .*last dimension of a, 3, must equal the second to last .* of b, 2 \(b\.mT would fit\)"),
    "matmul of a batch": (lambda: ones(2, 3, 4) @ ones(3, 4, 5), RuntimeError, r"matmul: .*batch dimensions \(2,\) and \(3,\) don't broadcast"),
    "matmul by a vector": (lambda: ones(2, 3) @ ones(4), RuntimeError, r"matmul: .*\(2, 3\).*3, must equal"),
    "matmul by a number": (lambda: ones(2, 3) @ gg.tensor(1.0), RuntimeError, r"matmul: .*write a \* b"),
    "matmul by a wrong vector": (lambda: ones(2, 2) @ ones(3), RuntimeError, r"matmul: a \(2, 2\) float32, b \(3,\) float32: .* only dimension of b, 3"),
    "dot": (lambda: gg.dot(ones(2), ones(3)), RuntimeError, r"dot: input \(2,\) float32, tensor \(3,\)"),
    "addmm": (lambda: gg.addmm(ones(2, 2), ones(2, 3), ones(2, 2)), RuntimeError, r"addmm: mat1 \(2, 3\) float32, mat2 \(2, 2\)"),
    "outer": (lambda: gg.outer(ones(2, 2), ones(3)), RuntimeError, r"outer: expected 1 and 1 dimensions.*x\.flatten"),
    "integers into a layer": (lambda: gg.nn.Linear(3, 2)(ones(2, 3).long()), RuntimeError, r"x int64, weight float32.*write x\.to\(gg\.float32\)$"),
    "doubles into a layer": (lambda: gg.nn.Linear(3, 2)(ones(2, 3).double()), RuntimeError, r"write x\.to\(gg\.float32\)$"),
    "integers by floats": (lambda: ones(2, 2) @ gg.arange(2), RuntimeError, r"write b\.to\(gg\.float32\)$"),
    "linear": (lambda: F.linear(ones(2, 3), ones(4, 5)), RuntimeError, r"linear: .*x \(2, 3\).*weight \(4, 5\).*in_features"),
    "cat": (lambda: gg.cat([ones(2, 3), ones(2, 4)]), RuntimeError, r"cat: .*\(2, 3\), \(2, 4\): they must be equal but in dim 0"),
    "cat of nothing": (lambda: gg.cat([]), TypeError, "cat: expected a non-empty list"),
    "cat along a wrong dim": (lambda: gg.cat([ones(2), ones(2)], 1), IndexError, r"cat: dim 1 is out of range for 1 dimensions"),
    "stack": (lambda: gg.stack([ones(2), ones(3)]), RuntimeError, r"stack: all tensors must have one shape, got \[\(2,\), \(3,\)\]: write gg\.cat"),
    "reshape": (lambda: ones(2, 3).reshape(4, 2), RuntimeError, r"reshape: .*6 elements don't fill the shape .*-1"),
    "view": (lambda: ones(2, 3).view(4), RuntimeError, r"view: .*6 elements don't fill"),
    "view of strides": (lambda: ones(2, 3).T.view(6), RuntimeError, r"view: the strides.*write \.reshape"),
    "view as bytes": (lambda: ones(2).view(gg.int32), RuntimeError, r"view: .*\.to\(int32\)"),
    "expand": (lambda: ones(2, 3).expand(2, 4), RuntimeError, r"expand: x \(2, 3\) float32: it can't be stretched to \(2, 4\): only"),
    "expand to fewer": (lambda: ones(2, 3).expand(3), RuntimeError, r"expand: \(3,\) has fewer dimensions"),
    "permute": (lambda: ones(2, 3).permute(0, 0), RuntimeError, r"permute: dims \(0, 0\) is no order of the 2 dimensions of \(2, 3\)"),
    "transpose": (lambda: ones(2, 3).transpose(0, 2), IndexError, r"transpose: dim 2 is out of range for 2 dimensions.*\[-2, 1\]"),
    "t": (lambda: ones(1, 2, 3).t(), RuntimeError, r"t: expected at most 2 dimensions.*transpose\(dim0, dim1\)"),
    "squeeze": (lambda: ones(2).squeeze(3), IndexError, "squeeze: dim 3"),
    "unsqueeze": (lambda: ones(2).unsqueeze(3), IndexError, r"unsqueeze: dim 3 is out of range for a new dimension beside 1: .*\[-2, 1\]"),
    "flatten": (lambda: ones(2, 3, 4).flatten(2, 1), RuntimeError, "flatten: start_dim 2 comes after end_dim 1"),
    "split": (lambda: ones(5).split([2, 2]), RuntimeError, r"split: the sizes \[2, 2\] add up to 4, but dim 0 .* has 5"),
    "chunk": (lambda: ones(5).chunk(0), RuntimeError, "chunk: chunks must be positive"),
    "narrow": (lambda: ones(5).narrow(0, 3, 4), RuntimeError, r"narrow: 3\.\.7 doesn't lie in dim 0"),
    "sum": (lambda: ones(2, 3).sum(2), IndexError, r"sum: dim 2 is out of range"),
    "sum twice": (lambda: ones(2, 3).sum((1, -1)), RuntimeError, r"sum: dim \(1, -1\) names a dimension twice"),
    "max of nothing": (lambda: ones(0, 3).max(), RuntimeError, "amax: .*an empty dimension has no extreme"),
    "argmax of nothing": (lambda: ones(0, 3).argmax(0), RuntimeError, "argmax: .*an empty dimension has no extreme"),
    "topk": (lambda: ones(3).topk(4), RuntimeError, r"topk: k = 4 is not in 0\.\.3"),
    "logcumsumexp": (lambda: ints.logcumsumexp(0), RuntimeError, r"logcumsumexp: only floating.*x\.float\(\)"),
    "softmax": (lambda: ints.softmax(0), RuntimeError, r"softmax: only floating.*x\.float\(\)"),
    "softmax dim": (lambda: ones(2).softmax(1), IndexError, "softmax: dim 1"),
    "gather": (lambda: ones(2, 3).gather(1, gg.tensor([[3]])), IndexError, r"gather: index values lie in \[3, 3\], but dim 1 of x \(2, 3\) has 3"),
    "gather by floats": (lambda: ones(2).gather(0, ones(1)), RuntimeError, r"gather: index must be an integer tensor.*\.long\(\)"),
    "gather of a wrong rank": (lambda: ones(2, 3).gather(0, ints), RuntimeError, r"gather: index has shape \(2,\), x \(2, 3\)"),
    "index": (lambda: ones(2, 3)[0, 5], IndexError, r"getitem: .*5 is out of bounds for axis"),
    "index by a tensor": (lambda: ones(2, 3)[gg.tensor([0, 4])], IndexError, r"getitem: index 4 is out of bounds"),
    "index too often": (lambda: ones(2, 3)[0, 0, 0], IndexError, r"getitem: too many indices.*x \(2, 3\)"),
    "index by floats": (lambda: ones(2)[ones(2)], IndexError, r"getitem: an index tensor must be integer or bool, got float32.*\.long\(\)"),
    "index by a mask": (lambda: ones(3)[gg.tensor([True, False])], IndexError, r"getitem: boolean index"),
    "negative step": (lambda: ones(3)[::-1], ValueError, r"step of a slice must be positive: write x\.flip"),
    "setitem": (lambda: ones(2, 3).__setitem__(0, ones(4)), RuntimeError, r"setitem: .*\(x \(2, 3\), value \(4,\)\)"),
    "setitem out of range": (lambda: ones(2).__setitem__(5, 1.0), IndexError, r"setitem: .*5 is out of bounds"),
    "setitem of one": (lambda: ones(3).__setitem__(0, ones(2)), RuntimeError, r"setitem: the value doesn't broadcast to x\[index\], of shape \(\)"),
    "index by a float": (lambda: ones(2)[0.5], IndexError, r"getitem: an index is made of ints, slices, .* got 0\.5"),
    "sub of bools": (lambda: gg.tensor([True]) - gg.tensor([True]), RuntimeError, r"sub: a \(1,\) bool, b \(1,\) bool: write a \^ b \(gg\.logical_xor\)$"),
    "neg of bools": (lambda: -gg.tensor([True]), RuntimeError, r"neg: x \(1,\) bool: write ~x"),
    "sigmoid of text": (lambda: gg.sigmoid("a"), TypeError, r"sigmoid: x must be a tensor or an array, got a str: write gg\.tensor"),
    "argmax over two": (lambda: ones(2, 3).argmax(dim=(0, 1)), TypeError, r"argmax: dim must be an int, got \(0, 1\)$"),
    "max over two": (lambda: ones(2, 3).max(dim=(0, 1)), TypeError, r"max: dim must be an int, or a tensor .* got \(0, 1\): write amax"),
    "median over two": (lambda: ones(2, 3).median(dim=(0, 1)), TypeError, r"^median: dim must be an int, got \(0, 1\)"),
    "mode over two": (lambda: ones(2, 3).mode(dim=(0, 1)), TypeError, r"^mode: dim must be an int"),
    "cummax over two": (lambda: ones(2, 3).cummax((0, 1)), TypeError, r"^cummax: dim must be an int"),
    "softmax dim by name": (lambda: ones(2).softmax("a"), TypeError, "softmax: dim must be an int, got 'a'"),
    "sum over a float": (lambda: ones(2).sum(1.0), TypeError, r"sum: dim must be an int, got 1\.0"),
    "stack a generator": (lambda: gg.stack(x for x in [ones(2)]), TypeError, r"stack: expected a list or tuple of tensors, got a generator: write list"),
    "stack nothing": (lambda: gg.stack([]), RuntimeError, "stack: expected a non-empty list"),
    "negative size": (lambda: gg.zeros(-1), RuntimeError, r"zeros: a size can't be negative, got \(-1,\)"),
    "eye of a negative": (lambda: gg.eye(-1), RuntimeError, "eye: a size can't be negative"),
    "misspelt argument": (lambda: gg.zeros(2, dtyp=gg.int64), TypeError, r"zeros: no argument 'dtyp': by name it takes dtype, device, requires_grad"),
    "too large a number": (lambda: gg.tensor(2**70), ValueError, r"tensor: 1180591620717411303424 doesn't fit int64: write it as a float"),
    "cross_entropy swapped": (lambda: F.cross_entropy(ints, ones(2, 3)), RuntimeError, r"cross_entropy: x is int64 \(2,\) and target float32 \(2, 3\): swapped\?"),
    "clamp": (lambda: ones(2).clamp(), RuntimeError, "clamp: one of min and max"),
    "bernoulli": (lambda: gg.bernoulli(ones(2) * 3), RuntimeError, r"bernoulli: the probabilities must lie in \[0, 1\]"),
    "multinomial": (lambda: gg.multinomial(ones(3), 9), RuntimeError, r"multinomial: .*replacement=True"),
    "arange": (lambda: gg.arange(0, 1, -1), RuntimeError, "arange: step -1 never gets from 0 to 1"),
    "randint": (lambda: gg.randint(3, 1, (2,)), RuntimeError, "randint: low must be smaller"),
    "unused_parameters": (lambda: gg.unused_parameters(3), TypeError, r"unused_parameters: expected a module, .* got int"),
    "masked_fill": (lambda: ones(2, 3).masked_fill(ones(2, 3), 0), TypeError, r"masked_fill: mask must be a bool tensor.*mask\.bool\(\)"),
    "masked_fill of a shape": (lambda: ones(4).masked_fill(ones(2, 3) > 0, 0), RuntimeError, r"masked_fill: .*x \(4,\) float32, mask \(2, 3\) bool"),
    "where": (lambda: gg.where(ones(2), ones(2), 0), TypeError, r"where: condition must be a bool tensor.*condition != 0"),
    "tril": (lambda: gg.tril(ones(3)), RuntimeError, "tril: expected at least 2 dimensions"),
    "embedding": (lambda: F.embedding(gg.tensor([7]), ones(5, 2)), IndexError, r"embedding: index values lie in \[7, 7\], but weight \(5, 2\) has 5 rows"),
    "embedding by floats": (lambda: F.embedding(ones(2), ones(5, 2)), RuntimeError, r"embedding: index must be an integer.*\.long\(\)"),
    "layer_norm": (lambda: F.layer_norm(ones(2, 3), (4,)), RuntimeError, r"layer_norm: x has shape \(2, 3\), which doesn't end in normalized_shape \(4,\)"),
    "layer_norm weight": (lambda: F.layer_norm(ones(2, 3), (3,), ones(2)), RuntimeError, r"layer_norm: weight has shape \(2,\)"),
    "cross_entropy": (lambda: F.cross_entropy(ones(2, 3), gg.tensor([0])), ValueError, r"cross_entropy: x has shape \(2, 3\), so target must be \(2,\), got \(1,\)"),
    "cross_entropy class": (lambda: F.cross_entropy(ones(2, 3), gg.tensor([0, 3])), IndexError, "target 3 is out of bounds: x has 3 classes"),
    "cross_entropy reduction": (lambda: F.cross_entropy(ones(2, 3), ints, reduction="avg"), ValueError, "reduction must be 'mean', 'sum' or 'none'"),
    "nll_loss": (lambda: F.nll_loss(ones(2, 3), ones(2)), RuntimeError, r"nll_loss: target holds class indices.*\.long\(\)"),
    "mse_loss": (lambda: F.mse_loss(ones(2, 1), ones(2)), RuntimeError, r"mse_loss: input has shape \(2, 1\), target \(2,\).*target\.unsqueeze\(1\)"),
    "dropout": (lambda: F.dropout(ones(2), 1.5), ValueError, r"dropout: p must lie in \[0, 1\], got 1.5"),
    "gelu": (lambda: F.gelu(ones(2), approximate="fast"), RuntimeError, "gelu: approximate must be 'none' or 'tanh'"),
    "attention": (lambda: F.scaled_dot_product_attention(ones(2, 3), ones(4, 5), ones(4, 5)), RuntimeError, r"attention: query, key, value have shapes \(2, 3\), \(4, 5\)"),
}  # fmt: skip


@pytest.mark.parametrize("grad", [False, True], ids=["", "grad"])
@pytest.mark.parametrize("case", CASES)
def test_a_wrong_call_says_what_is_wrong_and_what_to_write(case, grad):
    call, kind, text = CASES[case]
    with pytest.raises(kind, match=text), gg.set_grad_enabled(grad):
        call()


@pytest.mark.parametrize("name", ["reshape", "view"])
def test_only_minus_one_stands_for_the_size_to_be_found(name):
    x = gg.ones(3, 4)
    for shape in ((-2, 6), (2, -3), (-5, 12)):
        with pytest.raises(RuntimeError, match=rf"^{name}: a size can't be -[235]"):
            getattr(x, name)(*shape)
    assert getattr(x, name)(-1, 6).shape == (2, 6)


def test_a_slice_of_floats_is_refused():
    with pytest.raises(TypeError, match="^getitem: a slice goes from int to int"):
        gg.ones(3)[:2.0]


def test_none_in_the_place_of_an_operand_is_no_array():
    t = gg.ones(3, 3)
    with pytest.raises(TypeError, match="where: a must be a tensor or an array, got None"):
        gg.where(t > 0, None, t)
    with pytest.raises(TypeError, match="linear: x must be a tensor or an array, got None"):
        F.linear(None, t)
    with pytest.raises(TypeError, match="cross_entropy: target must be a tensor or an array, got None"):
        F.cross_entropy(t, None)
    assert F.cross_entropy(t, gg.zeros(3, dtype=gg.int64), weight=None).item() == pytest.approx(math.log(3))


def test_a_weight_of_one_dimension_is_refused_before_it_is_used():
    x, w = gg.ones(20, 5, requires_grad=True), gg.ones(5, requires_grad=True)
    with pytest.raises(RuntimeError, match=r"linear: weight must be \(out_features, in_features\), got \(5,\)"):
        gg.nn.functional.linear(x, w)


def test_the_op_says_what_is_wrong_before_it_speaks_of_derivatives():
    index, table = gg.zeros(2, requires_grad=True), gg.ones(3, 2, requires_grad=True)
    with pytest.raises(Exception, match="index must be an integer tensor, got float32"):
        gg.nn.functional.embedding(index, table)
