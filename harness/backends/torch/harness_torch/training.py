"""A model that learns: its state in files, and the update of a step.

What a rank does differently is its share of a step's rows and, of a sharded model, the part that it holds.
"""

import torch

from . import resume
from .attention import BLOCK
from .batches import Layout, Pairs
from .devices import tokens_at_once
from .gradients import Gradients
from .loading import Weights, load_decoder
from .losses import Counts, Objective
from .model_checks import refuse_strangers
from .sharding import is_shard, like, own_part, own_rows
from .state import AVERAGE, FIRST, SECOND, of_model, write_tensors
from .update import AdamW, global_norm
from .weights import Stored


class Training:
    """`note`: told in words what is worth knowing."""

    def __init__(self, job, ranks, note):
        self.job, self.ranks, self.note = job, ranks, note
        self.objective = Objective.of(job)
        self.pairs = Pairs(job)
        is_card = ranks.device.type == 'cuda'
        self.layout = Layout(self.objective.reads_rejected, job['packed'], BLOCK if is_card else 1)
        self.step, self.tokens_seen = 0, 0
        self.read_state()
        ranks.wait()  # disks are not equally fast
        self.gradients = Gradients(
            self.decoder,
            self.objective,
            self.layout,
            ranks,
            self.is_sharded,
            job['tokensAtOnce'] or tokens_at_once(ranks.device),
            lambda tokens: note(f'out of memory: micro-batches hold {tokens} tokens from step {self.step + 1} on'),
        )

    def read_state(self):
        """From the job's state, or weights alone; then from a sharded resume point that went further."""
        path = self.job.path('state')
        if path is None:
            weights = Weights(self.job.path('weights'), self.job.path('added'))
            self.decoder = load_decoder(self.job, self.ranks, weights)
            self.optimizer = self.optimizer_of(None)
            refuse_strangers(self.decoder, self.pairs.at(0)[0], self.layout, self.ranks.device)
            if self.is_sharded:
                self.decoder.reshard()  # as a backward pass would leave it
        else:
            stored = Stored.of(path)
            self.step, self.tokens_seen = int(stored.metadata['step']), int(stored.metadata['tokensSeen'])
            self.decoder = load_decoder(self.job, self.ranks, of_model(stored))
            self.optimizer = self.optimizer_of(stored)
        found = resume.newest(self.job.path('shardedResume'), self.ranks)
        if found is not None and self.step < found[1]['step'] <= self.job['toStep']:
            self.read_resume_point(*found)

    @torch.no_grad()
    def read_resume_point(self, folder, progress):
        resume.read_into(folder, self.learned_tensors(), self.ranks)
        self.step, self.tokens_seen = progress['step'], progress['tokensSeen']
        self.note(f'goes on from the sharded resume point of step {self.step}')

    @property
    def is_sharded(self):
        return any(is_shard(value) for value in self.decoder.parameters())

    def optimizer_of(self, stored):
        """@param stored: with the moments; without it they are zero, and averages are the weights."""
        learned = set(self.job['learned'])
        parameters = {name: value for name, value in self.decoder.named().items() if name in learned}
        first, second = (
            {name: self.beside(value, stored, prefix + name) for name, value in parameters.items()}
            for prefix in (FIRST, SECOND)
        )
        averages = None
        if self.job['optimizer'].get('ema') is not None:
            averages = {name: self.beside(value, stored, AVERAGE + name, value) for name, value in parameters.items()}
        read = [name for name in parameters if self.is_read(name)]
        return AdamW(parameters, read, self.job['optimizer'], first, second, averages, self.norm_of)

    @torch.no_grad()
    def beside(self, value, stored, name, start=None):
        """A tensor that is divided over ranks as a parameter is."""
        if stored is not None:
            part = stored.read(name, own_rows(value, self.ranks)).to(self.ranks.device)
        else:
            part = torch.zeros_like(own_part(value)) if start is None else own_part(start).clone()
        return like(value, part)

    def is_read(self, name):
        """Whether the objective reads a parameter: the heads are read by their own loss alone."""
        if name.startswith('score.'):
            return self.objective.pairwise_weight > 0
        if self.decoder.named()[name] is self.decoder.lm.get_output_embeddings().weight:
            return self.decoder.is_tied or self.objective.lm_weight > 0
        return True

    def norm_of(self, tensors):
        """Of all that ranks hold of them."""
        if not self.is_sharded:
            return global_norm(tensors)
        norms = torch.stack(torch._foreach_norm(tensors)) if tensors else torch.zeros(1, device=self.ranks.device)
        return float(self.ranks.sum(norms.double().square().sum()).sqrt())

    def take_step(self):
        """The measurements of one update."""
        batch = self.pairs.at(self.step)
        counts = Counts(len(batch), sum(len(chosen) for _, chosen, _, _ in batch))
        sums = self.gradients.of_step(batch, counts)
        if not self.is_sharded:
            self.ranks.sum_gradients([self.optimizer.parameters[name] for name in self.optimizer.read])
        total, pairwise, lm, centering, wins = self.ranks.sum(sums).tolist()
        is_logged = self.is_logged(self.step + 1)
        before = [value.clone() for value in self.optimizer.values_read()] if is_logged else None
        norm = self.optimizer.step(self.step, self.job['learningRates'][self.step])
        self.step += 1
        lengths = [len(self.layout.row(pair)) for pair in batch]
        self.tokens_seen += sum(lengths)
        return dict(
            total=total,
            pairwise=pairwise,
            lm=lm,
            centering=centering,
            accuracy=wins / counts.pairs,
            gradient_norm=norm,
            before=before,
            lengths=lengths,
            labels=counts.labels if self.objective.lm_weight > 0 else 0,
        )

    def is_logged(self, step):
        return step == self.job['toStep'] or step % self.job['logEverySteps'] == 0

    def norms_since(self, before):
        """Of the last update, and of the weights after it."""
        values = self.optimizer.values_read()
        return self.norm_of([new - old for new, old in zip(values, before)]), self.norm_of(values)

    def is_finite(self):
        """The same answer on every rank."""
        own = all(bool(torch.isfinite(own_part(value)).all()) for value in self.optimizer.parameters.values())
        return not self.ranks.any(not own)

    def learned_tensors(self):
        """Those that change: a resume point has no others."""
        first, second, averages = self.optimizer.first, self.optimizer.second, self.optimizer.averages or {}
        return {
            **{name: value.detach() for name, value in self.optimizer.parameters.items()},
            **{FIRST + name: value for name, value in first.items()},
            **{SECOND + name: value for name, value in second.items()},
            **{AVERAGE + name: value for name, value in averages.items()},
        }

    def save(self):
        """A resume point: each rank's own part where the job shards, else one file."""
        folder = self.job.path('shardedResume')
        if self.job['sharding'] == 'sharded' and folder is not None:
            progress = dict(step=self.step, tokensSeen=self.tokens_seen)
            resume.save(folder, self.learned_tensors(), progress, self.ranks)
        else:
            self.write(self.job.path('resume'))

    def write(self, path):
        """The whole state in one file."""
        tensors = {**self.decoder.named(), **self.learned_tensors()}
        metadata = {'step': str(self.step), 'tokensSeen': str(self.tokens_seen)}
        write_tensors(path, tensors, metadata, self.ranks)
