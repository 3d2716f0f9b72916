/** That a model scores a row as it was trained on it, and a model from elsewhere as `transformers` cuts it. */
import { describe, expect, it } from 'vitest';
import {
  encodePairs,
  encodePrompt,
  encodeResponse,
  loadHuggingFaceTokenizer,
  loadTokenizer,
  trainBpe,
  withResponseEnd,
  type HuggingFaceTokenizer,
} from '../../harness/data/index.ts';
import { fitQuestion } from '../../harness/score/fit-question.ts';
import type { TextEncoder } from '../../harness/score/text-encoder.ts';
import { overLengthPolicies } from '../../harness/spec/index.ts';

const json = trainBpe([], { vocabSize: 257 });
const chat = { template: () => null, texts: false };

describe('a model of ours', () => {
  // A token of its own before every prompt, as models from elsewhere have that were trained on here.
  const tokenizer = { ...loadTokenizer(json), beginTokens: Int32Array.of(256) };
  const own: TextEncoder = { kind: 'own', tokenizer: () => tokenizer, responseEnd: null, chat };
  const texts = { prompt: 'abcdefgh', chosen: 'uvwxyz', rejected: 'xy' };
  const question = {
    prompt: encodePrompt(texts.prompt, tokenizer),
    responses: [encodeResponse(texts.chosen, tokenizer), encodeResponse(texts.rejected, tokenizer)],
  };

  it.each(overLengthPolicies.filter((policy) => policy !== 'refuse'))('%s: the ids of training', (overLength) => {
    for (let contextLength = 8; contextLength <= 17; contextLength++) {
      const pair = { id: 'a', group: 'a', source: 's', edits: [], ...texts };
      // A short pair keeps the set from being empty.
      const short = { ...pair, id: 'short', prompt: 'a', chosen: 'b', rejected: 'c' };
      const { encoded } = encodePairs([pair, short], tokenizer, { contextLength, overLength });
      const trained = encoded.find(({ id }) => id === 'a');
      const { row } = fitQuestion(question, own, { contextLength, overLength });
      expect(row).toEqual(
        trained === undefined ? null : { prompt: trained.prompt, responses: [trained.chosen, trained.rejected] },
      );
    }
  });

  it('cuts on the right as in training where nothing stands behind a response', () => {
    const bare = withResponseEnd(tokenizer, 'none');
    const pair = { id: 'a', group: 'a', source: 's', edits: [], ...texts };
    const limit = { contextLength: 11, overLength: 'truncate-right' } as const;
    const [trained] = encodePairs([pair], bare, limit).encoded;
    const encoder: TextEncoder = { kind: 'own', tokenizer: () => bare, responseEnd: 'none', chat };
    const responses = [encodeResponse(texts.chosen, bare), encodeResponse(texts.rejected, bare)];
    const { row } = fitQuestion({ prompt: encodePrompt(texts.prompt, bare), responses }, encoder, limit);
    expect(row).toEqual({ prompt: trained?.prompt, responses: [trained?.chosen, trained?.rejected] });
  });

  it('a row that fits needs no tokenizer', () => {
    const none: TextEncoder = {
      kind: 'own',
      tokenizer: () => {
        throw new Error('there is no tokenizer');
      },
      responseEnd: null,
      chat,
    };
    expect(fitQuestion(question, none, { contextLength: 16, overLength: 'truncate-prompt-left' }).outcome).toBe(
      'whole',
    );
    expect(() => fitQuestion(question, none, { contextLength: 15, overLength: 'truncate-prompt-left' })).toThrow(
      'there is no tokenizer',
    );
  });
});

describe('a model from elsewhere', () => {
  const special = (id: string, type: 'SpecialToken' | 'Sequence'): object =>
    type === 'Sequence' ? { Sequence: { id, type_id: 0 } } : { SpecialToken: { id, type_id: 0 } };
  const framed = (ending: boolean): HuggingFaceTokenizer =>
    loadHuggingFaceTokenizer(
      'tokenizer.json',
      {
        ...json,
        post_processor: {
          type: 'TemplateProcessing',
          single: [
            special('<|end|>', 'SpecialToken'),
            special('A', 'Sequence'),
            ...(ending ? [special('<|end|>', 'SpecialToken')] : []),
          ],
          pair: [],
          special_tokens: { '<|end|>': { id: '<|end|>', ids: [0], tokens: ['<|end|>'] } },
        },
      } as never,
      {},
    );
  const encoder = (ending: boolean, specialTokens = true): TextEncoder => ({
    kind: 'foreign',
    tokenizer: () => framed(ending),
    chat,
    template: null,
    specialTokens,
    pad: null,
  });
  // A sequence as one: prompt and response have no boundary.
  const question = { prompt: Int32Array.of(0, 10, 11, 12, 13), responses: [Int32Array.of(14)] };
  const whole = (encoderOf: TextEncoder, contextLength: number, policy: 'truncate-right' | 'truncate-prompt-left') => {
    const { row } = fitQuestion(question, encoderOf, { contextLength, overLength: policy });
    return row === null ? null : [...row.prompt, ...(row.responses[0] ?? [])];
  };

  it('truncate-right cuts the sequence, and keeps what the tokenizer puts behind every text', () => {
    expect(whole(encoder(false), 4, 'truncate-right')).toEqual([0, 10, 11, 12]);
    // This sequence does not end with the token: nothing is put there.
    expect(whole(encoder(true), 4, 'truncate-right')).toEqual([0, 10, 11, 12]);
    const ended = { ...question, responses: [Int32Array.of(14, 0)] };
    const cut = (one: TextEncoder): number[] => {
      const { row } = fitQuestion(ended, one, { contextLength: 4, overLength: 'truncate-right' });
      return [...(row?.prompt ?? []), ...(row?.responses[0] ?? [])];
    };
    expect(cut(encoder(true))).toEqual([0, 10, 11, 0]);
    expect(cut(encoder(true, false))).toEqual([0, 10, 11, 12]);
  });

  it('truncate-right leaves a response of the row that fits as it is', () => {
    const pair = { prompt: Int32Array.of(0, 10), responses: [Int32Array.of(11, 12, 13), Int32Array.of(14)] };
    const { row } = fitQuestion(pair, encoder(false), { contextLength: 4, overLength: 'truncate-right' });
    expect(row).toEqual({ prompt: Int32Array.of(0, 10), responses: [Int32Array.of(11, 12), Int32Array.of(14)] });
  });

  it('truncate-prompt-left keeps what the tokenizer puts before every text', () => {
    expect(whole(encoder(true), 4, 'truncate-prompt-left')).toEqual([0, 12, 13, 14]);
  });
});
