"""One sample of one operator, in PyTorch and here: values, shapes, dtypes, first and second derivatives."""

import functools
import re
import warnings
from dataclasses import dataclass

import numpy as np
import torch
from tests.parity.op_db import (
    BY_NAME,
    TIES,
    UNINITIALISED,
    by_chance,
    chosen,
    converted,
    dtypes_of,
    full_name,
    ours,
    tensors,
    unseeded,
    variants,
)

import glassgrad as gg

OUR_ERRORS = (RuntimeError, TypeError, ValueError, IndexError, ZeroDivisionError)  # and the AttributeError of a name that gg hasn't
TOLERANCE = {"float32": (1e-4, 2e-5), "float64": (1e-7, 1e-9), "float16": (1e-2, 1e-3)}  # relative; absolute, times the largest value


@dataclass
class Outcome:
    """What came of a sample: "match", "raises" (a clear error of ours), "wrong"."""

    op: str
    variant: str
    dtype: str
    number: int
    kind: str
    what: str = ""
    call: str = ""
    order: int = 0  # of the highest derivative that was compared and agrees
    compared: bool = False  # its values too, not just shapes and dtypes

    def __str__(self):
        return f"{self.op} [{self.variant}, {self.dtype}, sample {self.number}] {self.call}: {self.what}"


class Refused(Exception):
    """PyTorch itself raises on the sample."""


class Wrong(AssertionError):
    pass


@functools.cache
def results(name):
    """The outcomes of an operator's samples. Variants beside the function get the first few of them."""
    info = BY_NAME[name]
    found = []
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for dtype in dtypes_of(info):
            samples = chosen(info, dtype)
            for name, theirs, our in variants(info):
                if our is None:
                    continue
                for number, sample in samples if name == "function" else samples[:3]:
                    if name == "in place" and sample.broadcasts_input:
                        continue
                    if name == "operator" and (len(sample.args) > 1 or sample.kwargs):
                        continue
                    outcome = Outcome(full_name(info), name, str(dtype).removeprefix("torch."), number, "match")
                    try:
                        _compare(info, sample, name, theirs, our, outcome)
                    except Refused:
                        continue
                    except Wrong as error:
                        outcome.kind, outcome.what = "wrong", str(error)
                    if outcome.kind != "match":
                        outcome.call = call_text(sample)
                    found.append(outcome)
    return found


def missing_variants(info):
    return [name for name, _, our in variants(info) if our is None]


# ---------------------------------------------------------------------------------------------- one sample


def _compare(info, sample, variant, theirs, our, outcome):
    names = {info.name, info.name.split(".")[-1], getattr(info.op, "__name__", ""), *(alias.name.split(".")[-1] for alias in info.aliases)}
    names |= {name.strip("_").removeprefix("r") for name in names if name.startswith("__")}
    # PyTorch's wrapper makes symmetric or triangular what the operator takes to be so; where it names torch, it names us.
    prepared = {torch: (info.gradcheck_wrapper, sample.output_process_fn_grad)}
    prepared[gg] = tuple(ours(f, "") or f for f in prepared[torch])

    def run(library, function, double=False):
        wrapper, process = prepared[library]
        args, kwargs, leaves = converted(sample, library, double)
        if variant == "in place" and leaves:
            args = (args[0].clone(), *args[1:])
        y = wrapper(function, *args, **kwargs)
        return flat(y), flat(process(y)), leaves

    @functools.cache
    def exact():
        """PyTorch's outputs and leaves from the same numbers in float64: the judge where two answers differ."""
        try:
            return run(torch, theirs, double=True)[1:]
        except Exception:
            return None

    try:
        plain, want, leaves = run(torch, theirs)
    except Exception as error:
        raise Refused from error
    if any(isinstance(y, torch.Tensor) and getattr(gg, str(y.dtype).removeprefix("torch."), None) is None for y in plain):
        raise Refused("an output of a dtype that we haven't")
    got = _try(lambda: run(gg, our), names, outcome)
    if got is None:
        return
    our_plain, found, our_leaves = got
    same_kind(our_plain, plain)
    if by_chance(info) and _varies(info, sample, theirs):
        return
    outcome.compared = True
    if len(found) != len(want):
        raise Wrong(f"{len(found)} outputs, PyTorch gives {len(want)}")
    tied = info.name in TIES and any(t.unique().numel() < t.numel() for t in tensors(sample)[:1])
    for i, (y, t) in enumerate(zip(found, want, strict=True)):
        if not (tied and t.dtype == torch.int64 and (len(want) > 1 or info.name == "argsort")):
            close(y, t, "value", judge=lambda i=i: exact() and exact()[0][i])
    narrow = any(t.dtype == torch.float32 for t in tensors(sample))  # beside float64: what PyTorch makes of it alone is rounded to float32
    _derivatives(info, found, our_leaves, want, leaves, names, outcome, exact, loosen=10_000 if narrow else 100)


