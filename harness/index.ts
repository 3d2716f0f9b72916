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
import type { Backend } from './backends/index.ts';
import type { Plugin as PluginKinds } from './kinds/index.ts';
import type { FigureKind, TableKind } from './report/index.ts';
import type { StageKind } from './stages/index.ts';

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
  type PluginTools,
  type StartKind,
  type TaskKind,
  type TokenizerKind,
} from './kinds/index.ts';
export type { Candidate, CandidateQuestion, CorpusFunction, PreferencePair, TaskData } from './data/index.ts';
export type { ExperimentView, FigureDrawing, FigureKind, TableDrawing, TableKind, TaskView } from './report/index.ts';
export type { StageContext, StageEnd, StageKind } from './stages/index.ts';
export type { Backend } from './backends/index.ts';
export type { StageTask } from './store/index.ts';
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

/** What a plug-in exports, or what its function returns: docs/plugins.md. */
export interface Plugin extends Omit<PluginKinds, 'figures' | 'tables' | 'stages' | 'backends'> {
  readonly figures?: readonly FigureKind[];
  readonly tables?: readonly TableKind[];
  readonly stages?: readonly StageKind<never>[];
  readonly backends?: readonly Backend[];
}
