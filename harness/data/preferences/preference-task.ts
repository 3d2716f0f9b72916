/** A user's preferences as a task: pairs of three splits, and a best-of-N pool where the test rows have candidates. */
import { randomStream } from '../../random/index.ts';
import type { DropCounts, TaskData } from '../preference-pair.ts';
import { totalCounts } from './drops.ts';
import { requireFields } from './fields.ts';
import { pairsOf, poolQuestion, type PreferenceOptions, type Question } from './question.ts';
import { noteDrops, readPreferences, type ReadFile } from './read-preferences.ts';
import { leakage, splitQuestions } from './splits.ts';

export interface PreferenceTaskOptions extends PreferenceOptions {
  readonly name: string;
  readonly train: string;
  /** A file, or a share of the groups of `train`. */
  readonly dev: string | number;
  readonly test: string | number;
}

/** @throws UserError (2) for files that cannot be used, or that leave a split empty. */
export async function preferenceTask(options: PreferenceTaskOptions, note: (text: string) => void): Promise<TaskData> {
  const { name, seed, separator } = options;
  const files = await readFiles(options, note);
  const unsplit = { train: files.train.questions, dev: questionsOf(files.dev), test: questionsOf(files.test) };
  const { train, dev, test, groupOf, counts } = splitQuestions(unsplit, name, seed);
  noteLeakage(counts, note);
  return {
    train: randomStream(seed, 'preferences', 'train order').shuffled(pairsOf(train, groupOf, separator)),
    dev: pairsOf(dev, groupOf, separator),
    test: pairsOf(test, groupOf, separator),
    pool: test.flatMap((question) => poolQuestion(question, groupOf(question), separator)),
    counts: totalCounts([...readOf(files).map(({ drops }) => drops.counts), counts]),
  };
}

/** What the task names: files, or shares of the train file. */
interface Files {
  readonly train: ReadFile;
  readonly dev: ReadFile | number;
  readonly test: ReadFile | number;
}

async function readFiles(options: PreferenceTaskOptions, note: (text: string) => void): Promise<Files> {
  const { train, dev, test } = options;
  const read = async (role: keyof Files, path: string): Promise<ReadFile> => {
    const file = await readPreferences({ path, role, section: 'task' }, options);
    noteDrops(file, note);
    return file;
  };
  const files = {
    train: await read('train', train),
    dev: typeof dev === 'number' ? dev : await read('dev', dev),
    test: typeof test === 'number' ? test : await read('test', test),
  };
  requireFields(options.fields, readOf(files), 'task');
  return files;
}

function readOf({ train, dev, test }: Files): readonly ReadFile[] {
  return [train, dev, test].filter((file) => typeof file !== 'number');
}

function questionsOf(file: ReadFile | number): readonly Question[] | number {
  return typeof file === 'number' ? file : file.questions;
}

/** One line for people for each split that lost questions to another. */
function noteLeakage(counts: DropCounts, note: (text: string) => void): void {
  for (const split of ['train', 'dev']) {
    const text = leakage(counts, split);
    if (text !== '') note(`${split}: ${text}`);
  }
}
