"""Toy programs as PyTorch users write them: each trains a little, here and in PyTorch, from the same numbers, and logs the same losses."""

import copy
import io
import itertools
import math
from collections import OrderedDict

import numpy as np
import pytest

import glassgrad as gg


class Numbers:
    """The same random numbers for every library, and the same starting weights."""

    def __init__(self, torch):
        self.torch, self.rng = torch, np.random.default_rng(0)

    def randn(self, *shape):
        return self.torch.tensor(self.rng.standard_normal(shape), dtype=self.torch.float32)

    def randint(self, high, *shape):
        return self.torch.tensor(self.rng.integers(0, high, shape))

    def start(self, model):
        with self.torch.no_grad():
            for p in model.parameters():
                p.copy_(self.randn(*p.shape) / (p.shape[-1] if p.dim() else 1) ** 0.5)
        return model


def logistic_regression(torch, numbers):
    x = numbers.randn(50, 2)
    y = (x @ torch.tensor([2.0, -3.0]) > 0).float()
    w, b = torch.zeros(2, 1, requires_grad=True), torch.zeros(1, requires_grad=True)
    for _ in range(10):
        p = 1 / (1 + torch.exp(-(x.mm(w) + b)))
        loss = -(y.view(-1, 1) * p.log() + (1 - y.view(-1, 1)) * (1 - p).log()).mean()
        loss.backward()
        with torch.no_grad():
            w -= 0.5 * w.grad
            b -= 0.5 * b.grad
            w.grad.zero_()
            b.grad = None
        yield loss.item()
    yield ((torch.sigmoid(x @ w + b) > 0.5).squeeze(1) == y.bool()).float().mean().item()


def classifier(torch, numbers):
    nn, F, data = torch.nn, torch.nn.functional, torch.utils.data

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            layers = [("flat", nn.Flatten()), ("a", nn.Linear(16, 12)), ("norm", nn.LayerNorm(12)), ("act", nn.ReLU(inplace=True))]
            self.body = nn.Sequential(OrderedDict(layers))
            self.drop, self.head = nn.Dropout(0.0), nn.Linear(12, 3)

        def forward(self, x):
            return F.log_softmax(self.head(self.drop(self.body(x))), dim=1)

    x, y = numbers.randn(40, 1, 4, 4), numbers.randint(3, 40)
    model = numbers.start(Net())
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01, weight_decay=1e-3)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.5)
    for _ in range(4):
        model.train()
        for images, labels in data.DataLoader(data.TensorDataset(x, y), batch_size=16):
            optimizer.zero_grad()
            loss = F.nll_loss(model(images), labels)
            loss.backward()
            yield nn.utils.clip_grad_norm_(model.parameters(), 1.0).item()
            optimizer.step()
        scheduler.step()
        model.eval()
        with torch.no_grad():
            scores = model(x)
            guess = scores.argmax(dim=1, keepdim=True)
            yield F.nll_loss(scores, y, reduction="sum").item() + guess.eq(y.view_as(guess)).sum().item() + scheduler.get_last_lr()[0]


def saved_and_resumed(torch, numbers):
    """A run that is cut in the middle, and goes on from its checkpoint, is the run that wasn't."""
    x, y = numbers.randn(20, 3), numbers.randn(20, 1)

    def made():
        model = torch.nn.Sequential(torch.nn.Linear(3, 8), torch.nn.GELU(), torch.nn.Linear(8, 1))
        groups = [{"params": model[0].parameters()}, {"params": model[2].parameters(), "lr": 0.02, "weight_decay": 0.1}]
        return model, torch.optim.AdamW(groups, lr=0.01, betas=(0.9, 0.95))

    def steps(model, optimizer):
        for _ in range(3):
            loss = torch.nn.functional.smooth_l1_loss(model(x), y)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            yield loss.item()

    model, optimizer = made()
    numbers.start(model)
    yield from steps(model, optimizer)
    file = io.BytesIO()
    torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": 3}, file)
    straight = list(steps(model, optimizer))
    file.seek(0)
    checkpoint = torch.load(file, map_location="cpu", weights_only=True)
    again, optimizer = made()
    again.load_state_dict(checkpoint["model"])
    optimizer.load_state_dict(checkpoint["optimizer"])
    assert list(steps(again, optimizer)) == straight and checkpoint["epoch"] == 3
    yield from straight


