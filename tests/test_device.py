"""There is one device; what asks for another says so. Sizes are tuples that count."""

import warnings

import pytest

import glassgrad as gg


def test_devices_compare_print_and_hash_as_in_pytorch():
    cpu, first = gg.device("cpu"), gg.device("cpu", 0)
    assert repr(cpu) == "device(type='cpu')" and repr(first) == "device(type='cpu', index=0)" and (str(cpu), str(first)) == ("cpu", "cpu:0")
    assert cpu == gg.device(type="cpu") == gg.device(cpu) == gg.ones(1).device and cpu != first == gg.device("cpu:0") and cpu != "cpu"
    assert hash(cpu) != hash(first) and (cpu.type, cpu.index, first.index) == ("cpu", None, 0)
    with gg.device("cpu") as inside:
        assert inside == cpu == gg.get_default_device()
    gg.set_default_device("cpu")


@pytest.mark.parametrize("call", [
    lambda: gg.device("cuda"), lambda: gg.device("cuda", 1), lambda: gg.device(0), lambda: gg.device("cpu:3"), lambda: gg.device("meta"),
    lambda: gg.zeros(1, device="cuda"), lambda: gg.rand(1, device="cuda"), lambda: gg.randint(3, (1,), device="mps"), lambda: gg.randperm(3, device="cuda"),
    lambda: gg.ones(1).to("cuda:0"), lambda: gg.ones(1).cuda(), lambda: gg.Generator(device="cuda"), lambda: gg.set_default_device("cuda"),
    lambda: gg.asarray([1], device="cuda"), lambda: gg.cuda.set_device(0), lambda: gg.cuda.get_device_name(),
])  # fmt: skip
def test_other_devices_are_refused(call):
    with pytest.raises(RuntimeError, match="runs on the CPU only"):
        call()


def test_questions_about_where_a_tensor_is():
    x = gg.ones(2, dtype=gg.float64)
    assert x.is_cpu and not (x.is_cuda or x.is_xpu or x.is_mps or x.is_meta or x.is_sparse or x.is_quantized) and x.layout is gg.strided
    assert x.get_device() == -1 and x.cpu() is x and x.pin_memory() is x and not x.is_pinned() and x.itemsize == 8 and x.nbytes == 16
    assert not x.is_complex() and x.is_signed() and not gg.is_complex(x) and gg.is_floating_point(x) and gg.is_tensor(x) and not gg.is_tensor(1)
    assert gg.numel(gg.ones(2, 3)) == 6 and gg.is_nonzero(gg.tensor(2)) and not gg.tensor([1], dtype=gg.uint8).is_signed()
    with pytest.raises(NotImplementedError, match="threads share them"):
        x.share_memory_()
    with pytest.raises(NotImplementedError, match="no sparse tensors"):
        x.to_sparse()


def test_sizes():
    size = gg.ones(2, 3).size()
    assert size == (2, 3) and isinstance(size, gg.Size) and repr(size) == "gg.Size([2, 3])" and size.numel() == 6
    assert repr(size[1:]) == "gg.Size([3])" and size[0] == 2 and repr(size + (1,)) == "gg.Size([2, 3, 1])" and gg.Size().numel() == 1
    assert gg.Tensor(size).shape == gg.FloatTensor(size).shape == gg.zeros(size).shape == (2, 3)


# ------------------------------------------------------------------------------------------------ what has no device to act on


def test_cuda_answers_and_does_nothing():
    assert not gg.cuda.is_available() and gg.cuda.device_count() == 0 and not gg.cuda.is_bf16_supported() and not gg.cuda.is_initialized()
    gg.cuda.manual_seed(1), gg.cuda.manual_seed_all(1), gg.cuda.synchronize(), gg.cuda.empty_cache(), gg.cuda.reset_peak_memory_stats()
    assert gg.cuda.max_memory_allocated() == gg.cuda.memory_allocated() == 0
    assert not gg.accelerator.is_available() and gg.accelerator.current_accelerator() is None and not gg.xpu.is_available()
    with pytest.raises(AttributeError, match=r"gg\.cuda\.FloatTensor: .*gg\.FloatTensor"):
        gg.cuda.FloatTensor([1])


def test_switches_of_backends_can_be_set():
    import glassgrad.backends.cudnn as cudnn

    cudnn.benchmark = gg.backends.cudnn.deterministic = True
    gg.backends.cuda.matmul.allow_tf32 = gg.backends.cudnn.allow_tf32 = True
    assert gg.backends.cudnn.benchmark and not gg.backends.mps.is_available() and not gg.backends.mkl.is_available() and not cudnn.is_available()
    gg.set_float32_matmul_precision("high")
    assert gg.get_float32_matmul_precision() == "high"
    with pytest.raises(RuntimeError, match='"highest", "high"'):
        gg.set_float32_matmul_precision("low")
    gg.use_deterministic_algorithms(True)
    assert gg.are_deterministic_algorithms_enabled()


def test_compile_returns_what_it_is_given():
    model = gg.nn.Linear(2, 2)
    assert gg.compile(model) is model and gg.jit.script(model) is model

    @gg.compile
    def f(x):
        return x + 1

    @gg.compile(mode="max-autotune")
    def g(x):
        return x + 2

    assert f(1) == 2 and g(1) == 3


