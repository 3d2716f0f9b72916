/**
 * A task as a person names it: a stage on record, an experiment file, a file with a section `task`, or a kind of task
 * with its fields set by `-s`.
 */
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { openTokenizer, readTokenizerConfig, type Tokenizer } from '../data/index.ts';
import { readTaskSpec, readTaskStage, type ReadTask, type TaskSplit } from '../judged/index.ts';
import { builtInKinds } from '../kinds/index.ts';
import { didYouMean, UserError, type ResponseEnd } from '../spec/index.ts';
import {
  damageOf,
  readDescription,
  readDone,
  readJsonRecord,
  readStageState,
  stageFolder,
  stageIds,
} from '../store/index.ts';
import type { CliContext } from './context.ts';
import { cacheFolder, dataMirror } from './folders.ts';
import { stageBeginningWith } from './stage-beginning-with.ts';
import { isTaskKind, specNamed } from './task-spec.ts';

export interface NamedTask extends ReadTask {
  readonly name: string;
  readonly kind: string;
  readonly split: TaskSplit;
  /** Its stage; null where it is not on record. */
  readonly stage: string | null;
  /** Of the stage. */
  readonly folder: string | null;
  /** What stands behind each response of its tokens; null = the end token. */
  readonly responseEnd: ResponseEnd;
}

export interface TaskFlags {
  readonly results?: string;
  /** `field=value` each. */
  readonly set?: readonly string[];
  readonly split: TaskSplit;
  /** tokenizer.json that lengths are counted with; absent = in characters, or as the stage has them. */
  readonly tokenizer?: string;
}

/** @throws UserError (2) where nothing is called so, or the task cannot be read. */
export async function namedTask(context: CliContext, named: string, flags: TaskFlags): Promise<NamedTask> {
  const resultsFolder = context.resultsFolder(flags.results);
  const stage = stageNamed(named, resultsFolder);
  if (stage !== null) return taskOfStage(stage, resultsFolder, flags);
  const found = await specNamed(named, flags.set ?? []);
  if (found === null) throw unknownTask(named, resultsFolder);
  const { spec, kinds } = found;
  const { host } = context;
  const read = await readTaskSpec(spec, {
    kinds,
    split: flags.split,
    cacheFolder: resolve(cacheFolder(host.env)),
    mirrorFolder: dataMirror(host.env),
    tokenizer: flags.tokenizer === undefined ? null : tokenizerAt(flags.tokenizer),
    tokenizerFolder: flags.tokenizer === undefined ? null : dirname(resolve(flags.tokenizer)),
    note: (text) => context.note(text),
  });
  return {
    ...read,
    name: spec.name,
    kind: spec.kind,
    split: flags.split,
    stage: null,
    folder: null,
    responseEnd: null,
  };
}

/** Id of the task stage of that id, its beginning or its task's name; null where there is none. */
function stageNamed(named: string, resultsFolder: string): string | null {
  if (/^task[-/][0-9a-f]+$/.test(named)) {
    const id = stageBeginningWith(named.replace('/', '-'), resultsFolder);
    if (id !== null) return id;
    throw new UserError(`${named}: no such stage in ${resultsFolder}`, {
      exitCode: 2,
      hint: '`harness ls stages --kind task` lists them; --results names another results folder.',
    });
  }
  if (existsSync(named) || isTaskKind(named)) return null;
  const [only, ...others] = stagesOfTask(named, resultsFolder);
  if (only === undefined || others.length === 0) return only ?? null;
  throw new UserError(`${named}: the name of ${1 + others.length} task stages: ${[only, ...others].join(', ')}`, {
    exitCode: 2,
    hint: 'Give the id of one of them; `harness show ID` tells what it was made of.',
  });
}

function stagesOfTask(name: string, resultsFolder: string): readonly string[] {
  return taskStages(resultsFolder).filter((id) => configIn(stageFolder(resultsFolder, id)).task.name === name);
}

function taskStages(resultsFolder: string): readonly string[] {
  return stageIds(resultsFolder).filter((id) => id.startsWith('task-') && readStageState(resultsFolder, id) === 'done');
}

interface TaskStageConfig {
  readonly task: { readonly name: string; readonly kind: string };
  /** Absent where it is the end token. */
  readonly responseEnd?: ResponseEnd;
}

function configIn(folder: string): TaskStageConfig {
  return readDescription(folder).config as TaskStageConfig;
}

async function taskOfStage(
  id: string,
  resultsFolder: string,
  { set = [], split, tokenizer }: TaskFlags,
): Promise<NamedTask> {
  const refused = set.length > 0 ? '-s' : tokenizer === undefined ? null : '--tokenizer';
  if (refused !== null)
    throw new UserError(`${refused}: ${id} is a task on record, which has its fields and its tokenizer`, {
      exitCode: 2,
      hint: `Leave ${refused} out, or name an experiment file or a kind of task.`,
    });
  requireDone(id, resultsFolder);
  const folder = stageFolder(resultsFolder, id);
  const { task, responseEnd = null } = configIn(folder);
  return { ...readTaskStage(folder, split), name: task.name, kind: task.kind, split, stage: id, folder, responseEnd };
}

/** Done, and every file what was committed: labels that were changed would change every share in silence. */
function requireDone(id: string, resultsFolder: string): void {
  const folder = stageFolder(resultsFolder, id);
  const done = readDone(folder, id);
  if (done === null)
    throw new UserError(`${id}: not done`, { exitCode: 2, hint: `\`harness logs ${id}\` tells how far it is.` });
  const damage = 'damaged' in done ? done.damaged : damageOf(folder, done);
  if (damage !== null)
    throw new UserError(`${id}: ${damage}`, {
      exitCode: 4,
      hint: 'Sweep its experiment again: what is damaged is made anew.',
    });
}

function unknownTask(named: string, resultsFolder: string): UserError {
  const kinds = builtInKinds.tasks.map(({ kind }) => kind);
  const recorded = taskStages(resultsFolder).map((id) => configIn(stageFolder(resultsFolder, id)).task.name);
  const guess = didYouMean(named, [...kinds, ...recorded]);
  return new UserError(`${named}: no such task${guess === null ? '' : `; ${guess}`}`, {
    exitCode: 2,
    hint:
      'Give a task stage (`harness ls stages --kind task`), an experiment file, a file with a section `task`, ' +
      `or a kind of task: ${kinds.join(', ')}.`,
  });
}

function tokenizerAt(file: string): Tokenizer {
  if (!existsSync(file))
    throw new UserError(`${file}: no such file`, { exitCode: 2, hint: 'Give a tokenizer.json with --tokenizer.' });
  return openTokenizer(file, readJsonRecord(file), readTokenizerConfig(file));
}