def variational_autoencoder(torch, numbers):
    nn, F = torch.nn, torch.nn.functional
    enc, mu, logvar, dec = (numbers.start(nn.Linear(*sizes)) for sizes in ((8, 6), (6, 2), (6, 2), (2, 8)))
    x = torch.sigmoid(numbers.randn(16, 8))
    optimizer = torch.optim.Adam([p for layer in (enc, mu, logvar, dec) for p in layer.parameters()], lr=0.01)
    for _ in range(5):
        h = F.relu(enc(x))
        m, v = mu(h), logvar(h)
        z = m + numbers.randn(16, 2) * torch.exp(0.5 * v)
        kl = -0.5 * torch.sum(1 + v - m.pow(2) - v.exp())
        normal = torch.distributions.Normal(m, (0.5 * v).exp())
        assert torch.allclose(torch.distributions.kl_divergence(normal, torch.distributions.Normal(0.0, 1.0)).sum(), kl, rtol=1e-4)
        loss = F.binary_cross_entropy(torch.sigmoid(dec(z)), x, reduction="sum") + kl
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        yield loss.item()


def adversarial_networks(torch, numbers):
    """Two optimizers, frozen parameters, and a penalty on the norm of a gradient."""
    nn = torch.nn
    maker, critic = (numbers.start(nn.Sequential(nn.Linear(n, 8), nn.LeakyReLU(0.2), nn.Linear(8, 1))) for n in (2, 1))
    both = [torch.optim.RMSprop(net.parameters(), lr=0.01, alpha=0.9) for net in (maker, critic)]
    for _ in range(5):
        real, fake = 0.5 * numbers.randn(12, 1) + 2, maker(numbers.randn(12, 2))
        between = (0.5 * real + 0.5 * fake.detach()).requires_grad_()
        score = critic(between)
        (slope,) = torch.autograd.grad(
            score, between, grad_outputs=torch.ones_like(score), create_graph=True, retain_graph=True, only_inputs=True
        )
        loss = critic(fake.detach()).mean() - critic(real).mean() + 10 * ((slope.norm(2, dim=1) - 1) ** 2).mean()
        both[1].zero_grad()
        loss.backward()
        both[1].step()
        yield loss.item()
        for p in critic.parameters():
            p.requires_grad_(False)
        both[0].zero_grad()
        loss = -critic(fake).mean()
        loss.backward()
        both[0].step()
        for p in critic.parameters():
            p.requires_grad = True
        yield loss.item()


def character_model(torch, numbers):
    """Bigram counts, then a table of logits, then a network on an embedding, all on raw tensors."""
    F = torch.nn.functional
    letters = [0] + [ord(c) - 96 for c in "emmaaolivia"] + [0]
    counts = torch.zeros((27, 27), dtype=torch.int32)
    for a, b in itertools.pairwise(letters):
        counts[a, b] += 1
    p = (counts + 1).float()
    p /= p.sum(1, keepdims=True)
    xs, ys = torch.tensor(letters[:-1]), torch.tensor(letters[1:])
    yield -p[xs, ys].log().mean().item()
    w = numbers.randn(27, 27).requires_grad_()
    for _ in range(3):
        logits = F.one_hot(xs, num_classes=27).float() @ w
        probs = logits.exp() / logits.exp().sum(1, keepdims=True)
        loss = -probs[torch.arange(len(xs)), ys].log().mean() + 0.01 * (w**2).mean()
        w.grad = None
        loss.backward()
        w.data += -10 * w.grad
        yield loss.item()
    params = [numbers.randn(27, 3), numbers.randn(3, 10) * 0.3, torch.ones((1, 10)), torch.zeros((1, 10)), numbers.randn(10, 27) * 0.1]
    for p in params:
        p.requires_grad = True
    c, w1, gain, bias, w2 = params
    for _ in range(5):
        h = c[xs].view(len(xs), -1) @ w1
        h = torch.tanh(gain * (h - h.mean(0, keepdim=True)) / h.std(0, keepdim=True) + bias)
        loss = F.cross_entropy(h @ w2, ys)
        h.retain_grad()
        for p in params:
            p.grad = None
        loss.backward()
        for p in params:
            p.data += -0.1 * p.grad
        yield loss.item() + h.grad.abs().sum().item()
    generator = torch.Generator().manual_seed(1)
    yield torch.multinomial(torch.eye(3), num_samples=1, replacement=True, generator=generator).tolist()


