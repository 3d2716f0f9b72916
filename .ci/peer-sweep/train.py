"""One training of scale-quick.yaml or scale.yaml in eager PyTorch, as one's own script has it: the peer of a sweep.

usage: train.py pretrain --pairs FILE --objective pmp|lm --budget PAIRS [--start MODEL] --seed N --out MODEL
       --equal-tokens: language modelling sees the tokens of both sides
       train.py finetune --task FOLDER [--start MODEL] [--samples N] [--steps N] [--every N] --seed N --out FILE
       finetune scores the test split and the pool, too; --every: early stopping on dev, as scale.yaml has it

FILE and FOLDER are what a sweep here has made (encoded pairs, Arrow): neither side's tokenizing is counted. Model,
batch, steps, rates, schedules and losses are those of the experiment. Rows are padded to the longest of their batch.
Attention is SDPA, AdamW is fused, and logits are taken where a label is; with --plain attention is eager, AdamW as it
comes, and logits are taken everywhere, as in most scripts. Needs torch 2.4, transformers and pyarrow.
"""

import argparse
import json
import math
import pathlib
import time

STARTED = time.perf_counter()

import pyarrow.ipc as ipc
import torch
import torch.nn.functional as F
from transformers import Qwen2Config, Qwen2Model

IMPORTED = time.perf_counter()
PAIRS_PER_STEP, PATIENCE = 16, 3
CONFIG = dict(vocab_size=1024, hidden_size=48, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
              intermediate_size=128, max_position_embeddings=256, rope_theta=10000.0)  # fmt: skip


class RewardModel(torch.nn.Module):
    """The reward is the mean over the response's tokens; LM logits come from the tied embeddings."""

    def __init__(self, plain):
        super().__init__()
        self.plain = plain
        self.model = Qwen2Model(Qwen2Config(**CONFIG, attn_implementation='eager' if plain else 'sdpa'))
        self.score = torch.nn.Linear(CONFIG['hidden_size'], 1, bias=False)

    def forward(self, rows, starts, lm_rows=0):
        """Rewards of rows whose responses start there, and the LM loss of the responses of the first rows."""
        length = max(map(len, rows))
        ids = torch.zeros(len(rows), length, dtype=torch.long)
        for index, row in enumerate(rows):
            ids[index, : len(row)] = torch.tensor(row)
        lengths = torch.tensor([len(row) for row in rows])
        first, at = torch.tensor(starts), torch.arange(length)[None]
        mask = at < lengths[:, None]
        hidden = self.model(input_ids=ids, attention_mask=mask).last_hidden_state
        response = mask & (at >= first[:, None])
        rewards = (self.score(hidden)[..., 0] * response).sum(1) / (lengths - first)
        if lm_rows == 0:
            return rewards, None
        labelled, targets, head = response[:lm_rows, 1:], ids[:lm_rows, 1:], self.model.embed_tokens.weight.T
        if self.plain:
            logits = hidden[:lm_rows, :-1] @ head
            return rewards, F.cross_entropy(logits.flatten(0, 1), targets.masked_fill(~labelled, -100).flatten())
        return rewards, F.cross_entropy(hidden[:lm_rows, :-1][labelled] @ head, targets[labelled])


def loss_of(model, batch, objective):
    chosen = [pair['prompt'] + pair['chosen'] for pair in batch]
    starts = [len(pair['prompt']) for pair in batch]
    if objective == 'lm':
        return model(chosen, starts, len(batch))[1]
    rewards, lm = model(chosen + [pair['prompt'] + pair['rejected'] for pair in batch], starts + starts, len(batch))
    return -F.logsigmoid(rewards[: len(batch)] - rewards[len(batch) :]).mean() + lm


def train(model, batches, steps, rate_at, objective, is_over=lambda step: False):
    optimizer = torch.optim.AdamW(model.parameters(), lr=0, betas=(0.9, 0.95), weight_decay=0.1, fused=not model.plain)
    for step, batch in zip(range(steps), batches):
        optimizer.param_groups[0]['lr'] = rate_at(step)
        loss = loss_of(model, batch, objective)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if is_over(step + 1):
            break


def shuffled_batches(pairs):
    while True:
        order = torch.randperm(len(pairs)).tolist()
        for first in range(0, len(order) - PAIRS_PER_STEP + 1, PAIRS_PER_STEP):
            yield [pairs[index] for index in order[first : first + PAIRS_PER_STEP]]


