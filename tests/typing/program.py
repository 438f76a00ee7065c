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


@gg.no_grad()
def accuracy(model: nn.Module, x: Tensor, y: Tensor) -> float:
    right: Tensor = model(x).argmax(dim=-1) == y
    return float(right.float().mean().item())


@gg.no_grad
def doubled(x: Tensor) -> Tensor:
    return x * 2


@gg.inference_mode()
def sizes(x: Tensor) -> gg.Size:
    return x.size()


def energy(x: Tensor) -> Tensor:
    return (x * x).sum()


def of_weights(weights: dict[str, Tensor], x: Tensor) -> Tensor:
    return (weights["w"] * x).sum()


def what_comes_back(x: Tensor) -> None:
    """Each annotation is checked: nothing here is Any."""
    shape: tuple[int, ...] = x.shape
    rows: int = x.size(0) + x.size()[0] + x.shape[-1] + x.size().numel()
    mask: Tensor = (x == 0) | (x != 1) & (x < 2)
    largest: Tensor = x.max() + x.max(1).values + x.median(dim=0, keepdim=True).values
    values, indices = x.sort(dim=1, descending=True)
    best: Tensor = gg.topk(x, 2, dim=1).indices + values[:, :2].long() + indices[:, :2]
    places: tuple[Tensor, ...] = gg.where(mask)
    taken: Tensor = gg.where(x > 0, x, 0.0)
    product: Tensor = gg.einsum("ij,kj->ik", x, x)
    found, counts = gg.unique(x, return_counts=True)
    u, s, vh = gg.linalg.svd(x, full_matrices=False)
    norm: Tensor = gg.linalg.svd(x).S.max() + found.sum() + counts.sum() + (u @ s.diag() @ vh).sum()
    gradient: Tensor = gg.func.grad(energy)(x)
    weights: dict[str, Tensor] = gg.func.grad(of_weights)({"w": x}, x)
    rowwise: Tensor = gg.vmap(energy)(x)
    second: Tensor = gg.func.hessian(energy)(x)
    jacobian: Tensor = gg.autograd.functional.jacobian(energy, x)
    value, pullback = gg.func.vjp(energy, x)
    wide: gg.dtype = gg.float64 if x.dtype == gg.float32 else gg.float16
    generator: gg.Generator = gg.manual_seed(1)
    layers = nn.Sequential(nn.Linear(2, 3), nn.ReLU())
    first: nn.Module = layers[0]
    rest: nn.Sequential = layers[1:]
    handle = x.requires_grad_().register_hook(lambda g: g * 2)
    handle.remove()
    split: tuple[Tensor, ...] = x.split(1)
    new: Tensor = gg.zeros(2, 3, dtype=wide) + gg.zeros((2, 3)) + x.new_ones(2, 3).reshape(3, 2).view((2, 3)) + 2 ** x.sum()
    print(shape, rows, largest, best, places, taken, product, norm, gradient, weights, rowwise, second, jacobian, value, pullback(value))
    print(generator, first, rest, split, new, doubled(x), sizes(x))


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
    what_comes_back(gg.randn(2, 2))
    print(array.shape, jacobian.shape, accuracy(model, x, y), w.grad, gg.linalg.norm(w).item())


def text(value: str) -> None:
    """Takes no number and no tensor."""


def mistakes(x: Tensor) -> None:
    gg.sofmax(x)  # type: ignore[attr-defined]
    gg.softmax(x, axes=1)  # type: ignore[call-arg]
    gg.cat(1, 2)  # type: ignore[arg-type]
    x.sofmax()  # type: ignore[attr-defined]
    x.reshape_as()  # type: ignore[call-arg]
    F.relu(x, place=True)  # type: ignore[call-arg]
    nn.Linear(3)  # type: ignore[call-arg]
    gg.tensor([1.0], requires_gard=True)  # type: ignore[call-arg]
    gg.zeros(2, dtyp=gg.float32)  # type: ignore[call-overload]
    gg.optim.SGD([x], lr=0.1, momntum=0.9)  # type: ignore[call-arg]
    gg.exp(1.0)  # type: ignore[arg-type]
    gg.exp([1.0])  # type: ignore[arg-type]
    gg.sum(x, axis=1)  # type: ignore[call-arg]
    x.reshape("a")  # type: ignore[arg-type]
    x.view(2.5)  # type: ignore[call-overload]
    text(x.max(1).valuesss)  # type: ignore[attr-defined]
    x + "a"  # type: ignore[operator]
    text(x.shape)  # type: ignore[arg-type]
    text(gg.einsum("i,i", x, x))  # type: ignore[arg-type]
    text(x.size(0))  # type: ignore[arg-type]
    text(x == 0)  # type: ignore[arg-type]
    text(gg.float32)  # type: ignore[arg-type]
    text(accuracy(nn.Linear(2, 2), x, x))  # type: ignore[arg-type]
    text(gg.func.grad(energy)(x))  # type: ignore[arg-type]
    text(gg.func.vmap(energy)(x))  # type: ignore[arg-type]
    text(gg.linalg.svd(x).U)  # type: ignore[arg-type]
    text(nn.Sequential(nn.ReLU())[0])  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
