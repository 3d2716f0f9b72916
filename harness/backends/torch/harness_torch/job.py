"""A job as the harness wrote it: `job.json`, with paths relative to its folder."""

import json
import math
import os
from dataclasses import dataclass
from pathlib import Path

JOB_VERSION = 1


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
        """The file or folder that a field names."""
        return self.folder / self.values[name]


def read_job(folder):
    folder = Path(folder)
    values = json.loads((folder / 'job.json').read_text())
    if values.get('jobVersion') != JOB_VERSION:
        raise JobError(
            f'{folder}/job.json: expected jobVersion {JOB_VERSION}, found {values.get("jobVersion")}',
            'The harness and its Python package are of different versions.',
        )
    return Job(folder, values)


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
