import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { collect } from '../../harness/record/index.ts';
import { enterStage, takeSweepLease, Workspace, type StageTask } from '../../harness/store/index.ts';
import {
  stageId,
  temporaryResults,
  writeExperiment,
  writeSampleResults,
  writeStage,
} from '../record/results-fixture.ts';
import { captured, documentOf } from './captured-run.ts';

let results = '';
beforeEach(async () => {
  results = temporaryResults();
  writeSampleResults(results);
});

const gc = (...flags: string[]): ReturnType<typeof captured> => captured(['gc', ...flags, '--results', results]);
const inStore = (): readonly string[] =>
  readdirSync(path.join(results, 'store')).filter((name) => !name.startsWith('.'));

interface Entry {
  readonly id: string;
  readonly bytes: number;
  readonly keptBecause: { readonly kind: string } | null;
}

async function entries(): Promise<ReadonlyMap<string, Entry['keptBecause']>> {
  const { stages } = documentOf(await gc('--dry-run', '--json')) as { readonly stages: readonly Entry[] };
  return new Map(stages.map(({ id, keptBecause }) => [id, keptBecause]));
}

describe('harness gc', () => {
  it('removes what no plan has and nothing that stays reads, and says why the rest is kept', async () => {
    const old = writeStage(results, { kind: 'finetune', number: 99, inputs: { task: stageId('task', 2) } });
    const task = writeStage(results, { kind: 'task', number: 77 });
    const scores = writeStage(results, {
      kind: 'scores',
      number: 5,
      inputs: { task },
      config: { model: 'm', task: null },
    });
    mkdirSync(path.join(results, 'store', 'finetune-copy-by-hand'));
    const found = await entries();
    expect(found.get(old)).toBeNull();
    expect(found.get(stageId('evaluate', 32))).toEqual({ kind: 'planned', experiments: ['tiny'] });
    expect(found.get(scores)).toEqual({ kind: 'unplanned' });
    expect(found.get(task)).toEqual({ kind: 'input', of: scores });
    expect(found.get('finetune-copy-by-hand')).toEqual({ kind: 'foreign' });
    const before = inStore();
    const told = (await gc('--dry-run')).stdout;
    expect(inStore()).toEqual(before);
    for (const words of ['nothing refers to it', 'in the plan of tiny', `${scores} reads it`, 'made outside a sweep'])
      expect(told).toContain(words);

    const run = await gc();
    expect(run.stdout).toMatch(/^removed 2 stages \(0\.\d\d MB\), 14 stages kept$/m);
    // No plan of this fixture lists its baseline.
    expect(before.filter((id) => !inStore().includes(id))).toEqual([stageId('baseline', 6), old]);
    expect((await gc()).stdout).toContain('nothing to remove');
  });

  it('keeps the rows of what is kept, and no others', async () => {
    const old = writeStage(results, { kind: 'finetune', number: 99 });
    await collect(results);
    await gc();
    const sql = ['sql', 'SELECT stage_id FROM stages', '--json', '--results', results];
    const { rows } = documentOf(await captured(sql)) as { readonly rows: readonly { readonly stage_id: string }[] };
    expect(rows.map((row) => row.stage_id).toSorted()).toEqual(inStore().toSorted());
    expect(inStore()).not.toContain(old);
  });

  it('lets an experiment go whose folder was removed, but for what others have too', async () => {
    writeExperiment(results, 'other', [
      { id: '00000000000b', seed: 0, arm: 'none', stages: [stageId('task', 2), stageId('evaluate', 32)] },
    ]);
    rmSync(path.join(results, 'experiments', 'tiny'), { recursive: true });
    await gc();
    // What `evaluate-32` reads is kept with it.
    expect(inStore()).toEqual([stageId('evaluate', 32), stageId('finetune', 16), stageId('task', 2)]);
  });

  it('removes nothing while a plan cannot be read: what it refers to is not known', async () => {
    writeFileSync(path.join(results, 'experiments', 'tiny', 'plan.json'), '{');
    const before = inStore();
    expect(await gc()).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('plan.json') as string });
    expect(inStore()).toEqual(before);
  });

  it('does not run beside a sweep, and leaves a stage alone that somebody is in', async () => {
    const lease = await takeSweepLease(results, 'tiny');
    expect(await gc()).toMatchObject({ exitCode: 3 });
    expect((await gc('--dry-run')).exitCode).toBe(0);
    lease.release();
    const id = stageId('finetune', 98);
    const folder = path.join(results, 'store', id);
    const stage = { id, kind: 'finetune', fingerprint: `${'0'.repeat(52)}${id.slice(-12)}`, config: {}, inputs: {} };
    const workspace = enterStage({ stage, folder, attempt: 1, provenance: {} } as unknown as StageTask);
    if (!(workspace instanceof Workspace)) throw new Error('not entered');
    expect((await entries()).get(id)).toMatchObject({ kind: 'running', pid: process.pid });
    await gc();
    expect(existsSync(folder)).toBe(true);
    workspace.leave();
    await gc();
    expect(existsSync(folder)).toBe(false);
  });

  it('is inconclusive where nothing is recorded', async () => {
    expect((await captured(['gc', '--results', path.join(results, 'nowhere')])).exitCode).toBe(5);
  });
});
