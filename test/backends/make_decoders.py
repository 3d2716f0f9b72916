"""`python make_decoders.py FOLDER JOB`: tiny decoders of `transformers`, with random weights and a reward head, each
in a folder of its own, in several files; and the first losses of a job that reads them, computed row by row.

Prints a JSON object: of each folder {learned, pairwise, lm}.
"""

import json
import sys
from pathlib import Path

import pyarrow as pa
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from transformers import AutoConfig, AutoModelForCausalLM
from transformers.utils import logging

logging.set_verbosity_error()
logging.disable_progress_bar()
SHARED = dict(
    vocab_size=13,
    hidden_size=16,
    intermediate_size=24,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    max_position_embeddings=32,
    pad_token_id=0,
    bos_token_id=1,
    eos_token_id=2,
    tie_word_embeddings=False,
)
FAMILIES = {
    'qwen2': {},
    'qwen3': dict(head_dim=4),
    'llama': {},
    'gemma2': dict(head_dim=4, query_pre_attn_scalar=4, sliding_window=8, tie_word_embeddings=True),
    'gemma3_text': dict(head_dim=4, query_pre_attn_scalar=4, sliding_window=8, tie_word_embeddings=True),
    'mistral': dict(sliding_window=8),
    'phi': {},
    'phi3': {},
    'olmo': {},
    'olmo2': {},
    'smollm3': {},
    'starcoder2': {},
    'stablelm': {},
    'granite': dict(logits_scaling=3.0, residual_multiplier=0.5, attention_multiplier=0.4, embedding_multiplier=2.0),
    'cohere': {},
}


def rows_of(file):
    return pa.ipc.open_file(pa.memory_map(file)).read_all().to_pylist()


def pairs_in(folder):
    """Of the first step."""
    job = json.loads((folder / 'job.json').read_text())
    rows = [[row[name] for name in ('prompt', 'chosen', 'rejected')] for file in job['pairs'] for row in rows_of(file)]
    order = rows_of(job['order'])
    return [rows[row['pair']] for row in order if row['step'] == order[0]['step']]


@torch.no_grad()
def losses(model, score, pairs):
    """Each response in a row of its own, by nothing but the class itself."""
    pairwise = lm = labels = 0
    for prompt, chosen, rejected in pairs:
        rewards = []
        for response in (chosen, rejected):
            output = model(input_ids=torch.tensor([prompt + response]), output_hidden_states=True)
            rewards.append((output.hidden_states[-1][0, -1] @ score[0]))
            if response is chosen:
                logits = output.logits[0, len(prompt) - 1 : -1]
                lm += F.cross_entropy(logits, torch.tensor(chosen), reduction='sum')
                labels += len(chosen)
        pairwise += F.softplus(rewards[1] - rewards[0])
    return float(pairwise) / len(pairs), float(lm) / labels


def make(folder, family, pairs):
    torch.manual_seed(1)
    config = AutoConfig.for_model(family, **{**SHARED, **FAMILIES[family]})
    # Other kernels leave out the caps of Gemma 2.
    model = AutoModelForCausalLM.from_config(config, dtype=torch.float32, attn_implementation='eager').eval()
    for value in model.parameters():
        torch.nn.init.normal_(value, std=0.3)
    score = torch.randn(1, config.hidden_size)
    model.save_pretrained(folder, max_shard_size='6KB')
    index_path = folder / 'model.safetensors.index.json'
    index = json.loads(index_path.read_text())
    index['weight_map']['score.weight'] = 'score.safetensors'
    save_file({'score.weight': score}, folder / 'score.safetensors')
    index_path.write_text(json.dumps(index))
    pairwise, lm = losses(model, score, pairs)
    names = [name for name, _ in model.named_parameters()]
    return dict(learned=[*names, 'score.weight'], pairwise=pairwise, lm=lm)


root, pairs = Path(sys.argv[1]), pairs_in(Path(sys.argv[2]))
print(json.dumps({family: make(root / family, family, pairs) for family in FAMILIES}))
