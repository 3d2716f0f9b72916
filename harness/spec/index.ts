export * from './experiment-schema.ts';
export * from './atoms.ts';
export { axesPrefix } from './axis-overrides.ts';
export { acceleratorOf, type Accelerator } from './accelerators.ts';
export {
  kindOf,
  type DescriptionsFacts,
  type DescriptionsSpec,
  type GeneratorFacts,
  type GeneratorSpec,
  type GeneratorTraining,
  type Kind,
  type MetricFacts,
  type KindSpec,
  type PairsFacts,
  type RuleBreak,
  type SpecKinds,
  type PretrainedFrom,
  type StartFacts,
  type StartTraining,
  type TaskFacts,
  type TaskSizes,
  type TaskSpec,
  type TokenizerFacts,
} from './kind.ts';
export { claimSchema, type ClaimSpec } from './claim-schema.ts';
export { isSameClaim, registeredClaims, withClaim, type RegisteredClaim } from './registered-claims.ts';
export { experimentFormat, sectionNames, unionOf, type ExperimentSpec, type TrialSpec } from './format.ts';
export { errorClasses, isMachineTrouble, type ErrorClass } from './error-class.ts';
export { UserError, type ExitCode } from './user-error.ts';
export { parseExperiment, type ParsedExperiment, type ParseResult } from './parse-experiment.ts';
export { experimentOrThrow, loadExperiment, namedPlugins, pluginsIn, type NamedPlugin } from './load-experiment.ts';
export { loadTask, tasksOf } from './load-task.ts';
export { formatOrigin, formatSpecErrors } from './format-errors.ts';
export { formatPath, hint, type Path, type SpecError } from './problem.ts';
export { absentData, trainedModelRules } from './rules.ts';
export { experimentJsonSchema } from './json-schema.ts';
export { pilotOf, type Pilot } from './pilot.ts';
export { expandSweep } from './expand-sweep.ts';
export type { SweepPoint, Tuning } from './sweep-point.ts';
export { armOf, budgetPairs, type CanonicalAxes } from './trial-spec.ts';
export { objectiveTerms, type ObjectiveTerms } from './objective-terms.ts';
export { forkSteps, warmupSteps, type ForkSteps } from './fork-steps.ts';
export { diffFields, type FieldDifference } from './diff-fields.ts';
export { didYouMean } from './suggest.ts';
