/** Whole sweeps that start from Hugging Face folders: every family, every arm, and what is saved goes round. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { captured, documentOf, type CapturedRun } from '../cli/captured-run.ts';
import { readEncodedPairs, readPairs } from '../../harness/data/index.ts';
import { builtInKinds } from '../../harness/kinds/index.ts';
import { stages, stageTools, type FinetuneConfig, type StageContext } from '../../harness/stages/index.ts';
import { readTaskFile, type JournalEvent } from '../../harness/store/index.ts';
import { loadModelFolder } from '../../harness/model/index.ts';
import { checkpointModels, writeCheckpoint } from '../model/tiny-checkpoints.ts';
import { fixtureCache } from './fixture-corpus.ts';

let cache: string;
let folder: string;
const families = checkpointModels.map(({ family }) => family);

beforeAll(async () => {
  cache = fixtureCache();
  folder = mkdtempSync(path.join(tmpdir(), 'harness-checkpoint-'));
  for (const model of checkpointModels)
    await writeCheckpoint(path.join(folder, 'models', model.family), {
      model,
      hasHead: model.family === 'qwen2',
      // As the published ones of these families are.
      begins: model.family === 'llama' || model.family === 'gemma2',
      storage: model.family === 'gemma2' ? 'bfloat16' : model.family === 'llama' ? 'float16' : 'float32',
    });
});
afterAll(() => {
  for (const place of [cache, folder]) rmSync(place, { recursive: true, force: true });
});

const harness = (results: string, argv: readonly string[]): Promise<CapturedRun> =>
  captured(argv, { HARNESS_CACHE: cache, HARNESS_RESULTS: path.join(folder, results) });

/** A finetuning of four steps from `start`, and what else is given. */
function experiment(name: string, sections: string, learningRate = 1e-3): string {
  const file = path.join(folder, `${name}.yaml`);
  writeFileSync(
    file,
    `formatVersion: 1
name: ${name}
question: Does everything start from a checkpoint?
seeds: [1]
task: {kind: generated, name: lookup, family: lookup, difficulty: 1, trainPairs: 32, devPairs: 8, testPairs: 8, testQuestions: 2, candidates: 2}
finetune:
  objective: {lmWeight: 1}
  samples: 8
  steps: 4
  pairsPerStep: 4
  optimizer: {kind: adamw, learningRate: ${learningRate}}
  schedule: {kind: cosine, warmup: {steps: 1}}
evaluate: {bestOf: [1, 2]}
execution: {workers: 1, threads: 1}
${sections}`,
  );
  return file;
}

interface Done {
  readonly id: string;
  readonly folder: string;
  readonly config: { readonly model: { readonly name: string } };
  readonly inputs: Readonly<Record<string, string>>;
}
const finetunesOf = (results: string): readonly Done[] => {
  const store = path.join(folder, results, 'store');
  return readdirSync(store)
    .filter((id) => id.startsWith('finetune-'))
    .map((id) => {
      const { stage } = JSON.parse(readFileSync(path.join(store, id, 'task.json'), 'utf8')) as { stage: Done };
      return { ...stage, id, folder: path.join(store, id) };
    });
};
const inputOf = (results: string, { inputs }: Done, name: string): string =>
  path.join(folder, results, 'store', inputs[name] as string);

