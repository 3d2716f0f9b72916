/**
 * Weights that torch reads from where they lie: the same losses, states and rewards as of weights that passed through
 * this process. Where HARNESS_PYTHON names a Python with torch.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkByTorch } from '../../harness/backends/torch/saved-check.ts';
import { torchCompute } from '../../harness/backends/torch/torch-compute.ts';
import { writeEncodedPairs } from '../../harness/data/index.ts';
import { describeModelFolder, initAdapters, loadModelFolder, saveModelFolder } from '../../harness/model/index.ts';
import { oneRank, type RanksSpec } from '../../harness/spec/experiment-schema.ts';
import { runTraining, type Compute, type StageContext, type Weights } from '../../harness/stages/index.ts';
import { writeProbes } from '../../harness/stages/probes.ts';
import { keepModel, keepState } from '../../harness/stages/trained-state.ts';
import { folderFiles, heldWeights, savedModel, withAdded } from '../../harness/stages/weights.ts';
import type { JournalEvent } from '../../harness/store/index.ts';
import type { TrainResult } from '../../harness/train/index.ts';
import { checkpointModels, writeCheckpoint } from '../model/tiny-checkpoints.ts';
import { pythonWith } from '../python.ts';
import { loaded, stageTraining } from '../stages/stage-training.ts';
import { layoutFor, optimizer, pairs, runOptions, type RunChanges } from '../train/run-options.ts';

const python = pythonWith('torch, transformers, pyarrow');
const root = mkdtempSync(path.join(tmpdir(), 'harness-by-file-'));
const seed = 7;
const families = checkpointModels.map(({ family }) => family);
const folderOf = (family: string): string => path.join(root, 'models', family);
const execution = { threads: 1, device: 'cpu', checkpointEverySeconds: 3600 } as const;
let torch: Compute;

beforeAll(async () => {
  if (python === null) return;
  process.env['HARNESS_TORCH_PYTHON'] = python;
  torch = torchCompute(execution);
  for (const model of checkpointModels)
    await writeCheckpoint(folderOf(model.family), {
      model,
      hasHead: model.family === 'qwen2',
      storage: model.family === 'gemma2' ? 'bfloat16' : model.family === 'llama' ? 'float16' : 'float32',
    });
});
afterAll(() => {
  delete process.env['HARNESS_TORCH_PYTHON'];
  rmSync(root, { recursive: true, force: true });
});

/** As they lie; whoever asks for their values has failed. */
function lying(family: string): Weights {
  const files = folderFiles(folderOf(family), describeModelFolder(folderOf(family)).model, seed);
  expect(files).not.toBeNull();
  return { files, load: () => Promise.reject(new Error('asked for values')) };
}

async function held(family: string): Promise<Weights> {
  return heldWeights((await loadModelFolder(folderOf(family), { missingHeads: { seed } })).parameters);
}

interface Asked extends RunChanges {
  readonly ranks?: Partial<RanksSpec>;
}

interface Trained extends TrainResult {
  readonly losses: readonly number[];
}

function placeIn(folder: string, ranks: Partial<RanksSpec>, onLoss: (loss: number) => void): StageContext {
  return {
    folder,
    numerics: 'float32',
    execution: { ...execution, ranks: { ...oneRank, ...ranks } },
    signal: new AbortController().signal,
    emit: (event: JournalEvent) => {
      if (event.kind === 'progress') onLoss(event.loss ?? NaN);
    },
  } as unknown as StageContext;
}

async function trained(family: string, weights: Weights, { ranks, ...changes }: Asked = {}): Promise<Trained> {
  const { model } = describeModelFolder(folderOf(family));
  const folder = mkdtempSync(path.join(root, 'stage-'));
  const losses: number[] = [];
  const place = placeIn(folder, ranks ?? {}, (loss) => losses.push(loss));
  const compute = ranks === undefined ? torch : torchCompute(place.execution);
  const run = stageTraining(runOptions(model, null!, { toStep: 6, ...changes }), root);
  const start = { kind: 'weights', weights } as const;
  const result = await runTraining({ ...place, compute: async () => compute }, { ...run, start });
  return { ...(await loaded(result)), losses };
}

const questions = pairs.slice(0, 8).map(({ prompt, chosen, rejected }) => ({ prompt, responses: [chosen, rejected] }));
const limit = 300_000;

