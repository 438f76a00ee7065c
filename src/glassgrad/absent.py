"""PyTorch's names that glassgrad hasn't: each says what to write instead.

One table feeds the errors of attributes and of imports, and the page tests/parity/COVERAGE.md.
"""

from __future__ import annotations

import functools
import sys
from typing import Any

# What to write instead -> names, as they stand under `torch`; a * stands for any ending. Those of methods only begin with `Tensor.`
TABLE = {
    "there are no complex tensors: keep the real and imaginary parts as two float tensors":
        "complex32 complex64 complex128 complex cfloat cdouble chalf ComplexFloatTensor ComplexDoubleTensor fft fft.* stft istft "
        "polar view_as_complex view_as_real angle conj conj_physical imag real",
    "there are no sparse tensors but gradients of embeddings with sparse=True: write a dense one, "
    "gg.zeros(size).index_put_(tuple(indices), values, accumulate=True)":
        "sparse sparse.* sparse_coo_tensor sparse_csr_tensor sparse_coo sparse_csr Tensor.coalesce Tensor.indices Tensor.values "
        "Tensor.sparse_dim Tensor.dense_dim Tensor.sparse_mask Tensor.crow_indices Tensor.col_indices Tensor.to_sparse_coo "
        "Tensor.to_sparse_csr Tensor.is_coalesced to_sparse",
    "there are no sparse tensors: write gg.mm on dense ones": "smm hspmm sspaddmm",
    "there are no quantized tensors: the integer dtypes are gg.int8, gg.uint8, gg.int16, gg.int32 and gg.int64":
        "qint8 quint8 qint32 quantize_per_tensor quantize_per_channel quantization ao ao.* Tensor.dequantize Tensor.int_repr "
        "Tensor.q_scale Tensor.q_zero_point",
    "there is no quantisation: train in gg.float32": "nn.qat* nn.quant* nn.intrinsic*",
    "there are no 8-bit floats: write gg.float32 (or gg.float16, for memory)": "float8_*",
    "there is no bfloat16: write gg.FloatTensor (or gg.HalfTensor, for memory)": "BFloat16Tensor",
    "there is no bfloat16: write x.float() (or x.half(), for memory)": "Tensor.bfloat16 bfloat16",
    "write gg.int32": "uint16",
    "write gg.int64": "uint32 uint64",
    "convolutions come later; x.unfold(dim, size, step) gives windows, nn.Linear works on them":
        "nn.Conv* nn.LazyConv* nn.Fold nn.Unfold conv1d conv2d conv3d conv_transpose* nn.functional.conv* nn.functional.fold "
        "nn.functional.unfold",
    "pooling comes later; reshape into blocks, and take .amax(dim) or .mean(dim)":
        "nn.MaxPool* nn.AvgPool* nn.Adaptive*Pool* nn.LPPool* nn.FractionalMaxPool* nn.MaxUnpool* nn.functional.max_pool* "
        "nn.functional.avg_pool* nn.functional.adaptive_* nn.functional.lp_pool* nn.functional.max_unpool* "
        "nn.functional.fractional_* max_pool* avg_pool* adaptive_*",
    "of the norms there are nn.LayerNorm and nn.RMSNorm; the others come later":
        "nn.BatchNorm* nn.InstanceNorm* nn.GroupNorm nn.SyncBatchNorm nn.LocalResponseNorm nn.CrossMapLRN2d "
        "nn.LazyBatchNorm* nn.LazyInstanceNorm*",
    "the norms here are F.layer_norm and F.rms_norm; others come later":
        "nn.functional.batch_norm nn.functional.instance_norm nn.functional.group_norm nn.functional.local_response_norm "
        "batch_norm instance_norm group_norm",
    "recurrent layers come later; write the step with nn.Linear, and loop over time":
        "nn.RNN* nn.LSTM* nn.GRU* lstm lstm_cell gru gru_cell rnn_*",
    "recurrent layers come later; write nn.utils.rnn.pad_sequence, and mask the loss":
        "nn.utils.rnn.pack* nn.utils.rnn.pad_packed* nn.utils.rnn.Pack* nn.utils.rnn.unpack*",
    "write a block of nn.MultiheadAttention, nn.LayerNorm and nn.Linear; the ready-made ones come later": "nn.Transformer*",
    "write nn.MultiheadAttention": "nn.functional.multi_head_attention_forward",
    "write nn.Embedding(...)(x).mean(dim=-2), or .sum": "nn.EmbeddingBag embedding_bag",
    "write F.embedding(x, weight).mean(dim=-2), or .sum": "nn.functional.embedding_bag",
    "write nn.CrossEntropyLoss on nn.Linear": "nn.AdaptiveLogSoftmaxWithLoss",
    "sizes aren't inferred: give them, nn.Linear(in_features, out_features)": "nn.Lazy* nn.Uninitialized*",
    "write nn.Linear": "nn.NonDynamicallyQuantizableLinear",
    "F.interpolate resizes; index to sample elsewhere": "nn.functional.grid_sample nn.functional.affine_grid grid_sampler*",
    "write clip_grad_norm_": "nn.utils.clip_grad_norm",
    "compute the weight in forward: v * (g / v.norm(dim=1, keepdim=True))": "nn.utils.weight_norm nn.utils.remove_weight_norm",
    "compute the weight in forward: w / gg.linalg.matrix_norm(w, 2)": "nn.utils.spectral_norm nn.utils.remove_spectral_norm",
    "compute the weight in forward, from the parameters it depends on": "nn.utils.parametrize nn.utils.parametrizations",
    "multiply the weight by a mask in forward": "nn.utils.prune",
    "write gg.func.functional_call": "nn.utils.stateless",
    "make the layer as usual": "nn.utils.skip_init",
    "write optim.SGD, and average the parameters over the steps": "optim.ASGD",
    "write optim.Adam, or optim.Adagrad": "optim.Adafactor",
    "write optim.AdamW": "optim.Muon",
    "keep a copy.deepcopy(model), and average the parameters into it under gg.no_grad()": "optim.swa_utils",
    "there are Normal, Uniform, Bernoulli and Categorical; write its log density as a function":
        "distributions.Beta distributions.Binomial distributions.Cauchy distributions.Chi2 distributions.ContinuousBernoulli "
        "distributions.Dirichlet distributions.FisherSnedecor distributions.Gamma distributions.GeneralizedPareto "
        "distributions.Geometric distributions.HalfCauchy distributions.HalfNormal distributions.InverseGamma "
        "distributions.Kumaraswamy distributions.Laplace distributions.LKJCholesky distributions.LogisticNormal "
        "distributions.LowRankMultivariateNormal distributions.Multinomial distributions.NegativeBinomial distributions.Pareto "
        "distributions.Poisson distributions.StudentT distributions.VonMises distributions.Weibull distributions.Wishart "
        "distributions.ExponentialFamily distributions.register_kl distributions.constraints",
    "there are Normal, Uniform, Bernoulli and Categorical; apply the function to the sample, and subtract the logarithm of its "
    "derivative from log_prob":
        "distributions.LogNormal distributions.TransformedDistribution distributions.*Transform distributions.transforms",
    "draw with gg.empty(n).exponential_(rate); log_prob is log(rate) - rate * x": "distributions.Exponential",
    "F.gumbel_softmax draws with it; a sample is -(-gg.rand(n).log()).log()": "distributions.Gumbel",
    "write log_prob(x).sum(-1) and entropy().sum(-1)": "distributions.Independent",
    "write gg.logsumexp(weights.log() + Normal(loc, scale).log_prob(x.unsqueeze(-1)), -1)": "distributions.MixtureSameFamily",
    "with L = gg.linalg.cholesky(covariance) a sample is loc + L @ gg.randn(n), and log_prob(x) is Normal(0.0, "
    "1.0).log_prob(gg.linalg.solve(L, x - loc)).sum(-1) - L.diagonal().log().sum()":
        "distributions.MultivariateNormal",
    "write F.one_hot(Categorical(probs).sample(), n)": "distributions.OneHotCategorical*",
    "write F.gumbel_softmax(logits, tau)": "distributions.RelaxedOneHotCategorical",
    "write gg.sigmoid((logits + u.logit()) / temperature), u = gg.rand_like(logits)": "distributions.RelaxedBernoulli",
    "its result is complex, and glassgrad has real tensors only: write gg.linalg.eigh for a symmetric matrix, or gg.linalg.svdvals":
        "linalg.eig eig",
    "its result is complex, and glassgrad has real tensors only: write gg.linalg.eigvalsh for a symmetric matrix, or "
    "gg.linalg.svdvals":
        "linalg.eigvals",
    "write gg.linalg.inv, which raises gg.linalg.LinAlgError for a singular matrix": "linalg.inv_ex",
    "write gg.linalg.solve, which raises gg.linalg.LinAlgError for a singular matrix": "linalg.solve_ex",
    "write gg.linalg.cholesky, which raises gg.linalg.LinAlgError for a matrix that isn't positive definite": "linalg.cholesky_ex",
    "write gg.linalg.solve, or gg.linalg.qr": "linalg.lu* linalg.ldl_* lu lu_solve lu_unpack",
    "write gg.linalg.solve_triangular": "triangular_solve",
    "write gg.linalg.qr": "linalg.householder_product geqrf ormqr orgqr",
    "write gg.linalg.svd, and keep the first columns": "svd_lowrank pca_lowrank",
    "it is in scipy.special: wrap its function and its derivative in a gg.autograd.Function":
        "i0 igamma igammac special.*bessel* special.*polynomial* special.airy_ai special.i0* special.i1* special.zeta "
        "special.gammainc* special.ndtri_exp",
    "write x.unfold(dim, size, step), x.diagonal() or x[::step], which are views too": "as_strided as_strided_copy as_strided_scatter",
    "write gg.empty(size): the elements lie in row-major order": "empty_strided empty_permuted new_empty_strided",
    "the shape of a tensor is fixed: write x.data = y, or x.reshape(shape)": "Tensor.resize resize_ resize_as_ Tensor.set_",
    "x.data_ptr(), x.storage_offset() and x.stride() tell where it lies": "Tensor.storage Tensor.untyped_storage Tensor.storage_type",
    "write the function with gg functions, or x.copy_(gg.tensor([f(v) for v in x.tolist()]))": "Tensor.apply_ Tensor.map_ Tensor.map2_",
    "write x.new_zeros(size), or x.new_tensor(data)": "Tensor.new",
    "write with gg.no_grad():": "Tensor.volatile",
    "tensors are ordinary memory: leave it out": "Tensor.to_mkldnn",
    "a mask is applied by hand: write x.masked_fill(~mask, 0).sum(dim), or x.masked_fill(~mask, -gg.inf).softmax(dim)": "masked masked.*",
    "pad the tensors to one length, with a mask": "nested nested.*",
    "NumPy has it: write gg.from_numpy(np.hanning(n)), np.kaiser and the like": "signal signal.*",
    "NumPy has it: write np.frexp(x), or np.histogramdd(x)": "frexp histogramdd",
    "write x.nonzero()": "nonzero_static",
    "gg.viz.picture shows the graph of a computation": "fx fx.*",
    "gg.save(model.state_dict(), path) keeps its weights": "export export.*",
    "Python's cProfile shows the time of each op": "profiler profiler.* autograd.profiler",
    "write gg.func.jvp": "autograd.forward_ad",
    "write gg.from_dlpack(x), which takes whatever has __dlpack__": "utils.dlpack",
    "Python's timeit times a call": "utils.benchmark utils.bottleneck",
    "declare an op with glassgrad.op.op": "library library.* utils.cpp_extension",
    "build the model in code, and load its weights with gg.load": "hub hub.* utils.model_zoo",
    "subclass gg.Tensor": "overrides",
    "glassgrad runs on the CPU only": "mtia hpu",
}  # fmt: skip

