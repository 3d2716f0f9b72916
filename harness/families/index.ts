export { askedPartsOf, type Asked } from './asked-parts.ts';
export { adviceFor, missingPartsOf, type MissingPart } from './not-computed.ts';
export type { Dialect, SwitchName } from './dialect.ts';
export { familyNamed, familyNames, type FamilyName } from './families.ts';
export type { Family } from './family.ts';
export { isInPattern, layersIn, type LayerPattern } from './layer-pattern.ts';
export { allowedTargets, linearMaps, mapsOfTarget } from './linear-maps.ts';
export { constantsOf, familiesWith, hasGroupedQueries, type ConstantName } from './constants.ts';
export type {
  Activation,
  AttentionPart,
  AttentionProjection,
  FamilyParts,
  LinearPart,
  MlpPart,
  MlpProjection,
  NormNames,
  NormPart,
  RopePart,
} from './parts.ts';
