"""What public toy programs call of PyTorch, called as they call it, and compared with PyTorch where it is installed.

The lines are ordered as tests/parity/api_surface.csv counts the symbols; what comes later, or never, says so clearly.
"""

import subprocess
import sys
import warnings

import numpy as np
import pytest

import glassgrad as gg
from glassgrad import absent

# Each line is a program of its own; the value of its last part is what is compared. `x` is (2, 3), `i` holds integers, `w` requires grad.
CALLS = """
((w * x).sum() + w.mean()).backward(); w.grad
(x + 1, x.add(x), x.add(x, alpha=2), x * 2, x.mul(x), x / 3, x.div(x), x - 1, x.sub(1, alpha=3), -x, x.neg(), x ** 2, x.pow(2), 2 ** i)
(x.sum().item(), i[0].item(), type(i[0].item()).__name__, x.mean(), x.mean(dim=1), x.mean(-1, keepdim=True), x.mean(dim=(0, 1)), x.sum(1, keepdims=True), x.sum(0))
m = torch.nn.Linear(3, 2, bias=False); [tuple(p.shape) for p in m.parameters()] + [m.bias is None, torch.nn.Linear(3, 2).bias.shape[0]]
x.view(3, 2), x.view(-1), x.view(6, 1), x.view(1, -1, 3), x.view_as(x.t()), x.reshape(-1, 2), x.contiguous(), x.flatten(), torch.flatten(x, 0), torch.reshape(x, (3, 2))
x[0], x[:, 1], x[0, 1], x[..., -1], x[None], x[[0, 1], [1, 2]], x[x > 0], x[:, [0]], x[i[:2]], x[-1, ::2]
torch.ones(2, 3), torch.ones((2,)), torch.zeros(2, dtype=torch.long), torch.zeros((2, 2), device='cpu'), torch.ones_like(x), torch.zeros_like(i), torch.eye(3), torch.full((2, 2), 0.5, dtype=torch.float64, device='cpu')
torch.cat([x, x]), torch.cat((x, x), dim=1), torch.cat([x, x], -1), torch.stack([x, x]), torch.stack((x, x), dim=2)
x[0] = 5.0; x[:, 1] = x[:, 0] + 1; x[x < 0] = 0; x[1, 2] += 4; x
o = torch.optim.SGD([w], lr=0.1, momentum=0.9); [(o.zero_grad(set_to_none=True), (w * x).sum().backward(), o.step()) for _ in range(2)]; o.zero_grad(set_to_none=False); w, w.grad
w.data, w.data.mul_(2), w
w.data = x; w.data
f = torch.no_grad()(lambda: (w * 2).requires_grad); f(), torch.is_grad_enabled()
x.size(), x.size(0), x.size(-1), len(x), x.dim(), x.ndim, x.numel(), [tuple(r.shape) for r in x], x.shape == (2, 3)
m = torch.nn.Dropout(0.5).eval(); m(x), m.training, m.train().training
torch.tensor([1, 2]), torch.tensor([1.0, 2], dtype=torch.float64, device='cpu'), torch.tensor(3.0, requires_grad=True), torch.tensor([[True]]), torch.tensor([], dtype=torch.long), torch.tensor(np.arange(3))
e = torch.nn.Embedding(4, 2); torch.nn.init.ones_(e.weight); e(i % 4).shape[-1], e.weight
torch.arange(3), torch.arange(0, 3, dtype=torch.float, device='cpu'), torch.arange(1, 2, 0.25), torch.arange(0, 8, 2).float(), torch.linspace(0, 1, 5), torch.linspace(-1, 1, steps=3)
s = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.ReLU(inplace=True), torch.nn.Tanh(), torch.nn.Sigmoid(), torch.nn.GELU(), torch.nn.LeakyReLU(0.1, inplace=True)); s(x), len(s), repr(s)
(x == x), x.eq(1.5), x.ne(1.5), x.gt(0), x > 0, x.lt(0), x < 1, x.ge(0), x <= 0, (x > 0) & (x < 2), ~(x > 0), torch.gt(x, 0), torch.all(x > -9), (x > 0).all(), torch.allclose(x, x + 1e-9)
m = torch.nn.Linear(2, 2).to('cpu').to(torch.float64).to(torch.device('cpu')); m.weight.dtype == torch.float64, m.double().bias.dtype == torch.double
torch.manual_seed(0).initial_seed(), torch.cuda.manual_seed(1), torch.cuda.manual_seed_all(1), torch.cuda.is_available(), torch.cuda.synchronize() if torch.cuda.is_available() else None
b = io.BytesIO(); torch.save({'a': x, 'n': 1}, b); b.seek(0); d = torch.load(b, map_location='cpu', weights_only=True); d['a'], d['n']
x.transpose(0, 1), x.t(), x.T, x.mT, x.permute(1, 0), x.unsqueeze(0), x.unsqueeze(-1), torch.unsqueeze(x, dim=1), x[None].squeeze(), x[None].squeeze(0), x.squeeze(0)
x.to(torch.int64), x.to('cpu'), x.to(torch.device('cpu'), torch.float64), x.to(i), x.float(), x.double(), x.bool(), x.byte() if 0 else 0, x.type(torch.long), x.type(), x.type_as(i), i.float().dtype == torch.float32
D = torch.utils.data; l = D.DataLoader(D.TensorDataset(x, i[:2]), batch_size=1, shuffle=False, num_workers=0, pin_memory=False, drop_last=True, sampler=None, collate_fn=None); list(l), len(l)
D = torch.utils.data; s = D.RandomSampler(D.TensorDataset(i), replacement=True, num_samples=7); len(list(s)), len(list(D.DataLoader(D.TensorDataset(i), sampler=s, batch_size=2)))
m = torch.nn.Linear(2, 1); d = m.state_dict(); torch.nn.Linear(2, 1).load_state_dict(d), list(d), [n for n, p in m.named_parameters()], [n for n, k in m.named_modules()]
F.softmax(x, dim=1), F.softmax(x, -1), F.log_softmax(x, dim=-1), torch.softmax(x, dim=0), x.softmax(dim=-1), torch.nn.Softmax(dim=1)(x), F.relu(x), F.tanh(x), F.sigmoid(x), F.elu(x), F.softplus(x)
p = torch.nn.Parameter(torch.ones(2)); p.requires_grad, isinstance(p, torch.Tensor), p
torch.matmul(x, x.T), x.matmul(x.t()), x @ x.T, x.mm(x.T), torch.mm(x, x.t()), torch.bmm(x[None], x.T[None]), x[None].bmm(x.T[None]), torch.dot(x[0], x[1]), torch.spmm(x, x.T)
l = torch.nn.ModuleList([torch.nn.Linear(2, 2) for _ in range(3)]); l.append(torch.nn.ReLU()), len(l), len(list(l.parameters())), torch.nn.ModuleDict({'a': l[0]})['a'] is l[0]
o = torch.optim.Adam([w], lr=0.1, betas=(0.9, 0.99), eps=1e-8, weight_decay=0.01); [(o.zero_grad(), (w * x).sum().backward(), o.step()) for _ in range(3)]; w
o = torch.optim.AdamW([{'params': [w], 'weight_decay': 0.1}], lr=0.1, betas=(0.9, 0.95), eps=1e-8); [(o.zero_grad(), (w * x).sum().backward(), o.step()) for _ in range(3)]; w, o.param_groups[0]['lr']
o = torch.optim.RMSprop([w], lr=0.01, alpha=0.9); (w * x).sum().backward(); o.step(); w
o = torch.optim.Adadelta([w], lr=1.0); (w * x).sum().backward(); o.step(); w
o = torch.optim.LBFGS([w], lr=0.5); c = lambda: (o.zero_grad(), l := (w - x).pow(2).sum(), l.backward())[1]; o.step(c), w
torch.tanh(x), torch.exp(x), x.exp(), torch.sqrt(x.abs()), torch.log(x.abs()), x.abs().log(), x.abs().log10(), torch.sin(x), torch.cos(x), torch.sigmoid(x), x.sigmoid(), x.relu(), torch.relu(x), torch.erf(x), torch.log1p(x.abs()), torch.pow(x, 2), x.tanh()
g = torch.Generator().manual_seed(3); torch.multinomial(torch.tensor([0.0, 1.0]), num_samples=3, replacement=True, generator=g), torch.randn(2, 3, generator=g).shape[0], torch.randint(0, 1, size=(2,), generator=g), torch.randint(1, (2, 2), dtype=torch.int32), torch.rand(2, generator=g).dtype == torch.float32, torch.randperm(1, generator=g)
torch.randn(2, 3, requires_grad=True, device='cpu').requires_grad, torch.randn_like(x).shape[1], torch.normal(0.0, 0.0, size=(2,)), torch.normal(mean=torch.zeros(2), std=torch.zeros(2)), torch.empty(2, 3).shape[0], torch.empty(size=(2,)).numel()
F.cross_entropy(x, torch.tensor([0, 2])), F.cross_entropy(x, torch.tensor([-1, 2]), ignore_index=-1), torch.nn.CrossEntropyLoss()(x, torch.tensor([0, 1])), F.nll_loss(F.log_softmax(x, 1), torch.tensor([0, 1]), reduction='sum'), torch.nn.NLLLoss()(x, torch.tensor([0, 1]))
torch.nn.MSELoss(reduction='sum')(x, x + 1), torch.nn.BCELoss()(x.sigmoid(), torch.ones(2, 3)), F.binary_cross_entropy(x.sigmoid(), (x > 0).float(), reduction='none'), F.smooth_l1_loss(x, x * 2), torch.nn.KLDivLoss(reduction='batchmean')(F.log_softmax(x, 1), F.softmax(x, 1))
x.grad, x.shape == torch.Size([2, 3]), x.requires_grad, x.device, str(x.device), x.dtype == torch.float32, x.is_cuda, x.is_xpu, x.grad_fn, (w * 2).grad_fn is not None, x._is_view(), x[0]._is_view()
m = torch.nn.Module(); m.register_buffer('b', x, persistent=False); m.register_buffer('c', i); m.add_module('l', torch.nn.ReLU()); list(m.state_dict()), [n for n, b in m.named_buffers()], m.b, m.l
f'{x.sum():.3f}', f'{i[1]}', f'{x[0, 0]:>8.2f}', str(x), repr(i), '{:.2f} {}'.format(x[0, 0], 1)
torch.device('cpu').type, torch.device('cpu') == x.device, torch.device('cpu', 0).index
torch.LongTensor([1, 2]), torch.FloatTensor([1, 2]), torch.Tensor([1, 2]), torch.LongTensor(2, 3).shape[1], torch.FloatTensor(2).shape[0]
torch.tril(torch.ones(3, 3)), torch.triu(torch.ones(3, 3), diagonal=1), torch.diag(torch.ones(2)), torch.roll(x, 1), torch.roll(x, shifts=1, dims=1), x.flip(0), x.repeat(1, 2), x[:1].expand(2, 3), x[:1].expand_as(x), x.narrow(1, 0, 2)
x.add_(1), x.add_(x, alpha=2), x.mul_(2), x.sub_(1), x.div_(2), x.zero_(), x.fill_(3), x.normal_().shape[0], x.masked_fill_(torch.ones(2, 3) > 0, 1), x.index_fill_(1, torch.tensor([0]), 9), x.scatter_(1, torch.tensor([[0], [1]]), 7.0)
y = (w * 2).detach(); y.requires_grad, y.clone(), x.tolist(), i.tolist(), x.cpu().numpy().sum(), x.detach().numpy().dtype.name, torch.from_numpy(np.ones(2, np.float32))
torch.nn.init.normal_(torch.empty(2), mean=1.0, std=0.0), torch.nn.init.zeros_(torch.ones(2)), torch.nn.init.ones_(torch.zeros(2)), torch.nn.init.constant_(torch.zeros(2), 0.3), torch.nn.init.uniform_(torch.zeros(2), 1.0, 1.0), torch.nn.init.xavier_uniform_(torch.zeros(2, 2)).shape[0], torch.nn.init.xavier_normal_(torch.zeros(2, 2)).shape[0]
m = torch.nn.Linear(3, 1); m(x).sum().backward(); m.zero_grad(set_to_none=True); m.weight.grad, m.zero_grad(), m.apply(lambda k: None) is m, m.eval().training
x.max(), x.max(1), x.max(dim=1, keepdim=True).values, torch.max(x, dim=0), torch.max(x, x * 2), x.argmax(), x.argmax(dim=1, keepdim=True), torch.argmax(x, -1), torch.topk(x, k=2, dim=1), x.topk(1), torch.sort(x), torch.sort(x, descending=True)[1], x.unique(), i.unique(sorted=True, return_inverse=True, return_counts=True, dim=None)
l = torch.nn.LayerNorm(3); l(x), F.layer_norm(x, (3,)), torch.nn.LayerNorm((2, 3), eps=1e-3)(x)
w.grad = x.clone(); n = torch.nn.utils.clip_grad_norm_([w], 1.0); n, w.grad
x.masked_fill(x > 0, float('-inf')), x.split(2, dim=1), x.split([1, 2], 1), x.clamp(min=0), x.clamp(0, 1), x.var(), x.var(1, keepdim=True, unbiased=False), x.std(0), x.std(dim=1, keepdim=True), x.norm(), x.norm(p=1, dim=1, keepdim=True), x.all(), torch.where(x > 0, x, 0.0)
bool(x[0, 0]), float(x[0, 1]), int(i[1]), [10, 20, 30, 40][i[1]], x.requires_grad_().requires_grad, x.new_zeros(2), torch.isinstance(x) if 0 else 0
w.requires_grad = False; w.requires_grad, (w * 2).requires_grad
S = torch.optim.lr_scheduler; o = torch.optim.SGD([w], lr=1.0); s = S.StepLR(o, step_size=2, gamma=0.1); [(o.step(), s.step(), s.get_last_lr()) for _ in range(4)]
S = torch.optim.lr_scheduler; o = torch.optim.SGD([w], lr=1.0); s = S.LambdaLR(optimizer=o, lr_lambda=lambda e: 0.5 ** e); [(o.step(), s.step(), o.param_groups[0]['lr']) for _ in range(3)]
o = torch.optim.Adam([w]); sorted(o.state_dict()), len(o.param_groups), isinstance(o, torch.optim.Optimizer)
torch.inf, torch.pi, torch.long == torch.int64, torch.float == torch.float32, torch.half == torch.float16, torch.uint8 != torch.int32, torch.double == torch.float64
torch.sum(x), torch.sum(x, dim=1), torch.mean(x), torch.mean(x, 0), torch.nonzero(x > 0), torch.gather(x, 1, torch.tensor([[0], [1]])), x.gather(1, torch.tensor([[0], [1]])), F.one_hot(torch.tensor([0, 2]), num_classes=3), F.pad(x, (1, 0), value=0.5), F.dropout(x, training=False)
q = torch.ones(1, 2, 4); F.scaled_dot_product_attention(q, q, q, attn_mask=None, dropout_p=0.0, is_causal=True), torch.nn.MultiheadAttention(4, 2).num_heads
y = w * 2; y.retain_grad(); y.sum().backward(); y.grad, torch.autograd.grad((w ** 2).sum(), w, create_graph=True, retain_graph=True, only_inputs=True, allow_unused=True)[0]
torch.autograd.grad(w * 2, w, grad_outputs=torch.stack([x, x * 2]), is_grads_batched=True)[0], torch.autograd.grad(w.sum(), [w, torch.ones(2, requires_grad=True)], allow_unused=True, materialize_grads=True)
torch.autograd.Variable(x, requires_grad=True).requires_grad, torch.inference_mode().__class__.__name__, torch.autograd.Function.__name__
with_ = torch.cuda.amp.GradScaler(enabled=False); with_.scale(1.0), with_.is_enabled(), torch.cuda.device_count(), torch.cuda.empty_cache(), torch.cuda.max_memory_allocated()
torch.backends.cuda.matmul.allow_tf32 in (True, False), torch.backends.cudnn.allow_tf32 in (True, False), torch.backends.cudnn.benchmark in (True, False), torch.accelerator.is_available(), torch.accelerator.current_accelerator()
torch.compile(lambda a: a + 1, disable=True)(x), torch.nn.parallel.data_parallel(torch.nn.ReLU(), x) if 0 else 0, torch.distributed.is_initialized()
c = torch.distributions.Categorical(torch.tensor([0.0, 1.0])); c.sample(), c.log_prob(torch.tensor(1)), c.entropy(), torch.distributions.Categorical(logits=x).probs
torch.histogram(x, 2), torch.histogram(x, bins=3, range=(-2.0, 4.0), density=True), torch.histogram(x, density=True)[0].shape[0]
torch.nn.Embedding.from_pretrained(x, freeze=True)(torch.tensor([1])), torch.nn.Dropout2d(0.1).eval()(x[None, None])
s = torch.utils.data.distributed.DistributedSampler(range(5), num_replicas=2, rank=1, shuffle=False); list(s)
x.data_ptr() == x.view(-1).data_ptr(), x[1].storage_offset(), x.t().storage_offset(), x[:, 1:].storage_offset(), x.ndimension(), x.is_same_size(x.T), torch.testing.assert_close(x, x + 1e-7)
torch.nn.modules.linear.Linear is torch.nn.Linear, torch.nn.modules.activation.MultiheadAttention is torch.nn.MultiheadAttention, torch.nn.modules.normalization.LayerNorm is torch.nn.LayerNorm, torch.nn.modules.sparse.Embedding is torch.nn.Embedding, torch.nn.modules.container.ModuleList is torch.nn.ModuleList, torch.nn.modules.dropout.Dropout is torch.nn.Dropout
"""

