"""What the engine costs per tiny op (4x4, float32): recording it, and a whole forward and backward."""

from __future__ import annotations

import side_by_side

OPS = 200
CHAINS = {
    "tanh(y * w + x) - w": lambda m, y, x, w: m.tanh(y * w + x) - w,  # counts as four
    "-y": lambda m, y, x, w: -y,
    "y * 1.01": lambda m, y, x, w: y * 1.01,
    "y * w": lambda m, y, x, w: y * w,
    "y / w": lambda m, y, x, w: y / w,
    "y + w": lambda m, y, x, w: y + w,
    "y - w": lambda m, y, x, w: y - w,
    "tanh(y)": lambda m, y, x, w: m.tanh(y),
}
MIXED = CHAINS["tanh(y * w + x) - w"]


def chain(step, m, x, w):
    """200 tiny ops, each on the result of the one before."""
    y = x
    for _ in range(OPS // 4 if step is MIXED else OPS):
        y = step(m, y, x, w)
    return y


def main() -> None:
    options = side_by_side.arguments(__doc__ or "")
    import numpy as np

    import glassgrad as gg

    rng = np.random.default_rng(0)
    a = rng.standard_normal((4, 4), dtype=np.float32)
    b = 1 + rng.standard_normal((4, 4), dtype=np.float32) / 100
    torch = side_by_side.try_torch()
    engines = {"glassgrad": (gg, gg.tensor)} | ({"PyTorch": (torch, torch.tensor)} if torch else {})
    if options.against:
        before = side_by_side.another(options.against)
        engines["before"] = (before, before.tensor)

    def forward(step, m, make, recorded):
        x, w = make(a, requires_grad=recorded), make(b, requires_grad=recorded)
        return lambda: chain(step, m, x, w).detach().numpy()

    def both(step, m, make):
        def run():
            x, w = make(a, requires_grad=True), make(b, requires_grad=True)
            chain(step, m, x, w).backward(upstream)
            return x.grad.numpy()

        upstream = make(np.ones((4, 4), np.float32))
        return run

    turns = 5 if options.quick else 25
    side_by_side.header("us per op", [*engines, *["NumPy"]])
    for what, recorded in (("forward, not recorded", False), ("forward, recorded", True)):
        contenders = {name: forward(MIXED, *engine, recorded) for name, engine in engines.items()}
        contenders["NumPy"] = lambda: chain(MIXED, np, a, b)
        report(what, side_by_side.time(contenders, turns))
    ratios: dict[str, list[float]] = {}
    for name, step in CHAINS.items():
        result = side_by_side.time({engine: both(step, *made) for engine, made in engines.items()}, turns)
        report(f"forward and backward, {name}", result)
        for key, value in result.items():
            if "/" in key and step is not MIXED:
                ratios.setdefault(key, []).append(value)
    for key, values in ratios.items():
        print(f"forward and backward, geometric mean of the single ops, {key}: {np.exp(np.mean(np.log(values))):.2f}")


def report(what: str, result: dict[str, float]) -> None:
    """A row per op instead of per chain."""
    side_by_side.row(what, {key: value if "/" in key else value / OPS for key, value in result.items()})


if __name__ == "__main__":
    main()
