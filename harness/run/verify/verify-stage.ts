/**
 * `harness verify ID`: a stage that is done is run once more, in a scratch folder, and what comes out is compared with
 * what it committed. The same program on the same kind of machine gives the same bytes; elsewhere the order of sums is
 * another, and numbers may differ by the tolerance that probes of saved models have.
 */
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Backend } from '../../backends/index.ts';
import { UserError } from '../../spec/user-error.ts';
import {
  damageOf,
  numberOf,
  readDone,
  readJsonRecord,
  readLiveLease,
  readTaskFile,
  recordOf,
  stageFiles,
  stageFolder,
  textOf,
  whereabouts,
  writeTaskFile,
  type DoneRecord,
  type JournalEvent,
  type StageTask,
} from '../../store/index.ts';
import { processor } from '../processor.ts';
import { runStageFolder } from '../run-stage-folder.ts';
import { compareRuns, type ComparedFile } from './compare-runs.ts';
import { withScratch } from './scratch.ts';

/** As between the probes of a model that was saved on one device and loaded on another (`stages/probes.ts`). */
const toleranceElsewhere = 1e-4;

export interface VerifyOptions {
  readonly resultsFolder: string;
  /** Who trains and scores; this process where none is given. */
  readonly backend?: Backend;
  readonly signal: AbortSignal;
  onEvent(event: JournalEvent): void;
}

export interface StageVerification {
  readonly id: string;
  /** `interrupted`: it was told to stop. */
  readonly verdict: 'same' | 'close' | 'differs' | 'interrupted';
  readonly files: readonly ComparedFile[];
  /** Why other bytes are allowed; null where they are not. */
  readonly allowance: string | null;
}

/**
 * @throws UserError (2) where the stage is not done, or nothing can run it; (3) where a worker is in it; (4) where it, or
 *   an input, is not there as it was committed, or where it fails now.
 */
export async function verifyStage(id: string, options: VerifyOptions): Promise<StageVerification> {
  const folder = stageFolder(options.resultsFolder, id);
  const done = soundCommit(folder, id, options.resultsFolder);
  const task = { ...readTaskFile(folder), folder: resolve(folder) };
  refusePurchase(task);
  for (const [name, input] of Object.entries(task.inputFolders)) assertInput(name, input, task);
  const allowance = allowanceOf(folder, options.backend);
  return withScratch(options.resultsFolder, async (scratch) => {
    const again = await runAgain(task, scratch, options);
    if (again === null) return { id, verdict: 'interrupted', files: [], allowance };
    const tolerance = allowance === null ? 0 : toleranceElsewhere;
    const files = await compareRuns({ before: { folder, done }, after: again, tolerance });
    return { id, verdict: worstOf(files), files, allowance };
  });
}

function worstOf(files: readonly ComparedFile[]): 'same' | 'close' | 'differs' {
  const has = (verdict: ComparedFile['verdict']): boolean => files.some((file) => file.verdict === verdict);
  return has('differs') ? 'differs' : has('close') ? 'close' : 'same';
}

function soundCommit(folder: string, id: string, resultsFolder: string): DoneRecord {
  const done = readDone(folder, id);
  if (done === null) throw notDone(id, resultsFolder);
  const damage = 'damaged' in done ? done.damaged : damageOf(folder, done);
  if (damage !== null || 'damaged' in done)
    throw new UserError(`${id}: ${damage}`, { exitCode: 4, hint: 'Sweep its experiment again: it is made anew.' });
  return done;
}

function notDone(id: string, resultsFolder: string): UserError {
  const holder = readLiveLease(resultsFolder, id);
  if (holder === null)
    return new UserError(`${id}: not done, so there is nothing to compare with`, {
      exitCode: 2,
      hint: `\`harness logs ${id}\` tells how far it is.`,
    });
  return new UserError(`${id}: a worker (${whereabouts(holder)}) is in it`, {
    exitCode: 3,
    hint: 'Wait until it is done.',
  });
}

/** Completions of a server are bought once (decision 015): another sample would be another text. */
function refusePurchase({ stage }: StageTask): void {
  const { generator } = stage.config as { readonly generator?: { readonly kind?: string } };
  if (generator?.kind !== 'endpoint') return;
  throw new UserError(
    `${stage.id}: its completions were bought from a server, which does not give the same ones again`,
    {
      exitCode: 2,
      hint: '`harness verify --quick` compares what was kept with its digests.',
    },
  );
}

function assertInput(name: string, folder: string, { stage }: StageTask): void {
  const id = stage.inputs[name] ?? '';
  const done = existsSync(folder) ? readDone(folder, id) : null;
  const damage = done === null ? 'it is not there' : 'damaged' in done ? done.damaged : damageOf(folder, done);
  if (damage === null) return;
  throw new UserError(`${stage.id}: its input ${id} is not what it was made from: ${damage}`, {
    exitCode: 4,
    hint: 'Sweep its experiment again first.',
  });
}

/** Inputs lie beside the stage, as in a store: a path from one to the other, kept in an output, is the same. */
async function runAgain(
  task: StageTask,
  scratch: string,
  { backend, signal, onEvent }: VerifyOptions,
): Promise<{ readonly folder: string; readonly done: DoneRecord } | null> {
  const store = join(scratch, 'store');
  mkdirSync(store, { recursive: true });
  const inputs = Object.entries(task.inputFolders).map(([name, input]) => {
    const link = join(store, task.stage.inputs[name] ?? name);
    if (!existsSync(link)) symlinkSync(resolve(input), link, 'junction');
    return [name, link] as const;
  });
  const folder = join(store, task.stage.id);
  writeTaskFile({ ...task, folder, inputFolders: Object.fromEntries(inputs), attempt: 1 });
  const { result } = await runStageFolder(folder, { signal, onEvent, ...(backend && { backend }) });
  if (result.kind === 'interrupted') return null;
  if (result.kind !== 'committed')
    throw failedNow(task.stage.id, 'outcome' in result ? result.outcome.message : result.why);
  const done = readDone(folder, task.stage.id);
  if (done === null || 'damaged' in done) throw failedNow(task.stage.id, 'what it committed now cannot be read');
  return { folder, done };
}

const failedNow = (id: string, why: string): UserError =>
  new UserError(`${id}: it does not run here now: ${why}`, {
    exitCode: 4,
    hint: 'It was completed once: look for what has changed since (data, packages, this machine).',
  });

/** Where the same bytes cannot be asked for: another backend, device or processor than the one on record. */
function allowanceOf(folder: string, backend: Backend | undefined): string | null {
  if (backend !== undefined && backend.name !== 'native') return `the backend ${backend.name} sums in its own order`;
  const provenance = readJsonRecord(join(folder, stageFiles.provenance));
  const execution = recordOf(provenance, 'execution') ?? {};
  const device = textOf(execution, 'device');
  if (device !== null && device !== 'cpu') return `it ran on ${device}`;
  const [before, now] = [textOf(provenance, 'cpuModel'), processor().cpuModel];
  if (before !== now) return `it ran on another processor (${before ?? 'not recorded'})`;
  return numberOf(execution, 'threads') === null ? 'its threads are not recorded' : null;
}
