/** Which constants a family may have otherwise: those that `transformers` has a key for, so that they can be saved. */
import type { SwitchName } from './dialect.ts';
import { familyNamed, familyNames, type FamilyName } from './families.ts';

/** Constants of a model, in the words of the experiment format. */
export type ConstantName = SwitchName | 'normEpsilon' | 'activation' | 'ropeTheta' | 'ropeScaling' | 'rotaryFraction';

export function constantsOf(family: FamilyName): readonly ConstantName[] {
  const { keys, switches } = familyNamed(family).dialect;
  return [
    'normEpsilon',
    'activation',
    ...(keys.ropeTheta === null ? [] : (['ropeTheta', 'ropeScaling'] as const)),
    ...(keys.rotaryFraction === null ? [] : (['rotaryFraction'] as const)),
    ...(Object.keys(switches) as SwitchName[]),
  ];
}

/** The families that have a constant, for descriptions of it. */
export function familiesWith(constant: ConstantName): string {
  return familyNames.filter((name) => constantsOf(name).includes(constant)).join(', ');
}

/** Whether keys and values may have fewer heads than queries, and heads another size than hiddenSize / heads. */
export function hasGroupedQueries(family: FamilyName): boolean {
  return familyNamed(family).dialect.keys.keyValueHeads !== null;
}
