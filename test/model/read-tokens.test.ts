import { describe, expect, it } from 'vitest';
import { referenceExecutor } from '../../harness/engine/index.ts';
import { programOf } from '../../harness/graph/index.ts';
import {
  batchFeeds,
  declareBatch,
  declareParameters,
  declareReads,
  hiddenStates,
  lmLabels,
  maskOf,
  masksOf,
  packerFor,
  parameterShapes,
  readFeeds,
  readSpan,
  readTokens,
  RowPacker,
  type ModelConfig,
} from '../../harness/model/index.ts';
import { bumpyParameters, randomPairs, tinyFamilies, titled } from './tiny-models.ts';

const rows = randomPairs(5, 3).map(({ prompt, chosen, rejected }) => ({ prompt, responses: [chosen, rejected] }));
const packed = new RowPacker(16).pack(rows);

function parameterFeeds(model: ModelConfig) {
  const values = bumpyParameters(model);
  return Object.fromEntries(
    [...parameterShapes(model)].map(([name, shape]) => [name, { data: values[name] as Float32Array, shape }]),
  );
}

describe.each(tinyFamilies.map(titled))('the last layer of $title', ({ model }) => {
  it('gives read tokens the hidden states they have when all are computed', async () => {
    const parameters = declareParameters(model);
    const batch = declareBatch();
    const outputs = {
      all: hiddenStates(model, parameters, batch),
      read: hiddenStates(model, parameters, batch, declareReads(batch)),
    };
    const program = programOf({ outputs, state: [] });
    const session = await referenceExecutor().compile(program);
    const packed = packerFor(model).pack(rows);
    const mask = maskOf(model, model.layers - 1);
    const read = readTokens(packed, { labelRows: lmLabels(packed).labelRows, pooling: 'last', mask });
    const fed = new Set(program.inputs.map((input) => input.attributes.name));
    const feeds = { ...batchFeeds(packed, 0, masksOf(model)), ...readFeeds(read, model), ...parameterFeeds(model) };
    const found = await session.run(Object.fromEntries(Object.entries(feeds).filter(([name]) => fed.has(name))));
    const width = model.hiddenSize;
    for (const [number, token] of read.tokens.entries()) {
      for (let column = 0; column < width; column++)
        expect(found['read']?.[number * width + column]).toBeCloseTo(
          found['all']?.[token * width + column] ?? Number.NaN,
          6,
        );
    }
  });
});

describe('readTokens', () => {
  it('reads what predicts a label and the last token of each response, once each', () => {
    const { labelRows } = lmLabels(packed);
    const wanted = new Set([...labelRows, ...packed.spans.map(({ start, length }) => start + length - 1)]);
    expect([...readTokens(packed, { labelRows, pooling: 'last', mask: 'attentionMask' }).tokens]).toEqual(
      [...wanted].toSorted((a, b) => a - b),
    );
  });

  it('reads whole responses for mean pooling, and nothing for a reward nobody asks for', () => {
    const responses = packed.spans.flatMap(({ start, length }) => Array.from({ length }, (_, index) => start + index));
    expect([...readTokens(packed, { labelRows: null, pooling: 'mean', mask: 'attentionMask' }).tokens]).toEqual(
      responses,
    );
    const { labelRows } = lmLabels(packed);
    expect([...readTokens(packed, { labelRows, pooling: null, mask: 'attentionMask' }).tokens]).toEqual([...labelRows]);
  });

  it('says where a response lies among the read tokens', () => {
    const mean = readTokens(packed, { labelRows: null, pooling: 'mean', mask: 'attentionMask' });
    for (const span of packed.spans) {
      const moved = readSpan(mean, span);
      expect([...mean.tokens.subarray(moved.start, moved.start + moved.length)]).toEqual(
        Array.from({ length: span.length }, (_, index) => span.start + index),
      );
    }
    const last = readTokens(packed, { labelRows: null, pooling: 'last', mask: 'attentionMask' });
    expect(packed.spans.map((span) => readSpan(last, span)).map(({ start, length }) => start + length - 1)).toEqual(
      packed.spans.map((_, index) => index),
    );
  });

  it('refuses a row that nothing reads', () => {
    expect(() => readTokens(packed, { labelRows: Int32Array.of(0), pooling: null, mask: 'attentionMask' })).toThrow(
      'row 1: nothing reads its hidden states',
    );
  });
});
