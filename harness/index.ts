/**
 * What programs and plug-ins may build on: `import { loadExperiment } from 'harness'`. Everything else is internal and
 * may change in any version.
 *
 * A program reads an experiment, plans it and sweeps it:
 *
 *     const { spec } = experimentOrThrow(loadExperiment('my.yaml'));
 *     const plan = planExperiment(spec, { corpusLockDigest: corpusLockDigest(), taskDataDigest });
 */
export {
  experimentOrThrow,
  loadExperiment,
  UserError,
  type ExitCode,
  type ExperimentSpec,
  type ParsedExperiment,
  type ParseResult,
  type SpecError,
} from './spec/index.ts';
export { planExperiment, type Plan, type PlanInputs, type PlannedStage, type PlannedTrial } from './plan/index.ts';
export { corpusLockDigest, taskDataDigest } from './data/index.ts';
export { exitCodeOf, sweep, type SweepEvent, type SweepOptions, type SweepSummary } from './run/index.ts';
export { collect, withDatabase, type QueryResult, type ResultsDatabase } from './record/index.ts';
