"""A job as the harness wrote it: `job.json`, with paths relative to its folder.

What every job has: `kind` (train, score, score-folder, generate), `threads`, `device` (auto, cpu, cuda), `model` (a
folder with config.json). The harness's `train-job.ts`, `score-job.ts`, `torch-scorer.ts` and `torch-writer.ts` write
the rest. Weights of jobs that train and score lie in files that are read tensor by tensor:

- `weights`: a Hugging Face folder (one file, or `*.safetensors` with an index), or one file. Its moments are none: a
  training begins at step 0.
- `added`: a file with the parameters that are missing there, or are others: a fresh score head, adapters. Python draws
  no weights: one that stands in neither is an error.
- `state`: in place of both, a training state in one file, which the training goes on from.

Options are those of `OPTIONS`.
"""

import json
import math
import os
from dataclasses import dataclass
from pathlib import Path

JOB_VERSION = 1

# Optional fields, and what holds where a job has none of them.
OPTIONS = {
    'numerics': 'float32',  # or bfloat16: products in bfloat16, master weights, reward head and losses in float32
    'sharding': 'replicated',  # or sharded: parameters, gradients and moments divided over ranks (FSDP2)
    'gradientCheckpointing': False,  # layers are computed again in the backward pass, and keep only their inputs
    'packed': False,  # rows of a micro-batch behind one another in one row, without padding
    'compile': False,  # layers through torch.compile
    'tokensAtOnce': None,  # tokens of a micro-batch at most; None: by the device
    'shardedResume': None,  # the folder of sharded resume points
    'peakFlops': None,  # of one accelerator, by which its utilization is told
    'state': None,
    'weights': None,
    'added': None,
}
CHOICES = {'numerics': ('float32', 'bfloat16'), 'sharding': ('replicated', 'sharded')}


class JobError(Exception):
    """What the person who started the job can put right. `code`: the exit code, as of the harness's own commands."""

    def __init__(self, message, hint, code=4):
        super().__init__(message)
        self.hint, self.code = hint, code


@dataclass(frozen=True)
class Job:
    folder: Path
    values: dict

    def __getitem__(self, name):
        return self.values[name]

    def path(self, name):
        """The file or folder that a field names; None where it names none."""
        named = self.values.get(name)
        return None if named is None else self.folder / named


def read_job(folder):
    folder = Path(folder)
    values = json.loads((folder / 'job.json').read_text())
    if values.get('jobVersion') != JOB_VERSION:
        raise JobError(
            f'{folder}/job.json: expected jobVersion {JOB_VERSION}, found {values.get("jobVersion")}',
            'The harness and its Python package are of different versions.',
        )
    for name, choices in CHOICES.items():
        if values.get(name, choices[0]) not in choices:
            raise JobError(
                f'{folder}/job.json: {name}: expected one of {", ".join(choices)}, found {values[name]}',
                'The harness and its Python package are of different versions.',
            )
    return Job(folder, {**OPTIONS, **values})


def finite(value):
    """JSON has no other numbers."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


class Events:
    """What happens, a JSON object a line; the harness reads along and keeps the journal. Only rank 0 writes."""

    def __init__(self, job, is_writer):
        self.file = open(job.folder / 'events.jsonl', 'a', encoding='utf-8') if is_writer else None

    def emit(self, **event):
        if self.file is None:
            return
        self.file.write(json.dumps({name: finite(value) for name, value in event.items()}) + '\n')
        self.file.flush()

    def close(self):
        if self.file is not None:
            os.fsync(self.file.fileno())
            self.file.close()
