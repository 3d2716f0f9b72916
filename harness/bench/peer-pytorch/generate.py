"""Greedy generation with `transformers` and its key-value cache, as a peer to measure against and to check tokens with.

The usual way: prompts padded on the left to the longest of their batch, `model.generate` with use_cache, float32. Every response gets all its tokens.

usage: generate.py --model FOLDER --threads N --batch N --new-tokens N
Reads one line of JSON from stdin, the prompts as lists of token ids; then takes one round for every further line and prints its result as one line.
Needs torch >= 2 and transformers >= 4.
"""
import argparse
import json
import resource
import sys
import time

import torch
import transformers
from transformers import AutoModelForCausalLM

transformers.logging.set_verbosity_error()


def padded(prompts):
    longest = max(map(len, prompts))
    ids = torch.tensor([[0] * (longest - len(prompt)) + prompt for prompt in prompts])
    mask = torch.tensor([[0] * (longest - len(prompt)) + [1] * len(prompt) for prompt in prompts])
    return ids, mask


def generated(model, prompts, new_tokens):
    ids, mask = padded(prompts)
    out = model.generate(ids, attention_mask=mask, max_new_tokens=new_tokens, do_sample=False, use_cache=True, eos_token_id=None, pad_token_id=0)
    return out[:, ids.shape[1]:].tolist()


def timed(model, batches, new_tokens):
    start, cpu_start = time.perf_counter(), time.process_time()
    tokens = [response for prompts in batches for response in generated(model, prompts, new_tokens)]
    return 1000 * (time.perf_counter() - start), 1000 * (time.process_time() - cpu_start), tokens


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--model', required=True)
    for name in ('--threads', '--batch', '--new-tokens'):
        parser.add_argument(name, type=int, required=True)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    model = AutoModelForCausalLM.from_pretrained(args.model, dtype=torch.float32).eval()
    prompts = json.loads(sys.stdin.readline())
    batches = [prompts[first:first + args.batch] for first in range(0, len(prompts), args.batch)]
    engine = f'transformers {transformers.__version__}, torch {torch.__version__}'
    with torch.inference_mode():
        timed(model, batches[:1], 4)
        for _ in sys.stdin:
            first, first_cpu, _ = timed(model, batches, 1)
            whole, whole_cpu, tokens = timed(model, batches, args.new_tokens)
            spent = dict(prefillMs=first, decodeMs=whole - first, prefillCpuMs=first_cpu, decodeCpuMs=whole_cpu - first_cpu)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
            print(json.dumps(dict(engine=engine, **spent, peakMemoryBytes=peak, tokens=tokens)), flush=True)


main()
