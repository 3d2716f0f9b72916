"""Which device a process computes on, and how much it computes at once there."""

import gc
import os

import torch

from .failures import is_out_of_memory
from .job import JobError

# Padding included; for devices of other sorts OTHERWISE.
TOKENS_AT_ONCE, OTHERWISE = {'cpu': 4096, 'cuda': 65536}, 16384


def tokens_at_once(device):
    """Of a micro-batch at most, where a job does not say."""
    return TOKENS_AT_ONCE.get(device.type, OTHERWISE)


def in_parts(compute, rows):
    """A list of what `compute` gives for all rows in their order: at once, or in halves where they do not fit."""
    try:
        return [compute(rows)]
    except Exception as error:
        if not is_out_of_memory(error) or len(rows) == 1:
            raise
    # Behind the except: the error holds on to what was computed.
    gc.collect()
    if torch.cuda.is_initialized():
        torch.cuda.empty_cache()
    middle = len(rows) // 2
    return in_parts(compute, rows[:middle]) + in_parts(compute, rows[middle:])


def own_device(asked):
    """The card of this rank's own; `cpu` where that is asked for or there are none."""
    if asked == 'cpu' or not torch.cuda.is_available():
        return torch.device('cpu')
    local = int(os.environ.get('LOCAL_RANK', 0))
    torch.cuda.set_device(local)
    return torch.device('cuda', local)


def device_named(name):
    """`auto`: the accelerator that torch sees, else the processor."""
    seen = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else None
    if name == 'cpu' or (name == 'auto' and seen is None):
        return torch.device('cpu')
    if name == 'auto' or (seen is not None and seen.type == name):
        return seen
    raise JobError(
        f'there is no device {name}: torch {torch.__version__} sees {"none but cpu" if seen is None else seen.type}',
        'Leave --device out, or install a build of torch for this device.',
        3,
    )