# These stand on Tensor to say so; their text is that of `Tensor.name`, or of the function.
METHODS = (  # noqa: SIM905  # 60 literals would be longer
    "imag real conj angle conj_physical cfloat cdouble chalf stft istft coalesce indices values sparse_dim dense_dim sparse_mask "
    "crow_indices col_indices to_sparse_coo to_sparse_csr is_coalesced dequantize int_repr q_scale q_zero_point storage "
    "untyped_storage storage_type apply_ map_ map2_ resize resize_ resize_as_ set_ as_strided as_strided_ as_strided_scatter "
    "bfloat16 new volatile to_mkldnn i0 i0_ igamma igammac igamma_ igammac_ lu lu_solve geqrf ormqr triangular_solve frexp "
    "new_empty_strided smm nonzero_static"
).split()


@functools.cache
def _names() -> tuple[dict[str, str], list[tuple[str, str]]]:
    """The table by name, and its patterns."""
    named = {name: text for text, names in TABLE.items() for name in names.split()}
    return named, [(name, text) for name, text in named.items() if "*" in name]


def instead(path: str) -> str | None:
    """What to write instead of a name under `torch`, such as `nn.Conv2d`; None if it isn't in the table."""
    from fnmatch import fnmatchcase

    path = path.replace("nn.modules.", "nn.")
    named, patterns = _names()
    return named.get(path) or next((text for pattern, text in patterns if fnmatchcase(path, pattern)), None)


