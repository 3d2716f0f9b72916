/** Parameters kept together in flat states, or updated in place: the same training as with each alone. */
import { afterAll, describe, expect, it } from 'vitest';
import { onnxruntimeCpu, referenceExecutor, type Executor } from '../../harness/engine/index.ts';
import { programToModel } from '../../harness/engine/onnx/program-to-model.ts';
import { peakMemoryOf } from '../../harness/graph/index.ts';
import { parameterShapes } from '../../harness/model/index.ts';
import type { OptimizerSpec } from '../../harness/spec/experiment-schema.ts';
import {
  plainStep,
  SessionCache,
  trainProgram,
  type Flattening,
  type TrainFeatures,
  type TrainState,
} from '../../harness/train/index.ts';
import { learnedGroups } from '../../harness/train/learned-groups.ts';
import { nodeCount } from '../engine/onnx-nodes.ts';
import { bumpyParameters, tinyModels } from '../model/tiny-models.ts';
import { collect } from './collect.ts';
import { distance, optimizer, runOptions, stateAfter } from './run-options.ts';

const opened: SessionCache[] = [];
const cacheOf = (flattening: Flattening, executor: Executor = onnxruntimeCpu()): SessionCache => {
  const cache = new SessionCache(executor, { threads: 1, flattening });
  opened.push(cache);
  return cache;
};
afterAll(() => Promise.all(opened.map((cache) => cache.release())));

const [model] = tinyModels as readonly [(typeof tinyModels)[number]];
const lora = { kind: 'lora', rank: 2, alpha: 4, targets: null, frozenStorage: null } as const;

interface Case {
  readonly name: string;
  readonly features?: Partial<TrainFeatures>;
  readonly optimizer?: Partial<OptimizerSpec>;
  readonly objective?: { readonly pairwiseWeight: number; readonly lmWeight: number };
}
const cases: readonly Case[] = [
  { name: 'clipped' },
  { name: 'not clipped', optimizer: { clipNorm: null } },
  { name: 'averaged', optimizer: { ema: { decay: 0.9 } } },
  { name: 'accumulated, averaged', optimizer: { ema: { decay: 0.9 } }, features: { pairsPerMicroBatch: 3 } },
  { name: 'LoRA', features: { trainable: lora } },
  {
    name: 'LoRA on bfloat16 weights, accumulated',
    features: { trainable: { ...lora, frozenStorage: 'bfloat16' }, pairsPerMicroBatch: 3 },
  },
  {
    name: 'frozen embeddings',
    features: { trainable: { kind: 'frozen-embeddings', frozenLayers: 1, frozenStorage: 'float16' } },
  },
  { name: 'bfloat16 moments', optimizer: { momentStorage: 'bfloat16' } },
  { name: 'float16 moments', optimizer: { momentStorage: 'float16' } },
  { name: 'without a pairwise part', objective: { pairwiseWeight: 0, lmWeight: 1 } },
  { name: 'without an LM part', objective: { pairwiseWeight: 1, lmWeight: 0 } },
];

const optionsOf = ({ features, optimizer: changed, objective }: Case, sessions: SessionCache, of = model) =>
  runOptions(of, sessions, {
    ...(features && { features }),
    ...(objective && { objective }),
    optimizer: { ...optimizer, ...changed },
  });

