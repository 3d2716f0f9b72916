import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { mustWithhold, withheldPair, type PreferencePair } from '../../../harness/data/index.ts';

const pair: PreferencePair = {
  id: 'row-1',
  group: 'row',
  prompt: 'def f():',
  chosen: '  return 1',
  rejected: '  return 2',
  source: 'stack/a.py:1',
  edits: ['number: 1 -> 2 (line 1)'],
};

it('texts are withheld where one source of the corpus lets only ids be shown', () => {
  expect(mustWithhold([{ publish: 'text' }, { publish: 'ids' }])).toBe(true);
  for (const sources of [[{ publish: 'text' }], [{ path: '.' }], [], null]) expect(mustWithhold(sources)).toBe(false);
});

it('a withheld pair keeps its id and the digests of its texts, and quotes nothing of them', () => {
  const withheld = withheldPair(pair);
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
  expect(withheld).toMatchObject({ id: 'row-1', source: 'stack/a.py:1', edits: [] });
  expect(withheld.chosen).toContain(sha256('  return 1'));
  expect(JSON.stringify(withheld)).not.toMatch(/return|def f|1 -> 2/);
});
