"""Which device a job of one process runs on."""

import torch

from .job import JobError


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
