/** A benchmark as a task: its own rows are the test, and what is trained on comes from files of preferences. */
import { randomStream } from '../../random/index.ts';
import type { TaskData } from '../preference-pair.ts';
import { totalCounts } from '../preferences/drops.ts';
import { requireFields } from '../preferences/fields.ts';
import { pairsOf, poolQuestion, type PreferenceOptions } from '../preferences/question.ts';
import { noteDrops, readPreferences, type ReadFile } from '../preferences/read-preferences.ts';
import { leakage, splitQuestions } from '../preferences/splits.ts';
import { readBenchmark, type BenchmarkFile } from './read-benchmark.ts';

export interface BenchmarkTaskOptions extends PreferenceOptions {
  readonly name: string;
  readonly test: readonly BenchmarkFile[];
  /** null: there is nothing to finetune on, and the task can only be scored. */
  readonly train: string | null;
  /** A file, or a share of the groups of `train`. */
  readonly dev: string | number;
}

/**
 * Rows of `train` and `dev` whose prompt is also in the benchmark are left out, counted and told.
 * @throws UserError (2) for files that cannot be used, or that leave a split empty.
 */
export async function benchmarkTask(options: BenchmarkTaskOptions, note: (text: string) => void): Promise<TaskData> {
  const { name, seed, separator, chat } = options;
  const benchmark = await readBenchmark(options.test, chat);
  const { train: trainFile, dev: devFile } = await readTrainFiles(options, note);
  const unsplit = {
    train: trainFile?.questions ?? [],
    dev: typeof devFile === 'number' ? devFile : (devFile?.questions ?? []),
    test: benchmark.questions,
  };
  const { train, dev, test, groupOf, counts } = splitQuestions(unsplit, name, seed, trainFile === null ? [] : trained);
  for (const split of trained) {
    const text = leakage(counts, split);
    if (text !== '') note(`${split}: ${text}`);
  }
  const read = [trainFile, devFile].filter((file) => typeof file === 'object' && file !== null);
  return {
    train: randomStream(seed, 'preferences', 'train order').shuffled(pairsOf(train, groupOf, separator)),
    dev: pairsOf(dev, groupOf, separator),
    test: pairsOf(test, groupOf, separator),
    pool: test.flatMap((question) => poolQuestion(question, groupOf(question), separator)),
    counts: totalCounts([...read.map(({ drops }) => drops.counts), benchmark.counts, counts]),
  };
}

const trained = ['train', 'dev'] as const;

interface TrainFiles {
  readonly train: ReadFile | null;
  /** null with `train`. */
  readonly dev: ReadFile | number | null;
}

async function readTrainFiles(options: BenchmarkTaskOptions, note: (text: string) => void): Promise<TrainFiles> {
  const { train, dev, fields } = options;
  if (train === null) return { train: null, dev: null };
  const read = async (role: string, path: string): Promise<ReadFile> => {
    const file = await readPreferences({ path, role, section: 'task' }, options);
    noteDrops(file, note);
    return file;
  };
  const files = { train: await read('train', train), dev: typeof dev === 'number' ? dev : await read('dev', dev) };
  requireFields(fields, typeof files.dev === 'number' ? [files.train] : [files.train, files.dev], 'task');
  return files;
}
