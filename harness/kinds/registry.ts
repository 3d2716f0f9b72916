/**
 * Everything that an experiment can be made of. To add a kind: write its file in the folder of its sort, and name it
 * here. A user's own kinds come from plug-ins and stand behind ours.
 */
import { arms, type Arm } from './arms.ts';
import { metrics, type MetricInfo } from './metrics.ts';
import { commits } from './corpora/commits.ts';
import { collection } from './corpora/files.ts';
import { folder } from './corpora/folder.ts';
import { git } from './corpora/git.ts';
import { npm } from './corpora/npm.ts';
import { finalAnswer } from './graders/final-answer.ts';
import { mathGrader } from './graders/math.ts';
import { docComment } from './descriptions/doc-comment.ts';
import { model } from './descriptions/model.ts';
import { template } from './descriptions/template.ts';
import { generators } from './generators/schema.ts';
import type {
  CorpusKind,
  DescriptionsKind,
  GeneratorKind,
  GraderKind,
  PairsKind,
  StartKind,
  TaskKind,
  TokenizerKind,
} from './kind.ts';
import { commitPairsKind } from './pairs/commits.ts';
import { continuations } from './pairs/continuations.ts';
import { files } from './pairs/files.ts';
import { functions } from './pairs/functions.ts';
import { mixOf } from './pairs/mix.ts';
import { models } from './pairs/models.ts';
import { mutate } from './pairs/mutate.ts';
import { source } from './pairs/source.ts';
import { verified } from './pairs/verified.ts';
import { checkpoint } from './starts/checkpoint.ts';
import { hub } from './starts/hub.ts';
import { random } from './starts/random.ts';
import { trainedStart } from './starts/trained.ts';
import { arLsat } from './tasks/ar-lsat.ts';
import { generated } from './tasks/generated.ts';
import { gsm8k } from './tasks/gsm8k.ts';
import { humanEval } from './tasks/humaneval.ts';
import { judgebench } from './tasks/judgebench.ts';
import { logiqa2 } from './tasks/logiqa2.ts';
import { math } from './tasks/math.ts';
import { mathShepherd } from './tasks/math-shepherd.ts';
import { ppeCorrectnessTask } from './tasks/ppe-correctness.ts';
import { ppeHumanTask } from './tasks/ppe-human.ts';
import { preferences } from './tasks/preferences.ts';
import { processbench } from './tasks/processbench.ts';
import { reclor } from './tasks/reclor.ts';
import { rewardbench } from './tasks/rewardbench.ts';
import { rewardbench2 } from './tasks/rewardbench2.ts';
import { rmBenchTask } from './tasks/rm-bench.ts';
import { bpe } from './tokenizers/bpe.ts';
import { file } from './tokenizers/file.ts';

/** Every kind that an experiment can name: what is built in, and what its plug-ins add. */
export interface Kinds {
  readonly corpora: readonly CorpusKind[];
  readonly descriptions: readonly DescriptionsKind[];
  readonly generators: readonly GeneratorKind[];
  readonly pairs: readonly PairsKind[];
  readonly tasks: readonly TaskKind[];
  readonly graders: readonly GraderKind[];
  readonly tokenizers: readonly TokenizerKind[];
  readonly starts: readonly StartKind[];
  /** The first that matches is a trial's arm: the more special ones stand first. */
  readonly arms: readonly Arm[];
  /** Templates count in order: those of plug-ins stand before ours, which would catch everything. */
  readonly metrics: readonly MetricInfo[];
  /** As in `SpecKinds`. */
  readonly isRecorded?: boolean;
  /** As in `SpecKinds`. */
  readonly withoutData?: boolean;
  /** Record of a kind -> sha256 of the plug-in that it comes from. */
  readonly pluginDigests: ReadonlyMap<object, string>;
}

/** What a mixture can be made of. */
const pairSources: readonly PairsKind[] = [
  mutate,
  models,
  source,
  files,
  continuations,
  functions,
  commitPairsKind,
  verified,
];

/** What a start can learn from: sources that need no model that writes, for it would have to be there before. */
const startSources: readonly PairsKind[] = [mutate, continuations, files];

/** Public benchmarks of reward models. */
const benchmarks: readonly TaskKind[] = [
  rewardbench,
  rewardbench2,
  rmBenchTask,
  judgebench,
  ppeHumanTask,
  ppeCorrectnessTask,
  processbench,
];

/** The kinds that need no plug-in. */
export const builtInKinds: Kinds = {
  corpora: [npm, folder, git, collection, commits],
  descriptions: [docComment, template, model],
  generators,
  pairs: [...pairSources, mixOf(pairSources)],
  tasks: [generated, gsm8k, math, mathShepherd, reclor, logiqa2, arLsat, humanEval, preferences, ...benchmarks],
  graders: [finalAnswer, mathGrader],
  tokenizers: [bpe, file],
  starts: [random, checkpoint, hub, trainedStart([...startSources, functions, mixOf(startSources)])],
  arms,
  metrics,
  pluginDigests: new Map(),
};
