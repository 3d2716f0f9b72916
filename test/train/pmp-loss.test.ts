/**
 * The whole loss: gradients by finite differences on the reference executor, and the laws every preference loss obeys.
 */
import { afterAll, describe, expect, it } from 'vitest';
import type { EncodedPair } from '../../harness/data/preference-pair.ts';
import { evaluateProgram, referenceExecutor, type Session } from '../../harness/engine/index.ts';
import { gradients, programOf, type Program, type Tensor } from '../../harness/graph/index.ts';
import {
  declareBatch,
  declareParameters,
  parameterShapes,
  RowPacker,
  type Parameters,
  type ModelConfig,
} from '../../harness/model/index.ts';
import { randomStream } from '../../harness/random/index.ts';
import { objectiveParts, pmpLoss, trainFeeds, type ObjectiveParts } from '../../harness/train/index.ts';
import { bumpyParameters, randomPairs, tinyModels, vocabSize } from '../model/tiny-models.ts';

const weights = { pairwiseWeight: 1.3, lmWeight: 0.7 };
type Outputs = Readonly<Record<string, Float32Array>>;
interface Loss {
  readonly session: Session;
  readonly at: (pairs: readonly EncodedPair[], parameters: Parameters) => Promise<Outputs>;
}

/** Outputs of the loss program: the losses, margins, and `d <parameter>`. */
async function lossOf(model: ModelConfig, parts: ObjectiveParts): Promise<Loss> {
  const parameters = declareParameters(model);
  const { total, pairwise, lm, margins } = pmpLoss({ model, parts, parameters }, declareBatch());
  const trained = Object.entries(parameters).filter(([name]) => parts !== 'lm' || name !== 'score.weight');
  const slopes = gradients(
    total,
    trained.map(([, tensor]) => tensor),
  );
  const outputs = {
    total,
    ...(pairwise && { pairwise }),
    ...(lm && { lm }),
    ...(margins && { margins }),
    ...Object.fromEntries(
      trained.map(([name], index) => [`d ${name}`, slopes[index] as NonNullable<(typeof slopes)[number]>]),
    ),
  };
  const program = programOf({ outputs, state: [] });
  const session = await referenceExecutor().compile(program, { threads: 1 });
  const shapes = parameterShapes(model);
  const fed = new Set(program.inputs.map((tensor) => tensor.attributes.name));
  const at: Loss['at'] = (pairs, values) => {
    const rows = pairs.map(({ prompt, chosen, rejected }) => ({
      prompt,
      responses: parts === 'lm' ? [chosen] : [chosen, rejected],
    }));
    const feeds = {
      ...trainFeeds([new RowPacker(model.contextLength).pack(rows)], model, parts),
      ...weights,
      ...Object.fromEntries(
        [...shapes].map(([name, shape]) => [name, { data: values[name] ?? new Float32Array(), shape }]),
      ),
    };
    return session.run(Object.fromEntries(Object.entries(feeds).filter(([name]) => fed.has(name))));
  };
  return { session, at };
}

const first = (outputs: Outputs, name: string): number => outputs[name]?.[0] ?? NaN;

/** The total loss and its gradients in float64, as functions of float64 parameters. */
function exactLoss(model: ModelConfig, pairs: readonly EncodedPair[]) {
  const parameters = declareParameters(model);
  const { total } = pmpLoss({ model, parts: 'pairwise+lm', parameters }, declareBatch());
  const slopes = gradients(total, Object.values(parameters));
  const lossProgram = programOf({ outputs: { total }, state: [] });
  const slopeProgram = programOf({
    outputs: Object.fromEntries(slopes.map((slope, index) => [String(index), slope])),
    state: [],
  });
  const packed = new RowPacker(model.contextLength).pack(
    pairs.map(({ prompt, chosen, rejected }) => ({ prompt, responses: [chosen, rejected] })),
  );
  const fed = new Map(
    Object.entries(trainFeeds([packed], model, 'pairwise+lm')).map(([name, feed]) => [
      name,
      typeof feed === 'number'
        ? { shape: [], data: Float64Array.of(feed) }
        : { shape: feed.shape, data: Float64Array.from(feed.data) },
    ]),
  );
  for (const [name, value] of Object.entries(weights)) fed.set(name, { shape: [], data: Float64Array.of(value) });
  const bind = (program: Program, values: ReadonlyMap<string, Float64Array>) =>
    new Map(
      program.inputs.map((tensor) => {
        const name = tensor.attributes.name;
        return [
          tensor as Tensor,
          fed.get(name) ?? { shape: tensor.shape.map(Number), data: values.get(name) ?? new Float64Array() },
        ];
      }),
    );
  return {
    total: (values: ReadonlyMap<string, Float64Array>): number =>
      evaluateProgram(lossProgram, bind(lossProgram, values)).get(total)?.data[0] ?? NaN,
    slopes: (values: ReadonlyMap<string, Float64Array>): readonly Float64Array[] => {
      const found = evaluateProgram(slopeProgram, bind(slopeProgram, values));
      return slopes.map((slope) => found.get(slope)?.data ?? new Float64Array());
    },
  };
}

