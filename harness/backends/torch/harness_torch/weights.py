"""Tensors that lie in safetensors files, read one by one and in parts, as float32."""

import json
from pathlib import Path

from safetensors import safe_open

from .job import JobError


class Stored:
    """Tensors by name, of one file or of several. Files are mapped: what is not asked for is not read."""

    def __init__(self, files):
        self.files = {}
        self.own = {}  # the name in its file, where a tensor goes by another
        self.metadata = {}
        for path in files:
            file = opened(path)
            self.metadata.update(file.metadata() or {})
            self.files.update(dict.fromkeys(file.keys(), file))

    @staticmethod
    def of(path):
        """A file, or a folder as Hugging Face lays it out."""
        return Stored([path] if path.is_file() else files_in(path))

    @property
    def names(self):
        return self.files.keys()

    def __contains__(self, name):
        return name in self.files

    def shape(self, name):
        return tuple(self.part(name).get_shape())

    def read(self, name, rows=None):
        """@param rows: (from, to) along the first axis; None: all."""
        part = self.part(name)
        return (part[:] if rows is None else part[rows[0] : rows[1]]).float()

    def part(self, name):
        return self.files[name].get_slice(self.own.get(name, name))

    def renamed(self, names):
        """@param names: of each name, the one that a tensor has here; those without one are left out."""
        found = Stored([])
        found.files = {name: self.files[own] for name, own in names.items()}
        found.own = {name: self.own.get(own, own) for name, own in names.items()}
        found.metadata = self.metadata
        return found


def opened(path):
    try:
        return safe_open(path, framework='pt')
    except Exception as error:
        raise JobError(f'{path}: cannot be read: {error}', 'Remove it and run the same command again.') from error


def files_in(folder):
    single, index = folder / 'model.safetensors', folder / 'model.safetensors.index.json'
    if single.is_file():
        return [single]
    if not index.is_file():
        raise JobError(
            f'{folder}: has neither model.safetensors nor model.safetensors.index.json',
            'Save the model as safetensors: transformers does so by default.',
        )
    names = sorted(set(json.loads(index.read_text())['weight_map'].values()))
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        raise JobError(f'{folder}: its index names files that are not there: {", ".join(missing)}', 'Copy it again.')
    return [folder / name for name in names]