def _sentence(path: str, text: str) -> str:
    room, _, name = path.rpartition(".")
    return f"{room} has no {name}: {text}" if room else f"gg.{name}: {text}"


def missing(module: str, name: str) -> AttributeError:
    """The error for a name that a module of glassgrad hasn't."""
    path = f"{module}.{name}".removeprefix("glassgrad.")
    if text := instead(path):
        return AttributeError(_sentence(path, text), name=name)  # without obj: no guess of a name like it
    return AttributeError(f"module {module!r} has no attribute {name!r}", name=name, obj=sys.modules.get(module))


class _Imports:
    """The last to be asked for a module: `from glassgrad.nn import Conv2d` and `import glassgrad.fft` say what to write too."""

    @staticmethod
    def find_spec(name: str, path: Any = None, target: Any = None) -> None:
        if name.startswith("glassgrad.") and (text := instead(name[len("glassgrad.") :])):
            raise ImportError(_sentence(name[len("glassgrad.") :], text), name=name)


sys.meta_path.append(_Imports)  # type: ignore[arg-type]


class Absent:
    """Stands on Tensor for one of these: AttributeError that says what to write. (A `__getattr__` would slow every attribute by 30 ns.)"""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, kind: type) -> Any:
        text = instead(f"Tensor.{self.name}") or instead(self.name) or instead(self.name.removesuffix("_"))
        raise AttributeError(f"{kind.__name__!r} object has no attribute {self.name!r}: {text}", name=self.name, obj=instance)


def refusing(name: str, instead: str) -> Any:
    """A function `name` that raises NotImplementedError and says what to write instead."""

    def function(*args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(f"{name}: {instead}")

    function.__name__ = function.__qualname__ = name.rpartition(".")[2]
    function.__doc__ = f"NotImplementedError: {instead}."
    return function


def refusing_class(name: str, instead: str) -> Any:
    """A class whose constructor raises NotImplementedError and says what to write instead."""
    return type(name.rpartition(".")[2], (), {"__init__": refusing(name, instead), "__doc__": f"NotImplementedError: {instead}."})
