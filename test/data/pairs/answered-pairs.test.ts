import { describe, expect, it } from 'vitest';
import {
  allRows,
  answeredPairs,
  withPrompt,
  type Completion,
  type PreferencePair,
  type PromptedFunction,
} from '../../../harness/data/index.ts';

const functions: readonly PromptedFunction[] = ['a', 'b', 'c'].map((name, line) =>
  withPrompt(
    {
      id: name,
      package: 'p',
      file: 'f.js',
      line,
      language: 'javascript',
      description: null,
      signature: `function ${name}() {`,
      body: ` own ${name} }`,
    },
    name === 'a' ? 'Says it.' : null,
    '{comment}\n{signature}',
  ),
);

const written = (texts: Readonly<Record<string, readonly (readonly [string, Completion['finish']])[]>>): Completion[] =>
  Object.entries(texts).flatMap(([id, samples]) =>
    samples.map(([text, finish], sample) => ({ id, sample, text, finish })),
  );

async function pairsOf(
  chosen: readonly Completion[] | null,
  rejected: readonly Completion[],
  dropCutOff = true,
): Promise<{ readonly pairs: readonly PreferencePair[]; readonly counts: Record<string, number> }> {
  const counts: Record<string, number> = {};
  const sides = {
    chosen: { name: chosen === null ? 'people' : 'stronger', completions: chosen },
    rejected: { name: 'weaker', completions: rejected },
    dropCutOff,
  };
  return { pairs: await allRows(answeredPairs(functions, sides, counts)), counts };
}

const all = (text: string): Completion[] => written({ a: [[text, 'end']], b: [[text, 'end']], c: [[text, 'end']] });

describe('pairs of what two models wrote', () => {
  it('prefer the stronger one, for the prompt of the function, which is their group', async () => {
    const { pairs } = await pairsOf(all(' strong }'), all(' weak }'));
    expect(pairs).toHaveLength(3);
    expect(pairs[0]).toEqual({
      id: 'a#0',
      group: 'a',
      prompt: '// Says it.\nfunction a() {',
      chosen: ' strong }',
      rejected: ' weak }',
      source: 'p/f.js:0',
      edits: ['written by stronger, not by weaker'],
      language: 'javascript',
      isDescribed: true,
    });
    expect(pairs.map(({ isDescribed }) => isDescribed)).toEqual([true, false, false]);
  });

  it('leave out sides that are empty, equal or cut off, each counted', async () => {
    const stronger = written({ a: [['  ', 'end']], b: [[' same }', 'end']], c: [['x', 'length']] });
    const weaker = written({ a: [['y', 'end']], b: [[' same }\n', 'end']], c: [['y', 'end']] });
    const { pairs, counts } = await pairsOf(stronger, weaker);
    expect(pairs).toEqual([]);
    expect(counts).toEqual({
      'pair: one side is empty': 1,
      'pair: both sides are equal': 1,
      'pair: chosen was cut off': 1,
      'pair: rejected was cut off': 0,
    });
    expect((await pairsOf(stronger, weaker, false)).pairs.map(({ id }) => id)).toEqual(['c#0']);
  });

  it('are one a sample; a side with fewer samples repeats its last', async () => {
    const weaker = written({
      a: [
        ['1', 'end'],
        ['2', 'end'],
      ],
      b: [
        ['3', 'end'],
        ['4', 'end'],
      ],
      c: [
        ['5', 'end'],
        ['6', 'end'],
      ],
    });
    const { pairs } = await pairsOf(all(' strong }'), weaker);
    expect(pairs.map(({ id, rejected }) => [id, rejected])).toEqual([
      ['a#0', '1'],
      ['a#1', '2'],
      ['b#0', '3'],
      ['b#1', '4'],
      ['c#0', '5'],
      ['c#1', '6'],
    ]);
  });

  it('have the function as people wrote it where that is the better side', async () => {
    const { pairs } = await pairsOf(null, all(' weak }'));
    expect(pairs.map(({ chosen }) => chosen)).toEqual([' own a }', ' own b }', ' own c }']);
  });

  it('are refused where completions belong to other functions', async () => {
    await expect(pairsOf(null, written({ a: [['x', 'end']], c: [['y', 'end']] }))).rejects.toThrow(
      'weaker has no completion for b; its next one is of c',
    );
  });
});
