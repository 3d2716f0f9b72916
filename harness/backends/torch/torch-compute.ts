/** Training and scoring by PyTorch, as jobs in files: `job.json` and its data in, events and tensors out. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { writeEncodedPairs, writeEncodedQuestions, type EncodedPair } from '../../data/index.ts';
import { saveModelFolder, type SavedModel } from '../../model/index.ts';
import type { ScoredQuestion } from '../../score/index.ts';
import {
  clearResumePoint,
  logEverySteps,
  orderFile,
  readResumePoint,
  resumeFile,
  scratchFolder,
  type Compute,
  type StagePlace,
  type StageRun,
} from '../../stages/index.ts';
import type { StageExecution } from '../../store/index.ts';
import {
  plainTraining,
  readTrainState,
  stateLayout,
  writeTrainState,
  type StateLayout,
  type TrainFeatures,
  type TrainResult,
} from '../../train/index.ts';
import { TorchProcess, type JobEvent } from './python.ts';

const jobVersion = 1;

export function torchCompute(execution: StageExecution): Compute {
  const python = new TorchProcess(execution.threads);
  return {
    device: 'torch',
    train: (place, run) => trainByTorch(place, run, python),
    scorer: (place, model) => (questions) => scoreByTorch({ place, model, questions }, python),
  };
}

async function trainByTorch(place: StagePlace, run: StageRun, python: TorchProcess): Promise<TrainResult> {
  const layout = layoutOf(run);
  const job = newJob(place);
  const state = (await readResumePoint(place, layout, run.toStep)) ?? run.state;
  await writeTrainJob(job, place, { ...run, state });
  const stop = (): void => writeFileSync(path.join(job, 'stop'), '');
  if (place.signal.aborted) stop();
  place.signal.addEventListener('abort', stop);
  try {
    const ended = await python.run(job, relay(place));
    const result = await resultOf(ended, job, layout);
    if (result.outcome.kind !== 'interrupted') clearResumePoint(place.folder);
    return result;
  } finally {
    place.signal.removeEventListener('abort', stop);
    rmSync(job, { recursive: true, force: true });
  }
}

function layoutOf({ model, features = plainTraining, optimizer }: StageRun): StateLayout {
  return stateLayout(model, { trainable: features.trainable, optimizer });
}

/** A folder for a job, where the stage's attempts begin empty. */
function newJob({ folder }: Pick<StagePlace, 'folder'>): string {
  return mkdtempSync(path.join(scratchFolder(folder), 'torch-'));
}

/** All that Python reads, but for the order of the stage. */
export async function writeTrainJob(
  job: string,
  { folder, execution }: Pick<StagePlace, 'folder' | 'execution'>,
  run: StageRun,
): Promise<void> {
  const layout = layoutOf(run);
  const { model, features = plainTraining, toStep, state } = run;
  await saveModelFolder(path.join(job, 'model'), { model, parameters: state.parameters });
  rmSync(path.join(job, 'model', 'model.safetensors'));
  await writeTrainState(path.join(job, 'state.safetensors'), state, layout);
  writeEncodedPairs(path.join(job, 'pairs.arrow'), pairsRead(run));
  writeJob(job, {
    kind: 'train',
    ...shared(execution),
    rewardPooling: model.rewardPooling,
    model: 'model',
    state: 'state.safetensors',
    pairs: 'pairs.arrow',
    order: path.resolve(folder, orderFile),
    resume: path.resolve(folder, resumeFile),
    result: 'result.safetensors',
    toStep,
    learned: layout.learned,
    adapterScale: adapterScaleOf(features.trainable),
    learningRates: Array.from({ length: toStep }, (_, step) => run.learningRateAt(step)),
    ...objectiveOf(run),
    optimizer: run.optimizer,
    logEverySteps,
    checkpointEverySeconds: execution.checkpointEverySeconds,
  });
}

function objectiveOf({ objective, features = plainTraining }: StageRun): object {
  const { pairwiseWeight, lmWeight } = objective;
  return { pairwiseWeight, lmWeight, rewardCentering: features.rewardCentering, margin: features.margin };
}

function adapterScaleOf(trainable: TrainFeatures['trainable']): number | null {
  return trainable?.kind === 'lora' ? trainable.alpha / trainable.rank : null;
}

/** Of all steps, under their rows in the input: a resume point may stand at any of them. */
function pairsRead({ pairs, rowsAt, toStep }: StageRun): readonly EncodedPair[] {
  const rows = new Set(Array.from({ length: toStep }, (_, step) => rowsAt(step)).flat());
  return [...rows].map((row) => ({ ...pairs.at(row), id: String(row) }));
}

/** `auto`: a card where torch sees one. `execution.device` says where our own engine runs. */
function shared({ threads }: StageExecution): object {
  return { threads, device: 'auto' };
}

function writeJob(folder: string, values: object): void {
  writeFileSync(path.join(folder, 'job.json'), JSON.stringify({ jobVersion, ...values }));
}

/** Into the journal, as the harness's own loop would write them. */
function relay({ emit }: StagePlace): (event: JobEvent) => void {
  let tokensPerSecond: number | null = null;
  return (event) => {
    const { step, steps, loss, name, value } = event as unknown as Record<string, number> & { readonly name: string };
    if (event.kind === 'speed') tokensPerSecond = Number(event['tokensPerSecond']);
    if (event.kind === 'metric') emit({ kind: 'metric', step: step as number, name, value: value as number });
    if (event.kind === 'progress')
      emit({ kind: 'progress', step: step as number, steps: steps as number, loss: loss as number, tokensPerSecond });
  };
}

async function resultOf(ended: JobEvent, job: string, layout: StateLayout): Promise<TrainResult> {
  const outcome = ended['outcome'] as TrainResult['outcome']['kind'];
  if (outcome === 'interrupted') return { outcome: { kind: outcome }, state: null };
  if (outcome === 'diverged')
    return { outcome: { kind: outcome, step: Number(ended['step']), reason: String(ended['reason']) }, state: null };
  return { outcome: { kind: outcome }, state: await readTrainState(path.join(job, 'result.safetensors'), layout) };
}

interface Scored {
  readonly place: StagePlace;
  readonly model: SavedModel;
  readonly questions: readonly ScoredQuestion[];
}

async function scoreByTorch(scored: Scored, python: TorchProcess): Promise<readonly Float32Array[]> {
  if (scored.questions.length === 0) return [];
  const job = newJob(scored.place);
  try {
    await writeScoreJob(job, scored);
    await python.run(job, () => {});
    return rewardsIn(path.join(job, rewardsFile), scored.questions);
  } finally {
    rmSync(job, { recursive: true, force: true });
  }
}

const rewardsFile = 'rewards.f32';

async function writeScoreJob(job: string, { place, model, questions }: Scored): Promise<void> {
  await saveModelFolder(path.join(job, 'model'), model);
  const rows = questions.map(({ prompt, responses }, index) => ({ id: String(index), prompt, candidates: responses }));
  writeEncodedQuestions(path.join(job, 'questions.arrow'), rows);
  writeJob(job, {
    kind: 'score',
    ...shared(place.execution),
    rewardPooling: model.model.rewardPooling,
    model: 'model',
    weights: 'model/model.safetensors',
    questions: 'questions.arrow',
    rewards: rewardsFile,
  });
}

function rewardsIn(file: string, questions: readonly ScoredQuestion[]): readonly Float32Array[] {
  const bytes = new Uint8Array(readFileSync(file));
  const all = new Float32Array(bytes.buffer);
  let at = 0;
  return questions.map(({ responses }) => all.slice(at, (at += responses.length)));
}