def _varies(info, sample, theirs):
    """Whether PyTorch's own values change from seed to seed."""
    if info.name in UNINITIALISED:
        return True
    theirs, first = unseeded(theirs), None
    for seed in range(30):
        torch.default_generator.manual_seed(seed)
        args, kwargs, _ = converted(sample, torch)
        y = theirs(args[0].clone(), *args[1:], **kwargs) if isinstance(args[0], torch.Tensor) else theirs(*args, **kwargs)
        y = [t.detach().numpy().tobytes() if isinstance(t, torch.Tensor) else repr(t) for t in flat(y)]
        first = first or y
        if y != first:
            return True
    return False


def _derivatives(info, found, our_leaves, want, leaves, names, outcome, exact, loosen):
    at = [i for i, t in enumerate(want) if isinstance(t, torch.Tensor) and t.requires_grad]
    extra = [i for i, y in enumerate(found) if isinstance(y, gg.Tensor) and y.requires_grad and i not in at]
    if extra:
        raise Wrong(f"output {extra[0]} requires grad, PyTorch's doesn't")
    if not at:
        return
    rng = np.random.default_rng(outcome.number)
    u = [np.asarray(rng.standard_normal(tuple(want[i].shape))).astype(str(want[i].dtype).removeprefix("torch.")) for i in at]
    twice = outcome.dtype == "float64" and info.supports_gradgrad
    ups = [torch.from_numpy(x.copy()).requires_grad_(twice) for x in u]
    try:
        slopes = torch.autograd.grad([want[i] for i in at], leaves, ups, retain_graph=True, create_graph=twice, allow_unused=True)
    except Exception:  # no derivative, or none here
        return
    recorded = [k for k, i in enumerate(at) if found[i].requires_grad]
    lost = [k for k in range(len(at)) if k not in recorded]
    if lost:
        parts = torch.autograd.grad([want[at[k]] for k in lost], leaves, [ups[k] for k in lost], retain_graph=True, allow_unused=True)
        if any(s is not None and torch.any(s != 0) for s in parts):
            raise Wrong("its output doesn't require grad, so a gradient is lost")
    our_ups = [gg.from_numpy(u[k].copy()).requires_grad_(twice) for k in recorded]
    outputs = [found[at[k]] for k in recorded]

    def first():
        return gg.autograd.grad(outputs, our_leaves, our_ups, create_graph=twice, allow_unused=True) if outputs else [None] * len(our_leaves)

    ours_first = _try(first, names, outcome)
    if ours_first is None:
        return

    @functools.cache
    def exact_slopes():
        outputs, doubled = exact()
        return torch.autograd.grad([outputs[i] for i in at], doubled, [t.detach().double() for t in ups], allow_unused=True)

    for k, (leaf, g, s) in enumerate(zip(leaves, ours_first, slopes, strict=True)):
        close(g, s, "gradient", like=leaf, judge=lambda k=k: exact() and exact_slopes()[k])
    outcome.order = 1
    if not twice or not recorded:
        return
    v = [torch.from_numpy(np.asarray(rng.standard_normal(tuple(t.shape)))) for t in leaves]
    try:
        theirs = [(s * d).sum() for s, d in zip(slopes, v, strict=True) if s is not None and s.requires_grad]
        second = torch.autograd.grad(sum(theirs), [*leaves, *ups], allow_unused=True) if theirs else [None] * len([*leaves, *ups])
    except Exception:
        return
    kept = [*range(len(leaves)), *(len(leaves) + k for k in recorded)]

    def again():
        parts = [(g * gg.from_numpy(d.numpy())).sum() for g, d in zip(ours_first, v, strict=True) if g is not None and g.requires_grad]
        targets = [*our_leaves, *our_ups]
        return gg.autograd.grad(sum(parts[1:], parts[0]), targets, allow_unused=True) if parts else [None] * len(targets)

    ours_second = _try(again, names, outcome)
    if ours_second is None:
        return
    for leaf, g, s in zip([*leaves, *ups], ours_second, [second[i] for i in kept], strict=False):
        close(g, s, "second derivative", like=leaf, loosen=loosen, nan_is_free=True)
    outcome.order = 2


