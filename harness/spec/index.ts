export * from './experiment-schema.ts';
export * from './atoms.ts';
export {
  kindOf,
  type ArmFacts,
  type Kind,
  type KindSpec,
  type PairsFacts,
  type RuleBreak,
  type SpecKinds,
  type StartFacts,
  type TaskFacts,
  type TaskSizes,
  type TaskSpec,
} from './kind.ts';
export {
  experimentFormat,
  sectionNames,
  type ExperimentFormat,
  type ExperimentSpec,
  type SectionName,
  type TrialSpec,
} from './format.ts';
export { UserError, type ExitCode } from './user-error.ts';
export {
  parseExperiment,
  type ParsedExperiment,
  type ParseOptions,
  type ParseResult,
  type RefusedExperiment,
} from './parse-experiment.ts';
export { experimentOrThrow, loadExperiment, namedPlugins, pluginsIn, type NamedPlugin } from './load-experiment.ts';
export { formatOrigin, formatSpecErrors } from './format-errors.ts';
export { formatPath, type Origin, type SpecError } from './problem.ts';
export { experimentJsonSchema } from './json-schema.ts';
export { expandSweep, type Expansion } from './expand-sweep.ts';
export type { LeftOutPoint } from './exclude.ts';
export type { SweepPoint, Tuning, TuningCandidate } from './sweep-point.ts';
export { armOf, budgetPairs, canonicalAxes, type CanonicalAxes } from './trial-spec.ts';
export { objectiveTerms, type ObjectiveTerms } from './objective-terms.ts';
export { forkSteps, warmupSteps, type ForkSteps } from './fork-steps.ts';
export { allowedTargets, linearMaps, mapsOfTarget } from './linear-maps.ts';
export { diffFields, type FieldDifference } from './diff-fields.ts';
export { didYouMean, nearestWord } from './suggest.ts';
