"""The losses of a micro-batch, each a sum: the caller divides by the counts of the whole step, never by its own."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F


@dataclass
class Sums:
    """`total` is what is differentiated: already weighted, and divided by the step's counts."""

    total: torch.Tensor
    pairwise: float = 0.0
    lm: float = 0.0
    centering: float = 0.0
    wins: int = 0


@dataclass(frozen=True)
class Objective:
    pairwise_weight: float
    lm_weight: float
    centering_weight: float | None
    # Of a pair's own margin: what its rewards are to differ by.
    target: object

    @staticmethod
    def of(job):
        margin = job['margin']
        target = None
        if margin is not None:
            target = (lambda own: margin['value']) if margin['kind'] == 'constant' else (lambda own: margin['scale'] * own)
        return Objective(job['pairwiseWeight'], job['lmWeight'], job['rewardCentering'], target)

    @property
    def reads_rejected(self):
        return self.pairwise_weight > 0


def losses(decoder, rows, pairs, objective, counts):
    """`pairs`: (span of the chosen, span of the rejected or None, the data's margin) by index into `rows.spans`."""
    hidden = decoder.hidden(rows)
    sums = Sums(hidden.new_zeros(()))
    if objective.pairwise_weight > 0:
        add_pairwise(sums, decoder.rewards(hidden, rows.spans), pairs, objective, counts)
    if objective.lm_weight > 0:
        add_lm(sums, decoder, hidden, rows, pairs, objective, counts)
    return sums


def add_pairwise(sums, rewards, pairs, objective, counts):
    chosen, rejected = (rewards[torch.tensor([pair[side] for pair in pairs], device=rewards.device)] for side in (0, 1))
    margins = chosen - rejected
    if objective.target is None:
        exceeding = margins
    else:
        exceeding = margins - torch.tensor([objective.target(pair[2]) for pair in pairs], device=margins.device)
    pairwise = F.softplus(-exceeding).sum() / counts.pairs
    sums.total = sums.total + objective.pairwise_weight * pairwise
    sums.pairwise, sums.wins = float(pairwise.detach()), int((margins > 0).sum())
    if objective.centering_weight is not None:
        centering = (chosen + rejected).square().sum() / counts.pairs
        sums.total = sums.total + objective.centering_weight * centering
        sums.centering = float(centering.detach())


def add_lm(sums, decoder, hidden, rows, pairs, objective, counts):
    """Labels are the chosen responses' tokens, each predicted by the one before; the first by the prompt's last."""
    places, labelled = [], []
    for chosen, _, _ in pairs:
        start, length, prompt_end = rows.spans[chosen]
        places += [prompt_end, *range(start, start + length - 1)]
        labelled.append((start, length))
    targets = torch.cat([rows.ids.flatten()[start : start + length] for start, length in labelled])
    logits = decoder.logits(hidden[torch.tensor(places, device=hidden.device)])
    lm = F.cross_entropy(logits, targets, reduction='sum') / counts.labels
    sums.total = sums.total + objective.lm_weight * lm
    sums.lm = float(lm.detach())
