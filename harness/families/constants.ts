/** Which constants a family may have otherwise: those that `transformers` has a key for, so that they can be saved. */
import type { Dialect, SwitchName } from './dialect.ts';
import { familyNamed, familyNames, type FamilyName } from './families.ts';

/** Constants of a model, in the words of the experiment format. */
export type ConstantName =
  | SwitchName
  | 'normEpsilon'
  | 'activation'
  | 'ropeTheta'
  | 'localRopeTheta'
  | 'ropeScaling'
  | 'rotaryFraction'
  | 'unrotatedLayers'
  | 'slidingWindow'
  | 'windowedLayers';

export function constantsOf(family: FamilyName): readonly ConstantName[] {
  const { dialect } = familyNamed(family);
  return [
    'normEpsilon',
    'activation',
    ...positionConstants(dialect),
    ...windowConstants(dialect),
    ...(Object.keys(dialect.switches) as SwitchName[]),
  ];
}

function positionConstants({ keys, unrotated }: Dialect): readonly ConstantName[] {
  return [
    ...(keys.ropeTheta === null ? [] : (['ropeTheta', 'ropeScaling'] as const)),
    ...(keys.localRopeTheta === null ? [] : (['localRopeTheta'] as const)),
    ...(keys.rotaryFraction === null ? [] : (['rotaryFraction'] as const)),
    ...(unrotated === null ? [] : (['unrotatedLayers'] as const)),
  ];
}

function windowConstants({ windows }: Dialect): readonly ConstantName[] {
  if (windows === null) return [];
  return windows.layers === 'all' ? ['slidingWindow'] : ['slidingWindow', 'windowedLayers'];
}

/** The families that have a constant, for descriptions of it. */
export function familiesWith(constant: ConstantName): string {
  return familyNames.filter((name) => constantsOf(name).includes(constant)).join(', ');
}

/** Whether keys and values may have fewer heads than queries, and heads another size than hiddenSize / heads. */
export function hasGroupedQueries(family: FamilyName): boolean {
  return familyNamed(family).dialect.keys.keyValueHeads !== null;
}
