import { expect, test } from 'vitest';
import { armOf, arms, findArm, type Arm } from '../../harness/kinds/index.ts';

const code = { start: { kind: 'random' }, pairs: { kind: 'mutate' } };
const base = { ...code, start: { kind: 'trained' } };
const text = { ...base, pairs: { kind: 'continuations' } };

test.each([
  [{ objective: { kind: 'none' }, budget: { pairs: 512 } }, code, 'none'],
  [{ objective: { kind: 'none' }, budget: { pairs: 512 } }, base, 'base'],
  [{ objective: { kind: 'none' }, budget: { pairs: 512 } }, { ...base, pairs: null }, 'base'],
  [{ objective: { kind: 'lm' }, budget: { pairs: 512 } }, code, 'lm-equal-pairs'],
  [{ objective: { kind: 'lm' }, budget: { tokensOfPairs: 512 } }, base, 'lm-equal-tokens'],
  [{ objective: { kind: 'pmp' }, budget: { pairs: 512 } }, code, 'pmp'],
  [{ objective: { kind: 'pmp' }, budget: { pairs: 512 } }, base, 'pmp'],
  [{ objective: { kind: 'pmp' }, budget: { pairs: 512 } }, text, 'pmp-text'],
  [{ objective: { kind: 'contrastive' }, budget: { pairs: 512 } }, code, undefined],
] as const)('the pretraining %o from %o belongs to arm %s', (pretrain, from, id) => {
  expect(armOf(pretrain, from)?.id).toBe(id);
  expect(arms.filter((arm) => arm.matches(pretrain, from))).toHaveLength(id === undefined ? 0 : 1);
});

test('records of earlier versions find their arm', () => {
  expect(findArm('scratch')).toBe(findArm('none'));
  expect(findArm('unheard-of')).toBeUndefined();
});

test('an arm that takes an old id of another keeps it', () => {
  const own: Arm = { ...(arms[0] as Arm), id: 'scratch', formerIds: [] };
  expect(findArm('scratch', [...arms, own])).toBe(own);
});

test('ids are unique, former ones included', () => {
  const ids = arms.flatMap(({ id, formerIds }) => [id, ...formerIds]);
  expect(new Set(ids).size).toBe(ids.length);
});
