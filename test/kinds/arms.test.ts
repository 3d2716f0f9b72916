import { expect, test } from 'vitest';
import { armOf, arms, findArm, type Arm } from '../../harness/kinds/index.ts';

test.each([
  [{ objective: { kind: 'none' }, budget: { pairs: 512 } }, 'none'],
  [{ objective: { kind: 'lm' }, budget: { pairs: 512 } }, 'lm-equal-pairs'],
  [{ objective: { kind: 'lm' }, budget: { tokensOfPairs: 512 } }, 'lm-equal-tokens'],
  [{ objective: { kind: 'pmp' }, budget: { pairs: 512 } }, 'pmp'],
  [{ objective: { kind: 'contrastive' }, budget: { pairs: 512 } }, undefined],
] as const)('the pretraining %o belongs to arm %s', (pretrain, id) => {
  expect(armOf(pretrain)?.id).toBe(id);
  expect(arms.filter((arm) => arm.matches(pretrain))).toHaveLength(id === undefined ? 0 : 1);
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
