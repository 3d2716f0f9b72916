/**
 * What programs and plug-ins may build on: `import type { Plugin } from 'harness'`. Everything else is internal and may
 * change in any version.
 *
 * A program reads an experiment, plans it and sweeps it:
 *
 *     const { result, kinds } = await readValidExperiment('my.yaml');
 *     const plan = planExperiment(result.spec, planInputs(kinds));
 *     const summary = await sweep({ plan, kinds, ... });
 */
export {
  UserError,
  type ExitCode,
  type ExperimentSpec,
  type KindSpec,
  type ParsedExperiment,
  type ParseResult,
  type RuleBreak,
  type SpecError,
  type TaskSizes,
  type TaskSpec,
} from './spec/index.ts';
export {
  builtInKinds,
  readExperiment,
  readValidExperiment,
  type Arm,
  type CorpusKind,
  type CutCorpus,
  type GraderKind,
  type KindIo,
  type Kinds,
  type MadePairs,
  type MetricInfo,
  type PairLengths,
  type PairsKind,
  type Plugin,
  type PluginTools,
  type StartKind,
  type TaskKind,
} from './kinds/index.ts';
export type { Candidate, CandidateQuestion, CorpusFunction, PreferencePair, TaskData } from './data/index.ts';
export type { FigureKind, TableKind } from './report/index.ts';
export type { StageContext, StageEnd, StageKind } from './stages/index.ts';
export type { Backend } from './backends/index.ts';
export {
  planExperiment,
  planInputs,
  type Plan,
  type PlanInputs,
  type PlannedStage,
  type PlannedTrial,
} from './plan/index.ts';
export { exitCodeOf, sweep, type SweepEvent, type SweepOptions, type SweepSummary } from './run/index.ts';
export { collect, withDatabase, type QueryResult, type ResultsDatabase } from './record/index.ts';
