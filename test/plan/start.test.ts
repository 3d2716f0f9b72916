/** What a checkpoint is in a plan: identity by the digest of its files, and a line for people. */
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { builtInKinds } from '../../harness/kinds/index.ts';
import { formatPlan, planExperiment, planInputs, type Plan } from '../../harness/plan/index.ts';
import { checkpointModels, writeCheckpoint } from '../model/tiny-checkpoints.ts';
import { baseText, valid } from '../spec/base-experiment.ts';
import { fingerprints, kindsOf, stagesOf } from './plan-of.ts';

const root = mkdtempSync(path.join(tmpdir(), 'plan-start-'));
const [model] = checkpointModels as [(typeof checkpointModels)[0]];
let folder: string;
beforeAll(async () => {
  folder = await writeCheckpoint(path.join(root, 'my-base'), { model });
});
afterAll(() => rmSync(root, { recursive: true }));

const modelLines = baseText.slice(baseText.indexOf('model:'), baseText.indexOf('pretrain:'));
const bare = baseText.replace(modelLines, '').replace('tokenizer: {kind: bpe}\n', '');
const arms = `sweep:
  axes:
    pretraining:
      none: {pretrain.objective: {kind: none}}
      pmp: {}
`;
const planFrom = (place: string, fields = '', axes = arms): Plan =>
  planExperiment(valid(`${bare}start: {kind: checkpoint, path: ${place}${fields}}\n${axes}`), planInputs(builtInKinds));

it('starts the trunk there, and finetuning and its baseline in the arm without pretraining', () => {
  const plan = planFrom(folder);
  const [none, pmp] = plan.trials.filter(({ seed }) => seed === 1);
  expect(kindsOf(plan, none)).toEqual([
    'tokenizer',
    'task',
    'contamination',
    'ranker',
    'baseline',
    'finetune',
    'evaluate',
  ]);
  expect(kindsOf(plan, pmp)).toEqual(
    expect.arrayContaining(['tokenizer', 'corpus', 'pairs', 'pretrain', 'decay', 'task', 'finetune', 'evaluate']),
  );
  const started = plan.stages.filter(({ config }) => 'start' in config && config.start !== null);
  expect(new Set(started.map(({ kind }) => kind))).toEqual(new Set(['tokenizer', 'pretrain', 'baseline', 'finetune']));
  for (const stage of started) {
    expect(stage.config).toMatchObject({
      start: { kind: 'checkpoint' },
      startDigest: expect.stringMatching(/^\w{64}$/),
    });
    expect(stage.locations).toMatchObject({ start: { path: folder } });
    expect(JSON.stringify(stage.config)).not.toContain(root);
  }
  // A finetuning behind a backbone begins with the backbone.
  const finetunes = stagesOf(plan, 'finetune');
  expect(finetunes.map(({ config, inputs }) => [config.start === null, 'backbone' in inputs])).toEqual(
    finetunes.map(({ inputs }) => ['backbone' in inputs, 'backbone' in inputs]),
  );
});

it('has the same fingerprints where the folder lies elsewhere, and others where a byte of its weights differs', () => {
  const before = fingerprints(planFrom(folder));
  const moved = path.join(root, 'elsewhere', 'my-base');
  cpSync(folder, moved, { recursive: true });
  expect(fingerprints(planFrom(moved))).toEqual(before);

  const renamed = path.join(root, 'elsewhere', 'renamed');
  renameSync(moved, renamed);
  expect(fingerprints(planFrom(renamed, ', name: my-base'))).toEqual(before);

  const weights = path.join(renamed, 'model.safetensors');
  const bytes = readFileSync(weights);
  bytes[bytes.length - 1]! ^= 1;
  writeFileSync(weights, bytes);
  const after = planFrom(renamed, ', name: my-base');
  const kept = after.stages.filter(({ fingerprint }) => before.has(fingerprint));
  expect(kept.map(({ kind }) => kind)).toEqual(['corpus', 'descriptions']);
});

it('shares tokenizer, pairs and task between ways to read the reward', () => {
  const pooled = (pooling: string): Plan => planFrom(folder, `, rewardPooling: ${pooling}`);
  const [last, mean] = [pooled('last'), pooled('mean')];
  const shared = mean.stages.filter(({ fingerprint }) => fingerprints(last).has(fingerprint)).map(({ kind }) => kind);
  expect(new Set(shared)).toEqual(
    new Set(['corpus', 'tokenizer', 'descriptions', 'pairs', 'audit', 'task', 'contamination', 'ranker']),
  );
});

it('says what it starts from, once a checkpoint, and nothing of a random start', () => {
  const plan = planFrom(folder);
  const statuses = new Map(plan.stages.map(({ id }) => [id, { status: 'run' as const, reason: 'new' }]));
  const digest = stagesOf(plan, 'pretrain')[0]?.config.startDigest?.slice(0, 12);
  const { paramsTotal } = stagesOf(plan, 'pretrain')[0]?.cost ?? {};
  const lines = formatPlan(plan, statuses)
    .split('\n')
    .filter((line) => line.startsWith('Start:'));
  expect(lines).toEqual([
    `Start: checkpoint my-base (sha256 ${digest}, qwen2, ${paramsTotal?.toLocaleString('en-US')} parameters).`,
  ]);
  const random = planExperiment(valid(baseText), planInputs(builtInKinds));
  const all = new Map(random.stages.map(({ id }) => [id, { status: 'run' as const, reason: 'new' }]));
  expect(formatPlan(random, all)).not.toContain('Start:');
});
