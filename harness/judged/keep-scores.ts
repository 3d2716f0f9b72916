/**
 * Judged scores in the results folder, as a stage of the kind `scores` that no plan has: `ls`, `show`, `sql` and
 * `export` read it like any other. The same scores of the same task by the same model are the same stage.
 */
import { hash, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeItems, type Item, type Metric } from '../eval/index.ts';
import { canonicalJson, sha256 } from '../plan/index.ts';
import { UserError } from '../spec/user-error.ts';
import {
  clearFolder,
  createResultsFolder,
  damageOf,
  enterStage,
  readDone,
  recordedOutputs,
  stageFolder,
  toJson,
  writeFileAtomically,
  Workspace,
  type Provenance,
  type StageDescription,
  type StageResult,
  type StageTask,
} from '../store/index.ts';

/** What the scores are, besides themselves. Together with a digest of the items it is the identity. */
export interface ScoresConfig {
  /** Who scored. */
  readonly model: string;
  /** null = the file of scores said itself what is right. */
  readonly task: { readonly name: string; readonly kind: string; readonly split: string } | null;
  /** How the file was read; `model` where the scores were made here. */
  readonly format: string;
  readonly lengthUnit: 'tokens' | 'characters' | null;
}

export interface KeptScores {
  readonly config: ScoresConfig;
  /** Id of the task's stage; null where the task is not one on record. */
  readonly taskStage: string | null;
  readonly items: readonly Item[];
  readonly metrics: readonly Metric[];
  /** All that was told of the scores, as JSON. */
  readonly report: object;
}

export interface KeepOptions {
  readonly resultsFolder: string;
  readonly provenance: Provenance;
}

const scoresKind = 'scores';
const version = 1;
const outputs = { items: recordedOutputs.items, metrics: 'metrics.json', report: 'report.json' } as const;

/**
 * Returns the id, and whether the very same scores were there before.
 * @throws UserError (3) where the folder cannot be written; (4) where another process is writing the same scores.
 */
export async function keepScores(
  scores: KeptScores,
  { resultsFolder, provenance }: KeepOptions,
): Promise<{ readonly id: string; readonly wasThere: boolean }> {
  createResultsFolder(resultsFolder);
  const stage = stageOf(scores, resultsFolder);
  const folder = stageFolder(resultsFolder, stage.id);
  if (isWhole(folder, stage.id)) return { id: stage.id, wasThere: true };
  const workspace = enterStage(stageTask(stage, folder, provenance));
  if (!(workspace instanceof Workspace)) return { id: stage.id, wasThere: isThere(workspace) };
  try {
    await write(scores, stage.id, workspace);
  } finally {
    workspace.leave();
  }
  return { id: stage.id, wasThere: false };
}

async function write(scores: KeptScores, id: string, workspace: Workspace): Promise<void> {
  const { folder, journal } = workspace;
  for (const { name, value } of scores.metrics) journal.append({ kind: 'metric', step: null, name, value });
  writeItems(join(folder, outputs.items), scores.items);
  writeFileAtomically(join(folder, outputs.metrics), toJson(scores.metrics), false);
  writeFileAtomically(join(folder, outputs.report), toJson(scores.report), false);
  await workspace.commit(id, { kind: 'completed' }, Object.values(outputs));
}

/** @throws UserError (4) where another process is writing them. */
function isThere(result: StageResult): boolean {
  if (result.kind === 'committed') return true;
  const why = result.kind === 'lost' ? result.why : `the stage is ${result.kind}`;
  throw new UserError(why, { exitCode: 4, hint: 'Run the same command again.' });
}

/** A damaged folder is emptied, to be written again. */
function isWhole(folder: string, id: string): boolean {
  if (!existsSync(folder)) return false;
  const done = readDone(folder, id);
  if (done === null) return false;
  const damage = 'damaged' in done ? done.damaged : damageOf(folder, done);
  if (damage === null) return true;
  clearFolder(folder, damage);
  return false;
}

function stageOf({ config, taskStage, items }: KeptScores, resultsFolder: string): StageDescription {
  const whole = { ...config, itemsDigest: itemsDigest(items, resultsFolder) };
  const inputs: StageDescription['inputs'] = taskStage === null ? {} : { task: taskStage };
  const fingerprint = sha256(canonicalJson({ kind: scoresKind, version, config: whole, inputs }));
  return { id: `${scoresKind}-${fingerprint.slice(0, 12)}`, kind: scoresKind, fingerprint, config: whole, inputs };
}

/** Of the file: equal items give equal bytes. */
function itemsDigest(items: readonly Item[], resultsFolder: string): string {
  const file = join(resultsFolder, `.scores-${randomUUID()}.arrow`);
  try {
    writeItems(file, items);
    return hash('sha256', readFileSync(file), 'hex');
  } finally {
    rmSync(file, { force: true });
  }
}

function stageTask(stage: StageDescription, folder: string, provenance: Provenance): StageTask {
  return {
    stage,
    folder,
    inputFolders: {},
    execution: { threads: 1, device: 'cpu', checkpointEverySeconds: 60 },
    cacheFolder: '',
    plugins: [],
    attempt: 1,
    provenance,
  };
}
