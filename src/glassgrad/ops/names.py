"""What is loaded at first use, and from where: written by `python -m tests.stubs`."""

FUNCTIONS = {
    "ops.activation": "celu celu_ hardshrink prelu relu relu_ rrelu rrelu_ selu selu_ threshold threshold_",
    "ops.arrange": "diag diag_embed diagflat diagonal flip fliplr flipud repeat_interleave roll rot90 tile",
    "ops.attention": "",
    "ops.bins": "bincount bucketize histc histogram searchsorted unique unique_consecutive",
    "ops.cast": "BoolTensor ByteTensor CharTensor DoubleTensor FloatTensor HalfTensor IntTensor LongTensor ShortTensor asarray "
    "channels_last contiguous_format from_dlpack is_complex is_floating_point is_tensor numel preserve_format "
    "result_type strided",
    "ops.creation": "arange as_tensor bartlett_window blackman_window empty empty_like eye from_numpy full full_like hamming_window "
    "hann_window linspace logspace ones ones_like scalar_tensor tensor tril_indices triu_indices vander zeros "
    "zeros_like",
    "ops.ctc": "",
    "ops.decompose": "cholesky cholesky_inverse cholesky_solve det inverse logdet matrix_exp matrix_power pinverse qr slogdet svd",
    "ops.distance": "cosine_similarity pairwise_distance",
    "ops.dropout": "alpha_dropout dropout feature_alpha_dropout feature_dropout",
    "ops.einsum": "chain_matmul einsum tensordot",
    "ops.elementwise": "abs absolute add addcdiv addcmul ceil clamp clamp_max clamp_min clip copysign div divide fix float_power floor "
    "floor_divide fmax fmin fmod frac gcd heaviside hypot lcm ldexp lerp maximum minimum mul multiply nan_to_num "
    "neg negative nextafter positive pow reciprocal remainder round rsqrt rsub sgn sign sqrt square sub subtract "
    "true_divide trunc",
    "ops.image": "channel_shuffle pixel_shuffle pixel_unshuffle",
    "ops.index": "argwhere gather index_select masked_fill masked_select nonzero take take_along_dim tril triu unravel_index "
    "where",
    "ops.inplace": "fill fill_ zero_",
    "ops.join": "atleast_1d atleast_2d atleast_3d block_diag broadcast_shapes broadcast_tensors cartesian_prod column_stack "
    "combinations dsplit dstack hsplit hstack meshgrid row_stack tensor_split vsplit vstack",
    "ops.linalg": "addbmm addmm addmv addr baddbmm bmm corrcoef cov cross dot ger inner kron matmul mm mv outer spmm trace vdot",
    "ops.logic": "allclose bitwise_and bitwise_left_shift bitwise_not bitwise_or bitwise_right_shift bitwise_xor eq equal ge "
    "greater greater_equal gt is_nonzero isclose isfinite isin isinf isnan isneginf isposinf isreal le less "
    "less_equal logical_and logical_not logical_or logical_xor lt ne not_equal signbit",
    "ops.lookup": "",
    "ops.loss": "",
    "ops.margin": "",
    "ops.matrix_norm": "cdist pdist",
    "ops.norm": "layer_norm rms_norm",
    "ops.protocols": "",
    "ops.random": "Generator bernoulli fork_rng get_rng_state initial_seed manual_seed multinomial normal poisson rand rand_like "
    "randint randint_like randn randn_like randperm seed set_rng_state",
    "ops.reduce": "all amax amin aminmax any argmax argmin count_nonzero dist logsumexp max mean min nanmean nansum norm prod "
    "renorm std std_mean sum var var_mean",
    "ops.regression": "",
    "ops.rows": "",
    "ops.scan": "cummax cummin cumprod cumsum cumulative_trapezoid diff gradient logcumsumexp trapezoid trapz",
    "ops.scatter": "diagonal_scatter index_add index_copy index_fill index_put index_reduce masked_scatter put scatter scatter_add "
    "scatter_reduce select_scatter slice_scatter",
    "ops.shape": "adjoint broadcast_to cat chunk clone concat concatenate flatten moveaxis movedim narrow permute ravel reshape "
    "select split split_with_sizes squeeze stack swapaxes swapdims t transpose unbind unflatten unsqueeze",
    "ops.softmax": "log_softmax softmax",
    "ops.sort": "argsort kthvalue median mode msort nanmedian nanquantile quantile sort topk",
    "ops.special": "acos acosh arccos arccosh arcsin arcsinh arctan arctan2 arctanh asin asinh atan atan2 atanh cos cosh deg2rad "
    "digamma erf erfc erfinv exp exp2 expm1 lgamma log log10 log1p log2 logaddexp logaddexp2 logit mvlgamma "
    "polygamma rad2deg sigmoid sin sinc sinh tan tanh xlogy",
    "settings": "are_deterministic_algorithms_enabled compile get_float32_matmul_precision get_num_interop_threads "
    "get_num_threads is_autocast_enabled is_deterministic_algorithms_warn_only_enabled kernels_info "
    "set_default_tensor_type set_float32_matmul_precision set_num_interop_threads set_num_threads "
    "use_deterministic_algorithms",
    "printing": "",
    "autograd.hooks": "",
    "viz.notebook": "",
}  # in gg
METHODS = {
    "ops.activation": "hardshrink prelu relu relu_",
    "ops.arrange": "diag diag_embed diagflat diagonal flip fliplr flipud repeat repeat_interleave roll rot90 tile unfold",
    "ops.bins": "bincount histc histogram searchsorted unique unique_consecutive",
    "ops.cast": "__dlpack__ __dlpack_device__ cpu cuda data_ptr get_device is_complex is_conj is_cpu is_cuda is_meta is_mkldnn "
    "is_mps is_nested is_pinned is_quantized is_same_size is_shared is_signed is_xpu itemsize layout nbytes "
    "ndimension pin_memory resolve_conj resolve_neg share_memory_ storage_offset to_dense to_sparse type type_as "
    "xpu",
    "ops.creation": "new_empty new_full new_ones new_tensor new_zeros",
    "ops.decompose": "cholesky cholesky_inverse cholesky_solve det inverse logdet matrix_exp matrix_power pinverse qr slogdet svd",
    "ops.elementwise": "__abs__ __add__ __floordiv__ __iadd__ __ifloordiv__ __imod__ __imul__ __ipow__ __isub__ __itruediv__ __mod__ "
    "__mul__ __neg__ __pos__ __pow__ __radd__ __rfloordiv__ __rmod__ __rmul__ __rpow__ __rsub__ __rtruediv__ "
    "__sub__ __truediv__ _div_floor_ _div_trunc_ abs abs_ absolute absolute_ add add_ addcdiv addcdiv_ addcmul "
    "addcmul_ ceil ceil_ clamp clamp_ clamp_max clamp_max_ clamp_min clamp_min_ clip clip_ copysign copysign_ div "
    "div_ divide divide_ fix fix_ float_power float_power_ floor floor_ floor_divide floor_divide_ fmax fmin fmod "
    "fmod_ frac frac_ gcd gcd_ heaviside heaviside_ hypot hypot_ lcm lcm_ ldexp ldexp_ lerp lerp_ maximum minimum "
    "mul mul_ multiply multiply_ nan_to_num nan_to_num_ neg neg_ negative negative_ nextafter nextafter_ positive "
    "pow pow_ reciprocal reciprocal_ remainder remainder_ round round_ rsqrt rsqrt_ sgn sgn_ sign sign_ sqrt sqrt_ "
    "square square_ sub sub_ subtract subtract_ true_divide true_divide_ trunc trunc_",
    "ops.index": "__getitem__ argwhere gather index_select masked_fill masked_fill_ masked_select nonzero take take_along_dim "
    "tril tril_ triu triu_ where",
    "ops.inplace": "__setitem__ _assign _base _is_view _overwrite _version copy_ detach_ fill_ squeeze_ t_ transpose_ unsqueeze_ "
    "zero_",
    "ops.join": "dsplit hsplit tensor_split vsplit",
    "ops.linalg": "__matmul__ __rmatmul__ addbmm addbmm_ addmm addmm_ addmv addmv_ addr addr_ baddbmm baddbmm_ bmm corrcoef cov "
    "cross dot ger inner kron matmul mm mv outer trace vdot",
    "ops.logic": "__and__ __eq__ __ge__ __gt__ __iand__ __ilshift__ __invert__ __ior__ __irshift__ __ixor__ __le__ __lshift__ "
    "__lt__ __ne__ __or__ __rand__ __rlshift__ __ror__ __rrshift__ __rshift__ __rxor__ __xor__ allclose bitwise_and "
    "bitwise_and_ bitwise_left_shift bitwise_left_shift_ bitwise_not bitwise_not_ bitwise_or bitwise_or_ "
    "bitwise_right_shift bitwise_right_shift_ bitwise_xor bitwise_xor_ eq eq_ equal ge ge_ greater greater_ "
    "greater_equal greater_equal_ gt gt_ is_nonzero isclose isfinite isinf isnan isneginf isposinf isreal le le_ "
    "less less_ less_equal less_equal_ logical_and logical_and_ logical_not logical_not_ logical_or logical_or_ "
    "logical_xor logical_xor_ lt lt_ ne ne_ not_equal not_equal_ signbit",
    "ops.loss": "_binary_cross_entropy_ _binary_cross_entropy_with_logits_ _kl_div_",
    "ops.protocols": "__array_function__ __array_ufunc__ strides to_numpy",
    "ops.random": "bernoulli bernoulli_ cauchy_ exponential_ geometric_ log_normal_ multinomial normal_ random_ uniform_",
    "ops.reduce": "all amax amin aminmax any argmax argmin count_nonzero dist logsumexp max mean min nanmean nansum norm prod "
    "renorm renorm_ std sum sum_to_size var",
    "ops.scan": "cummax cummin cumprod cumprod_ cumsum cumsum_ diff logcumsumexp",
    "ops.scatter": "diagonal_scatter fill_diagonal_ index_add index_add_ index_copy index_copy_ index_fill index_fill_ index_put "
    "index_put_ index_reduce index_reduce_ masked_scatter masked_scatter_ put put_ scatter scatter_ scatter_add "
    "scatter_add_ scatter_reduce scatter_reduce_ select_scatter slice_scatter",
    "ops.shape": "H T adjoint astype bool broadcast_to byte char chunk clone contiguous double expand expand_as flatten float "
    "half int long mH mT moveaxis movedim narrow permute ravel reshape reshape_as select short split "
    "split_with_sizes squeeze swapaxes swapdims t to transpose unbind unflatten unsqueeze view view_as",
    "ops.softmax": "log_softmax softmax",
    "ops.sort": "argsort kthvalue median mode msort nanmedian nanquantile quantile sort topk",
    "ops.special": "_logit_ acos acos_ acosh acosh_ arccos arccos_ arccosh arccosh_ arcsin arcsin_ arcsinh arcsinh_ arctan arctan2 "
    "arctan2_ arctan_ arctanh arctanh_ asin asin_ asinh asinh_ atan atan2 atan2_ atan_ atanh atanh_ cos cos_ cosh "
    "cosh_ deg2rad deg2rad_ digamma digamma_ erf erf_ erfc erfc_ erfinv erfinv_ exp exp2 exp2_ exp_ expm1 expm1_ "
    "lgamma lgamma_ log log10 log10_ log1p log1p_ log2 log2_ log_ logaddexp logaddexp2 logit logit_ mvlgamma "
    "mvlgamma_ polygamma polygamma_ rad2deg rad2deg_ sigmoid sigmoid_ sin sin_ sinc sinc_ sinh sinh_ tan tan_ tanh "
    "tanh_ xlogy xlogy_",
    "printing": "__format__ __repr__",
    "autograd.hooks": "register_hook register_post_accumulate_grad_hook",
    "viz.notebook": "_repr_mimebundle_",
}  # of Tensor
