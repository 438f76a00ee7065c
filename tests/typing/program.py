"""A user's program for `mypy --strict`. It has to pass, and the ignored mistakes have to be found (an unused ignore is an error)."""

from collections.abc import Iterator

import numpy as np

import glassgrad as gg
from glassgrad import Tensor, nn
from glassgrad.nn import functional as F
from glassgrad.utils.data import DataLoader, TensorDataset


class Net(nn.Module):
    """Two layers."""

    def __init__(self, inputs: int, hidden: int, classes: int, p: float = 0.1) -> None:
        super().__init__()
        self.embed = nn.Linear(inputs, hidden)
        self.norm = nn.LayerNorm(hidden)
        self.drop = nn.Dropout(p)
        self.head = nn.Linear(hidden, classes, bias=False)
        self.register_buffer("scale", gg.ones(1))

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.norm(self.embed(x)))
        y: Tensor = self.head(self.drop(x))
        return y


class Square(gg.autograd.Function):
    """An op of one's own."""

    @staticmethod
    def forward(ctx: gg.autograd.function.FunctionCtx, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx: gg.autograd.function.FunctionCtx, g: Tensor) -> Tensor:
        (x,) = ctx.saved_tensors
        return 2 * g * x


def batches(x: Tensor, y: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    yield from DataLoader(TensorDataset(x, y), batch_size=8, shuffle=True)


def accuracy(model: nn.Module, x: Tensor, y: Tensor) -> float:
    with gg.no_grad():
        return float((model(x).argmax(dim=-1) == y).float().mean().item())


def main() -> None:
    gg.manual_seed(0)
    x = gg.randn(32, 4)
    y = (x.sum(dim=1) > 0).long()
    model = Net(4, 16, 2)
    optimizer = gg.optim.AdamW(model.parameters(), lr=1e-2, weight_decay=0.1)
    schedule = gg.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=3)
    for _ in range(3):
        for xb, yb in batches(x, y):
            loss = F.cross_entropy(model(xb), yb)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
        schedule.step()
    w = gg.tensor([1.0, 2.0], requires_grad=True)
    z = (Square.apply(w) + 1).sqrt() @ w.T - w[0] / 2
    (g,) = gg.autograd.grad(z, w, create_graph=True)
    total: Tensor = (g * g).sum() + gg.cat([w, w]).mean() + gg.where(w > 0, w, 0.0).max()
    total.backward()
    w.data.mul_(0.5).add_(1)
    array: np.ndarray = w.detach().numpy()
    jacobian: Tensor = gg.func.jacrev(lambda v: v.exp())(w.detach())
    print(array.shape, jacobian.shape, accuracy(model, x, y), w.grad, gg.linalg.norm(w).item())


def mistakes(x: Tensor) -> None:
    gg.sofmax(x)  # type: ignore[attr-defined]
    gg.softmax(x, axes=1)  # type: ignore[call-arg]
    gg.cat(1, 2)  # type: ignore[arg-type]
    x.sofmax()  # type: ignore[attr-defined]
    x.reshape_as()  # type: ignore[call-arg]
    F.relu(x, place=True)  # type: ignore[call-arg]
    nn.Linear(3)  # type: ignore[call-arg]


if __name__ == "__main__":
    main()
