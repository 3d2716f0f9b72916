"""The processes of a job: one without torchrun, as many as it starts under it.

Gradients and losses are summed over ranks and divided by counts of the whole step, which every rank knows from the
data: a step is the same however many ranks take it.
"""

import ctypes
import datetime
import os
import signal
import sys

import torch
import torch.distributed as dist

GLOO_LIMIT = datetime.timedelta(seconds=120)
PR_SET_PDEATHSIG = 1


def die_with_parent():
    """Linux: a rank does not outlive the launcher that started it, however that one ends."""
    if sys.platform == 'linux':
        parent = os.getppid()
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it was gone before the call
            os.kill(os.getpid(), signal.SIGKILL)


class Ranks:
    def __init__(self, device):
        self.rank, self.count = int(os.environ.get('RANK', 0)), int(os.environ.get('WORLD_SIZE', 1))
        self.device = self.own_device(device)
        if self.count > 1:
            backend = 'nccl' if self.device.type == 'cuda' else 'gloo'
            dist.init_process_group(backend, timeout=GLOO_LIMIT)

    @staticmethod
    def own_device(device):
        if device == 'cpu' or not torch.cuda.is_available():
            return torch.device('cpu')
        local = int(os.environ.get('LOCAL_RANK', 0))
        torch.cuda.set_device(local)
        return torch.device('cuda', local)

    @property
    def is_first(self):
        return self.rank == 0

    def sum_gradients(self, parameters):
        """Of every rank, in one call. A rank without rows has none: it adds zeros."""
        for value in parameters:
            if value.grad is None:
                value.grad = torch.zeros_like(value)
        if self.count == 1:
            return
        flat = torch.cat([value.grad.flatten() for value in parameters])
        dist.all_reduce(flat)
        at = 0
        for value in parameters:
            value.grad.copy_(flat[at : at + value.numel()].view_as(value))
            at += value.numel()

    def sum(self, values):
        """A list of numbers, added up over ranks in float64."""
        if self.count == 1:
            return values
        tensor = torch.tensor(values, dtype=torch.float64, device=self.device)
        dist.all_reduce(tensor)
        return tensor.tolist()

    def close(self):
        if self.count > 1:
            dist.destroy_process_group()
