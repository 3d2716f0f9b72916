/** Weights that stages name without holding them: what their files say is what is read from them. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  initAdapters,
  loadModelFolder,
  readSafetensors,
  saveModelFolder,
  writeSafetensors,
  type ModelConfig,
  type Parameters,
} from '../../harness/model/index.ts';
import { heldState, keepModel, keepState, stateInFile } from '../../harness/stages/trained-state.ts';
import { folderFiles, heldWeights, savedModel, withAdded } from '../../harness/stages/weights.ts';
import { initialState, stateLayout, writeTrainState, type TrainState } from '../../harness/train/index.ts';
import { checkpointModels, writeCheckpoint } from '../model/tiny-checkpoints.ts';
import { bumpyParameters, tinyModels } from '../model/tiny-models.ts';
import { optimizer } from '../train/run-options.ts';

const root = mkdtempSync(path.join(tmpdir(), 'weights-'));
const folderOf = ({ family }: ModelConfig): string => path.join(root, family);
const [qwen2, gpt2] = ['qwen2', 'gpt2'].map((name) => checkpointModels.find(({ family }) => family === name)!) as [
  ModelConfig,
  ModelConfig,
];

beforeAll(async () => {
  for (const model of checkpointModels) await writeCheckpoint(folderOf(model), { model });
});
afterAll(() => rmSync(root, { recursive: true }));

describe('files of a checkpoint', () => {
  it.each(checkpointModels)('of $family are found by name, with the head that loading would start', async (model) => {
    const { parameters } = await loadModelFolder(folderOf(model), { missingHeads: { seed: 7 } });
    const files = folderFiles(folderOf(model), model, 7);
    expect(files).toEqual({ path: folderOf(model), added: { 'score.weight': parameters['score.weight'] } });
  });

  it('are none where the context is cut: learned positions are parameters', () => {
    expect(folderFiles(folderOf(gpt2), { ...gpt2, contextLength: 320 }, 7)).toBeNull();
    expect(folderFiles(folderOf(qwen2), { ...qwen2, contextLength: 320 }, 7)).not.toBeNull();
  });

  it('are none where its tensors go by names that only we understand', async () => {
    const renamed = path.join(root, 'renamed');
    await writeCheckpoint(renamed, { model: qwen2, hasHead: true });
    const file = path.join(renamed, 'model.safetensors');
    const { tensors } = await readSafetensors(file);
    const under = (change: (name: string) => string): Promise<void> =>
      writeSafetensors(file, Object.fromEntries(Object.entries(tensors).map(([k, v]) => [change(k), v])), {});
    await under((name) => name.replace(/^model\./, ''));
    expect(folderFiles(renamed, qwen2, 7)).toEqual({ path: renamed, added: {} });
    await under((name) => `_orig_mod.${name}`);
    expect(folderFiles(renamed, qwen2, 7)).toBeNull();
    await under((name) => (name === 'score.weight' ? 'v_head.summary.weight' : name));
    expect(folderFiles(renamed, qwen2, 7)).toBeNull();
    await under((name) => name);
    copyFileSync(file, path.join(renamed, 'value_head.safetensors'));
    expect(folderFiles(renamed, qwen2, 7)).toBeNull();
  });
});

it('what is added takes the place of what is there, in values and files alike', async () => {
  const head = { 'score.weight': new Float32Array(8).fill(2) };
  const weights = withAdded(savedModel(await saved('added', bumpyParameters(tinyModels[0]!))).weights, head);
  expect(weights.files).toEqual({ path: path.join(root, 'added'), added: head });
  expect((await weights.load())['score.weight']).toBe(head['score.weight']);
  expect(withAdded(heldWeights({}), head).files).toBeNull();
});

async function saved(name: string, parameters: Parameters): Promise<string> {
  await saveModelFolder(path.join(root, name), { model: tinyModels[0]!, parameters });
  return path.join(root, name);
}

const lora = { kind: 'lora', rank: 2, alpha: 4, targets: null, frozenStorage: null } as const;

describe.each([
  ['alone', optimizer, null],
  ['with averages', { ...optimizer, ema: { decay: 0.9 } }, null],
  ['with adapters', optimizer, lora],
  ['with averages of adapters', { ...optimizer, ema: { decay: 0.9 } }, lora],
] as const)('a trained state %s', (name, given, trainable) => {
  const model = tinyModels[0]!;
  const layout = stateLayout(model, { trainable, optimizer: given });
  const kept = { layout, trainable };
  /** Averages differ from weights, and no adapter is 0. */
  const state = (): TrainState => {
    const adapters = (seed: number): Parameters =>
      trainable === null ? {} : initAdapters(model, { lora: trainable, seed });
    const all = (seed: number): Parameters =>
      Object.fromEntries(
        Object.entries({ ...bumpyParameters(model, seed), ...adapters(seed) }).map(([parameter, values]) => [
          parameter,
          values.map((value, index) => value + 0.01 * (index % 7)),
        ]),
      );
    const { averages } = initialState(all(2), layout);
    return { ...initialState(all(1), layout), averages, step: 3, tokensSeen: 99 };
  };
  const written = async (): Promise<string> => {
    const file = path.join(mkdtempSync(path.join(root, 'state-')), 'trained.safetensors');
    await writeTrainState(file, state(), layout);
    return file;
  };

  it('in a file is kept as the same model as from memory, and known by the same weights', async () => {
    const [held, copied] = [path.join(root, `held ${name}`), path.join(root, `copied ${name}`)];
    const fromMemory = await keepModel(held, { model, kept: { state: heldState(state()), ...kept } });
    const fromFile = await keepModel(copied, { model, kept: { state: stateInFile(await written(), layout), ...kept } });
    for (const file of ['config.json', 'model.safetensors'])
      expect(readFileSync(path.join(copied, file)).equals(readFileSync(path.join(held, file)))).toBe(true);
    expect(await fromFile.load()).toEqual(await fromMemory.load());
    expect(fromMemory.files).toBeNull();
    expect(fromFile.files?.path).toBe(name === 'alone' ? expect.stringContaining('trained.safetensors') : copied);
  });

  it('is kept to go on from, and rounded where moments have 16 bits', async () => {
    const file = await written();
    const kept = path.join(root, `trunk ${name}`);
    await keepState(kept, stateInFile(file, layout), layout);
    expect(stateInFile(kept, layout)).toMatchObject({ step: 3, tokensSeen: 99, file: kept });
    expect(await stateInFile(kept, layout).load()).toEqual(state());
    const halves = stateLayout(model, { trainable, optimizer: { ...given, momentStorage: 'bfloat16' } });
    await keepState(file, stateInFile(kept, layout), halves);
    expect(readFileSync(file).length).toBeLessThan(readFileSync(kept).length);
  });

  it('of another model is refused from its header', async () => {
    const other = stateLayout({ ...model, hiddenSize: 16 }, { trainable, optimizer: given });
    const file = await written();
    expect(() => stateInFile(file, other)).toThrow(/trained\.safetensors: does not fit its model/);
  });
});