describe('a sweep over the five families', () => {
  let run: CapturedRun;
  beforeAll(async () => {
    const cases = families.map((one) => `      ${one}: {start: {kind: checkpoint, path: models/${one}}}`).join('\n');
    const file = experiment(
      'families',
      `corpus: {kind: npm, minCharacters: 40, maxCharacters: 400, heldOutFunctions: 8}
pairs: {kind: mutate, mutantsPerFunction: 2}
pretrain:
  objective: {kind: pmp}
  budget: {pairs: 16}
  pairsPerStep: 4
  optimizer: {kind: adamw, learningRate: 1e-3}
  schedule: {kind: wsd, warmup: {steps: 1}, decayFraction: 0.25}
sweep:
  axes:
    start:
${cases}
    arm:
      none: {pretrain.objective: {kind: none}}
      lm: {pretrain.objective: {kind: lm}}
      pmp: {}
  exclude:
    - {arm: lm, start: [qwen2, gemma2, gpt2, gpt-neox]}
`,
    );
    run = await harness('families', ['sweep', file, '--json']);
  }, 240_000);

  it('completes every arm of each', () => {
    expect(run.stderr).not.toContain('failed');
    expect(run.exitCode).toBe(0);
    expect(documentOf(run)).toMatchObject({ counts: { failed: 0, diverged: 0, blocked: 0 }, trials: { ran: 11 } });
    expect(finetunesOf('families')).toHaveLength(11);
  });

  it('saves folders that say how their texts become tokens, and that score them as they were trained', async () => {
    for (const family of families) {
      const stage = finetunesOf('families').find(({ config }) => config.model.name === family) as Done;
      expect(readdirSync(stage.folder)).toEqual(expect.arrayContaining(['tokenizer.json', 'tokenizer_config.json']));
      const config = JSON.parse(readFileSync(path.join(stage.folder, 'config.json'), 'utf8')) as object;
      expect(config).toMatchObject({ eos_token_id: 1, bos_token_id: 0 });
      expect((config as { pad_token_id: number }).pad_token_id).not.toBe(1);

      const task = inputOf('families', stage, 'task');
      const begins = family === 'llama' || family === 'gemma2';
      const encoded = readEncodedPairs(path.join(task, 'test.arrow'));
      for (const pair of encoded) expect([pair.prompt[0] === 0, pair.chosen.at(-1)]).toEqual([begins, 1]);
      const texts = readPairs(path.join(task, 'test.jsonl'));
      expect(await rewardsOf(stage.folder, texts)).toEqual(
        await rewardsOf(
          stage.folder,
          encoded.map(({ id, prompt, chosen, rejected }) => ({
            id,
            prompt: [...prompt],
            chosen: [...chosen],
            rejected: [...rejected],
          })),
        ),
      );
    }
  }, 60_000);
});

interface Pair {
  readonly prompt: unknown;
  readonly chosen: unknown;
  readonly rejected: unknown;
}

async function rewardsOf(model: string, pairs: readonly Pair[]): Promise<readonly (readonly [unknown, unknown])[]> {
  const rows = path.join(folder, 'rows.jsonl');
  const line = ({ prompt, chosen, rejected }: Pair): string => JSON.stringify({ prompt, chosen, rejected });
  writeFileSync(rows, `${pairs.map(line).join('\n')}\n`);
  const run = await harness('score', ['score', model, rows, '--json', '--threads', '1']);
  expect(run.stderr).toBe('');
  const { rows: scored } = documentOf(run) as { rows: { rewardChosen: number; rewardRejected: number }[] };
  return scored.map(({ rewardChosen, rewardRejected }) => [rewardChosen, rewardRejected]);
}

