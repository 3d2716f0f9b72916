"""A decoder with its weights: each is read when its place is made, so that a rank never holds a whole sharded model."""

from contextlib import contextmanager

import torch
import transformers
from transformers import AutoConfig

from .decoder import STORED_HEADS, Decoder, add_adapters, change_layers
from .job import JobError
from .sharding import shard
from .state import of_model
from .weights import Stored

# Of published checkpoints: constants that are no parameters.
CONSTANTS = ('.rotary_emb.inv_freq', '.attn.bias', '.attn.masked_bias', '.attention.bias', '.attention.masked_bias')


def load_decoder(job, ranks, stored):
    """In float32 on the rank's device; sharded where the job says so and there are ranks to divide it among.

    @param stored: the parameters, all of the model's and no other; or `Weights`
    """
    with parameters_nowhere():
        decoder = Decoder(
            config_of(job.path('model')),
            job['rewardPooling'],
            'score.bias' in stored,
            job['numerics'],
            job['packed'] and ranks.device.type == 'cuda',
        )
        add_adapters(decoder, stored, job.values.get('adapterScale'))
    if isinstance(stored, Weights):
        stored = stored.of(decoder)
    refuse_misfits(job, decoder, stored)
    learned = set(job.values.get('learned', ()))
    for name, value in decoder.named().items():
        value.requires_grad_(name in learned)
    move_constants(decoder, ranks.device)
    change_layers(decoder, job['compile'], job['gradientCheckpointing'])
    fill = Filling(decoder, stored, ranks.device)
    if job['sharding'] == 'sharded' and ranks.count > 1:
        return shard(decoder, ranks, fill)
    fill(decoder)
    return decoder


def config_of(folder):
    config = AutoConfig.from_pretrained(folder)
    config.use_cache = False
    return config


@contextmanager
def parameters_nowhere():
    """Parameters of modules that are made in it have a shape and no memory; constants are computed as ever."""
    register = torch.nn.Module.register_parameter

    def on_meta(module, name, value):
        if value is not None and not value.is_meta:
            value = torch.nn.Parameter(value.to('meta'), value.requires_grad)
        register(module, name, value)

    torch.nn.Module.register_parameter = on_meta
    try:
        yield
    finally:
        torch.nn.Module.register_parameter = register


def move_constants(decoder, device):
    for module in decoder.modules():
        for name, value in module.named_buffers(recurse=False):
            setattr(module, name, value.to(device))


class Filling:
    """Gives the parameters of a part of a decoder memory on the device, and their values."""

    def __init__(self, decoder, stored, device):
        self.names = {id(value): name for name, value in decoder.named().items()}
        self.stored, self.device = stored, device
        self.filled = {}  # a tied parameter has two places

    def __call__(self, part):
        for module in part.modules():
            for own, value in module.named_parameters(recurse=False):
                if value.is_meta:
                    setattr(module, own, self.parameter(value))

    def parameter(self, value):
        name = self.names[id(value)]
        if name not in self.filled:
            values = self.stored.read(name).to(self.device)
            self.filled[name] = torch.nn.Parameter(values, value.requires_grad)
        return self.filled[name]


class Weights:
    """The parameters in a file or a Hugging Face folder, and those of a file with what it lacks or has otherwise."""

    def __init__(self, path, added):
        self.path = path
        self.stored = of_model(Stored.of(path))
        if added is not None:
            self.stored.files.update(Stored([added]).files)

    @property
    def names(self):
        return self.stored.names

    def __contains__(self, name):
        return name in self.stored

    def shape(self, name):
        return self.stored.shape(name)

    def of(self, decoder):
        """By the names of a decoder: a folder of a bare trunk leaves its prefix out."""
        prefix = f'{decoder.lm.base_model_prefix}.'
        names = {}
        for name in decoder.named():
            own = next((own for own in (name, name.removeprefix(prefix)) if own in self.stored), None)
            if own is not None:
                names[name] = own
        if 'score.weight' not in names:
            raise JobError(
                f'{self.path}: has no reward head (score.weight), and the job brings none',
                'Name a file with a fresh reward head in the field "added" of job.json.',
            )
        of_head = {'lm_head.weight', *STORED_HEADS.values()} if decoder.is_tied else set()
        left = set(self.names) - set(names.values()) - of_head
        unknown = {name: name for name in left if not name.endswith(CONSTANTS)}
        return self.stored.renamed({**names, **unknown})


def refuse_misfits(job, decoder, stored):
    parameters = decoder.named()
    problems = [f'missing {name}' for name in parameters if name not in stored]
    problems += [f'unknown {name}' for name in stored.names if name not in parameters]
    problems += [
        f'{name}: expected {list(value.shape)}, found {list(stored.shape(name))}'
        for name, value in parameters.items()
        if name in stored and tuple(value.shape) != stored.shape(name)
    ]
    if problems:
        raise JobError(
            f'{job.path("model")}: the weights do not fit {type(decoder.lm).__name__} of transformers '
            f'{transformers.__version__}: {"; ".join(sorted(problems)[:8])}',
            'config.json and weights must come from the same model, of a family that transformers knows.',
        )