def _try(run, names, outcome):
    """What `run` gives; None where it raises an error of ours that names the op; any other error is wrong."""
    try:
        return run()
    except Exception as error:
        text = " ".join([str(error), *getattr(error, "__notes__", ())])
        told = f"{type(error).__name__}: {text}"
        ours_raised = isinstance(error, OUR_ERRORS) or getattr(error, "obj", None) is gg
        if not ours_raised or not any(re.search(rf"(?<![a-zA-Z0-9]){re.escape(name)}(?![a-zA-Z0-9])", text) for name in names if name):
            raise Wrong(f"raises an error that doesn't name the op: {told}") from error
        outcome.kind, outcome.what = "raises", told
        return None


def flat(value):
    """Outputs as a flat list."""
    if isinstance(value, list | tuple):
        return [y for part in value for y in flat(part)]
    return [value]


def same_kind(found, want):
    """Shapes and dtypes, or the type of what is no tensor."""
    if len(found) != len(want):
        raise Wrong(f"{len(found)} outputs, PyTorch gives {len(want)}")
    for y, t in zip(found, want, strict=True):
        if isinstance(t, torch.Tensor):
            if not isinstance(y, gg.Tensor):
                raise Wrong(f"gives a {type(y).__name__}, PyTorch a tensor")
            ours_is, theirs_is = (str(y.dtype), tuple(y.shape)), (str(t.dtype).removeprefix("torch."), tuple(t.shape))
            if ours_is != theirs_is:
                raise Wrong(f"gives {ours_is[0]} {ours_is[1]}, PyTorch {theirs_is[0]} {theirs_is[1]}")
        elif type(y) is not type(t) and not isinstance(t, torch.dtype | torch.Size):
            raise Wrong(f"gives a {type(y).__name__}, PyTorch a {type(t).__name__}")


def close(y, t, what, like=None, loosen=1, judge=None, nan_is_free=False):
    """Numbers that agree within rounding; a gradient that is None counts as zeros.

    Where two answers differ, ours is right if it is no farther from what `judge()` gives, PyTorch's answer to the same inputs in
    float64, than PyTorch's is anywhere.
    """
    if isinstance(t, torch.Tensor) or isinstance(y, gg.Tensor) or like is not None:
        a = np.zeros(tuple(like.shape)) if y is None else np.asarray(y.detach().numpy())
        b = np.zeros(tuple(like.shape)) if t is None else t.detach().resolve_neg().numpy(force=True)
        if like is not None and y is not None and str(y.dtype) != str(like.dtype).removeprefix("torch."):
            raise Wrong(f"{what} is {y.dtype}, the input {like.dtype}")
    elif isinstance(t, int | float):
        a, b = np.asarray(y), np.asarray(t)
    else:
        return
    if a.shape != b.shape:
        raise Wrong(f"{what} of shape {a.shape}, PyTorch's {b.shape}")
    relative, absolute = TOLERANCE.get(str(b.dtype), (0, 0))
    finite = np.abs(b[np.isfinite(b)]) if b.dtype.kind == "f" else np.zeros(0)
    absolute *= max(1.0, float(finite.max())) if finite.size else 1.0
    fits = np.isclose(a, b, rtol=relative * loosen, atol=absolute * loosen, equal_nan=b.dtype.kind == "f")
    if nan_is_free and b.dtype.kind == "f":  # PyTorch's NaN stands for no answer
        fits |= np.isnan(b)
    if not fits.all() and judge is not None and b.dtype.kind == "f" and isinstance(truth := judge(), torch.Tensor):
        truth = truth.detach().numpy(force=True)
        slips = np.abs(b - truth)
        fits |= np.abs(a - truth) <= slips[np.isfinite(slips)].max(initial=0)
    if not fits.all():
        i = tuple(int(k) for k in np.argwhere(~fits)[0]) if fits.ndim else ()
        raise Wrong(f"{what} at {i} is {a[i]!s}, PyTorch's {b[i]!s} ({(~fits).sum()} of {fits.size} differ)")


def call_text(sample):
    """The arguments, tensors by dtype and shape."""

    def short(x):
        if isinstance(x, torch.Tensor):
            values = f" {x.tolist()}" if 0 < x.numel() <= 2 else ""
            return f"{str(x.dtype).removeprefix('torch.')}{list(x.shape)}{values}" + ("" if x.is_contiguous() else " strided")
        if isinstance(x, list | tuple):
            return "[" + ", ".join(short(item) for item in x) + "]"
        return repr(x)

    kwargs = [f"{key}={short(value)}" for key, value in sample.kwargs.items()]
    return f"({', '.join([short(sample.input), *(short(x) for x in sample.args), *kwargs])})"
