/** What becomes of rows that are longer than the context, on tokens that can be counted by hand. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import {
  encodePairs,
  encodeQuestions,
  fitRow,
  loadTokenizer,
  openEncodedPairs,
  trainBpe,
  writePairShards,
  type TokenRow,
} from '../../harness/data/index.ts';
import type { CandidateQuestion, PreferencePair } from '../../harness/data/preference-pair.ts';
import { overLengthPolicies, UserError, type OverLength } from '../../harness/spec/index.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'over-length-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Every byte is one token, id = byte + 1; the end token is 0. */
const bytes = loadTokenizer(trainBpe([], { vocabSize: 257 }));

const row = (prompt: readonly number[], ...responses: (readonly number[])[]): TokenRow => ({
  prompt: Int32Array.from(prompt),
  responses: responses.map((tokens) => Int32Array.from(tokens)),
});
const fit = (whole: TokenRow, contextLength: number, overLength: OverLength, begin: readonly number[] = []) =>
  fitRow(whole, { contextLength, overLength, beginTokens: Int32Array.from(begin), keepsLastToken: true });

describe('a row and its context', () => {
  const whole = row([1, 2, 3, 4], [10, 11, 12, 0], [20, 0]);

  it.each(overLengthPolicies)('%s: a row of exactly the context stays as it is', (policy) => {
    expect(fit(whole, 8, policy)).toEqual({ outcome: 'whole', row: whole });
    expect(fit(whole, 7, policy).outcome).not.toBe('whole');
  });

  it('drop and refuse leave it out', () => {
    for (const policy of ['drop', 'refuse'] as const)
      expect(fit(whole, 7, policy)).toEqual({ outcome: 'too long', row: null });
  });

  it('truncate-prompt-left: the oldest tokens go until the longest response fits, for all responses alike', () => {
    expect(fit(whole, 7, 'truncate-prompt-left')).toEqual({
      outcome: 'prompt cut',
      row: row([2, 3, 4], [10, 11, 12, 0], [20, 0]),
    });
    expect(fit(whole, 5, 'truncate-prompt-left').row?.prompt).toEqual(Int32Array.of(4));
    expect(fit(whole, 4, 'truncate-prompt-left')).toEqual({ outcome: 'no room', row: null });
  });

  it('truncate-prompt-left: what stands before every prompt stays, where it is there', () => {
    expect(fit(whole, 7, 'truncate-prompt-left', [1]).row?.prompt).toEqual(Int32Array.of(1, 3, 4));
    expect(fit(whole, 7, 'truncate-prompt-left', [9]).row?.prompt).toEqual(Int32Array.of(2, 3, 4));
    expect(fit(whole, 6, 'truncate-prompt-left', [1]).row?.prompt).toEqual(Int32Array.of(1, 4));
    // Begin token and response alone fill the context: no room for anything of the prompt.
    expect(fit(whole, 5, 'truncate-prompt-left', [1])).toEqual({ outcome: 'no room', row: null });
  });

  it('truncate-right: a response that is too long loses its end but not its last token, the other stays', () => {
    expect(fit(whole, 7, 'truncate-right')).toEqual({
      outcome: 'response cut',
      row: row([1, 2, 3, 4], [10, 11, 0], [20, 0]),
    });
    expect(fit(whole, 6, 'truncate-right').row?.responses).toEqual([Int32Array.of(10, 0), Int32Array.of(20, 0)]);
    expect(fit(whole, 5, 'truncate-right')).toEqual({ outcome: 'no room', row: null });
  });

  it('leaves the row it was given alone', () => {
    for (const policy of overLengthPolicies) fit(whole, 6, policy, [1]);
    expect(whole).toEqual(row([1, 2, 3, 4], [10, 11, 12, 0], [20, 0]));
  });

  it('whatever is kept fits, ends as it did and has a prompt', () => {
    const tokens = (least: number) => fc.array(fc.integer({ min: 1, max: 99 }), { minLength: least, maxLength: 9 });
    fc.assert(
      fc.property(
        tokens(1),
        fc.array(tokens(1), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 20 }),
        fc.constantFrom(...overLengthPolicies),
        (prompt, responses, contextLength, policy) => {
          const { row: kept } = fit(row(prompt, ...responses), contextLength, policy, prompt.slice(0, 1));
          if (kept === null) return;
          expect(kept.prompt.length).toBeGreaterThan(0);
          expect(kept.prompt[0]).toBe(prompt[0]);
          for (const [index, response] of kept.responses.entries()) {
            expect(kept.prompt.length + response.length).toBeLessThanOrEqual(contextLength);
            expect(response.at(-1)).toBe(responses[index]?.at(-1));
          }
        },
      ),
      { seed: 5 },
    );
  });
});

const pair = (id: string, prompt: string, chosen: string, rejected: string): PreferencePair => ({
  id,
  group: id,
  prompt,
  chosen,
  rejected,
  source: 's',
  edits: [],
});

