"""The model of every set-up: a Llama-style decoder (RMSNorm, rotary positions, SwiGLU) with an LM head of its own and a
reward head, read from a model folder, so that all start from the same weights.

A set-up chooses how attention is computed, whether products of one input are joined, and whose RMSNorm it is.
"""

import json
import math

import numpy
import torch
import torch.nn as nn
import torch.nn.functional as F

# Linear maps of one input, by the part of a layer they belong to.
JOINABLE = dict(self_attn=('q_proj', 'k_proj', 'v_proj'), mlp=('gate_proj', 'up_proj'))


def by_hand(q, k, v, lengths):
    """Causal attention of [B, H, S, d] as it is written in papers: all scores, then a mask."""
    length = q.shape[-2]
    mask = torch.triu(torch.full((length, length), float('-inf'), device=q.device), 1)
    return torch.softmax(q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1]) + mask, -1) @ v


def sdpa(q, k, v, lengths):
    return F.scaled_dot_product_attention(q, k, v, is_causal=True)


def row_by_row(q, k, v, lengths):
    """Attention of rows that lie one after the other in [1, H, N, d]: a block-diagonal causal mask, whose blocks alone
    are computed. On a CPU torch 2.13 has no kernel for this: nested tensors find no backend, `varlen_attn` and the
    backward of FlexAttention need a GPU, and a mask of N x N is slower."""
    parts = (x.split(lengths, -2) for x in (q, k, v))
    return torch.cat([F.scaled_dot_product_attention(*row, is_causal=True) for row in zip(*parts)], -2)


if hasattr(torch, 'compiler'):
    # Its lengths differ in every step: a compiled one would be compiled in every step.
    row_by_row = torch.compiler.disable(row_by_row)


class RMSNorm(nn.Module):
    def __init__(self, width, epsilon, own):
        super().__init__()
        self.weight, self.epsilon, self.own = nn.Parameter(torch.ones(width)), epsilon, own

    def forward(self, x):
        if self.own:
            return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.epsilon) * self.weight
        return F.rms_norm(x, self.weight.shape, self.weight, self.epsilon)


class Separate(nn.ModuleList):
    """Linear maps of one input, each a product."""

    def __init__(self, width, outs):
        super().__init__(nn.Linear(width, out, bias=False) for out in outs)

    def forward(self, x):
        return [project(x) for project in self]


class Joined(nn.Linear):
    """The same as one product."""

    def __init__(self, width, outs):
        super().__init__(width, sum(outs), bias=False)
        self.outs = outs

    def forward(self, x):
        return super().forward(x).split(self.outs, -1)


def rotate(x, cos, sin):
    first, second = x.chunk(2, -1)
    return x * cos + torch.cat([-second, first], -1) * sin


class Attention(nn.Module):
    def __init__(self, width, heads, attend, maps):
        super().__init__()
        self.heads, self.attend = heads, attend
        self.maps, self.o_proj = maps(width, (width,) * 3), nn.Linear(width, width, bias=False)

    def forward(self, x, cos, sin, lengths):
        batch, length, width = x.shape
        q, k, v = (y.view(batch, length, self.heads, -1).transpose(1, 2) for y in self.maps(x))
        mixed = self.attend(rotate(q, cos, sin), rotate(k, cos, sin), v, lengths)
        return self.o_proj(mixed.transpose(1, 2).reshape(batch, length, width))


class FeedForward(nn.Module):
    def __init__(self, width, inner, maps):
        super().__init__()
        self.maps, self.down_proj = maps(width, (inner,) * 2), nn.Linear(inner, width, bias=False)

    def forward(self, x):
        gate, up = self.maps(x)
        return self.down_proj(F.silu(gate) * up)


class Block(nn.Module):
    def __init__(self, config, attend, lean):
        super().__init__()
        width, epsilon, maps = config['hidden_size'], config['rms_norm_eps'], Joined if lean else Separate
        self.input_layernorm = RMSNorm(width, epsilon, own=not lean)
        self.post_attention_layernorm = RMSNorm(width, epsilon, own=not lean)
        self.self_attn = Attention(width, config['num_attention_heads'], attend, maps)
        self.mlp = FeedForward(width, config['intermediate_size'], maps)

    def forward(self, x, cos, sin, lengths):
        x = x + self.self_attn(self.input_layernorm(x), cos, sin, lengths)
        return x + self.mlp(self.post_attention_layernorm(x))


class Decoder(nn.Module):
    def __init__(self, config, attend, lean):
        super().__init__()
        self.embed_tokens = nn.Embedding(config['vocab_size'], config['hidden_size'])
        self.layers = nn.ModuleList([Block(config, attend, lean) for _ in range(config['num_hidden_layers'])])
        self.norm = RMSNorm(config['hidden_size'], config['rms_norm_eps'], own=not lean)
        self.head_size, self.theta = config['hidden_size'] // config['num_attention_heads'], config['rope_theta']

    def forward(self, ids, positions, lengths):
        powers = torch.arange(0, self.head_size, 2, device=ids.device).float() / self.head_size
        angles = positions.float()[:, None] / self.theta**powers
        cos, sin = torch.cat([angles.cos()] * 2, -1), torch.cat([angles.sin()] * 2, -1)
        x = self.embed_tokens(ids)
        for layer in self.layers:
            x = layer(x, cos, sin, lengths)
        return self.norm(x)


class RewardModel(nn.Module):
    def __init__(self, config, attend, lean):
        super().__init__()
        self.model = Decoder(config, attend, lean)
        self.lm_head = nn.Linear(config['hidden_size'], config['vocab_size'], bias=False)
        self.score = nn.Linear(config['hidden_size'], 1, bias=False)


def load(folder, attend, lean):
    """lean: products of one input are joined, and RMSNorm is torch's."""
    config = json.loads((folder / 'config.json').read_text())
    config.setdefault('rope_theta', (config.get('rope_parameters') or {}).get('rope_theta', 10000.0))
    model = RewardModel(config, attend, lean)
    model.load_state_dict(regrouped(read_safetensors(folder / 'model.safetensors'), lean))
    return model


def regrouped(tensors, joined):
    """The tensors under the names that Separate or Joined have."""
    grouped = {}
    for name, tensor in tensors.items():
        *part, last, _ = name.split('.')
        group = JOINABLE.get(part[-1] if part else '', ())
        if last not in group:
            grouped[name] = tensor
        elif not joined:
            grouped['.'.join([*part, 'maps', str(group.index(last)), 'weight'])] = tensor
        elif last == group[0]:
            together = [tensors['.'.join([*part, one, 'weight'])] for one in group]
            grouped['.'.join([*part, 'maps', 'weight'])] = torch.cat(together)
    return grouped


def read_safetensors(path):
    """Tensors of a float32 safetensors file: 8 bytes of header length, a JSON header, row-major data."""
    data = path.read_bytes()
    start = 8 + int.from_bytes(data[:8], 'little')
    header = json.loads(data[8:start])
    header.pop('__metadata__', None)
    tensors = {}
    for name, entry in header.items():
        begin, end = entry['data_offsets']
        values = numpy.frombuffer(data[start + begin : start + end], dtype=numpy.float32)
        tensors[name] = torch.from_numpy(values.reshape(entry['shape']).copy())
    return tensors