describe.skipIf(python === null)('weights by file (skipped without HARNESS_PYTHON that has torch)', () => {
  it.each(families)(
    'give the states and rewards of weights that were read here: %s',
    async (family) => {
      const [read, here] = [await trained(family, lying(family)), await trained(family, await held(family))];
      expect(read.losses).toHaveLength(6);
      expect(read).toEqual(here);
      const { model } = describeModelFolder(folderOf(family));
      const place = placeIn(mkdtempSync(path.join(root, 'score-')), {}, () => {});
      const rewards = await torch.scorer(place, { model, weights: lying(family) })(questions);
      expect(rewards).toEqual(await torch.scorer(place, { model, weights: await held(family) })(questions));
    },
    limit,
  );

  it(
    'are read with adapters beside them, with averages, and by ranks that share the model',
    async () => {
      const lora = { kind: 'lora', rank: 2, alpha: 4, targets: null, frozenStorage: null } as const;
      const { model } = describeModelFolder(folderOf('llama'));
      const adapters = initAdapters(model, { lora, seed });
      const adapted = { features: { trainable: lora } };
      const [read, here] = [
        await trained('llama', withAdded(lying('llama'), adapters), adapted),
        await trained('llama', withAdded(await held('llama'), adapters), adapted),
      ];
      expect(read).toEqual(here);
      const averaged = { optimizer: { ...optimizer, ema: { decay: 0.9 } } };
      const plain = await trained('llama', await held('llama'), averaged);
      expect(await trained('llama', lying('llama'), averaged)).toEqual(plain);
      const ranks = { ranksPerNode: 2, torch: { ...oneRank.torch, sharding: 'sharded' } } as const;
      const shared = await trained('llama', lying('llama'), { ...averaged, ranks });
      for (const [step, loss] of plain.losses.entries())
        expect(Math.abs(shared.losses[step]! - loss)).toBeLessThan(1e-6);
    },
    limit,
  );

  it(
    'of a run stay in its file: trunk, run from the trunk, model and rewards',
    async () => {
      const { model } = describeModelFolder(folderOf('qwen2'));
      const [trunk, kept] = [path.join(root, 'trunk.safetensors'), path.join(root, 'kept')];
      const changes = { learningRateAt: () => 1e-3 };
      const folder = mkdtempSync(path.join(root, 'stage-'));
      const context = { ...placeIn(folder, {}, () => {}), compute: async () => torch };
      const options = runOptions(model, null!, { toStep: 3, ...changes });
      const layout = layoutFor(model, options);
      const begun = stageTraining(options, root);
      const first = await runTraining(context, { ...begun, start: { kind: 'weights', weights: lying('qwen2') } });
      expect(first.state?.file).not.toBeNull();
      await keepState(trunk, first.state!, layout);
      const rest = await runTraining(context, { ...begun, toStep: 6, start: { kind: 'state', file: trunk } });
      const weights = await keepModel(kept, { model, kept: { state: rest.state!, layout, trainable: null } });
      const straight = await trained('qwen2', lying('qwen2'), changes);
      expect((await loadModelFolder(kept)).parameters).toEqual(straight.state?.parameters);
      const asked = { ...weights, load: () => Promise.reject(new Error('asked for values')) };
      const rewards = await torch.scorer(context, { model, weights: asked })(questions);
      expect(rewards).toEqual(await torch.scorer(context, savedModel(kept))(questions));
    },
    limit,
  );

  it(
    'are checked after they were saved by a Python that never held them',
    async () => {
      const folder = mkdtempSync(path.join(root, 'checked-'));
      writeEncodedPairs(path.join(folder, 'dev.arrow'), pairs.slice(0, 4));
      const { model, parameters } = await loadModelFolder(folderOf('qwen2'));
      await saveModelFolder(folder, { model, parameters });
      const place = placeIn(folder, {}, () => {});
      const probes = await torch.scorer(place, { model, weights: heldWeights(parameters) })(questions.slice(0, 4));
      writeProbes(folder, probes, 'torch');
      const saved = { folder, taskFolder: folder, device: 'cpu', threads: 1 } as const;
      await expect(checkByTorch(execution).check(saved)).resolves.toBeUndefined();
      const head = { 'score.weight': new Float32Array(model.hiddenSize).fill(1) };
      await saveModelFolder(folder, { model, parameters: { ...parameters, ...head } });
      await expect(checkByTorch(execution).check(saved)).rejects.toMatchObject({ exitCode: 4 });
    },
    limit,
  );
});
