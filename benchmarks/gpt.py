"""The main job next to PyTorch: the same script with the imports swapped, steps in turn, and with --full the whole training.

The text of examples/train_gpt.py runs twice: as it is, and with `import torch as gg`. Both start from the same weights
and see the same batches.
"""

from __future__ import annotations

import sys
import types
from pathlib import Path
from statistics import median
from time import perf_counter

import side_by_side

EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "train_gpt.py"
OURS = "import glassgrad as gg\nfrom glassgrad import nn\nfrom glassgrad.nn import functional as F\n"
THEIRS = "import torch as gg\nfrom torch import nn\nfrom torch.nn import functional as F\n"


def load(name: str, text: str) -> types.ModuleType:
    """The example as a module, from its text."""
    module = types.ModuleType(name)
    sys.modules[name] = module
    exec(compile(text, str(EXAMPLE), "exec"), vars(module))
    return module


def main() -> None:
    full = "--full" in sys.argv
    if full:
        sys.argv.remove("--full")
    options = side_by_side.arguments(__doc__ or "")
    import numpy as np

    text = EXAMPLE.read_text()
    if OURS not in text:
        raise SystemExit("examples/train_gpt.py no longer starts with the imports that this script swaps")
    examples = {"glassgrad": load("gpt_glassgrad", text)}
    if side_by_side.try_torch():
        examples["PyTorch"] = load("gpt_torch", text.replace(OURS, THEIRS))
    source = examples["glassgrad"].read_text(None)
    chars = sorted(set(source))
    data = np.array([{c: i for i, c in enumerate(chars)}[c] for c in source], dtype=np.int64)
    cut = int(0.9 * len(data))
    steps = 2000 if full else 60 if options.quick else 300

    runs = {}
    weights = None
    for name, example in examples.items():
        example.gg.manual_seed(0)
        model = example.GPT(len(chars), layers=4, heads=4, width=128, context=64)
        if weights is None:
            weights = {key: value.detach().numpy().copy() for key, value in model.state_dict().items()}
        else:
            model.load_state_dict({key: example.gg.from_numpy(value) for key, value in weights.items()})
        runs[name] = (example, model, example.make_optimizer(model, 1e-3, 0.1), np.random.default_rng(0), [], [])

    for step in range(steps):
        for example, model, optimizer, rng, losses, times in runs.values():
            x, y = example.sample_batch(data[:cut], 12, 64, rng)
            lr = example.learning_rate(step, 2000, 1e-3, 1e-4, 100)
            begin = perf_counter()
            losses.append(example.train_step(model, optimizer, x, y, lr, 1.0))
            times.append(perf_counter() - begin)
        if (step + 1) % (steps // 4) == 0:
            print(
                f"step {step + 1}: " + ", ".join(f"{name} {np.mean(run[4][-50:]):.4f}" for name, run in runs.items()),
                flush=True,
            )

    for name, run in runs.items():
        t = median(run[5][5:])
        print(f"{name}: {t * 1e3:.1f} ms a step, {12 * 64 / t:,.0f} tokens/s", end="")
        print(f", validation loss {run[0].validation_loss(run[1], data[cut:]):.4f}" if full else "")
    if "PyTorch" in runs:
        a, b = runs["glassgrad"], runs["PyTorch"]
        print(
            f"PyTorch / glassgrad, median over steps: {median(t / o for t, o in zip(b[5][5:], a[5][5:], strict=True)):.2f}"
        )
        apart = max(abs(x - y) for x, y in zip(a[4][:20], b[4][:20], strict=True))
        print(f"largest difference of the loss over the first 20 steps: {apart:.1e}")
        assert apart < 1e-3


if __name__ == "__main__":
    main()