# Names that come later, or that a CPU engine never has, and what their error says.
REFUSED = {
    "nn.Conv2d(1, 1, 3)": "convolutions come later", "nn.Conv1d": "convolutions come later", "nn.ConvTranspose2d": "convolutions come later",
    "nn.MaxPool2d(2)": "pooling comes later", "nn.AvgPool2d": "pooling comes later", "nn.functional.max_pool2d": "pooling comes later",
    "nn.functional.conv2d": "convolutions come later", "nn.BatchNorm1d": "nn.LayerNorm", "nn.BatchNorm2d": "nn.LayerNorm", "nn.GroupNorm": "nn.LayerNorm",
    "nn.RNN": "loop over time", "nn.LSTM(1, 2)": "loop over time", "nn.GRU": "loop over time", "nn.LSTMCell": "loop over time",
    "nn.modules.rnn.LSTM": "loop over time", "nn.Transformer": "nn.MultiheadAttention", "nn.modules.transformer.TransformerEncoder": "nn.MultiheadAttention",
    "nn.modules.linear.NonDynamicallyQuantizableLinear": "nn.Linear", "nn.utils.rnn.pack_padded_sequence": "nn.utils.rnn.pad_sequence",
    "cuda.set_device(0)": "CPU only", "zeros(1).cuda()": "CPU only", "zeros(1, device='cuda')": "CPU only", "nn.Linear(1, 1).cuda()": "CPU only",
    "distributed.init_process_group('nccl')": "one process", "nn.parallel.DistributedDataParallel(None)": "one process",
    "multiprocessing.spawn(print)": "one process", "utils.tensorboard.SummaryWriter()": "matplotlib", "onnx.export()": "safetensors",
    "zeros(1).to_sparse()": "dense", "sparse_coo_tensor": "dense", "zeros(1, dtype=torch.bfloat16)": "float16", "zeros(1).to(torch.bfloat16)": "float16",
    "amp.autocast('cpu', dtype=torch.bfloat16)": "float32", "complex64": "two float tensors", "jit.trace(None)": "state_dict",
    "zeros(1).bfloat16()": "no bfloat16", "nn.Linear(1, 1).bfloat16()": "no bfloat16", "zeros(1).real": "two float tensors", "zeros(1).resize_(2)": "x.data = y",
    "zeros(1).storage()": "data_ptr", "zeros(1).values": "dense", "zeros(1).as_strided": "unfold", "zeros(1).apply_(abs)": "copy_", "zeros(1).new(3)": "new_zeros",
    "zeros(1).foo": "'Tensor' object has no attribute 'foo'$", "nn.Parameter(torch.zeros(1)).volatile": "'Parameter' .*no_grad",
    "cuda.Event": "perf_counter", "cuda.FloatTensor([1])": r"write gg\.FloatTensor", "cuda.nvtx": "CPU only: ask",
    "distributions.Beta": "Normal", "optim.ASGD": "SGD", "nn.EmbeddingBag": "Embedding", "fft": "complex",
}  # fmt: skip


