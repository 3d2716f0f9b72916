/** Masks against a function that knows only which token belongs to which text and where it stands there. */
import { describe, expect, it } from 'vitest';
import { packPrompts } from '../../harness/generate/pack-prompts.ts';
import {
  batchFeeds,
  declareBatch,
  declareParameters,
  hiddenStates,
  masksOf,
  packerFor,
  RowPacker,
  windowOf,
  type ModelConfig,
} from '../../harness/model/index.ts';
import { programOf, type Program } from '../../harness/graph/index.ts';
import { randomStream } from '../../harness/random/index.ts';
import { layOut } from '../../harness/score/attention-rows.ts';
import { scoreArrays } from '../../harness/score/arrays.ts';
import { scoreBatches } from '../../harness/score/batches.ts';
import { constantsWith, tinyFamilies } from './tiny-models.ts';

interface Token {
  /** 0 = the prompt, n = the n-th response. */
  readonly text: number;
  /** Counted through the prompt and the own response. */
  readonly position: number;
}

/** As `transformers` says it: kv_idx <= q_idx, and kv_idx > q_idx - sliding_window. */
function sees(query: Token, key: Token, window: number): boolean {
  const isCausal = key.text === 0 ? query.position >= key.position : key.text === query.text;
  return isCausal && key.position <= query.position && key.position > query.position - window;
}

function tokensOf(prompt: number, responses: readonly number[]): readonly Token[] {
  const text = (number: number, length: number, first: number): readonly Token[] =>
    Array.from({ length }, (_, i) => ({ text: number, position: first + i }));
  return [text(0, prompt, 0), ...responses.map((length, index) => text(index + 1, length, prompt))].flat();
}

const stream = randomStream(11, 'windows');
const lengths = Array.from({ length: 12 }, () => ({
  prompt: 1 + stream.integer(9),
  responses: Array.from({ length: 1 + stream.integer(3) }, () => 1 + stream.integer(9)),
}));
const ids = (length: number): Int32Array => Int32Array.from({ length }, () => stream.integer(20));

describe.each([1, 2, 4, 7, 30])('a window of %i tokens', (window) => {
  it('is what packed rows show of it, beside a mask without', () => {
    const rows = lengths.map(({ prompt, responses }) => ({ prompt: ids(prompt), responses: responses.map(ids) }));
    const packer = new RowPacker(20, 1, window);
    packer.pack(rows.toReversed()); // What an earlier batch left in the buffers.
    const { rowLength, attentionMask, windowMask } = packer.pack(rows);
    for (const [row, { prompt, responses }] of lengths.entries()) {
      const tokens = tokensOf(prompt, responses);
      const shown = (mask: Float32Array | null, query: number): number[] =>
        [...mask!.subarray((row * rowLength + query) * rowLength).subarray(0, rowLength)].map(Number);
      for (const [query, token] of tokens.entries())
        for (const [mask, size] of [
          [windowMask, window],
          [attentionMask, Infinity],
        ] as const)
          expect(shown(mask, query)).toEqual(
            Array.from({ length: rowLength }, (_, key) =>
              tokens[key] !== undefined && sees(token, tokens[key], size) ? 0 : -1e9,
            ),
          );
    }
  });

  it('is what prompts of generation show of it', () => {
    const prompts = [1, 5, 12].map(ids);
    const { packed } = packPrompts(prompts, { rowLength: 12, window });
    for (const [row, { length }] of prompts.entries()) {
      const tokens = tokensOf(length, []);
      for (const [query, token] of tokens.entries())
        for (const [key, other] of tokens.entries())
          expect(packed.windowMask![(row * 12 + query) * 12 + key] === 0).toBe(sees(token, other, window));
    }
  });

  it('is what attention rows of scoring show of it, with no key twice', () => {
    const questions = [
      { prompt: ids(70), responses: [ids(75), ids(3), ids(130)] },
      { prompt: ids(5), responses: [ids(20), ids(66)] },
      { prompt: ids(0), responses: [ids(9)] },
    ];
    const least = { tokens: 2, rows: 1 };
    for (const batch of scoreBatches(questions, 2000, () => 0)) {
      const { feeds } = scoreArrays(batch, { least, window, lastMask: 'windowMask' });
      const tokens = batch.flatMap(({ prompt, responses }, group) =>
        tokensOf(
          prompt.length,
          responses.map((response) => response.tokens.length),
        ).map((token) => ({ ...token, group })),
      );
      const [rows, , Q, W] = feeds.windowMask!.shape as readonly [number, number, number, number];
      expect(W).toBeLessThanOrEqual(feeds.keyIndex.shape[1]!);
      for (const [row, { start, first, count }] of layOut(batch, least).rows.entries())
        for (let query = 0; query < count; query++) {
          const token = tokens[start + first + query];
          if (token === undefined) continue;
          const line = feeds.windowMask!.data.subarray((row * Q + query) * W, (row * Q + query + 1) * W);
          const keys = feeds.windowKeyIndex!.data.subarray(row * W, (row + 1) * W);
          const shown = [...keys].filter((_, key) => line[key] === 0);
          const seen = [...tokens.keys()].filter(
            (key) => tokens[key]!.group === token.group && sees(token, tokens[key]!, window),
          );
          expect(shown).toEqual(seen);
        }
      expect(rows).toBe(feeds.keyIndex.shape[0]);
    }
  });
});

describe('the masks of a model', () => {
  const gemma = tinyFamilies.find(({ family }) => family === 'gemma2')!;
  const model = (contextLength: number, slidingWindow: number): ModelConfig => ({
    ...gemma,
    layers: 3,
    contextLength,
    constants: constantsWith({ ...gemma.constants, slidingWindow }),
  });

  it('are two where a window is shorter than the context, and the usual one where it is not', () => {
    expect(masksOf(model(16, 15))).toEqual(['attentionMask', 'windowMask']);
    expect(windowOf(model(16, 15))).toBe(15);
    expect(masksOf(model(16, 16))).toEqual(['attentionMask']);
    expect(windowOf(model(16, 16))).toBeNull();
    // Layer 0 has the window, layer 1 has not.
    expect(masksOf(model(16, 4), 1)).toEqual(['windowMask']);
  });

  it('leave the program of a context within the window as it is', () => {
    expect(described(programFor(model(16, 16)))).toEqual(described(programFor(model(16, 4096))));
    expect(described(programFor(model(16, 15)))).not.toEqual(described(programFor(model(16, 16))));
  });

  it('are not confused: rows packed without a window are no rows of a model with one', () => {
    const packed = new RowPacker(16).pack([{ prompt: ids(3), responses: [ids(2)] }]);
    expect(() => batchFeeds(packed, 0, masksOf(model(16, 4)))).toThrow('rows packed without a windowMask');
    const rows = packerFor(model(16, 4)).pack([{ prompt: ids(3), responses: [ids(2)] }]);
    expect(batchFeeds(rows, 0, masksOf(model(16, 4)))['windowMask']?.shape).toEqual([1, 1, 5, 5]);
  });
});

function programFor(model: ModelConfig): Program {
  return programOf({ outputs: { h: hiddenStates(model, declareParameters(model), declareBatch()) }, state: [] });
}

/** Operations, attributes, shapes and inputs, in order. */
function described({ tensors }: Program): readonly unknown[] {
  const numbers = new Map(tensors.map((tensor, index) => [tensor, index]));
  return tensors.map(({ op, attributes, shape, inputs }) => [
    op,
    JSON.stringify(attributes),
    shape,
    inputs.map((one) => numbers.get(one)),
  ]);
}
