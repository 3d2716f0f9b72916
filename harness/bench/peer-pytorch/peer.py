"""The preference-pretraining step in eager PyTorch, as a peer to measure against and to check losses with.

It takes the step the usual way: chosen and rejected rows are each prompt + response, padded to the longest row of the batch; the reward is a linear head on the last
token; logits are computed for all positions of the chosen rows; loss = pairwise + LM on the chosen response; gradients clipped at 1.0; AdamW, decay on matrices.
The model is a Llama-style decoder (RMSNorm, rotary positions, SwiGLU, an LM head of its own), read from a model folder, so both sides start from the same weights.

usage: peer.py --weights FOLDER --pairs FILE [--threads N] [--steps N] [--pairs-per-step N] [--device cpu|cuda] [--profile]
Prints one JSON line. Needs torch >= 1.13 and numpy. Fastest set-up found on Debian 12, two cores: packages python3-torch and libopenblas0-openmp, then
  LD_LIBRARY_PATH=<folder of the OpenMP OpenBLAS> MALLOC_MMAP_THRESHOLD_=4000000000 MALLOC_TRIM_THRESHOLD_=8000000000 MALLOC_TOP_PAD_=268435456
`harness bench peer` sets these where they apply.
"""
import argparse
import json
import math
import pathlib
import resource
import time

import numpy
import torch
import torch.nn as nn
import torch.nn.functional as F

WARM_UP = 2
COMPARED = 3


class RMSNorm(nn.Module):
    def __init__(self, width, epsilon):
        super().__init__()
        self.weight, self.epsilon = nn.Parameter(torch.ones(width)), epsilon

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.epsilon) * self.weight