def run(line, torch, F):
    """The value of the last part of a line of CALLS."""
    import io

    scope = {"torch": torch, "F": F, "np": np, "io": io}
    scope["x"] = torch.tensor([[1.5, -2.0, 0.5], [3.0, 4.0, -1.0]])
    scope["i"] = torch.tensor([0, 1, 1])
    scope["w"] = torch.ones(2, 3, requires_grad=True)
    torch.manual_seed(0)
    *first, last = line.split("; ")
    for part in first:
        exec(part, scope)
    return eval(last, scope)


def plain(value):
    """Tensors as (dtype, values), whatever library they are of, and what else has a value of its own."""
    if hasattr(value, "detach"):
        value = value.detach()
        return str(value.dtype).removeprefix("torch."), np.asarray(value.tolist()), tuple(value.shape)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value if isinstance(value, bool | int | float | str | type(None) | np.ndarray | np.generic) else type(value).__name__


def assert_same(ours, theirs):
    assert type(ours) is type(theirs) or isinstance(ours, bool | int | float), (ours, theirs)
    if isinstance(ours, list | tuple):
        assert len(ours) == len(theirs), (ours, theirs)
        for a, b in zip(ours, theirs, strict=True):
            assert_same(a, b)
    elif isinstance(ours, np.ndarray | np.generic | float):
        np.testing.assert_allclose(ours, theirs, rtol=2e-5, atol=1e-6)
    else:
        assert ours == theirs