describe.each(
  tinyModels.flatMap((model) => [
    { ...model, rewardPooling: 'last' as const },
    { ...model, rewardPooling: 'mean' as const },
  ]),
)('PMP loss of $family, $rewardPooling pooling', (model) => {
  it('has the gradients that finite differences show, for every parameter tensor', () => {
    const loss = exactLoss(model, randomPairs(3, 5));
    const parameters = new Map(
      Object.entries(bumpyParameters(model)).map(([name, values]) => [name, Float64Array.from(values)]),
    );
    const slopes = loss.slopes(parameters);
    for (const [index, [name, values]] of [...parameters].entries()) {
      const stream = randomStream(2, 'direction', name);
      const direction = values.map(() => stream.normal());
      const at = (h: number): number =>
        loss.total(new Map([...parameters, [name, values.map((value, i) => value + h * (direction[i] ?? 0))]]));
      const measured = (at(1e-5) - at(-1e-5)) / 2e-5;
      const slope = slopes[index] ?? new Float64Array();
      const expected = slope.reduce((sum, value, i) => sum + value * (direction[i] ?? 0), 0);
      expect(
        Math.abs(measured - expected),
        `${name}: finite difference ${measured}, gradient ${expected}`,
      ).toBeLessThan(1e-7 * (1 + Math.hypot(...slope)));
      // Even a key bias matters here: softmax would ignore a constant shift, but the rotation makes it depend on
      // position.
      expect(Math.hypot(...slope), name).toBeGreaterThan(1e-4);
    }
  });
});

describe.each(tinyModels)('laws of the loss, $family', (model) => {
  const both = lossOf(model, 'pairwise+lm');
  afterAll(async () => (await both).session.release());
  const parameters = bumpyParameters(model);

  it('is ln 2 where both rewards are equal', async () => {
    const { at } = await both;
    const headless = { ...parameters, 'score.weight': new Float32Array(model.hiddenSize) };
    expect(first(await at(randomPairs(4, 1), headless), 'pairwise')).toBeCloseTo(Math.LN2, 6);
  });

  it('flips the margin where chosen and rejected are swapped', async () => {
    const { at } = await both;
    const pairs = randomPairs(4, 2);
    const margins = (await at(pairs, parameters))['margins'] ?? new Float32Array();
    const swapped =
      (
        await at(
          pairs.map((pair) => ({ ...pair, chosen: pair.rejected, rejected: pair.chosen })),
          parameters,
        )
      )['margins'] ?? new Float32Array();
    for (const [index, margin] of margins.entries()) expect(swapped[index]).toBeCloseTo(-margin, 5);
    expect(Math.hypot(...margins)).toBeGreaterThan(1e-2);
  });

  it('of two pairs is the mean of the two alone (equal numbers of labels)', async () => {
    const { at } = await both;
    const [a, b] = randomPairs(2, 3) as [EncodedPair, EncodedPair];
    const pairs = [a, { ...b, chosen: Int32Array.from(a.chosen, (id) => (id + 5) % vocabSize) }] as const;
    const together = await at(pairs, parameters);
    const alone = [await at([pairs[0]], parameters), await at([pairs[1]], parameters)] as const;
    for (const name of ['total', 'pairwise', 'lm', 'd score.weight'])
      expect(first(together, name), name).toBeCloseTo((first(alone[0], name) + first(alone[1], name)) / 2, 5);
  });

  it('gives tokens that no loss reads no gradient', async () => {
    const { session, at } = await lossOf(model, 'lm');
    // Token 12 ends the chosen response: it is only a label, and neither read nor, with pairwise off, pooled. The
    // prompt's and inner tokens are read.
    const pair = {
      id: '0',
      prompt: Int32Array.of(1, 2),
      chosen: Int32Array.of(3, 12),
      rejected: Int32Array.of(11, 11),
    };
    const found = await at([pair], parameters);
    const swappedRejected = await at([{ ...pair, rejected: Int32Array.of(4, 5, 6) }], parameters);
    expect(swappedRejected).toEqual(found);
    await session.release();
    // Positions: gpt2 has 16 learned ones, of which 0..2 are read by a label; the last chosen token (position 3)
    // predicts nothing.
    if (model.family !== 'gpt2') return;
    const slope = found['d transformer.wpe.weight'] ?? new Float32Array();
    const rowNorms = Array.from({ length: 5 }, (_, row) => Math.hypot(...slope.subarray(row * 8, row * 8 + 8)));
    expect(rowNorms.slice(0, 3).every((norm) => norm > 1e-4)).toBe(true);
    expect(rowNorms.slice(3)).toEqual([0, 0]);
  });

  it('computes only the parts it has weights for', async () => {
    const pairs = randomPairs(3, 9);
    const all = await (await both).at(pairs, parameters);
    for (const parts of ['pairwise', 'lm'] as const) {
      const { session, at } = await lossOf(model, parts);
      const part = await at(pairs, parameters);
      expect(first(part, parts)).toBeCloseTo(first(all, parts), 5);
      expect(first(part, 'total')).toBeCloseTo(
        first(all, parts) * (parts === 'lm' ? weights.lmWeight : weights.pairwiseWeight),
        5,
      );
      await session.release();
    }
    expect(objectiveParts({ pairwiseWeight: 1, lmWeight: 0 })).toBe('pairwise');
    expect(() => objectiveParts({ pairwiseWeight: 0, lmWeight: 0 })).toThrow('needs a positive weight');
  });
});
