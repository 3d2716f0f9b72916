"""A decoder of `transformers` with its LM head and a linear reward head.

Parameters go by the names of the checkpoint: those of `AutoModelForCausalLM`, and `score.weight`, `score.bias` of
`AutoModelForSequenceClassification`.
"""

import torch
import transformers
from transformers import AutoConfig, AutoModelForCausalLM

from .job import JobError
from .rows import visible

transformers.logging.set_verbosity_error()

# Where a checkpoint of the family calls the LM head otherwise than the class does.
STORED_HEADS = {'gpt_neox': 'embed_out.weight'}
DOWN, UP = '.lora_A.weight', '.lora_B.weight'


class Decoder(torch.nn.Module):
    """`pooling`: the reward is the token score at a response's last token (`last`), or their mean (`mean`)."""

    def __init__(self, config, pooling, has_bias):
        super().__init__()
        self.config, self.pooling = config, pooling
        # Scores are capped by none of torch's fused kernels.
        self.is_eager = getattr(config, 'attn_logit_softcapping', None) is not None
        attention = 'eager' if self.is_eager else 'sdpa'
        self.lm = AutoModelForCausalLM.from_config(config, attn_implementation=attention, dtype=torch.float32)
        self.score = torch.nn.Linear(config.hidden_size, 1, bias=has_bias)
        self.eval()  # no dropout anywhere

    def hidden(self, rows):
        """Final hidden states [B x S, D]."""
        output = self.lm.base_model(
            input_ids=rows.ids, attention_mask=self.masks(rows), position_ids=rows.positions, use_cache=False
        )
        return output.last_hidden_state.flatten(0, 1)

    def masks(self, rows):
        kinds = set(getattr(self.config, 'layer_types', None) or [])
        window = getattr(self.config, 'sliding_window', None)
        if kinds >= {'sliding_attention', 'full_attention'} or kinds == {'sliding_attention'}:
            return {
                'full_attention': self.mask(visible(rows)),
                'sliding_attention': self.mask(visible(rows, window)),
            }
        uses_window = window is not None and not kinds and getattr(self.config, 'use_sliding_window', True)
        return self.mask(visible(rows, window if uses_window else None))

    def mask(self, sees):
        if not self.is_eager:
            return sees
        return torch.zeros(sees.shape, device=sees.device).masked_fill(~sees, torch.finfo(torch.float32).min)

    def logits(self, hidden):
        logits = self.lm.get_output_embeddings()(hidden)
        cap = getattr(self.config, 'final_logit_softcapping', None)
        return logits if cap is None else torch.tanh(logits / cap) * cap

    def rewards(self, hidden, spans):
        """One a response."""
        scores = self.score(hidden).squeeze(-1)
        if self.pooling == 'last':
            return scores[torch.tensor([start + length - 1 for start, length, _ in spans], device=scores.device)]
        return torch.stack([scores[start : start + length].mean() for start, length, _ in spans])

    def named(self):
        """Every parameter by its name in a checkpoint; a tied LM head is the embedding."""
        of_lm = dict(self.lm.named_parameters())
        stored = STORED_HEADS.get(self.config.model_type)
        if stored is not None and 'lm_head.weight' in of_lm:
            of_lm[stored] = of_lm.pop('lm_head.weight')
        return {**of_lm, **{f'score.{name}': value for name, value in self.score.named_parameters()}}


def add_adapters(decoder, tensors, scale):
    """Low-rank adapters (LoRA) beside the linear maps that `tensors` has some for, under peft's names."""
    for name, down in tensors.items():
        if not name.endswith(DOWN):
            continue
        linear = decoder.lm.get_submodule(name[: -len(DOWN)])
        rank, inputs = down.shape
        outputs = tensors[name[: -len(DOWN)] + UP].shape[0]
        linear.lora_A = torch.nn.Linear(inputs, rank, bias=False)
        linear.lora_B = torch.nn.Linear(rank, outputs, bias=False)
        linear.register_forward_hook(lambda own, given, out: out + own.lora_B(own.lora_A(given[0]) * scale))


def load_decoder(folder, pooling, tensors, adapter_scale=None):
    """@param tensors: parameters by name; all of them must be the model's, and all of the model's must be there."""
    config = AutoConfig.from_pretrained(folder)
    config.use_cache = False
    decoder = Decoder(config, pooling, 'score.bias' in tensors)
    add_adapters(decoder, tensors, adapter_scale)
    parameters = decoder.named()
    problems = [f'missing {name}' for name in parameters if name not in tensors]
    problems += [f'unknown {name}' for name in tensors if name not in parameters]
    problems += [
        f'{name}: expected {list(value.shape)}, found {list(tensors[name].shape)}'
        for name, value in parameters.items()
        if name in tensors and value.shape != tensors[name].shape
    ]
    if problems:
        raise JobError(
            f'{folder}: the weights do not fit {type(decoder.lm).__name__} of transformers '
            f'{transformers.__version__}: {"; ".join(sorted(problems)[:8])}',
            'config.json and weights must come from the same model, of a family that transformers knows.',
        )
    with torch.no_grad():
        for name, value in parameters.items():
            value.copy_(tensors[name])
    return decoder
