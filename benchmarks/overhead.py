"""What the engine costs per tiny op (4x4, float32): recording it, and a whole forward and backward."""

from __future__ import annotations

import side_by_side

OPS = 200


def chain(m, x, w):
    """200 tiny ops: a product, a sum, a tanh and a difference, over and over."""
    y = x
    for _ in range(OPS // 4):
        y = m.tanh(y * w + x) - w
    return y


def main() -> None:
    options = side_by_side.arguments(__doc__ or "")
    import numpy as np

    import glassgrad as gg

    rng = np.random.default_rng(0)
    a, b = (rng.standard_normal((4, 4), dtype=np.float32) for _ in range(2))
    torch = side_by_side.try_torch()
    engines = {"glassgrad": (gg, gg.tensor)} | ({"PyTorch": (torch, torch.tensor)} if torch else {})

    def record(m, make):
        x, w = make(a, requires_grad=True), make(b, requires_grad=True)
        return lambda: chain(m, x, w).detach().numpy()

    def unrecorded(m, make):
        x, w = make(a), make(b)
        return lambda: chain(m, x, w).numpy()

    def both(m, make):
        def run():
            x, w = make(a, requires_grad=True), make(b, requires_grad=True)
            chain(m, x, w).backward(upstream)
            return x.grad.numpy()

        upstream = make(np.ones((4, 4), np.float32))
        return run

    turns = 5 if options.quick else 25
    names = ["glassgrad", *list(engines)[1:]]
    side_by_side.header("per op", [*names, "NumPy"])
    for what, build in (
        ("forward, not recorded", unrecorded),
        ("forward, recorded", record),
        ("forward and backward", both),
    ):
        contenders = {name: build(*engine) for name, engine in engines.items()}
        if build is not both:
            contenders["NumPy"] = lambda: chain(np, a, b)
        result = side_by_side.time(contenders, turns)
        side_by_side.row(what, {key: value if "/" in key else value / OPS for key, value in result.items()})


if __name__ == "__main__":
    main()
