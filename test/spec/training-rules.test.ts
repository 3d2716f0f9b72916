/** Refusals of what training cannot do, told before anything runs. */
import { describe, expect, it } from 'vitest';
import { parameterShapes } from '../../harness/model/index.ts';
import { allowedTargets, familyNamed, familyNames, linearMaps, mapsOfTarget } from '../../harness/families/index.ts';
import { tinyModels } from '../model/tiny-models.ts';
import { edited, errorLines, valid } from './base-experiment.ts';

const finetune = (line: string): string => edited(['  steps: 10\n', `  steps: 10\n  ${line}\n`]);
const lora = (rest: string): string => finetune(`trainable: {kind: lora, alpha: 16, ${rest}}`);

describe('training features', () => {
  it('are off in an experiment that does not name them', () => {
    const { pretrain, finetune: tuned } = valid(edited());
    expect([
      pretrain.pairsPerMicroBatch,
      pretrain.sharePrompts,
      pretrain.optimizer.ema,
      pretrain.optimizer.momentStorage,
    ]).toEqual([null, null, null, null]);
    expect([
      tuned.trainable,
      tuned.objective.margin,
      tuned.objective.rewardCentering,
      tuned.pairsPerMicroBatch,
    ]).toEqual([null, null, null, null]);
  });

  it('take the defaults of the kind that is named', () => {
    expect(valid(lora('rank: 4')).finetune.trainable).toEqual({
      kind: 'lora',
      rank: 4,
      alpha: 16,
      targets: null,
      frozenStorage: null,
    });
    expect(valid(finetune('trainable: {kind: frozen-embeddings}')).finetune.trainable).toEqual({
      kind: 'frozen-embeddings',
      frozenLayers: 0,
      frozenStorage: null,
    });
    expect(
      valid(finetune('objective: {margin: {kind: data}}').replace('  objective: {}\n', '')).finetune.objective.margin,
    ).toEqual({ kind: 'data', scale: 1 });
  });

  it.each([
    [
      'a micro-batch larger than the step',
      finetune('pairsPerMicroBatch: 17'),
      'x.yaml:32:23: finetune.pairsPerMicroBatch: expected at most finetune.pairsPerStep (16), found 17',
    ],
    [
      'one larger than the pretraining step',
      edited(['  budget: {pairs: 160}\n', '  budget: {pairs: 160}\n  pairsPerMicroBatch: 32\n']),
      'x.yaml:20:23: pretrain.pairsPerMicroBatch: expected at most pretrain.pairsPerStep (16), found 32',
    ],
    [
      'an average that never moves',
      edited([
        'learningRate: 1e-3}\n  schedule: {kind: cosine',
        'learningRate: 1e-3, ema: {decay: 1}}\n  schedule: {kind: cosine',
      ]),
      'x.yaml:32:61: finetune.optimizer.ema.decay: expected a number less than 1, found 1',
    ],
    [
      'an average without memory',
      edited([
        'learningRate: 1e-3}\n  schedule: {kind: cosine',
        'learningRate: 1e-3, ema: {decay: 0}}\n  schedule: {kind: cosine',
      ]),
      'x.yaml:32:61: finetune.optimizer.ema.decay: expected a number greater than 0, found 0',
    ],
    [
      'a second moment that cannot fall',
      edited([
        'learningRate: 1e-3}\n  schedule: {kind: cosine',
        'learningRate: 1e-3, beta2: 0.999, momentStorage: bfloat16}\n  schedule: {kind: cosine',
      ]),
      'x.yaml:32:77: finetune.optimizer.momentStorage: ' +
        'expected beta2 of at most 0.995 with bfloat16 moments (beyond it the second moment rounds back to ' +
        'itself and never falls), found bfloat16 with beta2 0.999; null keeps them in float32',
    ],
    [
      'float16 moments without a limit',
      edited([
        'learningRate: 1e-3}\n  schedule: {kind: cosine',
        'learningRate: 1e-3, clipNorm: null, momentStorage: float16}\n  schedule: {kind: cosine',
      ]),
      'x.yaml:32:79: finetune.optimizer.momentStorage: ' +
        'expected clipNorm of at most 32 with float16 moments (larger ones do not fit), ' +
        'found float16 with clipNorm null; bfloat16 has the range of float32',
    ],
    [
      'a slip in a target',
      lora('rank: 4, targets: [q_prj, v_proj]'),
      'x.yaml:32:56: finetune.trainable.targets: expected linear maps of qwen2: ' +
        'self_attn.q_proj, self_attn.k_proj, self_attn.v_proj, self_attn.o_proj, mlp.gate_proj, mlp.up_proj, ' +
        'mlp.down_proj (or their last part), found q_prj; did you mean q_proj?',
    ],
    [
      'a target of another family',
      lora('rank: 4, targets: [c_attn]'),
      'x.yaml:32:56: finetune.trainable.targets: expected linear maps of qwen2: ' +
        'self_attn.q_proj, self_attn.k_proj, self_attn.v_proj, self_attn.o_proj, mlp.gate_proj, mlp.up_proj, ' +
        'mlp.down_proj (or their last part), found c_attn',
    ],
    [
      'a rank beyond the width',
      lora('rank: 33'),
      'x.yaml:32:44: finetune.trainable.rank: expected a rank of at most 32, ' +
        'the smaller of hiddenSize and intermediateSize (beyond it an adapter has more parameters than its ' +
        'map), found 33',
    ],
    [
      'more frozen layers than there are',
      finetune('trainable: {kind: frozen-embeddings, frozenLayers: 2}'),
      'x.yaml:32:54: finetune.trainable.frozenLayers: expected at most the 1 layers of small, found 2',
    ],
  ])('refuses %s', (_, text, line) => {
    expect(errorLines(text)).toEqual([line]);
  });

  it('blames the axis value that breaks a rule', () => {
    const text = `${edited()}sweep:\n  axes:\n    finetune.pairsPerMicroBatch: [4, 32]\n`;
    expect(errorLines(text)).toEqual([
      'x.yaml:37:38: finetune.pairsPerMicroBatch: expected at most finetune.pairsPerStep (16), ' +
        'found 32 (at finetune.pairsPerMicroBatch=32)',
    ]);
  });
});

