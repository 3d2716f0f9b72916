/** Training and scoring by PyTorch, as jobs in files: `job.json` and its data in, events and tensors out. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
import { oneRank, type RanksSpec } from '../../spec/experiment-schema.ts';
import type { StageExecution } from '../../store/index.ts';
import { relay } from './relay.ts';
import {
  plainTraining,
  readTrainState,
  stateLayout,
  writeTrainState,
  type StateLayout,
  type TrainFeatures,
  type TrainResult,
} from '../../train/index.ts';
import type { JobEvent } from './events.ts';
import { TorchProcess } from './python.ts';
import { runByRanks } from './ranks-process.ts';
import { rankCount } from './torchrun.ts';

const jobVersion = 1;

/** Carries out a job, as `TorchProcess.run`. */
type RunJob = (job: string, onEvent: (event: JobEvent) => void) => Promise<JobEvent>;

export function torchCompute(execution: StageExecution): Compute {
  const python = new TorchProcess(execution.threads);
  const alone: RunJob = (job, onEvent) => python.run(job, onEvent);
  const { threads, ranks = oneRank } = execution;
  const together: RunJob =
    rankCount(ranks) === 1 ? alone : (job, onEvent) => runByRanks({ job, ranks, threads, onEvent });
  return {
    device: 'torch',
    train: (place, run) => trainByTorch(place, run, together),
    scorer: (place, model) => (questions) =>
      scoreByTorch({ place, model, questions }, isSmall(questions, ranks) ? alone : together),
  };
}

/** Responses that one process has scored before several have started. */
const fewResponses = 256;

/** A sharded model fits into no process alone. */
function isSmall(questions: readonly ScoredQuestion[], { torch }: RanksSpec): boolean {
  const responses = questions.reduce((sum, question) => sum + question.responses.length, 0);
  return torch.sharding === 'replicated' && responses <= fewResponses;
}

async function trainByTorch(place: StagePlace, run: StageRun, runJob: RunJob): Promise<TrainResult> {
  const layout = layoutOf(run);
  const job = newJob(place);
  const state = (await readResumePoint(place, layout, run.toStep)) ?? run.state;
  tellOfSharded(place);
  await writeTrainJob(job, place, { ...run, state });
  const stop = (): void => writeFileSync(path.join(job, 'stop'), '');
  if (place.signal.aborted) stop();
  place.signal.addEventListener('abort', stop);
  try {
    const ended = await runJob(job, relay(place, state.step));
    const result = await resultOf(ended, job, layout);
    if (result.outcome.kind !== 'interrupted') clearResumePoints(place.folder);
    return result;
  } finally {
    place.signal.removeEventListener('abort', stop);
    rmSync(job, { recursive: true, force: true });
  }
}

function layoutOf({ model, features = plainTraining, optimizer }: StageRun): StateLayout {
  return stateLayout(model, { trainable: features.trainable, optimizer });
}

/** Beside the stage's own resume point: of a model that no process holds as a whole. */
const shardedResume = 'resume.sharded';

function clearResumePoints(folder: string): void {
  clearResumePoint(folder);
  for (const left of [shardedResume, `${resumeFile}.partial`])
    rmSync(path.join(folder, left), { recursive: true, force: true });
}

/** Another sharding was asked for before, and what it saved cannot be gone on from. */
function tellOfSharded({ folder, execution: { ranks = oneRank }, emit }: StagePlace): void {
  if (ranks.torch.sharding === 'sharded' || !existsSync(path.join(folder, shardedResume))) return;
  emit({
    kind: 'note',
    text: `${shardedResume} is of a sharded model, and is not gone on from: execution.torch.sharding`,
  });
}

/** A folder for a job, where the stage's attempts begin empty. */
function newJob({ folder }: Pick<StagePlace, 'folder'>): string {
  return mkdtempSync(path.join(scratchFolder(folder), 'torch-'));
}

/** All that Python reads, but for the order of the stage. */
export async function writeTrainJob(
  job: string,
  place: Pick<StagePlace, 'folder' | 'execution' | 'numerics'>,
  run: StageRun,
): Promise<void> {
  const layout = layoutOf(run);
  const { model, state } = run;
  await saveModelFolder(path.join(job, 'model'), { model, parameters: state.parameters });
  rmSync(path.join(job, 'model', 'model.safetensors'));
  await writeTrainState(path.join(job, 'state.safetensors'), state, layout);
  writeEncodedPairs(path.join(job, 'pairs.arrow'), pairsRead(run));
  writeJob(job, {
    kind: 'train',
    ...shared(place),
    model: 'model',
    state: 'state.safetensors',
    pairs: 'pairs.arrow',
    result: 'result.safetensors',
    ...filesOfStage(place),
    ...trainingOf(run, layout),
  });
}

/** Those that outlive the job. */
function filesOfStage({ folder, execution }: Pick<StagePlace, 'folder' | 'execution'>): object {
  const { sharding } = (execution.ranks ?? oneRank).torch;
  return {
    order: path.resolve(folder, orderFile),
    resume: path.resolve(folder, resumeFile),
    shardedResume: sharding === 'sharded' ? path.resolve(folder, shardedResume) : null,
    checkpointEverySeconds: execution.checkpointEverySeconds,
  };
}

function trainingOf(run: StageRun, { learned }: StateLayout): object {
  const { model, features = plainTraining, toStep, optimizer } = run;
  return {
    rewardPooling: model.rewardPooling,
    toStep,
    learned,
    adapterScale: adapterScaleOf(features.trainable),
    learningRates: Array.from({ length: toStep }, (_, step) => run.learningRateAt(step)),
    ...objectiveOf(run),
    optimizer,
    logEverySteps,
  };
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
function shared({ execution, numerics }: Pick<StagePlace, 'execution' | 'numerics'>): object {
  const { threads, ranks = oneRank } = execution;
  const { joinTimeoutSeconds: _ofNodes, ...computing } = ranks.torch;
  return { threads, device: 'auto', numerics, ...computing };
}

function writeJob(folder: string, values: object): void {
  writeFileSync(path.join(folder, 'job.json'), JSON.stringify({ jobVersion, ...values }));
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

async function scoreByTorch(scored: Scored, runJob: RunJob): Promise<readonly Float32Array[]> {
  if (scored.questions.length === 0) return [];
  const job = newJob(scored.place);
  try {
    await writeScoreJob(job, scored);
    await runJob(job, () => {});
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
    ...shared(place),
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