describe('pairs', () => {
  // 2 + 3 = 5 tokens, 6 + 4 = 10, 2 + 9 = 11; of the last the first six letters agree.
  const pairs = [
    pair('short', 'ab', 'xy', 'z'),
    pair('long-prompt', 'abcdef', 'xyz', 'w'),
    pair('late', 'ab', 'abcdefgh', 'abcdefgx'),
  ];
  const encoded = (overLength: OverLength, contextLength = 8) => {
    const { encoded: rows, counts } = encodePairs(pairs, bytes, { contextLength, overLength });
    return { ids: rows.map(({ id }) => id), counts, rows };
  };

  it('drop', () => {
    expect(encoded('drop')).toMatchObject({ ids: ['short'], counts: { 'pair: longer than the context': 2 } });
  });

  it('truncate-prompt-left keeps what has room, and counts both', () => {
    const { ids, counts, rows } = encoded('truncate-prompt-left');
    expect(ids).toEqual(['short', 'long-prompt']);
    expect(counts).toEqual({ 'pair: prompt cut to the context': 1, 'pair: no room for its prompt and response': 1 });
    expect(rows[1]?.prompt).toEqual(bytes.encode('cdef'));
    expect(rows[1]?.chosen).toEqual(Int32Array.of(...bytes.encode('xyz'), 0));
  });

  it('truncate-right leaves out a pair whose difference is cut off, and keeps one that was equal before', () => {
    const { ids, counts } = encoded('truncate-right');
    expect(ids).toEqual(['short', 'long-prompt']);
    expect(counts).toEqual({
      'pair: response cut to the context': 1,
      'pair: no room for its prompt and response': 0,
      'pair: equal responses once cut': 1,
    });
    const same = [pair('same', 'ab', 'abcdefgh', 'abcdefgh')];
    expect(encodePairs(same, bytes, { contextLength: 8, overLength: 'truncate-right' }).encoded).toHaveLength(1);
  });

  it('refuse names the pair, its lengths and what to do', () => {
    const refusal = refusalOf(() => encoded('refuse'));
    expect(refusal.exitCode).toBe(2);
    expect(refusal.message).toBe(
      'pair long-prompt has 10 tokens (prompt 6, longest response 4), more than the context of 8, ' +
        'and overLength is refuse',
    );
    expect(refusal.hint).toBe(
      'Raise model.contextLength, shorten the rows, or set overLength to ' +
        'drop or truncate-prompt-left or truncate-right.',
    );
    expect(encoded('refuse', 11)).toMatchObject({ ids: ['short', 'long-prompt', 'late'], counts: {} });
  });

  it('where none is left the error says so and names the policy; no pairs at all are no error', () => {
    const refusal = refusalOf(() =>
      encodePairs(pairs, bytes, { contextLength: 4, overLength: 'drop', where: 'split test' }),
    );
    expect(refusal.exitCode).toBe(2);
    expect(refusal.message).toBe(
      'split test: overLength: drop leaves none of 3 pairs, all of them longer than the context of 4 tokens',
    );
    expect(refusal.hint).toContain('set overLength to truncate-prompt-left or truncate-right');
    expect(encodePairs([], bytes, { contextLength: 4, overLength: 'drop' }).encoded).toEqual([]);
  });

  it.each(['drop', 'truncate-prompt-left', 'truncate-right'] as const)(
    '%s: shards hold the same tokens and counts as pairs that are encoded at once',
    async (overLength) => {
      const options = { tokenizer: bytes, contextLength: 8, overLength, folder, name: overLength };
      const { counts } = await writePairShards(pairs, options);
      const { rows, counts: expected } = encoded(overLength);
      expect(counts).toMatchObject({ ...expected, pairs: rows.length });
      const stored = openEncodedPairs(folder, overLength);
      expect(rows.map((_, index) => stored.at(index))).toEqual(rows);
      stored.close();
    },
  );

  it('shards of which nothing is left are refused, and so is a pair by refuse', async () => {
    const options = { tokenizer: bytes, folder, name: 'none', contextLength: 4 };
    await expect(writePairShards(pairs, { ...options, overLength: 'drop' })).rejects.toThrow('leaves none of 3 pairs');
    await expect(writePairShards(pairs, { ...options, overLength: 'refuse' })).rejects.toThrow('pair short has 5');
  });
});

describe('questions of a pool', () => {
  const question = (id: string, prompt: string, texts: readonly string[]): CandidateQuestion => ({
    id,
    group: id,
    prompt,
    candidates: texts.map((text) => ({ text, answer: text, isCorrect: false, source: 's' })),
  });
  const pool = [question('a', 'ab', ['x', 'y']), question('b', 'ab', ['x', 'vwxyz', 'vwxyy'])];
  const encoded = (overLength: OverLength) => encodeQuestions(pool, bytes, { contextLength: 6, overLength });

  it('drop takes the whole question', () => {
    const { encoded: kept, counts } = encoded('drop');
    expect([kept.map(({ id }) => id), counts]).toEqual([['a'], { 'question: longer than the context': 1 }]);
  });

  it('truncation keeps it with all its candidates, equal ones too', () => {
    const right = encoded('truncate-right');
    expect(right.encoded.map(({ candidates }) => candidates.map(({ length }) => length))).toEqual([
      [2, 2],
      [2, 4, 4],
    ]);
    expect(right.counts).toEqual({
      'question: response cut to the context': 1,
      'question: no room for its prompt and response': 0,
    });
    // Six of the eight tokens are the longest candidate's: nothing of the prompt would be left.
    expect(encoded('truncate-prompt-left').counts).toMatchObject({
      'question: no room for its prompt and response': 1,
    });
  });

  it('refuse names the question', () => {
    expect(refusalOf(() => encoded('refuse')).message).toContain(
      'question b has 8 tokens (prompt 2, longest response 6)',
    );
  });
});

function refusalOf(act: () => unknown): UserError {
  try {
    act();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
