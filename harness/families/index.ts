export { activationNames, defaultRopeTheta, type Dialect, type SwitchName } from './dialect.ts';
export { familyNamed, familyNames, type FamilyName } from './families.ts';
export type { Family } from './family.ts';
export { allowedTargets, linearMaps, mapsOfTarget } from './linear-maps.ts';
export { constantsOf, familiesWith, hasGroupedQueries, type ConstantName } from './constants.ts';
export type {
  Activation,
  AttentionPart,
  FamilyParts,
  LinearPart,
  MlpPart,
  NormNames,
  NormPart,
  RopePart,
} from './parts.ts';