def test_autocast_runs_where_it_would_change_nothing_and_refuses_to_lower_the_precision():
    x = gg.ones(2)
    for passing in (gg.amp.autocast("cpu", dtype=gg.float32), gg.autocast("cpu", enabled=False), gg.amp.autocast("cuda", gg.float16, enabled=False)):
        with passing:
            assert (x + x).dtype == gg.float32
    for lowering in ({}, {"dtype": gg.bfloat16}, {"dtype": gg.float16}):
        with pytest.raises(RuntimeError, match=r"autocast: .*dtype=gg\.float32 or enabled=False"):
            gg.amp.autocast("cpu", **lowering)
    with pytest.warns(UserWarning, match="there is no cuda: it is disabled"):
        gg.amp.autocast("cuda", dtype=gg.float16)
    with pytest.warns(UserWarning, match="there is no cuda"):
        decorated = gg.cuda.amp.autocast()(lambda x: x)
    assert decorated(3) == 3


def test_the_loss_scaler_is_disabled_and_says_so():
    w = gg.ones(2, requires_grad=True)
    optimizer = gg.optim.SGD([w], lr=0.5)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scaler = gg.cuda.amp.GradScaler(enabled=False)
    scaler.scale(w.sum()).backward()
    scaler.unscale_(optimizer)
    scaler.step(optimizer)
    scaler.update()
    assert w.tolist() == [0.5, 0.5] and scaler.get_scale() == 1 and not scaler.is_enabled() and scaler.state_dict() == {}
    with pytest.warns(UserWarning, match="GradScaler: there is no cuda"):
        gg.amp.GradScaler()
    with pytest.raises(RuntimeError, match="GradScaler: .*enabled=False"):
        gg.amp.GradScaler("cpu")


# ------------------------------------------------------------------------------------------------ names that aren't there


def test_names_of_dtypes_that_numpy_has_not_say_what_to_write():
    dtypes = {"float32": gg.float32, "bfloat16": gg.bfloat16}  # naming it is no error: scripts keep such tables
    for use in (lambda: gg.ones(1, dtype=dtypes["bfloat16"]), lambda: gg.ones(1).to(gg.bfloat16), lambda: gg.finfo(gg.bfloat16)):
        with pytest.raises(TypeError, match=r"there is no bfloat16: write gg\.float32"):
            use()
    for name, text in (("complex64", "no complex tensors"), ("qint8", "no quantized"), ("float8_e4m3fn", "gg.float32"), ("uint16", "gg.int32")):
        assert not hasattr(gg, name)
        with pytest.raises(AttributeError, match=rf"gg\.{name}: .*{text}"):
            getattr(gg, name)


@pytest.mark.parametrize(("name", "text"), [("sparse_coo_tensor", "index_put_"), ("sparse", "no sparse tensors"), ("fft", "real and imaginary"), ("fx", "gg.viz")])
def test_rooms_that_are_missing_name_the_nearest_thing(name, text):
    with pytest.raises(AttributeError, match=text):
        getattr(gg, name)
    with pytest.raises(AttributeError, match="module 'glassgrad' has no attribute 'nonsense'"):
        gg.nonsense  # noqa: B018


@pytest.mark.parametrize(("call", "text"), [
    (lambda: gg.distributed.init_process_group("nccl"), "distributed.init_process_group: glassgrad trains in one process"),
    (lambda: gg.multiprocessing.spawn(print, nprocs=2), r"fn\(0, \*args\)"),
    (lambda: gg.onnx.export(None, None, "x.onnx"), "model.safetensors"),
    (lambda: gg.jit.trace(None, None), "gg.save"),
    (lambda: gg.nn.parallel.DistributedDataParallel(gg.nn.Linear(1, 1)), "one process"),
])  # fmt: skip
def test_what_needs_more_than_there_is_raises_and_says_what_to_write(call, text):
    with pytest.raises(NotImplementedError, match=text):
        call()
    assert not gg.distributed.is_available() and not gg.distributed.is_initialized()


def test_no_event_files():
    from glassgrad.utils.tensorboard import SummaryWriter

    with pytest.raises(NotImplementedError, match="matplotlib"):
        SummaryWriter("runs")


def test_data_parallel_runs_the_module():
    inner = gg.nn.Linear(2, 1)
    model = gg.nn.DataParallel(inner)
    assert (model(gg.ones(3, 2)) == inner(gg.ones(3, 2))).all() and list(model.state_dict()) == ["module.weight", "module.bias"]
    assert gg.nn.parallel.data_parallel(inner, gg.ones(3, 2)).shape == (3, 1)


def test_the_version_is_the_packages():
    from importlib.metadata import version

    assert gg.__version__ == gg.version.__version__ == version("glassgrad") and gg.version.cuda is None


def test_threads_of_the_kernels_can_be_set():
    before = gg.get_num_threads()
    try:
        gg.set_num_threads(1)
        assert gg.get_num_threads() == 1
    finally:
        gg.set_num_threads(before)