def pretrain(options):
    model = model_from(options.start, options.plain)
    pairs = drawn(options.pairs, options.budget)
    steps = options.budget // PAIRS_PER_STEP
    if options.equal_tokens:  # as many tokens as both sides of the budget's pairs have
        both = sum(2 * len(pair['prompt']) + len(pair['chosen']) + len(pair['rejected']) for pair in pairs)
        steps = round(steps * both / sum(len(pair['prompt']) + len(pair['chosen']) for pair in pairs))
    warmup, decay = options.warmup, max(1, round(0.2 * steps))
    rate = options.rate
    train(
        model,
        shuffled_batches(pairs),
        steps,
        lambda step: rate * min(1, (step + 1) / warmup, (steps - step) / decay),
        options.objective,
    )
    torch.save(model.state_dict(), options.out)


def finetune(options):
    model = model_from(options.start, options.plain)
    pairs = drawn_twins(options.task / 'train.arrow', options.samples)
    steps, warmup = options.steps, round(0.1 * options.steps)

    def rate_at(step):
        if step < warmup:
            return 8e-3 * (step + 1) / warmup
        return 8e-3 * 0.5 * (1 + math.cos(math.pi * (step - warmup) / (steps - warmup)))

    if options.every is None:
        train(model, shuffled_batches(pairs), steps, rate_at, 'pmp')
    else:
        looks = Looks(model, read(options.task / 'dev.arrow'), options.every)
        train(model, shuffled_batches(pairs), steps, rate_at, 'pmp', looks.is_over)
        model.load_state_dict(looks.best_state)
    right = accuracy(model, read(options.task / 'test.arrow'))
    scores(model, [(row['prompt'], one) for row in read(options.task / 'pool.arrow') for one in row['candidates']])
    told = dict(accuracy=right, importSeconds=IMPORTED - STARTED, seconds=time.perf_counter() - STARTED)
    pathlib.Path(options.out).write_text(json.dumps(told))


class Looks:
    """Early stopping on dev accuracy: the best of the models looked at is kept."""

    def __init__(self, model, dev, every):
        self.model, self.dev, self.every = model, dev, every
        self.best, self.best_state, self.since = -1.0, None, 0

    def is_over(self, step):
        if step % self.every > 0:
            return False
        found = accuracy(self.model, self.dev)
        self.since += 1
        if found > self.best:
            self.best, self.since = found, 0
            self.best_state = {name: value.clone() for name, value in self.model.state_dict().items()}
        return self.since >= PATIENCE


def accuracy(model, pairs):
    chosen, rejected = ([(pair['prompt'], pair[side]) for pair in pairs] for side in ('chosen', 'rejected'))
    return (scores(model, chosen) > scores(model, rejected)).float().mean().item()


@torch.no_grad()
def scores(model, responses, batch=64):
    """Rewards of responses, each behind its prompt."""
    rows = [prompt + response for prompt, response in responses]
    order = sorted(range(len(rows)), key=lambda index: len(rows[index]))
    parts = [order[first : first + batch] for first in range(0, len(order), batch)]
    found = torch.empty(len(rows))
    for part in parts:
        found[part] = model([rows[index] for index in part], [len(responses[index][0]) for index in part])[0]
    return found


def model_from(start, plain):
    model = RewardModel(plain)
    if start is not None:
        model.load_state_dict(torch.load(start))
        torch.nn.init.normal_(model.score.weight, std=0.02)
    return model


def drawn(file, count):
    table = table_of(file)
    return table.take(torch.randperm(len(table))[:count].tolist()).to_pylist()


def drawn_twins(file, count):
    """Pairs come in twins, one behind the other: the right response of one is the wrong one of the other."""
    table = table_of(file)
    firsts = (2 * torch.randperm(len(table) // 2)[: count // 2]).tolist()
    return table.take([index for first in firsts for index in (first, first + 1)]).to_pylist()


def read(file):
    return table_of(file).to_pylist()


def table_of(file):
    with ipc.open_file(str(file)) as reader:
        return reader.read_all()


def parsed():
    parser = argparse.ArgumentParser()
    parser.add_argument('what', choices=['pretrain', 'finetune'])
    parser.add_argument('--pairs', type=pathlib.Path)
    parser.add_argument('--task', type=pathlib.Path)
    parser.add_argument('--objective', choices=['pmp', 'lm'], default='pmp')
    parser.add_argument('--budget', type=int)
    parser.add_argument('--equal-tokens', action='store_true')
    parser.add_argument('--rate', type=float, default=2e-3)
    parser.add_argument('--warmup', type=int, default=3)
    parser.add_argument('--start')
    parser.add_argument('--samples', type=int, default=256)
    parser.add_argument('--steps', type=int, default=480)
    parser.add_argument('--every', type=int)
    parser.add_argument('--plain', action='store_true')
    parser.add_argument('--seed', type=int, required=True)
    parser.add_argument('--out', required=True)
    return parser.parse_args()


if __name__ == '__main__':
    options = parsed()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    {'pretrain': pretrain, 'finetune': finetune}[options.what](options)
