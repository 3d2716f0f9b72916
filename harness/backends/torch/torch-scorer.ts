/**
 * Rewards of rows by a model folder as it is, computed by torch. Ours are read as their training pooled; those from
 * elsewhere are given to `AutoModelForSequenceClassification`, whether or not our own engine computes their family.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isOwnModel, outlineOf, saveModelFolder, sourceOf, type ModelOutline } from '../../model/index.ts';
import { loadRewardModel, type RowScorer, type ScoredQuestion } from '../../score/index.ts';
import { UserError } from '../../spec/index.ts';
import { torchPython } from './find-python.ts';
import { writeJob } from './job-files.ts';
import { TorchProcess } from './python.ts';
import { rewardFiles, rewardsIn, writeQuestions } from './score-job.ts';

export interface TorchScorerOptions {
  readonly folder: string;
  readonly threads: number;
  /** `auto`: the accelerator that torch sees, else the processor. */
  readonly device: 'auto' | 'cpu' | 'cuda';
}

export interface TorchScorer {
  readonly score: RowScorer;
  /** Where the last rows were scored, as torch calls it. */
  device(): string;
  /** What a reader of the rewards should know. */
  readonly notes: readonly string[];
  /** Removes what was written for Python. */
  close(): void;
}

interface Readable {
  readonly folder: string;
  /** null: as `transformers` pools. */
  readonly rewardPooling: 'last' | 'mean' | null;
  readonly notes: readonly string[];
}

/** @throws UserError (2, 4) where the folder is no model that torch could score with; what Python says comes later. */
export async function openTorchScorer(options: TorchScorerOptions): Promise<TorchScorer> {
  const scratch = mkdtempSync(path.join(tmpdir(), 'harness-score-'));
  const close = (): void => rmSync(scratch, { recursive: true, force: true });
  try {
    const readable = await readableFolder(options.folder, scratch);
    return { ...scorerOf(readable, scratch, options), notes: readable.notes, close };
  } catch (error) {
    close();
    throw error;
  }
}

/** The folder that Python reads: the one that was named, or, where only we read it, a copy in our own format. */
async function readableFolder(folder: string, scratch: string): Promise<Readable> {
  const outline = outlineOf(folder);
  const { adapter } = sourceOf(folder);
  if (adapter === null && isOwnModel(folder)) return { folder, rewardPooling: ownPooling(folder), notes: [] };
  if (adapter === null && isClassifier(folder))
    return { folder, rewardPooling: null, notes: outline.notComputed === null ? [] : [onlyTorch(folder)] };
  if (outline.notComputed !== null) throw onlyWhole(folder, outline, adapter !== null);
  const { model, parameters, notes } = await loadRewardModel(folder);
  const copy = path.join(scratch, 'model');
  await saveModelFolder(copy, { model, parameters });
  return { folder: copy, rewardPooling: model.rewardPooling, notes };
}

function configOf(folder: string): Readonly<Record<string, unknown>> {
  return JSON.parse(readFileSync(sourceOf(folder).config, 'utf8')) as Record<string, unknown>;
}

function ownPooling(folder: string): 'last' | 'mean' {
  const { harness } = configOf(folder) as { readonly harness?: { readonly rewardPooling?: string } };
  return harness?.rewardPooling === 'mean' ? 'mean' : 'last';
}

/** By what it says of itself; a head in a file of its own is read by us alone. */
function isClassifier(folder: string): boolean {
  const { architectures } = configOf(folder);
  const [name = ''] = Array.isArray(architectures) ? (architectures as string[]) : [];
  return name.endsWith('ForSequenceClassification') && !existsSync(path.join(folder, 'value_head.safetensors'));
}

function onlyTorch(folder: string): string {
  const { model_type: type } = configOf(folder);
  return `the architecture ${JSON.stringify(type)} is computed by torch alone, not by our own engine`;
}

function onlyWhole(folder: string, { notComputed }: ModelOutline, isAdapter: boolean): UserError {
  return new UserError(
    isAdapter
      ? `${folder}: an adapter is merged by our own engine, which does not compute its base: ${notComputed}`
      : `${folder}: no sequence classifier, and our own engine does not read it: ${notComputed}`,
    {
      exitCode: 4,
      hint: isAdapter
        ? 'Merge it with peft: merge_and_unload(), then save_pretrained(folder), and score that folder.'
        : 'Save it with AutoModelForSequenceClassification: save_pretrained(folder) with num_labels 1.',
    },
  );
}

/** Loading torch takes seconds: scorers of one process share the Python. */
const processes = new Map<string, TorchProcess>();

function processWith(threads: number): TorchProcess {
  const key = `${threads} ${torchPython().command}`;
  const known = processes.get(key) ?? new TorchProcess(threads);
  processes.set(key, known);
  return known;
}

function scorerOf(
  { folder, rewardPooling }: Readable,
  scratch: string,
  { threads, device }: TorchScorerOptions,
): Pick<TorchScorer, 'score' | 'device'> {
  const python = processWith(threads);
  const model = path.resolve(folder);
  const job = { kind: 'score-folder', threads, device, rewardPooling, model, ...rewardFiles };
  let ranOn = device as string;
  const score: RowScorer = async (questions, { onBatch }) => {
    const place = mkdtempSync(path.join(scratch, 'job-'));
    writeQuestions(place, questions);
    writeJob(place, job);
    ranOn = String((await python.run(place, () => {}))['device']);
    const rewards = rewardsIn(path.join(place, rewardFiles.rewards), questions);
    rmSync(place, { recursive: true });
    onBatch?.(questions.reduce((sum, question) => sum + tokensOf(question), 0));
    return rewards;
  };
  return { score, device: () => ranOn };
}

function tokensOf({ prompt, responses }: ScoredQuestion): number {
  return responses.reduce((sum, response) => sum + response.length, prompt.length);
}
