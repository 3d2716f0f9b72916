/**
 * Whether a trial would be evaluated on questions that it is trained on: the pairs of its pretraining and the train
 * split of its task, against dev, test and pool. It needs nothing that was trained, so it runs before anything is.
 */
import path from 'node:path';
import {
  contaminationError,
  findContamination,
  readQuestions,
  unaccepted,
  type Contamination,
  type EvaluationQuestion,
  type PreferencePair,
  type Rows,
  type TrainingSource,
  type TrainingText,
} from '../data/index.ts';
import { recordedOutputs } from '../store/index.ts';
import type { ContaminationConfig } from './configs.ts';
import { emitCounts, inputFolder, writeJson } from './stage-files.ts';
import type { StageContext, StageEnd, StageKind } from './stage-kind.ts';
import { pairsOfStage, pairsOfTask } from './stored-pairs.ts';
import { expectedPairs, plainWork } from './work-context.ts';

export const contamination: StageKind<ContaminationConfig> = {
  kind: 'contamination',
  version: 1,
  toleratesDiverged: false,
  fixedSeconds: 0.1,
  work: async (stage, _, context) => plainWork('contamination', { pairsMade: expectedPairs(stage, context).pairs }),
  run: lookForQuestions,
};

async function lookForQuestions(context: StageContext<ContaminationConfig>): Promise<StageEnd> {
  const { stage, folder, inputFolders, emit } = context;
  const { task, sameness, accept } = stage.config;
  const taskFolder = inputFolder(inputFolders, 'task');
  const found = await findContamination({
    evaluation: await questionsOf(taskFolder),
    training: trainingOf(taskFolder, inputFolders),
    sameness,
    accept,
  });
  const error = contaminationError(found, task);
  if (error !== null) throw error;
  tell(found, emit);
  writeJson(path.join(folder, recordedOutputs.contamination), found);
  return { outcome: { kind: 'completed' }, outputs: [recordedOutputs.contamination] };
}

async function questionsOf(taskFolder: string): Promise<readonly EvaluationQuestion[]> {
  const questions: EvaluationQuestion[] = [];
  for (const set of ['dev', 'test'] as const)
    for await (const { id, group, prompt } of pairsOfTask(taskFolder, set))
      questions.push({ set, id, group, question: prompt });
  for (const { id, group, prompt } of readQuestions(path.join(taskFolder, 'pool.jsonl')))
    questions.push({ set: 'pool', id, group, question: prompt });
  return questions;
}

/** Under the names by which an experiment may accept them. */
function trainingOf(taskFolder: string, folders: StageContext['inputFolders']): readonly TrainingSource[] {
  const pairs = (name: string, folder: string | undefined): readonly TrainingSource[] =>
    folder === undefined ? [] : [{ name, rows: textsOf(pairsOfStage(folder).trained) }];
  return [
    { name: 'train', rows: textsOf(pairsOfTask(taskFolder, 'train')) },
    ...pairs('pretrain-pairs', folders['pairs']),
    ...pairs('start-pairs', folders['startPairs']),
  ];
}

async function* textsOf(pairs: Rows<PreferencePair>): AsyncGenerator<TrainingText> {
  for await (const { id, group, prompt, chosen, rejected } of pairs)
    yield { id, group, question: prompt, others: [chosen, rejected] };
}

function tell(found: Contamination, emit: StageContext['emit']): void {
  for (const { name, texts, overlaps } of found.sources)
    emitCounts(emit, 'contamination', {
      [`${name} texts`]: texts,
      [`${name} equal questions`]: overlaps.filter(({ kind }) => kind === 'exact').length,
      [`${name} shared words`]: overlaps.filter(({ kind }) => kind !== 'exact').length,
    });
  emitCounts(emit, 'contamination', { questions: found.questions });
  const accepted = found.sources.flatMap(({ overlaps }) => overlaps).length - unaccepted(found).length;
  if (accepted > 0)
    emit({
      kind: 'note',
      text: `${accepted} questions of the evaluation stand in the training data, which is accepted`,
    });
  if (found.unused.length > 0)
    emit({ kind: 'note', text: `evaluate.contamination.accept: nothing is accepted by ${found.unused.join(', ')}` });
}
