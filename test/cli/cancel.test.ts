/** `harness cancel` and what listings say of cancelled and failed stages. */
import { appendFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { readExperimentFile } from '../../harness/record/index.ts';
import { planFile, takeSweepLease, writeFailure } from '../../harness/store/index.ts';
import { stageId, temporaryResults, writeSampleResults } from '../record/results-fixture.ts';
import { captured, documentOf } from './captured-run.ts';

let results = '';
beforeEach(() => {
  results = temporaryResults();
  writeSampleResults(results);
});

const run = (...argv: readonly string[]): ReturnType<typeof captured> => captured([...argv, '--results', results]);
const forget = (id: string): void => rmSync(join(results, 'store', id), { recursive: true });

it('asks the sweep that runs for the stages that only one trial needs, or for one stage, or for all', async () => {
  expect(await run('cancel', 'tiny')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/no sweep is running/),
  });
  const lease = await takeSweepLease(results, 'tiny');
  const asked = (): readonly string[] => readdirSync(join(results, 'cancel')).sort();
  expect((await run('cancel', 'tiny')).stdout).toContain('all has ended, nothing is left to cancel');

  const trial = readExperimentFile(planFile(results, 'tiny')).trials[0];
  if (trial === undefined) throw new Error('the sample has trials');
  forget(trial.evaluate);
  expect(documentOf(await run('cancel', trial.id, '--json'))).toMatchObject({ cancelled: [trial.evaluate] });
  expect(asked()).toEqual([trial.evaluate]);
  forget(stageId('decay', 3));
  expect((await run('cancel', 'decay')).stdout).toContain(stageId('decay', 3));
  expect(asked()).toHaveLength(2);
  expect(await run('cancel', 'evaluate')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/beginning of 4/),
  });
  expect(await run('cancel', 'nothing')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/no stage or trial/),
  });
  lease.release();
});

it('a cancelled stage and the class of a failure are in every listing', async () => {
  const { trials } = readExperimentFile(planFile(results, 'tiny'));
  const [first, second] = trials.map(({ evaluate }) => evaluate);
  for (const id of [first, second]) rmSync(join(results, 'store', String(id), 'done.json'));
  const journal = join(results, 'store', String(first), 'journal.jsonl');
  const outcome = { kind: 'cancelled' };
  appendFileSync(journal, `${JSON.stringify({ kind: 'outcome', endedAt: '2026-01-02T03:05:00.000Z', outcome })}\n`);
  const failed = { kind: 'failed', errorClass: 'oom', message: 'no memory', detail: null } as const;
  writeFailure(join(results, 'store', String(second)), {
    outcome: failed,
    hint: 'Use fewer workers.',
    attempt: 1,
    lastLines: ['last words'],
    log: 'worker-1.log',
    command: 'harness sweep x',
    stageCommand: 'harness stage run x',
  });
  const end = { kind: 'outcome', endedAt: '2026-01-02T03:05:00.000Z', outcome: failed };
  appendFileSync(join(results, 'store', String(second), 'journal.jsonl'), `${JSON.stringify(end)}\n`);
  expect((await run('collect')).exitCode).toBe(0);

  const { stages } = documentOf(await run('ls', 'stages', '--json')) as { stages: readonly { stageId: string }[] };
  expect(stages.find(({ stageId: id }) => id === first)).toMatchObject({ outcome: 'cancelled', errorClass: null });
  expect(stages.find(({ stageId: id }) => id === second)).toMatchObject({ outcome: 'failed', errorClass: 'oom' });
  expect((await run('ls', 'stages', '--outcome', 'cancelled')).stdout).toContain(String(first));
  expect(documentOf(await run('status', '--json'))).toMatchObject({
    experiments: [{ stages: { cancelled: 1, failed: 1 }, failed: [{ stageId: second, errorClass: 'oom' }] }],
  });
  expect((await run('status')).stdout).toMatch(/failed \(oom\): .*evaluate/);
  const causes = documentOf(await run('sql', 'SELECT outcome, cause FROM trials ORDER BY position', '--json'));
  expect(causes).toMatchObject({
    rows: [
      { outcome: 'pending', cause: `${first} cancelled: as \`harness cancel\` asked` },
      { outcome: 'failed', cause: `${second} failed (oom): no memory` },
      {},
      {},
    ],
  });
  expect((await run('logs', String(second))).stdout).toMatch(
    / \| last words\nUse fewer.*\nlog: .*\nby itself: harness/,
  );
  expect(await run('retry', '--failed', '--class', 'stuck')).toMatchObject({
    exitCode: 0,
    stdout: 'no stage failed with the class stuck: nothing to retry\n',
  });
});
