"""Train a small GPT on the characters of a text, from nothing, on glassgrad.

    python examples/train_gpt.py                     the Python language reference, which ships inside Python
    python examples/train_gpt.py --text novel.txt    a text of your own

It is written in PyTorch's names: put `import torch as gg` in place of the glassgrad imports and the model and the
training loop run there (`benchmarks/run.py --only V1` does just that, and compares the two).
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

import glassgrad as gg
from glassgrad import nn
from glassgrad.nn import functional as F

# ------------------------------------------------------------------------------------------------ the model


class Attention(nn.Module):
    """Causal self-attention: each position looks at itself and at those before it."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.dropout = dropout
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x):
        B, T, C = x.shape
        q, k, v = (part.view(B, T, self.heads, C // self.heads).transpose(1, 2) for part in self.qkv(x).split(C, dim=2))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True, dropout_p=self.dropout if self.training else 0.0)  # (B, nh, T, hs)
        return self.proj(y.transpose(1, 2).reshape(B, T, C))


class Block(nn.Module):
    """Attention, then a two-layer network at each position; both are added to what came in."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(width)
        self.attn = Attention(width, heads, dropout)
        self.norm2 = nn.LayerNorm(width)
        self.mlp = nn.Sequential(
            nn.Linear(width, 4 * width), nn.GELU(approximate="tanh"), nn.Linear(4 * width, width), nn.Dropout(dropout)
        )

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class GPT(nn.Module):
    """A decoder-only transformer; the embedding of the characters is also the head that scores the next one."""

    def __init__(self, vocab: int, layers: int, heads: int, width: int, context: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.context = context
        self.tok = nn.Embedding(vocab, width)
        self.pos = nn.Embedding(context, width)
        self.blocks = nn.ModuleList([Block(width, heads, dropout) for _ in range(layers)])
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, vocab, bias=False)
        for name, p in self.named_parameters():
            if name.endswith("weight") and p.dim() == 2:
                residual = name.endswith(("proj.weight", "mlp.2.weight"))  # these add up over the layers
                nn.init.normal_(p, std=0.02 / math.sqrt(2 * layers) if residual else 0.02)
            elif name.endswith("bias"):
                nn.init.zeros_(p)
        self.head.weight = self.tok.weight

    def forward(self, index):
        x = self.tok(index) + self.pos(gg.arange(index.shape[1]))  # (B, T, C)
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x))  # (B, T, vocab)


def loss_of(model, x, y):
    """The mean cross-entropy of the next character, in nats."""
    logits = model(x)
    return F.cross_entropy(logits.view(-1, logits.shape[-1]), y.view(-1))


# ------------------------------------------------------------------------------------------------ training


def make_optimizer(model, lr: float, weight_decay: float):
    """AdamW, with weight decay on matrices only."""
    matrices = [p for p in model.parameters() if p.dim() >= 2]
    others = [p for p in model.parameters() if p.dim() < 2]
    groups = [{"params": matrices, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]
    return gg.optim.AdamW(groups, lr=lr, betas=(0.9, 0.99))


def learning_rate(step: int, steps: int, peak: float, low: float, warmup: int) -> float:
    """Up linearly for `warmup` steps, then down to `low` along half a cosine."""
    if step < warmup:
        return peak * (step + 1) / warmup
    done = (step - warmup) / max(steps - warmup, 1)
    return low + 0.5 * (peak - low) * (1 + math.cos(math.pi * done))


def sample_batch(data: np.ndarray, batch: int, context: int, rng: np.random.Generator):
    """Random windows of the text, and the same shifted by one character: (B, T) each."""
    starts = rng.integers(0, len(data) - context, batch)
    windows = data[starts[:, None] + np.arange(context + 1)]
    return gg.from_numpy(windows[:, :-1].copy()), gg.from_numpy(windows[:, 1:].copy())


def train_step(model, optimizer, x, y, lr: float, clip: float) -> float:
    """One step of AdamW; returns the loss."""
    for group in optimizer.param_groups:
        group["lr"] = lr
    loss = loss_of(model, x, y)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), clip)
    optimizer.step()
    return loss.item()


@gg.no_grad()
def validation_loss(model, data: np.ndarray, batch: int = 32) -> float:
    """The mean loss over all of `data`, in windows side by side."""
    model.eval()
    count = (len(data) - 1) // model.context
    x = data[: count * model.context].reshape(count, -1)
    y = data[1 : count * model.context + 1].reshape(count, -1)
    total = 0.0
    for i in range(0, count, batch):
        part = slice(i, i + batch)
        total += loss_of(model, gg.from_numpy(x[part]), gg.from_numpy(y[part])).item() * len(x[part])
    model.train()
    return total / count


@gg.no_grad()
def generate(model, start: list[int], length: int, temperature: float, top_k: int, generator) -> list[int]:
    """Characters drawn one after another, from the `top_k` likeliest at each step."""
    model.eval()
    found = list(start)
    for _ in range(length):
        logits = model(gg.tensor([found[-model.context :]]))[0, -1] / temperature
        best = gg.topk(logits, min(top_k, logits.shape[-1]))
        drawn = gg.multinomial(F.softmax(best.values, dim=-1), 1, generator=generator)
        found.append(int(best.indices[drawn].item()))
    model.train()
    return found


# ------------------------------------------------------------------------------------------------ files


def fail(message: str) -> NoReturn:
    """One clear line, and exit code 2."""
    print(f"train_gpt: {message}", file=sys.stderr)
    sys.exit(2)


def read_text(path: str | None) -> str:
    """The text to learn: a file, or the Python language reference (pydoc's topics, in sorted order)."""
    if path is None:
        from pydoc_data.topics import topics

        return "".join(topics[name] for name in sorted(topics))
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        fail(f"--text {path}: {error.strerror or error}")
    except UnicodeDecodeError:
        fail(f"--text {path}: not UTF-8 text")
    if not text:
        fail(f"--text {path}: the file is empty")
    return text


def save(path: str, model, optimizer, progress: dict[str, Any]) -> None:
    """Weights, optimizer state and progress in one safetensors file, written aside first so that none is ever half there."""
    from safetensors.numpy import save_file

    arrays = {name: value.numpy() for name, value in model.state_dict().items()}
    for i, state in optimizer.state_dict()["state"].items():
        arrays |= {f"optimizer.{i}.{key}": np.asarray(value) for key, value in state.items()}
    aside = f"{path}.part"
    try:
        save_file({name: np.ascontiguousarray(value) for name, value in arrays.items()}, aside, {"glassgrad": json.dumps(progress)})
        os.replace(aside, path)
    except Exception as error:
        Path(aside).unlink(missing_ok=True)
        fail(f"--save {path}: {error}")


def load(path: str) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """The arrays and the progress of a file from `save`."""
    from safetensors import safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            progress = json.loads((file.metadata() or {})["glassgrad"])
            return {name: file.get_tensor(name) for name in file.keys()}, progress
    except KeyError:
        fail(f"--resume {path}: not a file that --save wrote")
    except Exception as error:
        fail(f"--resume {path}: {error}")


def restore(arrays: dict[str, np.ndarray], model, optimizer) -> None:
    """Put the arrays of `load` back."""
    weights = {name: gg.from_numpy(value) for name, value in arrays.items() if not name.startswith("optimizer.")}
    model.load_state_dict(weights)
    state: dict[int, dict[str, Any]] = {}
    for name, value in arrays.items():
        if name.startswith("optimizer."):
            _, i, key = name.split(".")
            state.setdefault(int(i), {})[key] = gg.from_numpy(value)
    optimizer.load_state_dict({**optimizer.state_dict(), "state": state})


def draw_losses(path: Path, losses: list, validations: list) -> None:
    """The loss curve: every step faintly, a running mean, and the validation losses."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    steps, values = zip(*losses, strict=True)
    figure, axes = pyplot.subplots(figsize=(8, 4.5), layout="constrained")
    axes.plot(steps, values, color="#9bb8d3", linewidth=0.6, label="training, each step")
    window = max(len(values) // 50, 1)
    smooth = np.convolve(values, np.ones(window) / window, mode="valid")
    if window > 1:
        axes.plot(steps[window - 1 :], smooth, color="#1f5f99", linewidth=1.6, label=f"training, mean of {window}")
    if validations:
        axes.plot(*zip(*validations, strict=True), "o-", color="#c8553d", markersize=4, linewidth=1.2, label="validation")
        last = validations[-1]
        axes.annotate(f"{last[1]:.3f}", last, textcoords="offset points", xytext=(-4, 8), ha="right", color="#c8553d")
    axes.set(xlabel="step", ylabel="loss, nats a character")
    axes.grid(alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    figure.savefig(path, dpi=150)
    pyplot.close(figure)


# ------------------------------------------------------------------------------------------------ the command line


class Parser(argparse.ArgumentParser):
    """argparse that says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        fail(message)


def parse(argv: list[str] | None) -> argparse.Namespace:
    parser = Parser(prog="train_gpt", description="Train a small GPT on the characters of a text.")
    parser.add_argument("--text", metavar="FILE", help="UTF-8 text to learn (default: the Python language reference)")
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--heads", type=int, default=4)
    parser.add_argument("--width", type=int, default=128)
    parser.add_argument("--context", type=int, default=64, help="characters that the model sees at once")
    parser.add_argument("--dropout", type=float, default=0.0)
    parser.add_argument("--batch", type=int, default=12)
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--lr", type=float, default=1e-3, help="the learning rate after warm-up")
    parser.add_argument("--min-lr", type=float, default=1e-4, help="the learning rate at the end")
    parser.add_argument("--warmup", type=int, default=100, metavar="STEPS")
    parser.add_argument("--weight-decay", type=float, default=0.1)
    parser.add_argument("--clip", type=float, default=1.0, help="the largest norm of the gradient")
    parser.add_argument("--seed", type=int, default=1337)
    parser.add_argument("--every", type=int, default=250, metavar="STEPS", help="validate, and save, this often")
    parser.add_argument("--sample", type=int, default=400, metavar="CHARS", help="length of the text generated at the end")
    parser.add_argument("--prompt", help="what the generated text goes on from (default: the first character of the text)")
    parser.add_argument("--temperature", type=float, default=0.8)
    parser.add_argument("--top-k", type=int, default=20)
    parser.add_argument("--save", metavar="FILE", help="write the weights here, as safetensors")
    parser.add_argument("--resume", metavar="FILE", help="go on from a saved file, up to --steps")
    parser.add_argument("--out", metavar="FOLDER", default="out", help="for the loss curve and the graph (default: out)")
    parser.add_argument("--short", action="store_true", help="a tiny model for a few steps, to see that all works")
    if "--short" in (sys.argv[1:] if argv is None else argv):  # other defaults; flags beside it still count
        parser.set_defaults(layers=2, heads=2, width=32, context=32, steps=20, warmup=5, every=10, sample=80)
    args = parser.parse_args(argv)
    for name in ("layers", "heads", "width", "context", "batch", "steps", "every", "top_k"):
        if getattr(args, name) < 1:
            fail(f"--{name.replace('_', '-')} must be at least 1, got {getattr(args, name)}")
    for name in ("lr", "clip", "temperature"):
        if not 0 < getattr(args, name) < math.inf:
            fail(f"--{name} must be positive, got {getattr(args, name)}")
    for name in ("min_lr", "warmup", "weight_decay", "sample", "seed"):
        if not 0 <= getattr(args, name) < math.inf:
            fail(f"--{name.replace('_', '-')} can't be negative, got {getattr(args, name)}")
    if not 0 <= args.dropout < 1:
        fail(f"--dropout must lie in [0, 1), got {args.dropout}")
    if args.width % args.heads:
        fail(f"--width {args.width} must be a multiple of --heads {args.heads}")
    if args.prompt == "":
        fail("--prompt can't be empty")
    return args


def check_writable(folder: Path, flag: str) -> None:
    """Find out before training, not after it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".train_gpt"
        probe.touch()
        probe.unlink()
    except OSError as error:
        fail(f"{flag} {folder}: {error.strerror or error}")


def main(argv: list[str] | None = None) -> None:
    args = parse(argv)
    try:
        import matplotlib  # noqa: F401  # missed now rather than after the training
        from tqdm import tqdm
    except ImportError as error:
        fail(f"{error.name} is missing: pip install 'glassgrad[examples]'")
    out = Path(args.out)
    check_writable(out, "--out")
    if args.save:
        check_writable(Path(args.save).resolve().parent, "--save")
        if Path(args.save).is_dir():
            fail(f"--save {args.save}: is a folder, not a file")
    text = read_text(args.text)

    config = {name: getattr(args, name) for name in ("layers", "heads", "width", "context", "dropout")}
    arrays, progress = load(args.resume) if args.resume else ({}, None)
    if progress and progress["config"] != config:
        differ = [f"{name} {progress['config'][name]}" for name in config if progress["config"][name] != config[name]]
        fail(f"--resume {args.resume}: that model has {', '.join(differ)}: give the same flags")
    if progress and progress["step"] >= args.steps:
        fail(f"--resume {args.resume}: it has done {progress['step']} steps already: give a larger --steps")
    chars = progress["chars"] if progress else "".join(sorted(set(text)))
    code = {char: i for i, char in enumerate(chars)}
    prompt = args.prompt or text[0]
    for what, given in (("the text has", text), ("--prompt has", prompt)):
        strange = sorted(set(given) - set(chars))
        if strange:
            fail(f"{what} {strange[0]!r}, which the {'saved model' if progress else 'text'} doesn't know")
    data = np.array([code[char] for char in text], dtype=np.int64)
    cut = int(0.9 * len(data))
    training, validation = data[:cut], data[cut:]
    if len(validation) < args.context + 1:
        fail(f"the text has {len(text)} characters, too short: with --context {args.context} it needs {10 * (args.context + 2)} or more")

    gg.manual_seed(args.seed)
    rng = np.random.default_rng(args.seed)
    model = GPT(len(chars), **config)
    optimizer = make_optimizer(model, args.lr, args.weight_decay)
    losses: list[tuple[int, float]] = []
    validations: list[tuple[int, float]] = []
    first = 0
    if progress:
        restore(arrays, model, optimizer)
        rng.bit_generator.state = progress["rng"]
        gg.manual_seed(args.seed + progress["step"])  # dropout: other masks than at the start
        first, losses, validations = (progress[name] for name in ("step", "losses", "validations"))
    parameters = sum(p.numel() for p in model.parameters())
    print(f"{len(text):,} characters, {len(chars)} distinct; {parameters:,} parameters")

    bar = tqdm(range(first, args.steps), initial=first, total=args.steps, unit="step", dynamic_ncols=True)
    for step in bar:
        x, y = sample_batch(training, args.batch, args.context, rng)
        lr = learning_rate(step, args.steps, args.lr, args.min_lr, args.warmup)
        losses.append((step + 1, train_step(model, optimizer, x, y, lr, args.clip)))
        speed = (bar.format_dict["rate"] or 0) * args.batch * args.context
        bar.set_postfix_str(f"loss {losses[-1][1]:.3f}, {speed:,.0f} tokens/s", refresh=False)
        if (step + 1) % args.every == 0 or step + 1 == args.steps:
            validations.append((step + 1, validation_loss(model, validation)))
            recent = np.mean([value for _, value in losses[-100:]])
            bar.write(f"step {step + 1}: training loss {recent:.4f}, validation loss {validations[-1][1]:.4f}")
            if args.save:
                state = rng.bit_generator.state
                progress = dict(step=step + 1, config=config, chars=chars, rng=state, losses=losses, validations=validations)
                save(args.save, model, optimizer, progress)

    if args.sample:
        generator = gg.Generator().manual_seed(args.seed)
        written = generate(model, [code[char] for char in prompt], args.sample, args.temperature, args.top_k, generator)
        print("-" * 80, "".join(chars[i] for i in written).strip("\n"), "-" * 80, sep="\n")
    draw_losses(out / "loss.png", losses, validations)
    x = gg.randn(1, min(8, args.context), args.width, requires_grad=True)
    gg.viz.draw_graph(model.blocks[0], x).save(out / "block.svg")
    print(f"validation loss {validations[-1][1]:.4f} nats a character; see {out / 'loss.png'} and {out / 'block.svg'}")


if __name__ == "__main__":
    try:
        main()
    except MemoryError as error:
        fail(f"not enough memory: {error}: write a smaller --batch, --context or --width")