def transformer(torch, numbers):
    nn, F = torch.nn, torch.nn.functional

    class Block(nn.Module):
        def __init__(self, n, heads, block, fused):
            super().__init__()
            self.ln1, self.ln2 = nn.LayerNorm(n), nn.LayerNorm(n)
            self.qkv, self.proj = nn.Linear(n, 3 * n), nn.Linear(n, n)
            self.mlp = nn.ModuleDict({"up": nn.Linear(n, 4 * n), "act": nn.GELU(), "down": nn.Linear(4 * n, n)})
            self.heads, self.fused = heads, fused
            self.register_buffer("mask", torch.tril(torch.ones(block, block)).view(1, 1, block, block))

        def forward(self, x):
            b, t, n = x.size()
            q, k, v = (part.view(b, t, self.heads, n // self.heads).transpose(1, 2) for part in self.qkv(self.ln1(x)).split(n, dim=2))
            if self.fused:
                y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
            else:
                att = (q @ k.transpose(-2, -1)) * (1.0 / math.sqrt(k.size(-1)))
                y = F.softmax(att.masked_fill(self.mask[:, :, :t, :t] == 0, float("-inf")), dim=-1) @ v
            x = x + self.proj(y.transpose(1, 2).contiguous().view(b, t, n))
            return x + self.mlp["down"](self.mlp["act"](self.mlp["up"](self.ln2(x))))

    class Model(nn.Module):
        def __init__(self, vocab=11, n=8, block=6):
            super().__init__()
            self.block = block
            self.wte, self.wpe = nn.Embedding(vocab, n), nn.Embedding(block, n)
            self.blocks = nn.ModuleList([Block(n, 2, block, fused) for fused in (False, True)])
            self.head = nn.Linear(n, vocab, bias=False)
            self.wte.weight = self.head.weight

        def forward(self, idx):
            x = self.wte(idx) + self.wpe(torch.arange(0, idx.size(1), dtype=torch.long, device=idx.device))
            for block in self.blocks:
                x = block(x)
            return self.head(x)

        @torch.no_grad()
        def generate(self, idx, n):
            for _ in range(n):
                logits = self(idx[:, -self.block :])[:, -1, :] / 0.8
                v, _ = torch.topk(logits, 1)
                logits[logits < v[:, [-1]]] = -float("Inf")
                idx = torch.cat((idx, torch.multinomial(F.softmax(logits, dim=-1), num_samples=1)), dim=1)
            return idx

    model = numbers.start(Model())
    decay = [p for _, p in model.named_parameters() if p.dim() >= 2]
    rest = [p for _, p in model.named_parameters() if p.dim() < 2]
    optimizer = torch.optim.AdamW([{"params": decay, "weight_decay": 0.1}, {"params": rest, "weight_decay": 0.0}], lr=1e-2)
    for step in range(4):
        for group in optimizer.param_groups:
            group["lr"] = 1e-2 * (step + 1) / 4
        tokens = numbers.randint(11, 3, 7)
        loss = F.cross_entropy(model(tokens[:, :-1]).view(-1, 11), tokens[:, 1:].reshape(-1), ignore_index=-1)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        yield loss.item()
    model.eval()
    yield model.generate(torch.zeros((1, 1), dtype=torch.long), 8).tolist()


def policy_gradient_and_replay(torch, numbers):
    nn, F = torch.nn, torch.nn.functional
    policy = numbers.start(nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 2)))
    optimizer = torch.optim.Adam(policy.parameters(), lr=0.01)
    states, actions = numbers.randn(10, 4), numbers.randint(2, 10)
    returns = torch.tensor([0.9**i for i in range(10)])
    returns = (returns - returns.mean()) / (returns.std() + 1e-8)
    for _ in range(3):
        chosen = torch.distributions.Categorical(logits=policy(states))
        loss = -(chosen.log_prob(actions) * returns).sum() - 0.01 * chosen.entropy().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        yield loss.item()
    target = copy.deepcopy(policy)
    for _ in range(3):
        q = policy(states).gather(1, actions.unsqueeze(1))
        final = torch.tensor([i % 3 == 0 for i in range(10)], dtype=torch.bool)
        ahead = torch.zeros(10)
        with torch.no_grad():
            ahead[~final] = target(states[~final]).max(1).values
        loss = nn.SmoothL1Loss()(q, (ahead * 0.99 + 1.0).unsqueeze(1))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_value_(policy.parameters(), 0.1)
        optimizer.step()
        held, new = target.state_dict(), policy.state_dict()
        for key in new:
            held[key] = new[key] * 0.5 + held[key] * 0.5
        target.load_state_dict(held)
        yield loss.item() + F.huber_loss(target(states), policy(states)).item()


