/** The public face of `kinds`: what an experiment can be made of, each kind described by a record. */
export { armOf, arms, findArm, palette } from './arms.ts';
export type { Arm, ArmRole, PretrainChoice } from './arms.ts';
export {
  bestOfTemplate,
  defaultHeadline,
  dependsOnMachine,
  excludedQuestionsSuffix,
  metricLookup,
  metrics,
  templateParts,
} from './metrics.ts';
export type { Metric, MetricInfo } from './metrics.ts';
export type {
  CorpusKind,
  CutCorpus,
  DescriptionsKind,
  GeneratorIo,
  ModelWriter,
  WritingRequest,
  WrittenTexts,
  GeneratorKind,
  GeneratorPrompt,
  Graded,
  GraderKind,
  KindIo,
  MadePairs,
  PairsInputs,
  PairsKind,
  Sampling,
  SplitRows,
  StartKind,
  TaskKind,
  TokenizerFiles,
  TokenizerKind,
} from './kind.ts';
export { scoringVersionOf } from './scoring-version.ts';
export { graderOf, namedGrader } from './grader-of.ts';
export { completeTokenizerConfig } from './tokenizer-config.ts';
export { unknownLengths, withinContext, type PairLengths } from './lengths.ts';
export { builtInKinds, type Kinds } from './registry.ts';
export { checkPlugin, type Plugin } from './plugin.ts';
export { pluginError } from './plugin-errors.ts';
export { kindsWith, loadPlugins, type LoadedPlugin, type PluginTools } from './plugins.ts';
export {
  parseRecordedExperiment,
  readExperiment,
  readValidExperiment,
  type ExperimentWithKinds,
} from './load-experiment.ts';
