"""The state of a training run in one safetensors file, by the names that the harness uses."""

import os

from safetensors import safe_open
from safetensors.torch import save_file

from .job import JobError

FIRST, SECOND, AVERAGE = 'adam.first.', 'adam.second.', 'ema.'


def read_tensors(path):
    """Tensors in float32, and the file's metadata."""
    try:
        with safe_open(path, framework='pt') as file:
            return {name: file.get_tensor(name).float() for name in file.keys()}, file.metadata() or {}
    except Exception as error:
        raise JobError(f'{path}: cannot be read: {error}', 'Remove it and run the same command again.') from error


def of_model(tensors):
    """Parameters alone."""
    return {name: value for name, value in tensors.items() if not name.startswith((FIRST, SECOND, AVERAGE))}


def write_tensors(path, tensors, metadata):
    """Whole or not at all."""
    partial = f'{path}.partial'
    save_file({name: value.detach().cpu().contiguous() for name, value in tensors.items()}, partial, metadata)
    with open(partial, 'rb') as file:
        os.fsync(file.fileno())
    os.replace(partial, path)