describe('finetuning alone, without a corpus', () => {
  it('scores as the checkpoint itself where the learning rate is too small to change a weight', async () => {
    const file = experiment('still', 'start: {kind: checkpoint, path: models/qwen2}\npretrain: null\n', 1e-30);
    expect((await harness('still', ['sweep', file])).exitCode).toBe(0);
    const [stage] = finetunesOf('still') as [Done];
    const pairs = readEncodedPairs(path.join(inputOf('still', stage, 'task'), 'test.arrow'));
    const rows = pairs.map(({ prompt, chosen, rejected }) => ({
      prompt: [...prompt],
      chosen: [...chosen],
      rejected: [...rejected],
    }));
    const rewards = await rewardsOf(stage.folder, rows);
    expect(new Set(rewards.flat()).size).toBeGreaterThan(4);
    expect(rewards).toEqual(await rewardsOf(path.join(folder, 'models', 'qwen2'), rows));
  }, 60_000);

  it('trains adapters only, or all but frozen layers, of the checkpoint', async () => {
    const cases = `sweep:
  axes:
    trainable:
      lora: {finetune.trainable: {kind: lora, rank: 2, alpha: 4}}
      frozen: {finetune.trainable: {kind: frozen-embeddings, frozenLayers: 1}}
`;
    const file = experiment('parts', `start: {kind: checkpoint, path: models/qwen2}\npretrain: null\n${cases}`, 1e-2);
    expect((await harness('parts', ['sweep', file])).exitCode).toBe(0);
    const start = (await loadModelFolder(path.join(folder, 'models', 'qwen2'))).parameters;
    for (const { folder: saved } of finetunesOf('parts')) {
      const { parameters } = await loadModelFolder(saved);
      const isSame = (name: string): boolean =>
        (start[name] as Float32Array).every((value, index) => value === parameters[name]?.[index]);
      const same = Object.keys(start).filter(isSame);
      expect(same).toContain('model.embed_tokens.weight');
      expect(same).not.toContain('model.layers.1.mlp.up_proj.weight');
      expect(same).not.toContain('score.weight');
    }
  }, 60_000);

  it('goes on exactly where it was interrupted, and stops where the checkpoint is another one by then', async () => {
    const [stage] = finetunesOf('parts') as [Done];
    const task = readTaskFile(stage.folder);
    const tools = stageTools();
    const place = path.join(folder, 'resumed');
    mkdirSync(place);
    const attempt = async (stopAfter: number, config: object = task.stage.config): Promise<string> => {
      const controller = new AbortController();
      const context = {
        ...task,
        stage: { ...task.stage, config } as StageContext<FinetuneConfig>['stage'],
        folder: place,
        kinds: builtInKinds,
        numerics: 'float32' as const,
        saved: tools.saved,
        compute: () => tools.compute(task.execution),
        signal: controller.signal,
        emit: (event: JournalEvent) => {
          if (event.kind === 'progress' && event.step >= stopAfter) controller.abort();
        },
      };
      return (await stages.finetune.run(context)).outcome.kind;
    };
    expect(await attempt(2)).toBe('interrupted');
    expect(existsSync(path.join(place, 'resume.safetensors'))).toBe(true);
    expect(await attempt(Infinity)).toBe('completed');
    const weights = (of: string): Buffer => readFileSync(path.join(of, 'model.safetensors'));
    expect(weights(place).equals(weights(stage.folder))).toBe(true);
    await expect(attempt(Infinity, { ...task.stage.config, startDigest: '0'.repeat(64) })).rejects.toThrow(
      'changed since the stage was planned',
    );
  }, 60_000);

  it('goes round: a finetuned folder is a checkpoint again', async () => {
    const [stage] = finetunesOf('parts') as [Done];
    cpSync(stage.folder, path.join(folder, 'models', 'again'), { recursive: true });
    const file = experiment('again', 'start: {kind: checkpoint, path: models/again}\npretrain: null\n');
    const run = await harness('again', ['sweep', file, '--json']);
    expect(documentOf(run)).toMatchObject({ trials: { ran: 1 }, counts: { failed: 0 } });
  }, 60_000);

  it('runs again what a changed file of the checkpoint has changed, and nothing else', async () => {
    const file = experiment('changed', 'start: {kind: checkpoint, path: models/again}\npretrain: null\n');
    const counts = async (): Promise<unknown> =>
      documentOf(await harness('again', ['sweep', file, '--json']))['counts'];
    expect(await counts()).toMatchObject({ ran: 0, cached: 7 });
    const weights = path.join(folder, 'models', 'again', 'model.safetensors');
    const bytes = readFileSync(weights);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(weights, bytes);
    expect(await counts()).toMatchObject({ ran: 7, cached: 0, failed: 0 });
  }, 60_000);
});
