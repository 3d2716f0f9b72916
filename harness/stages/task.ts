/** A reasoning task: generated or read by the task kind that the experiment names, then encoded. */
import path from 'node:path';
import {
  encodeQuestions,
  mostRenamed,
  noveltyOf,
  rankerKey,
  rankerResults,
  readPairs,
  readQuestions,
  writeEncodedQuestions,
  writeQuestions,
  type TaskData,
} from '../data/index.ts';
import { graderOf } from '../kinds/index.ts';
import { kindOf } from '../spec/index.ts';
import type { TaskConfig } from './configs.ts';
import { encodingOf, responseEndOf, writeBoth, type Encoding } from './encoded-files.ts';
import { kindIo, located, requireUnchanged } from './kind-io.ts';
import { emitCounts, inputFolder, writeJson, type Emit } from './stage-files.ts';
import type { StageContext, StageEnd, StageKind } from './stage-kind.ts';
import { writeScoring } from './task-scoring.ts';
import { taskSplits } from './task-split.ts';
import { copyTokenizerFiles } from './tokenizer.ts';
import { plainWork } from './work-context.ts';

export const task: StageKind<TaskConfig> = {
  kind: 'task',
  version: 2,
  toleratesDiverged: false,
  fixedSeconds: 0.7,
  work: async () => plainWork('task', {}),
  run: prepareTask,
};

/** The tokenizer comes along, so that a finetuned model folder is complete. */
async function prepareTask(context: StageContext<TaskConfig>): Promise<StageEnd> {
  const { stage, folder, inputFolders, emit } = context;
  const tokenizerFolder = inputFolder(inputFolders, 'tokenizer');
  const encoding = encodingOf(tokenizerFolder, stage.config);
  const data = await readTask(context);
  for (const split of taskSplits) emitCounts(emit, split, writeBoth(folder, split, data[split], encoding));
  emitCounts(emit, 'task', { ...data.counts, ...writePool(folder, data.pool, encoding) });
  const tokenizerFiles = copyTokenizerFiles(tokenizerFolder, folder, data.chatTemplates ?? null);
  writeRankers(folder, emit);
  const scoringFiles = writeScoring(context);
  return { outcome: { kind: 'completed' }, outputs: [...dataFiles, ...tokenizerFiles, ...scoringFiles] };
}

/** Results of `rankerResults`. */
export const rankersFile = 'rankers.json';
/** A `Novelty`. */
export const noveltyFile = 'novelty.json';

const dataFiles = [
  ...taskSplits.flatMap((split) => [`${split}.jsonl`, `${split}.arrow`]),
  'pool.jsonl',
  'pool.arrow',
  rankersFile,
  noveltyFile,
];

/** As `writeBoth`, for questions with many candidates. */
function writePool(
  folder: string,
  pool: TaskData['pool'],
  { tokenizer, ...context }: Encoding,
): Record<string, number> {
  const { encoded, counts } = encodeQuestions(pool, tokenizer, { ...context, where: 'pool' });
  const kept = new Set(encoded.map(({ id }) => id));
  writeQuestions(
    path.join(folder, 'pool.jsonl'),
    pool.filter(({ id }) => kept.has(id)),
  );
  writeEncodedQuestions(path.join(folder, 'pool.arrow'), encoded);
  return { pool_questions: encoded.length, ...counts };
}

async function readTask(context: StageContext<TaskConfig>): Promise<TaskData> {
  const { kinds, stage } = context;
  const spec = located(stage, 'task');
  const kind = kindOf(kinds.tasks, spec);
  requireUnchanged(kind, spec, stage.config.dataDigest);
  const grader = graderOf(kind, spec, kinds);
  try {
    return await kind.read(spec, { ...kindIo(context, responseEndOf(stage.config)), grader });
  } finally {
    await grader?.close?.();
  }
}

/**
 * What a rule that reads no meaning scores on the test pairs, and how many questions of the evaluation are new: a task
 * is honest only while the rules stay near one half and the questions are new. Of the rows that were kept. The stage
 * `ranker` reads both.
 */
function writeRankers(folder: string, emit: Emit): void {
  const [train, test] = [readPairs(path.join(folder, 'train.jsonl')), readPairs(path.join(folder, 'test.jsonl'))];
  const rankers = rankerResults(test);
  writeJson(path.join(folder, rankersFile), rankers);
  for (const rule of rankers)
    emit({ kind: 'metric', step: null, name: `ranker/${rankerKey(rule)}`, value: rule.accuracy });
  const novelty = noveltyOf({ train, test, pool: readQuestions(path.join(folder, 'pool.jsonl')) });
  writeJson(path.join(folder, noveltyFile), novelty);
  if (novelty.renamedTest !== null && novelty.renamedTest > mostRenamed)
    emit({
      kind: 'note',
      text: `${percent(novelty.renamedTest)} of the test prompts are renamings of training prompts`,
    });
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
