"""AdamW with a global gradient norm limit, as the harness defines it (decoupled decay, bias correction).

Written out, and not `torch.optim.AdamW`, because moments, averages and the limit are part of a state that goes from
one backend to the other; `foreach` operations are what torch's own fast path uses.
"""

import math

import torch


class AdamW:
    """`parameters`: those that learn, by name. `read`: of those, what the objective reads; the others stay as they are."""

    def __init__(self, parameters, read, settings, first, second, averages):
        self.parameters, self.read, self.settings = parameters, read, settings
        self.first, self.second, self.averages = first, second, averages

    @torch.no_grad()
    def step(self, number, rate):
        """Update `number`, counted from 0. The gradient's norm before it was limited."""
        names = self.read
        values = self.values_read()
        gradients = [value.grad for value in values]
        norm = global_norm(gradients)
        limit = self.settings['clipNorm']
        if limit is not None:
            torch._foreach_mul_(gradients, float(limit / max(norm, limit)))
        first, second = [self.first[name] for name in names], [self.second[name] for name in names]
        beta1, beta2 = self.settings['beta1'], self.settings['beta2']
        torch._foreach_mul_(first, beta1)
        torch._foreach_add_(first, gradients, alpha=1 - beta1)
        torch._foreach_mul_(second, beta2)
        torch._foreach_addcmul_(second, gradients, gradients, 1 - beta2)
        matrices = [value for value in values if value.dim() >= 2]
        if matrices:
            torch._foreach_mul_(matrices, 1 - rate * self.settings['weightDecay'])
        correction = math.sqrt(1 - beta2 ** (number + 1))
        roots = torch._foreach_sqrt(second)
        torch._foreach_add_(roots, self.settings['epsilon'] * correction)
        torch._foreach_addcdiv_(values, first, roots, -rate * correction / (1 - beta1 ** (number + 1)))
        if self.averages:
            kept = [self.averages[name] for name in names]
            torch._foreach_lerp_(kept, values, 1 - self.settings['ema']['decay'])
        return norm


    def values_read(self):
        return [self.parameters[name] for name in self.read]


def global_norm(tensors):
    return float(torch.linalg.vector_norm(torch.stack(torch._foreach_norm(tensors)))) if tensors else 0.0