def rotate(x, cos, sin):
    first, second = x.chunk(2, -1)
    return x * cos + torch.cat([-second, first], -1) * sin


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.q_proj, self.k_proj, self.v_proj, self.o_proj = (nn.Linear(width, width, bias=False) for _ in range(4))

    def forward(self, x, mask, cos, sin):
        batch, length, width = x.shape
        q, k, v = (project(x).view(batch, length, self.heads, -1).transpose(1, 2) for project in (self.q_proj, self.k_proj, self.v_proj))
        scores = rotate(q, cos, sin) @ rotate(k, cos, sin).transpose(-1, -2) / math.sqrt(width // self.heads)
        mixed = torch.softmax(scores + mask, -1) @ v
        return self.o_proj(mixed.transpose(1, 2).reshape(batch, length, width))


class FeedForward(nn.Module):
    def __init__(self, width, inner):
        super().__init__()
        self.gate_proj, self.up_proj, self.down_proj = nn.Linear(width, inner, bias=False), nn.Linear(width, inner, bias=False), nn.Linear(inner, width, bias=False)

    def forward(self, x):
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        width, epsilon = config["hidden_size"], config["rms_norm_eps"]
        self.input_layernorm, self.post_attention_layernorm = RMSNorm(width, epsilon), RMSNorm(width, epsilon)
        self.self_attn, self.mlp = Attention(width, config["num_attention_heads"]), FeedForward(width, config["intermediate_size"])

    def forward(self, x, mask, cos, sin):
        x = x + self.self_attn(self.input_layernorm(x), mask, cos, sin)
        return x + self.mlp(self.post_attention_layernorm(x))


class Decoder(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.embed_tokens = nn.Embedding(config["vocab_size"], config["hidden_size"])
        self.layers = nn.ModuleList([Block(config) for _ in range(config["num_hidden_layers"])])
        self.norm = RMSNorm(config["hidden_size"], config["rms_norm_eps"])
        self.head_size, self.theta = config["hidden_size"] // config["num_attention_heads"], config["rope_theta"]

    def forward(self, ids):
        length = ids.shape[1]
        angles = torch.arange(length, device=ids.device).float()[:, None] / self.theta ** (torch.arange(0, self.head_size, 2, device=ids.device).float() / self.head_size)
        cos, sin = torch.cat([angles.cos()] * 2, -1), torch.cat([angles.sin()] * 2, -1)
        mask = torch.triu(torch.full((length, length), float("-inf"), device=ids.device), 1)
        x = self.embed_tokens(ids)
        for layer in self.layers:
            x = layer(x, mask, cos, sin)
        return self.norm(x)


class RewardModel(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.model = Decoder(config)
        self.lm_head = nn.Linear(config["hidden_size"], config["vocab_size"], bias=False)
        self.score = nn.Linear(config["hidden_size"], 1, bias=False)


def read_safetensors(path):
    """Tensors of a float32 safetensors file: 8 bytes of header length, a JSON header, row-major data."""
    data = path.read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        tensors[name] = torch.from_numpy(numpy.frombuffer(data[start + begin:start + end], dtype=numpy.float32).reshape(entry["shape"]).copy())
    return tensors


def load(folder):
    config = json.loads((folder / "config.json").read_text())
    config.setdefault("rope_theta", (config.get("rope_parameters") or {}).get("rope_theta", 10000.0))
    model = RewardModel(config)
    model.load_state_dict(read_safetensors(folder / "model.safetensors"))
    return model


def padded(batch, device):
    """Token ids [2P, S] with the chosen rows first, the last token of each row, and the labels of the chosen rows."""
    sequences = [row["prompt"] + row["chosen"] for row in batch] + [row["prompt"] + row["rejected"] for row in batch]
    length = max(map(len, sequences))
    ids, labels = torch.zeros(len(sequences), length, dtype=torch.long), torch.full((len(batch), length), -100)
    for index, sequence in enumerate(sequences):
        ids[index, :len(sequence)] = torch.tensor(sequence)
    for index, row in enumerate(batch):
        begin, end = len(row["prompt"]), len(row["prompt"]) + len(row["chosen"])
        labels[index, begin:end] = ids[index, begin:end]
    last = torch.tensor([len(sequence) - 1 for sequence in sequences])
    return ids.to(device), last.to(device), labels.to(device), sum(map(len, sequences))


def train_step(model, optimizer, ids, last, labels):
    pairs = labels.shape[0]
    hidden = model.model(ids)
    reward = model.score(hidden[torch.arange(len(ids), device=ids.device), last]).squeeze(-1)
    pairwise = -F.logsigmoid(reward[:pairs] - reward[pairs:]).mean()
    logits = model.lm_head(hidden[:pairs, :-1])
    lm = F.cross_entropy(logits.reshape(-1, logits.shape[-1]), labels[:, 1:].reshape(-1))
    optimizer.zero_grad(set_to_none=True)
    (pairwise + lm).backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return pairwise, lm


def product_share(step, device):
    """Share of operator time in matrix products over one step."""
    from torch.profiler import ProfilerActivity, profile
    activities = [ProfilerActivity.CPU] + ([ProfilerActivity.CUDA] if device == "cuda" else [])
    with profile(activities=activities) as profiler:
        step()
    own = "self_cuda_time_total" if device == "cuda" else "self_cpu_time_total"
    times = [(event.key, getattr(event, own, None) or getattr(event, own.replace("cuda", "device"), 0)) for event in profiler.key_averages()]
    products = sum(t for key, t in times if any(word in key.lower() for word in ("::mm", "::bmm", "::addmm", "::baddbmm", "gemm")))
    return products / max(1e-9, sum(t for _, t in times))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--weights", type=pathlib.Path, required=True)
    parser.add_argument("--pairs", type=pathlib.Path, required=True)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--steps", type=int, default=8, help="measured steps, after two for warming up")
    parser.add_argument("--pairs-per-step", type=int, default=16)
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    rows = [json.loads(line) for line in options.pairs.read_text().splitlines() if line.strip()]
    model = load(options.weights).to(options.device)
    decayed, others = [p for p in model.parameters() if p.dim() > 1], [p for p in model.parameters() if p.dim() <= 1]
    optimizer = torch.optim.AdamW([{"params": decayed, "weight_decay": 0.01}, {"params": others, "weight_decay": 0.0}], lr=3e-4)
    wait = torch.cuda.synchronize if options.device == "cuda" else lambda: None
    times, losses, tokens = [], [], 0
    for step in range(WARM_UP + options.steps):
        batch = [rows[(step * options.pairs_per_step + index) % len(rows)] for index in range(options.pairs_per_step)]
        ids, last, labels, real = padded(batch, options.device)
        wait()
        start = time.perf_counter()
        pairwise, lm = train_step(model, optimizer, ids, last, labels)
        wait()
        if step >= WARM_UP:
            times.append(time.perf_counter() - start)
            tokens += real
        if step < COMPARED:
            losses.append([pairwise.item(), lm.item()])
    share = product_share(lambda: train_step(model, optimizer, ids, last, labels), options.device) if options.profile else None
    median = sorted(times)[len(times) // 2]
    peak = torch.cuda.max_memory_allocated() if options.device == "cuda" else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({
        "engine": "torch " + torch.__version__, "device": options.device, "threads": options.threads, "pairsPerSecond": options.pairs_per_step / median, "tokensPerSecond": tokens / options.steps / median,
        "stepMsMedian": median * 1e3, "stepMs": [t * 1e3 for t in times], "peakMemoryBytes": peak, "losses": losses, "gemmShare": share,
    }))


main()
