"""A decoder of `transformers` with its LM head and a linear reward head.

Parameters go by the names of the checkpoint: those of `AutoModelForCausalLM`, and `score.weight`, `score.bias` of
`AutoModelForSequenceClassification`.
"""

import torch
import torch.nn.functional as F
import transformers
from torch.utils.checkpoint import checkpoint
from transformers import AutoModelForCausalLM

from .attention import kind_of, mask_of

transformers.logging.set_verbosity_error()

# Where a checkpoint of the family calls the LM head otherwise than the class does.
STORED_HEADS = {'gpt_neox': 'embed_out.weight'}
DOWN, UP = '.lora_A.weight', '.lora_B.weight'
# With checkpointing, logits of so many labels exist at a time: they are as wide as the vocabulary.
LABELS_AT_ONCE = 2048


class Decoder(torch.nn.Module):
    """`pooling`: the reward is the token score at a response's last token (`last`), or their mean (`mean`).

    `numerics`: in bfloat16 the products of the trunk and of the LM head are. The sums between layers, the reward head
    and the losses stay in float32, as the parameters do.
    """

    def __init__(self, config, pooling, has_bias, numerics='float32', packs_on_card=False):
        super().__init__()
        self.config, self.pooling, self.numerics = config, pooling, numerics
        self.attention = kind_of(config, packs_on_card)
        self.lm = AutoModelForCausalLM.from_config(config, attn_implementation=self.attention, dtype=torch.float32)
        self.score = torch.nn.Linear(config.hidden_size, 1, bias=has_bias)
        self.is_checkpointed = False
        self.eval()  # no dropout anywhere

    @property
    def layers(self):
        """Of the trunk: its longest list of modules."""
        lists = [module for module in self.lm.base_model.children() if isinstance(module, torch.nn.ModuleList)]
        return max(lists, key=len)

    def forward(self, rows, wants_rewards, labels):
        """Rewards, one a response, and the sum of the labels' cross-entropies; None for what is not wanted.

        @param labels: (flat places of the tokens that predict, token ids to be predicted), or None
        """
        hidden = self.hidden(rows)
        return (
            self.rewards(hidden, rows.spans) if wants_rewards else None,
            None if labels is None else self.lm_loss(hidden, *labels),
        )

    def hidden(self, rows):
        """Final hidden states [B x S, D] in float32."""
        with self.products():
            output = self.lm.base_model(
                input_ids=rows.ids, attention_mask=self.masks(rows), position_ids=rows.positions, use_cache=False
            )
        return output.last_hidden_state.flatten(0, 1).float()

    def products(self):
        """A context. Casts of weights are not kept in it: a sharded layer is to be freed behind its pass."""
        is_bfloat16 = self.numerics == 'bfloat16'
        device = self.score.weight.device.type
        return torch.autocast(device, dtype=torch.bfloat16, enabled=is_bfloat16, cache_enabled=False)

    def masks(self, rows):
        kinds = set(getattr(self.config, 'layer_types', None) or [])
        window = getattr(self.config, 'sliding_window', None)
        if kinds >= {'sliding_attention', 'full_attention'} or kinds == {'sliding_attention'}:
            return {
                'full_attention': mask_of(rows, self.attention),
                'sliding_attention': mask_of(rows, self.attention, window),
            }
        uses_window = window is not None and not kinds and getattr(self.config, 'use_sliding_window', True)
        return mask_of(rows, self.attention, window if uses_window else None)

    def lm_loss(self, hidden, places, targets):
        if not self.is_checkpointed:
            return self.cross_entropy(hidden[places], targets)
        parts = zip(places.split(LABELS_AT_ONCE), targets.split(LABELS_AT_ONCE))
        cross_entropy = Checkpointed(self.cross_entropy)
        return sum(cross_entropy(hidden[some], own) for some, own in parts)

    def cross_entropy(self, hidden, targets):
        return F.cross_entropy(self.logits(hidden), targets, reduction='sum')

    def logits(self, hidden):
        with self.products():
            logits = self.lm.get_output_embeddings()(hidden)
        # As Cohere, Granite and Gemma call what their classes do behind the head.
        factor = getattr(self.config, 'logit_scale', None) or 1 / (getattr(self.config, 'logits_scaling', None) or 1)
        logits = logits.float() if factor == 1 else logits.float() * factor
        cap = getattr(self.config, 'final_logit_softcapping', None)
        return logits if cap is None else torch.tanh(logits / cap) * cap

    def difference_from_class(self, rows):
        """Of these logits from those of the class itself, relative to the largest."""
        own = self.logits(self.hidden(rows))
        inputs = dict(input_ids=rows.ids, attention_mask=self.masks(rows), position_ids=rows.positions)
        of_class = self.lm(**inputs, use_cache=False).logits.flatten(0, 1)
        return float((own - of_class).abs().max() / of_class.abs().max().clamp(min=1e-6))

    def rewards(self, hidden, spans):
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

    @property
    def is_tied(self):
        return self.lm.get_input_embeddings().weight is self.lm.get_output_embeddings().weight


def add_adapters(decoder, stored, scale):
    """Low-rank adapters (LoRA) beside the linear maps that `stored` has some for, under peft's names."""
    for name in stored.names:
        if not name.endswith(DOWN):
            continue
        linear = decoder.lm.get_submodule(name[: -len(DOWN)])
        rank, inputs = stored.shape(name)
        outputs = stored.shape(name[: -len(DOWN)] + UP)[0]
        linear.lora_A = torch.nn.Linear(inputs, rank, bias=False)
        linear.lora_B = torch.nn.Linear(rank, outputs, bias=False)
        linear.register_forward_hook(lambda own, given, out: out + own.lora_B(own.lora_A(given[0]) * scale))


def change_layers(decoder, compiles, checkpoints):
    """What a layer computes stays; how does not. Before sharding, whose hooks belong around the whole of a layer."""
    decoder.is_checkpointed = checkpoints
    for layer in decoder.layers:
        if compiles:
            layer.forward = torch.compile(layer.forward, dynamic=True)
        if checkpoints:
            layer.forward = Checkpointed(layer.forward)


class Checkpointed:
    """A function that keeps only its inputs for the backward pass, and is computed again there."""

    def __init__(self, function):
        self.function = function

    def __call__(self, *args, **named):
        # Nothing in it is random.
        return checkpoint(self.function, *args, use_reentrant=False, preserve_rng_state=False, **named)
