/**
 * The memory that a plan prices for a layer, beside what torch's autograd keeps of one: counted with saved-tensor hooks
 * on a decoder of `transformers`. Where HARNESS_PYTHON names a Python with torch and transformers.
 */
import { spawnSync } from 'node:child_process';
import { beforeAll, describe, expect, it } from 'vitest';
import { modelConfig } from '../../harness/model/index.ts';
import { rankMemory, type RankLayout } from '../../harness/plan/index.ts';
import { modelSchema, type Numerics } from '../../harness/spec/index.ts';
import { pythonWith } from '../python.ts';

const python = pythonWith('torch, transformers');

const sizes = { hiddenSize: 192, heads: 6, keyValueHeads: 2, intermediateSize: 640, tokens: 96 } as const;

/** Prints the bytes that autograd keeps of two and of three layers, parameters left out, by numerics. */
const counting = `
import json, torch, transformers
transformers.logging.set_verbosity_error()
torch.set_num_threads(1)
tokens = ${sizes.tokens}

def counted(layers, is_half):
    config = transformers.Qwen2Config(hidden_size=${sizes.hiddenSize}, num_attention_heads=${sizes.heads},
        num_key_value_heads=${sizes.keyValueHeads}, intermediate_size=${sizes.intermediateSize},
        num_hidden_layers=layers, vocab_size=64)
    model = transformers.AutoModel.from_config(config, attn_implementation='sdpa', dtype=torch.float32)
    own = {value.untyped_storage().data_ptr() for value in model.parameters()}
    kept, alive = {}, []
    def keep(tensor):
        alive.append(tensor)
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own:
            kept[storage.data_ptr()] = storage.size()
        return tensor
    sees = torch.ones(1, 1, tokens, tokens, dtype=torch.bool).tril()
    ids = torch.arange(tokens)[None] % 64
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        with torch.autocast('cpu', torch.bfloat16, enabled=is_half, cache_enabled=False):
            out = model(input_ids=ids, attention_mask=sees, use_cache=False)
    return sum(kept.values())

of = lambda is_half: [counted(layers, is_half) for layers in (2, 3)]
print(json.dumps({'float32': of(False), 'bfloat16': of(True)}))
`;

let counted: Readonly<Record<Numerics, readonly [number, number]>>;

// Loading torch and transformers takes most of it.
beforeAll(() => {
  if (python === null) return;
  const { stdout, stderr, status } = spawnSync(python, ['-c', counting], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  counted = JSON.parse(stdout) as typeof counted;
}, 300_000);

function priced(layers: number, numerics: Numerics): number {
  const { hiddenSize, heads, keyValueHeads, intermediateSize, tokens } = sizes;
  const architecture = { hiddenSize, heads, keyValueHeads, intermediateSize, layers };
  const model = modelSchema.parse({ name: 'counted', family: 'qwen2', contextLength: 128, ...architecture });
  const layout: RankLayout = {
    model: modelConfig({ model, vocabSize: 64 }),
    trainable: null,
    optimizer: { momentStorage: null, ema: null },
    numerics,
    ranks: 1,
    isSharded: false,
    recomputes: false,
  };
  const { activations, gathered } = rankMemory(layout, { tokens, labels: 0 });
  return activations + gathered;
}

describe.skipIf(python === null)('what autograd keeps of a layer', () => {
  it.each(['float32', 'bfloat16'] as const)('in %s is what a plan prices', (numerics) => {
    const [two, three] = counted[numerics];
    const expected = priced(3, numerics) - priced(2, numerics);
    // The mask is left out of the price: a few bytes a token and position, where the card's own kernels need none.
    const mask = sizes.tokens ** 2 * (numerics === 'float32' ? 4 : 2);
    expect((three - two - mask) / expected).toBeGreaterThan(0.98);
    expect((three - two - mask) / expected).toBeLessThan(1.02);
  });
});
