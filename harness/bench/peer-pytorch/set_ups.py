"""Ways to take the preference-pretraining step in PyTorch. All compute the same losses; they differ in what they waste.

loss = pairwise + LM on the chosen response; gradients clipped at 1; AdamW, decay on matrices.
"""

from dataclasses import dataclass
from typing import Callable

import torch
import torch.nn as nn
import torch.nn.functional as F

import batches
import model as models


@dataclass
class SetUp:
    attend: Callable
    # Joined products, torch's RMSNorm, fused AdamW.
    lean: bool
    # Micro-batches of (a batch of pairs, rows in each of them).
    cut: Callable


SET_UPS = dict(
    eager=SetUp(models.by_hand, False, lambda batch, rows: batches.padded(batch)),
    sdpa=SetUp(models.sdpa, False, lambda batch, rows: batches.padded(batch)),
    packed=SetUp(models.row_by_row, True, batches.packed),
    sorted=SetUp(models.sdpa, True, batches.sorted_by_length),
)


class Trainer:
    """compiled: the decoder through `torch.compile`, for rows of any length."""

    def __init__(self, set_up, weights, device='cpu', rows=8, compiled=False):
        self.set_up, self.device, self.rows = set_up, device, rows
        self.model = models.load(weights, set_up.attend, set_up.lean).to(device)
        self.decode = torch.compile(self.model.model, dynamic=True) if compiled else self.model.model
        self.optimizer = adamw(self.model, set_up.lean)

    def prepare(self, batch):
        """What a loader would do beside the step."""
        micro = [batches.moved(one, self.device) for one in self.set_up.cut(batch, self.rows)]
        return micro, len(batch), batches.labels_of(batch)

    def step(self, micro_batches, pairs, labels):
        """The pairwise and the LM loss before the update."""
        self.optimizer.zero_grad(set_to_none=True)
        totals = torch.zeros(2, device=self.device)
        for micro in micro_batches:
            pairwise, lm = self.loss_sums(micro)
            loss = torch.stack([pairwise / pairs, lm / labels])
            loss.sum().backward()
            totals += loss.detach()
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        return totals

    def loss_sums(self, micro):
        hidden = self.decode(micro.ids, micro.positions, micro.lengths)
        flat = hidden.reshape(-1, hidden.shape[-1])
        chosen, rejected = self.model.score(flat.index_select(0, micro.last)).squeeze(-1).chunk(2)
        if micro.labelled is None:
            read = hidden[: len(hidden) // 2, :-1].reshape(-1, hidden.shape[-1])
        else:
            read = flat.index_select(0, micro.labelled)
        lm = F.cross_entropy(self.model.lm_head(read), micro.targets, ignore_index=batches.IGNORED, reduction='sum')
        return -F.logsigmoid(chosen - rejected).sum(), lm


def adamw(model, fused):
    groups = [
        dict(params=[p for p in model.parameters() if p.dim() > 1], weight_decay=0.01),
        dict(params=[p for p in model.parameters() if p.dim() <= 1], weight_decay=0.0),
    ]
    return torch.optim.AdamW(groups, lr=3e-4, **(dict(fused=True) if fused else {}))
