"""AdamW with a global gradient norm limit, as the harness defines it (decoupled decay, bias correction).

Written out, and not `torch.optim.AdamW`, because moments, averages and the limit are part of a state that goes from
one backend to the other; `foreach` operations are what torch's own fast path uses. Each rank updates the parts of
parameters that it holds; norms alone are of the whole.
"""

import math

import torch

from .sharding import own_part


class AdamW:
    """`parameters`: those that learn, by name. `read`: of those, what the objective reads; the others stay as they are.

    `norm_of`: the norm of tensors over all that ranks hold of them.
    """

    def __init__(self, parameters, read, settings, first, second, averages, norm_of):
        self.parameters, self.read, self.settings = parameters, read, settings
        self.first, self.second, self.averages = first, second, averages
        self.norm_of = norm_of

    @torch.no_grad()
    def step(self, number, rate):
        """Update `number`, counted from 0. The gradient's norm before it was limited."""
        values = self.values_read()
        gradients = [own_part(self.parameters[name].grad) for name in self.read]
        norm = self.norm_of(gradients)
        limit = self.settings['clipNorm']
        if limit is not None:
            torch._foreach_mul_(gradients, float(limit / max(norm, limit)))
        first, second = self.parts_of(self.first), self.parts_of(self.second)
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
            torch._foreach_lerp_(self.parts_of(self.averages), values, 1 - self.settings['ema']['decay'])
        return norm

    def values_read(self):
        return [value.detach() for value in self.parts_of(self.parameters)]

    def parts_of(self, tensors):
        return [own_part(tensors[name]) for name in self.read]


def global_norm(tensors):
    return float(torch.linalg.vector_norm(torch.stack(torch._foreach_norm(tensors)))) if tensors else 0.0