describe('training with flat states', () => {
  const [none, small, all] = [cacheOf('none'), cacheOf('small'), cacheOf('all')];
  const cpu = onnxruntimeCpu();
  const asOperations = cacheOf('none', {
    ...cpu,
    compile: (program, options) => cpu.compile(program, { ...options, updatesInPlace: false }),
  });

  it.each(cases)(
    'ends at the same weights, whether updated in place, as operations or together: $name',
    async (each) => {
      const alone = await stateAfter(optionsOf(each, none));
      expect(await stateAfter(optionsOf(each, asOperations))).toEqual(alone);
      expect(await stateAfter(optionsOf(each, small))).toEqual(alone);
      // With all together the gradient's norm is a sum in another order.
      const options = optionsOf(each, all);
      const rounds = each.optimizer?.momentStorage !== undefined;
      expect(distance(await stateAfter(options), alone, options.state)).toBeLessThan(rounds ? 1e-2 : 1e-4);
    },
  );

  it('logs the same norms', async () => {
    const [alone, together] = [await collect(runOptions(model, none)), await collect(runOptions(model, all))];
    for (const name of ['train/gradient_norm', 'train/update_norm', 'train/update_ratio'])
      expect(together.metric(6, name)! / alone.metric(6, name)!).toBeCloseTo(1, 4);
    expect((await collect(runOptions(model, small))).events).toEqual(alone.events);
  });

  it.each(['small', 'all'] as const)('goes on from a saved step bit for bit: %s', async (flattening) => {
    const sessions = { small, all }[flattening];
    const straight = await stateAfter(runOptions(model, sessions));
    const half = await stateAfter(runOptions(model, sessions, { toStep: 3 }));
    expect(await stateAfter(runOptions(model, sessions, { state: half }))).toEqual(straight);
    // Between engines that group otherwise a state goes by name, too.
    const moved = await stateAfter(runOptions(model, none, { state: half }));
    expect(distance(moved, straight, half)).toBeLessThan(1e-4);
  });

  it('means the same to the reference engine', async () => {
    const [alone, together] = [cacheOf('none', referenceExecutor()), cacheOf('all', referenceExecutor())];
    const change = { toStep: 2, optimizer: { ...optimizer, ema: { decay: 0.9 } } };
    const states: readonly TrainState[] = [
      await stateAfter(runOptions(model, alone, change)),
      await stateAfter(runOptions(model, together, change)),
    ];
    expect(distance(states[0]!, states[1]!, runOptions(model, alone, change).state)).toBeLessThan(1e-6);
    expect(Object.keys(states[1]!.averages ?? {})).toEqual(Object.keys(bumpyParameters(model)));
  });
});

describe('the program of a step', () => {
  const nodesOf = (flattening: Flattening): number =>
    nodeCount(programToModel(trainProgram(model, 'pairwise+lm', 1, { ...plainStep, flattening })));

  it('has a dozen ONNX nodes fewer for each parameter that is not alone', () => {
    const tensors = parameterShapes(model).size;
    // 13 of AdamW and 3 of the norm for each; together 2 reshapes remain, and with `all` the norm goes too.
    expect(nodesOf('small')).toBeLessThan(nodesOf('none') - 9 * tensors);
    expect(nodesOf('all')).toBeLessThan(nodesOf('none') - 11 * tensors);
  });

  it('keeps as many bytes of state', () => {
    const bytesOf = (flattening: Flattening): number => {
      const { state } = trainProgram(model, 'pairwise', 1, { ...plainStep, flattening });
      return peakMemoryOf({ inputs: [], outputs: {}, tensors: [], symbols: [], state }, {}).stateBytes;
    };
    expect(bytesOf('all')).toBe(bytesOf('none'));
  });
});

describe('groups of parameters', () => {
  const shapes = new Map([
    ['embedding', [1000, 100]],
    ['first.norm', [10]],
    ['first', [10, 10]],
    ['second.norm', [10]],
    ['second', [20, 5]],
  ]);
  const namesOf = (flattening: Flattening): readonly (readonly string[])[] =>
    learnedGroups([...shapes.keys()], shapes, flattening).map(({ members }) => members.map(({ name }) => name));

  it('are of equal decay, in order, and of small parameters where that is all that pays', () => {
    expect(namesOf('none')).toEqual([...shapes.keys()].map((name) => [name]));
    expect(namesOf('small')).toEqual([['embedding'], ['first', 'second'], ['first.norm', 'second.norm']]);
    expect(namesOf('all')).toEqual([
      ['embedding', 'first', 'second'],
      ['first.norm', 'second.norm'],
    ]);
  });

  it('fill no more than what a device binds', () => {
    const large = new Map(['a', 'b', 'c'].map((name) => [name, [2 ** 12, 2 ** 12]]));
    const groups = learnedGroups([...large.keys(), 'd'], new Map([...large, ['d', [2 ** 13, 2 ** 13]]]), 'all');
    expect(groups.map(({ name, shape }) => [name, shape])).toEqual([
      ['d', [2 ** 13, 2 ** 13]],
      ['flat.matrices.0', [2 ** 25]],
      ['c', [2 ** 12, 2 ** 12]],
    ]);
  });
});