@pytest.mark.parametrize("line", CALLS.strip().splitlines(), ids=lambda line: line[:60])
def test_what_toy_programs_call(line):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch's own, of names that it means to drop
        ours = plain(run(line, gg, gg.nn.functional))
        torch = pytest.importorskip("torch", reason="the values are PyTorch's")
        assert_same(ours, plain(run(line, torch, torch.nn.functional)))


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_here_says_what_is(name):
    with pytest.raises((AttributeError, RuntimeError, NotImplementedError, TypeError), match=REFUSED[name]):
        eval(f"torch.{name}", {"torch": gg})


@pytest.mark.parametrize(("line", "text"), [
    ("from glassgrad.nn import Conv2d", "nn has no Conv2d: convolutions come later"), ("from glassgrad import fft", "gg.fft: there are no complex tensors"),
    ("import glassgrad.fft", "gg.fft: there are no complex"), ("from glassgrad.fft import rfft", "gg.fft: there are no complex"),
    ("from glassgrad.nn.utils.parametrizations import spectral_norm", "compute the weight in forward"), ("from glassgrad.optim.swa_utils import AveragedModel", "deepcopy"),
    ("from glassgrad.profiler import profile", "cProfile"), ("import glassgrad.utils.dlpack", r"gg\.from_dlpack"), ("import glassgrad.autograd.forward_ad", r"gg\.func\.jvp"),
    ("from glassgrad.nn.functional import conv2d", "convolutions come later"), ("from glassgrad.nn.modules import Conv2d", "convolutions come later"),
    ("from glassgrad.linalg import lu", r"gg\.linalg\.solve"), ("from glassgrad.special import bessel_j0", r"scipy\.special"),
    ("from glassgrad.nn.utils.rnn import pack_padded_sequence", "pad_sequence"), ("from glassgrad import lu", r"gg\.linalg\.solve"),
    ("from glassgrad.nn import Lineal", "cannot import name"), ("import glassgrad.nosuch", "No module named"),
])  # fmt: skip
def test_an_import_of_what_is_not_here_says_what_is(line, text):
    with pytest.raises(ImportError, match=text):
        exec(line)


@pytest.mark.parametrize("name", ["i0", "igamma", "as_strided", "real", "angle", "triangular_solve", "svd_lowrank", "signal", "lu", "frexp", "fx", "conv2d"])
def test_the_table_answers_for_functions_and_methods(name):
    for owner in (gg, gg.ones(1)) if name in absent.METHODS else (gg,):
        with pytest.raises(AttributeError, match=f"{name}.*: .{{8}}") as caught:
            getattr(owner, name)
        assert caught.value.name == name
    assert not hasattr(gg, name)


def test_every_method_that_is_absent_has_a_text():
    for name in absent.METHODS:
        with pytest.raises(AttributeError) as caught:
            getattr(gg.ones(1), name)
        assert not str(caught.value).endswith("None")


@pytest.mark.parametrize(("line", "close"), [("gg.optim.Admw", "AdamW"), ("gg.nn.Linaer", "Linear"), ("gg.nn.functional.sofmax", "softmax"), ("gg.linalg.slove", "solve")])
def test_a_misspelt_name_is_guessed(line, close):
    done = subprocess.run([sys.executable, "-c", f"import glassgrad as gg; {line}"], capture_output=True, text=True)
    assert f"Did you mean: '{close}'?" in done.stderr
