import { expect, it } from 'vitest';
import { featuresOf, plainTraining } from '../../harness/train/index.ts';

it('features of a section are its own, whatever else it holds, and off where it names none', () => {
  const section = { sharePrompts: true as const, seed: 4, pairsPerStep: 16 };
  expect(featuresOf(section)).toEqual({ ...plainTraining, sharePrompts: true });
});
