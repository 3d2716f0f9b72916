"""The processes of a job: one without torchrun, as many as it starts under it.

Gradients and losses are summed over ranks and divided by counts of the whole step, which every rank knows from the
data: a step is the same however many ranks take it.
"""

import datetime
import os

import torch
import torch.distributed as dist

from .devices import own_device

# A rank that is gone breaks a collective of gloo at once; NCCL notices it by this limit alone.
COLLECTIVE_LIMIT = datetime.timedelta(seconds=120)
# torch.compile takes minutes, and not the same on every rank.
COMPILING_LIMIT = datetime.timedelta(seconds=600)
# Where ranks wait for one that writes a file.
PATIENCE = datetime.timedelta(hours=1)
NCCL_SETTINGS = {'TORCH_NCCL_ASYNC_ERROR_HANDLING': '1', 'TORCH_NCCL_HEARTBEAT_TIMEOUT_SEC': '300'}
# Gradients are summed so many at a time: larger sums need larger copies, smaller ones more calls.
SUMMED_AT_ONCE = 32 * 2**20


def own_rank():
    return int(os.environ.get('RANK', 0))


class Ranks:
    """`control` is the group for flags and for waiting: it does not touch the card, and is patient."""

    def __init__(self, rank, count, device):
        self.rank, self.count, self.device = rank, count, device
        self.control = None

    @staticmethod
    def alone(device):
        return Ranks(0, 1, device)

    @staticmethod
    def of_job(job):
        """Those that torchrun has started, met; one where there is no torchrun."""
        ranks = Ranks(own_rank(), int(os.environ.get('WORLD_SIZE', 1)), own_device(job['device']))
        ranks.meet(COMPILING_LIMIT if job['compile'] else COLLECTIVE_LIMIT)
        return ranks

    def meet(self, limit):
        if self.count > 1:
            for name, value in NCCL_SETTINGS.items():
                os.environ.setdefault(name, value)
            backend = 'nccl' if self.device.type == 'cuda' else 'gloo'
            dist.init_process_group(backend, timeout=limit)
            self.control = dist.new_group(backend='gloo', timeout=PATIENCE)

    @property
    def is_first(self):
        return self.rank == 0

    def sum_gradients(self, parameters):
        """Of every rank. A rank without rows has none: it adds zeros."""
        for value in parameters:
            if value.grad is None:
                value.grad = torch.zeros_like(value)
        if self.count == 1:
            return
        for some in in_bulks([value.grad for value in parameters], SUMMED_AT_ONCE):
            flat = torch.cat([gradient.flatten() for gradient in some])
            dist.all_reduce(flat)
            parts = flat.split([gradient.numel() for gradient in some])
            torch._foreach_copy_(some, [part.view_as(gradient) for part, gradient in zip(parts, some)])

    def sum(self, tensor):
        """Added up over ranks, in place."""
        if self.count > 1:
            dist.all_reduce(tensor)
        return tensor

    def sum_flags(self, flags):
        """How many ranks have each of them."""
        return self.agreed([int(flag) for flag in flags], dist.ReduceOp.SUM)

    def most(self, value):
        """The largest of all ranks' values."""
        return self.agreed([value], dist.ReduceOp.MAX)[0]

    def any(self, flag):
        return self.most(int(flag)) > 0

    def agreed(self, values, operation):
        if self.count == 1:
            return values
        tensor = torch.tensor(values, dtype=torch.int64)
        dist.all_reduce(tensor, operation, group=self.control)
        return tensor.tolist()

    def first_text(self, text):
        """What the lowest rank has to say that has a text; None where none has."""
        if self.count == 1:
            return text
        texts = [None] * self.count
        dist.all_gather_object(texts, text, group=self.control)
        return next((said for said in texts if said is not None), None)

    def of_first(self, value):
        """What rank 0 has found, to all: file systems of other machines may lag behind."""
        if self.count == 1:
            return value
        values = [value]
        dist.broadcast_object_list(values, src=0, group=self.control)
        return values[0]

    def wait(self):
        """Until all have come here."""
        if self.count > 1:
            dist.barrier(group=self.control)

    def close(self):
        """Of ranks that end well: no rank closes its connections before all have done their work."""
        self.wait()
        if self.count > 1:
            dist.destroy_process_group()


def in_bulks(tensors, most):
    """Lists of so many elements at most together, one tensor at least."""
    bulks, size = [], 0
    for tensor in tensors:
        if not bulks or size + tensor.numel() > most:
            bulks.append([])
            size = 0
        bulks[-1].append(tensor)
        size += tensor.numel()
    return bulks