describe('linear maps', () => {
  it.each(familyNames)('of %s are those of its records', (family) => {
    const {
      attention: { projection, output },
      mlp,
    } = familyNamed(family).parts;
    const projections =
      projection.kind === 'separate'
        ? [projection.query, projection.key, projection.value]
        : [projection.queryKeyValue];
    const { kind: _, ...raised } = mlp.projection;
    const parts = [...projections, output, ...Object.values(raised), mlp.down];
    expect(linearMaps(family)).toEqual(parts.map(({ name }) => name));
  });

  it.each(tinyModels)('of $family are all the matrices of a block', (model) => {
    const { blocks } = familyNamed(model.family).parts;
    const matrices = [...parameterShapes(model)]
      .filter(([name, shape]) => name.startsWith(`${blocks}.0.`) && shape.length === 2)
      .map(([name]) => name.slice(`${blocks}.0.`.length, -'.weight'.length));
    expect(linearMaps(model.family).toSorted()).toEqual(matrices.toSorted());
  });

  it('are named in full or by their last part, which may name several', () => {
    expect(mapsOfTarget('gpt2', 'c_proj')).toEqual(['attn.c_proj', 'mlp.c_proj']);
    expect(mapsOfTarget('gpt2', 'mlp.c_proj')).toEqual(['mlp.c_proj']);
    expect(mapsOfTarget('gpt2', 'proj')).toEqual([]);
    expect(allowedTargets('gpt2')).toEqual([
      'c_attn',
      'attn.c_attn',
      'c_proj',
      'attn.c_proj',
      'c_fc',
      'mlp.c_fc',
      'mlp.c_proj',
    ]);
  });
});
