"""`python -m harness_torch.needs RANKS`: whether so many ranks can work on this machine. What hinders them is printed
as JSON: {message, hint}; nothing is printed where nothing does.

Versions are read without loading anything. Torch is loaded only where cards are asked for: by CUDA_VISIBLE_DEVICES.
"""

import importlib.metadata
import json
import os
import re
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[1] / 'pyproject.toml'
INSTALL = (
    '`harness doctor --install torch` makes an environment; HARNESS_TORCH_PYTHON names a Python that has the packages '
    'of harness/backends/torch/pyproject.toml.'
)


def problem(ranks):
    return lacking() or cards_missing(ranks)


def lacking():
    for name, least in needed():
        try:
            found = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            return dict(message=f'{sys.executable} has no package {name}', hint=INSTALL)
        if numbers(found) < numbers(least):
            return dict(message=f'{sys.executable} has {name} {found}, and {least} is the least', hint=INSTALL)


def needed():
    """(name, least version): what pyproject.toml asks for. There is no parser of TOML before Python 3.11."""
    listed = re.search(r'^dependencies = \[(.*?)\]', PROJECT.read_text(), re.DOTALL | re.MULTILINE)[1]
    return re.findall(r'"([\w-]+)>=([\d.]+)"', listed)


def numbers(version):
    return [int(part) for part in re.match(r'\d+(\.\d+)*', version)[0].split('.')]


def cards_missing(ranks):
    asked = os.environ.get('CUDA_VISIBLE_DEVICES', '')
    if asked in ('', '-1', 'NoDevFiles'):
        return None
    import torch

    seen = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if seen >= ranks:
        return None
    if seen > 0:
        hint = f'A rank has a card of its own: set execution.ranksPerNode to {seen} at most.'
        return dict(message=f'{ranks} ranks on a machine where torch sees {seen} of the cards {asked}', hint=hint)
    hint = 'Is its build for CUDA, and is a driver there? CUDA_VISIBLE_DEVICES= (empty) computes on the processor.'
    message = f'CUDA_VISIBLE_DEVICES={asked} asks for cards, and torch {torch.__version__} sees none'
    return dict(message=message, hint=hint)


if __name__ == '__main__':
    found = problem(int(sys.argv[1]))
    if found is not None:
        print(json.dumps(found))
