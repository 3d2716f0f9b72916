/** A stored task, graded again: its kind says the right answers, and the grader is any that is registered. */
import path from 'node:path';
import { readPairs, readQuestions } from '../data/index.ts';
import type { GraderKind, KindIo, Kinds } from '../kinds/index.ts';
import { didYouMean, kindOf, UserError, type TaskSpec } from '../spec/index.ts';
import type { StageDescription } from '../store/index.ts';
import type { TaskConfig } from './configs.ts';
import { located, requireUnchanged } from './kind-io.ts';
import { regrade, type Regraded } from './regrade.ts';

export interface StoredTask {
  readonly stage: StageDescription;
  readonly folder: string;
  readonly split: 'dev' | 'test';
}

export interface RegradedTask extends Regraded {
  readonly task: TaskSpec;
  readonly grader: Pick<GraderKind, 'kind' | 'version'>;
}

/**
 * Null for a task whose labels come with its data, as those of multiple choice do: there is nothing to compare with.
 *
 * @throws UserError (2) for a grader that is not there, or data that have changed; (3) where the data cannot be had.
 */
export async function regradeTask(
  { stage, folder, split }: StoredTask,
  graderName: string,
  { kinds, io }: { readonly kinds: Kinds; readonly io: Pick<KindIo, 'cacheFolder' | 'mirrorFolder' | 'download'> },
): Promise<RegradedTask | null> {
  const config = stage.config as TaskConfig;
  const task = located({ ...stage, config }, 'task');
  const kind = kindOf(kinds.tasks, task);
  const grader = graderNamed(graderName, kinds);
  if (kind.references === undefined) return null;
  requireUnchanged(kind, task, config.dataDigest);
  try {
    const references = await kind.references(task, io);
    const texts = readPairs(path.join(folder, `${split}.jsonl`));
    const questions = split === 'test' ? readQuestions(path.join(folder, 'pool.jsonl')) : [];
    return { ...(await regrade({ texts, questions }, references, grader)), task, grader };
  } finally {
    await grader.close?.();
  }
}

function graderNamed(name: string, { graders }: Kinds): GraderKind {
  const found = graders.find(({ kind }) => kind === name);
  if (found !== undefined) return found;
  const known = graders.map(({ kind }) => kind);
  throw new UserError(`there is no grader ${name}`, {
    exitCode: 2,
    hint: didYouMean(name, known) ?? `There are ${known.join(', ')}; --plugin FILE brings graders of your own.`,
  });
}