def differential_equation(torch, numbers):
    """u' = -u with u(0) = 1, and a second derivative kept small: gradients by the input, then by the weights."""
    net = numbers.start(torch.nn.Sequential(torch.nn.Linear(1, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1)))
    t = torch.linspace(0, 1, 9).view(-1, 1).requires_grad_(True)
    lbfgs = torch.optim.LBFGS(net.parameters(), max_iter=5, line_search_fn="strong_wolfe")

    def closure():
        lbfgs.zero_grad()
        u = net(t)
        du = torch.autograd.grad(u, t, torch.ones_like(u), create_graph=True)[0]
        ddu = torch.autograd.grad(du, t, torch.ones_like(du), create_graph=True)[0]
        loss = ((du + u) ** 2).mean() + (net(torch.zeros(1, 1)) - 1).pow(2).squeeze() + 1e-3 * ddu.pow(2).mean()
        loss.backward()
        return loss

    for _ in range(3):
        yield lbfgs.step(closure).item()


def learning_to_learn(torch, numbers):
    F = torch.nn.functional
    params = [p.requires_grad_() for p in (numbers.randn(6, 1), numbers.randn(6), numbers.randn(1, 6), numbers.randn(1))]

    def forward(x, ps):
        return F.linear(F.relu(F.linear(x, ps[0], ps[1])), ps[2], ps[3])

    outer = torch.optim.SGD(params, lr=0.01, momentum=0.9, nesterov=True)
    for _ in range(3):
        outer.zero_grad()
        total = 0
        for task in range(2):
            x, fast = numbers.randn(8, 1), params
            for _ in range(2):
                slopes = torch.autograd.grad(F.mse_loss(forward(x, fast), torch.sin(x + task)), fast, create_graph=True)
                fast = [p - 0.1 * slope for p, slope in zip(fast, slopes, strict=True)]
            total = total + F.mse_loss(forward(x, fast), torch.sin(x + task))
        total.backward()
        outer.step()
        yield total.item()


def own_pieces(torch, numbers):
    """A Function, a module of parameters and buffers, an optimizer and a schedule of one's own, hooks, and a moving average."""
    nn = torch.nn

    class Rounded(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, steps):
            ctx.save_for_backward(x)
            ctx.steps = steps
            return (x * steps).round() / steps

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return g * (x.abs() < 2), None

    class Mixture(nn.Module):
        def __init__(self):
            super().__init__()
            self.weights = nn.ParameterList([nn.Parameter(torch.ones(3, 3) * (i + 1)) for i in range(2)])
            self.scale = nn.Parameter(torch.tensor(0.5))
            self.register_buffer("seen", torch.zeros(3))

        def forward(self, x):
            self.seen.mul_(0.9).add_(x.detach().mean(0), alpha=0.1)
            for w in self.weights:
                x = torch.tanh(x @ w) * self.scale
            return Rounded.apply(x, 8)

    class Momentum(torch.optim.Optimizer):
        def __init__(self, params, lr):
            super().__init__(params, {"lr": lr})

        @torch.no_grad()
        def step(self, closure=None):
            for group in self.param_groups:
                for p in group["params"]:
                    state = self.state[p]
                    if not state:
                        state["v"] = torch.zeros_like(p)
                    state["v"].mul_(0.9).add_(p.grad)
                    p.add_(state["v"], alpha=-group["lr"])

    class Halves(torch.optim.lr_scheduler.LRScheduler):
        def get_lr(self):
            return [base * 0.5**self.last_epoch for base in self.base_lrs]

    model, seen = numbers.start(Mixture()), []
    average = copy.deepcopy(model)
    optimizer = Momentum(model.parameters(), lr=0.1)
    schedule = Halves(optimizer)
    handle = model.register_forward_hook(lambda module, inputs, output: seen.append(output.detach().sum().item()))
    x = numbers.randn(10, 3)
    for _ in range(4):
        optimizer.zero_grad()
        y = model(x)
        y.register_hook(lambda g: g * 2)
        loss = (y - x).pow(2).mean()
        loss.backward()
        optimizer.step()
        schedule.step()
        with torch.no_grad():
            for held, p in zip(average.parameters(), model.parameters(), strict=True):
                held.lerp_(p, 0.1)
        yield loss.item()
    handle.remove()
    model(x)
    yield seen
    yield [p.sum().item() for p in average.parameters()] + model.seen.tolist() + [optimizer.param_groups[0]["lr"]]


PROGRAMS = [
    logistic_regression, classifier, saved_and_resumed, variational_autoencoder, adversarial_networks, character_model, transformer,
    policy_gradient_and_replay, differential_equation, learning_to_learn, own_pieces,
]  # fmt: skip


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_a_program_logs_what_it_logs_in_pytorch(program):
    ours = list(program(gg, Numbers(gg)))
    torch = pytest.importorskip("torch", reason="the losses are PyTorch's")
    torch.manual_seed(0)
    theirs = list(program(torch, Numbers(torch)))
    assert len(ours) == len(theirs)
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-3, atol=1e-4)
