"""Questions about a graph with checkpoints: each of these runs again once at most, and the answers are those without them."""

from __future__ import annotations

import re

import pytest

import glassgrad as gg
from glassgrad import nn
from glassgrad.utils.checkpoint import checkpoint_sequential

QUESTIONS = {
    "steps": lambda model, loss, x: [step.upstream.tolist() for step in gg.study.steps(loss)],
    "explain": lambda model, loss, x: str(gg.explain(loss, wrt=x)),
    "paths": lambda model, loss, x: str(gg.study.paths(loss, x)),
    "broken": lambda model, loss, x: str(gg.study.broken(loss, "rule", "mul")),
    "flow": lambda model, loss, x: str(gg.study.flow(model, loss)),
}


@pytest.mark.parametrize("asked", QUESTIONS)
def test_a_checkpoint_runs_again_once_at_most(asked):
    runs = []

    class Layer(nn.Module):
        def forward(self, x):
            runs.append(self)
            return (x * 1.1).tanh()

    model, x = nn.Sequential(*[Layer() for _ in range(6)]), gg.tensor(0.5, requires_grad=True)
    answers = []
    for parts in (1, 2):  # of two, the first is checkpointed
        loss = checkpoint_sequential(model, parts, x).sum()
        runs.clear()
        with gg.study.record() as tape:
            answers.append(QUESTIONS[asked](model, loss, x))
        assert len(runs) == 3 * (parts - 1) and not tape.nodes
        loss.backward()
        assert len(runs) == 6 * (parts - 1)
    without, with_one = (re.sub(r"#\d+", "", str(answer)) for answer in answers)  # of nodes, the numbers differ
    assert without == with_one
