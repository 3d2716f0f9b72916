import { copyFileSync } from 'node:fs';
import path from 'node:path';
import {
  encodeQuestions,
  rankerAccuracy,
  taskData,
  trivialRankers,
  writeEncodedQuestions,
  writeQuestions,
} from '../data/index.ts';
import type { StageFunction } from './stage-context.ts';
import { writeBoth } from './pairs.ts';
import { emitCounts, inputFolder, writeJson } from './stage-files.ts';
import { taskSplits } from './task-split.ts';
import { readTokenizer, tokenizerFile } from './tokenizer.ts';

/**
 * Generates or reads the reasoning task and encodes its splits and its candidate pool; the tokenizer comes along, so
 * that a finetuned model folder is complete.
 */
export const taskStage: StageFunction<'task'> = async ({ stage, folder, inputFolders, cacheFolder, emit }) => {
  const { task, contextLength } = stage.config;
  const tokenizerFolder = inputFolder(inputFolders, 'tokenizer');
  const tokenizer = readTokenizer(tokenizerFolder);
  const data = await taskData(task, { cacheFolder });
  for (const split of taskSplits)
    emitCounts(emit, split, writeBoth(folder, split, data[split], { tokenizer, contextLength, emit }));
  const { encoded, counts } = encodeQuestions(data.pool, tokenizer, contextLength);
  const kept = new Set(encoded.map(({ id }) => id));
  writeQuestions(
    path.join(folder, 'pool.jsonl'),
    data.pool.filter(({ id }) => kept.has(id)),
  );
  writeEncodedQuestions(path.join(folder, 'pool.arrow'), encoded);
  copyFileSync(path.join(tokenizerFolder, tokenizerFile), path.join(folder, tokenizerFile));
  emitCounts(emit, 'task', { ...data.counts, pool_questions: encoded.length, ...counts });
  // What a rule that reads no meaning scores on the test pairs: the task is honest only while these stay near one half.
  const rankers = trivialRankers.map((ranker) => ({
    name: ranker.name,
    reads: ranker.reads,
    accuracy: rankerAccuracy(ranker, data.test),
  }));
  writeJson(path.join(folder, 'rankers.json'), rankers);
  emitCounts(emit, 'ranker', Object.fromEntries(rankers.map(({ name, accuracy }) => [name, accuracy])));
  return {
    outcome: { kind: 'completed' },
    outputs: [
      ...taskSplits.flatMap((split) => [`${split}.jsonl`, `${split}.arrow`]),
      'pool.jsonl',
      'pool.arrow',
      'rankers.json',
      tokenizerFile,
    ],
  };
};
