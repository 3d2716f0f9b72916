"""The losses of a micro-batch, each a sum: the caller divides by the counts of the whole step, never by its own."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F


@dataclass(frozen=True)
class Counts:
    """Of a whole step."""

    pairs: int
    labels: int


@dataclass(frozen=True)
class Sums:
    """Shares of a step's measurements, in float64 on the device: reading one by one would wait for a card each time."""

    total: torch.Tensor
    pairwise: torch.Tensor
    lm: torch.Tensor
    centering: torch.Tensor
    wins: torch.Tensor

    @staticmethod
    def nothing(device):
        return Sums(*torch.zeros(5, dtype=torch.float64, device=device))

    def stacked(self):
        return torch.stack([self.total, self.pairwise, self.lm, self.centering, self.wins])


@dataclass(frozen=True)
class Objective:
    pairwise_weight: float
    lm_weight: float
    centering_weight: float | None
    # Of a pair's own margin: what its rewards are to differ by.
    target: object

    @staticmethod
    def of(job):
        target = None if job['margin'] is None else Objective.target_of(**job['margin'])
        return Objective(job['pairwiseWeight'], job['lmWeight'], job['rewardCentering'], target)

    @staticmethod
    def target_of(kind, value=None, scale=None):
        return (lambda own: value) if kind == 'constant' else (lambda own: scale * own)

    @property
    def reads_rejected(self):
        return self.pairwise_weight > 0


def losses(decoder, rows, pairs, objective, counts):
    """What is differentiated, already weighted and divided by the step's counts, and the shares of its parts.

    `pairs`: (span of the chosen, span of the rejected or None, the data's margin) by index into `rows.spans`.
    """
    labels = labels_of(rows, pairs) if objective.lm_weight > 0 else None
    rewards, entropies = decoder(rows, objective.pairwise_weight > 0, labels)
    total, found = 0, {}
    if rewards is not None:
        parts = pairwise_losses(rewards, pairs, objective, counts)
        total = objective.pairwise_weight * parts['pairwise']
        if objective.centering_weight is not None:
            total = total + objective.centering_weight * parts['centering']
        found.update(parts)
    if entropies is not None:
        found['lm'] = entropies / counts.labels
        total = total + objective.lm_weight * found['lm']
    told = {name: value.detach().double() for name, value in {**found, 'total': total}.items()}
    return total, Sums(**{**vars(Sums.nothing(rows.ids.device)), **told})


def pairwise_losses(rewards, pairs, objective, counts):
    chosen, rejected = (rewards[torch.tensor([pair[side] for pair in pairs], device=rewards.device)] for side in (0, 1))
    margins = chosen - rejected
    exceeding = margins
    if objective.target is not None:
        exceeding = margins - torch.tensor([objective.target(pair[2]) for pair in pairs], device=margins.device)
    return dict(
        pairwise=F.softplus(-exceeding).sum() / counts.pairs,
        centering=(chosen + rejected).square().sum() / counts.pairs,
        wins=(margins > 0).sum(),
    )


def labels_of(rows, pairs):
    """Labels are the chosen responses' tokens, each predicted by the one before; the first by the prompt's last."""
    places, labelled = [], []
    for chosen, _, _ in pairs:
        start, length, prompt_end = rows.spans[chosen]
        places += [prompt_end, *range(start, start + length - 1)]
        labelled.append((start, length))
    targets = torch.cat([rows.ids.flatten()[start : start + length] for start, length in labelled])
    return torch.tensor(places, device=rows.ids.device), targets
