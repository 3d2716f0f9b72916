"""Rewards of a sequence classifier by `transformers`, as a peer to measure scoring against and to check rewards with.

The usual way, done well: sequences sorted by length, padded on the right to the longest of their batch, SDPA, float32,
inference mode.
--way cached: a prompt runs once, and its candidates start from copies of its keys and values.
--products onednn: linear layers by oneDNN with rearranged weights, as a compiled model has them. On AMD processors it
is twice as fast as MKL.

usage: score.py --model FOLDER --threads N [--way padded|cached] [--products torch|onednn] (--batch N | --search)
Reads one line of JSON from stdin, questions as {"prompt": [ids], "responses": [[ids], ...]}, and prints one line of
JSON: the rewards in that order and the
time they took, or with --search the fastest batch and number of threads (at most N) on a sample. Needs torch >= 2.1 and
transformers >= 4.48.
"""

import argparse
import json
import resource
import sys
import time

import torch
import transformers
from transformers import AutoModelForSequenceClassification, DynamicCache

transformers.logging.set_verbosity_error()

BATCHES = (4, 8, 16, 32, 64, 128)


def unused_as_last(questions):
    """The reward is read at the last token that is not padding, so the padding must be no one's last token."""
    last = {response[-1] for question in questions for response in question['responses']}
    return next(token for token in range(len(last) + 1) if token not in last)


def padded(rows, pad):
    longest = max(map(len, rows))
    ids = torch.tensor([row + [pad] * (longest - len(row)) for row in rows])
    return ids, torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows])


def by_length(rows):
    return sorted(range(len(rows)), key=lambda row: -len(rows[row]))


def padded_rewards(model, questions, batch):
    """Every candidate with its own copy of the prompt."""
    rows = [question['prompt'] + response for question in questions for response in question['responses']]
    order = by_length(rows)
    rewards = [0.0] * len(rows)
    for first in range(0, len(order), batch):
        chosen = order[first : first + batch]
        ids, mask = padded([rows[row] for row in chosen], model.config.pad_token_id)
        for row, reward in zip(
            chosen, model(input_ids=ids, attention_mask=mask, use_cache=False).logits[:, 0].tolist()
        ):
            rewards[row] = reward
    return rewards


def cached_rewards(model, questions, batch):
    """The prompt once, its keys and values repeated for the candidates of a batch."""
    return [reward for question in questions for reward in candidates_of(model, question, batch)]


def candidates_of(model, question, batch):
    prompt, responses = question['prompt'], question['responses']
    order = by_length(responses)
    rewards = [0.0] * len(responses)
    for first in range(0, len(order), batch):
        chosen = order[first : first + batch]
        cache = DynamicCache(config=model.config)
        model.model(input_ids=torch.tensor([prompt]), past_key_values=cache, use_cache=True)
        cache.batch_repeat_interleave(len(chosen))
        ids, mask = padded([responses[row] for row in chosen], model.config.pad_token_id)
        mask = torch.cat([torch.ones(len(chosen), len(prompt), dtype=mask.dtype), mask], 1)
        out = model(input_ids=ids, attention_mask=mask, past_key_values=cache, use_cache=True)
        for row, reward in zip(chosen, out.logits[:, 0].tolist()):
            rewards[row] = reward
    return rewards


def timed(score, model, questions, batch):
    start, cpu_start = time.perf_counter(), time.process_time()
    rewards = score(model, questions, batch)
    return dict(seconds=time.perf_counter() - start, cpuSeconds=time.process_time() - cpu_start, rewards=rewards)


def fastest(score, model, questions, most_threads):
    """The batch first, with all threads; then whether one thread is faster. On a sixteenth of the questions."""
    sample = questions[::16]
    most = sum(len(question['responses']) for question in (sample if score is padded_rewards else sample[:1]))

    def seconds(choice):
        torch.set_num_threads(choice['threads'])
        return timed(score, model, sample, choice['batch'])['seconds']

    batches = [dict(batch=size, threads=most_threads) for size in BATCHES if size <= most]
    best = min(batches or [dict(batch=BATCHES[0], threads=most_threads)], key=seconds)
    return min((best, dict(best, threads=1)), key=seconds)


def use_onednn(model):
    for module in model.modules():
        if isinstance(module, torch.nn.Linear):
            weight = torch.ops.mkldnn._reorder_linear_weight(module.weight.detach(), None)
            module.forward = lambda x, weight=weight, bias=module.bias: torch.ops.mkldnn._linear_pointwise(
                x, weight, bias, 'none', [], ''
            )


WAYS = dict(padded=padded_rewards, cached=cached_rewards)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--model', required=True)
    parser.add_argument('--threads', type=int, required=True)
    parser.add_argument('--batch', type=int)
    parser.add_argument('--way', choices=WAYS, default='padded')
    parser.add_argument('--products', choices=('torch', 'onednn'), default='torch')
    parser.add_argument('--search', action='store_true')
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    model = AutoModelForSequenceClassification.from_pretrained(
        args.model, dtype=torch.float32, num_labels=1, attn_implementation='sdpa'
    ).eval()
    questions = json.loads(sys.stdin.readline())
    model.config.pad_token_id = unused_as_last(questions)
    score = WAYS[args.way]
    with torch.inference_mode():
        if args.products == 'onednn':
            use_onednn(model)
        score(model, questions[:2], args.batch or BATCHES[2])  # warm-up
        if args.search:
            return print(json.dumps(fastest(score, model, questions, args.threads)))
        result = timed(score, model, questions, args.batch)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(
        json.dumps(
            dict(
                engine=f'transformers {transformers.__version__}, torch {torch.__version__}',
                **result,
                peakMemoryBytes=peak,
            )
        )
    )


main()
