import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allRows, mixedPairs, type PreferencePair } from '../../../harness/data/index.ts';

const pairsOf = (name: string, count: number): readonly PreferencePair[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `${name}-${index}`,
    group: `${name}-${index}`,
    prompt: '',
    chosen: 'a',
    rejected: 'b',
    source: name,
    edits: [],
  }));

describe('a mixture of pair sources', () => {
  it('has the wanted shares in every budget, to within a pair', async () => {
    const weights = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(weights, async (chosen) => {
        const total = chosen.reduce((sum, weight) => sum + weight, 0);
        const parts = chosen.map((weight, index) => ({ name: `p${index}`, weight, pairs: pairsOf(`p${index}`, 40) }));
        const mixed = await allRows(mixedPairs(parts, {}));
        for (const [index, weight] of chosen.entries()) {
          let taken = 0;
          mixed.forEach(({ source }, position) => {
            if (source === `p${index}`) taken += 1;
            expect(Math.abs(taken - ((position + 1) * weight) / total)).toBeLessThanOrEqual(chosen.length - 1);
          });
        }
      }),
      { numRuns: 50 },
    );
  });

  it('takes the pairs of a part in order, with its name in their id, and ends with the part that is used up', async () => {
    const counts: Record<string, number> = {};
    const parts = [
      { name: 'few', weight: 1, pairs: pairsOf('few', 2) },
      { name: 'many', weight: 3, pairs: pairsOf('many', 100) },
    ];
    const mixed = await allRows(mixedPairs(parts, counts));
    const order = ['m0', 'f0', 'm1', 'm2', 'm3', 'f1', 'm4', 'm5', 'm6'];
    expect(mixed.map(({ id }) => id)).toEqual(
      order.map((short) => (short.startsWith('m') ? `many/many-${short.slice(1)}` : `few/few-${short.slice(1)}`)),
    );
    expect(counts).toEqual({ 'part: few': 2, 'part: many': 7 });
  });
});
