"""The state of a training run in one safetensors file, by the names that the harness uses."""

import json
import os
import struct
from contextlib import suppress
from pathlib import Path

import numpy as np

from .job import JobError
from .sharding import whole

FIRST, SECOND, AVERAGE = 'adam.first.', 'adam.second.', 'ema.'


def of_model(stored):
    """Parameters alone."""
    return stored.renamed({name: name for name in stored.names if not name.startswith((FIRST, SECOND, AVERAGE))})


def write_tensors(path, tensors, metadata, ranks):
    """One file of whole tensors, written by the first rank; a call of all ranks together. Whole or not at all.

    Tensors are brought together one by one: no rank holds more than the largest of them beside its own part.
    """
    names, problem = sorted(tensors), None
    writer = None
    if ranks.is_first:
        problem, writer = attempted(lambda: Writer(path, {name: tensors[name] for name in names}, metadata))
    for name in names:
        values = whole(tensors[name])
        if writer is not None and problem is None:
            problem, _ = attempted(lambda: writer.write(values))
    if writer is not None:
        problem, _ = (problem, None) if problem is not None else attempted(writer.commit)
        if problem is not None:
            writer.remove()
    refuse_full_disk(path, ranks.first_text(problem))


def attempted(act):
    """What an error of the file system says, and the result."""
    try:
        return None, act()
    except OSError as error:
        return error.strerror or str(error), None


def refuse_full_disk(path, problem):
    """Where a rank could not write."""
    if problem is not None:
        raise JobError(
            f'{path}: cannot be written: {problem}',
            'Make room there and run the same command again: it goes on from the resume point before.',
        )


class Writer:
    """A safetensors file, a tensor after the other, under another name until it is whole."""

    def __init__(self, path, tensors, metadata):
        self.path, self.partial = path, Path(f'{path}.partial')
        self.file = open(self.partial, 'wb')
        header, at = {'__metadata__': metadata}, 0
        for name, value in tensors.items():
            end = at + 4 * value.numel()
            header[name] = {'dtype': 'F32', 'shape': list(value.shape), 'data_offsets': [at, end]}
            at = end
        text = json.dumps(header).encode()
        text += b' ' * (-len(text) % 8)
        try:
            self.file.write(struct.pack('<Q', len(text)) + text)
        except OSError:
            self.remove()
            raise

    def write(self, values):
        self.file.write(np.ascontiguousarray(values.cpu().numpy(), '<f4').data)

    def commit(self):
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()
        os.replace(self.partial, self.path)

    def remove(self):
        with suppress(OSError):
            self.file.close()
        self.partial.unlink(missing_ok=True)
