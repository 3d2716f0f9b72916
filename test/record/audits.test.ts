import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { collect, readAudits, readContaminations, readTrialResults, withDatabase } from '../../harness/record/index.ts';
import { temporaryResults, writeExperiment, writeStage } from './results-fixture.ts';

const results = temporaryResults();
afterAll(() => rmSync(results, { recursive: true }));

test('audits and checks are read with the trials that they belong to, which have their metrics', async () => {
  const pairs = writeStage(results, { kind: 'pairs', number: 1 });
  const task = writeStage(results, { kind: 'task', number: 2 });
  const finals = { 'audit/best_ranker': 0.7 };
  const audit = writeStage(results, { kind: 'audit', number: 3, inputs: { pairs }, finals });
  writeFileSync(join(results, 'store', audit, 'audit.json'), '{"auditVersion": 1}');
  writeFileSync(join(results, 'store', audit, 'shown-pairs.json'), '[]');
  const gone = writeStage(results, { kind: 'audit', number: 4, inputs: { pairs } });
  const check = writeStage(results, { kind: 'contamination', number: 5, inputs: { task } });
  writeFileSync(join(results, 'store', check, 'contamination.json'), '{"sources": []}');
  const failed = { kind: 'failed', errorClass: 'user', message: 'overlap', detail: null } as const;
  const found = writeStage(results, { kind: 'contamination', number: 6, inputs: { task }, outcome: failed });
  const evaluate = (number: number): string =>
    writeStage(results, { kind: 'evaluate', number, inputs: { task }, finals: { 'eval/pairwise_accuracy': 0.6 } });
  writeExperiment(results, 'checked', [
    { id: '0000000000a1', seed: 0, arm: 'pmp', stages: [pairs, task, audit, check, evaluate(7)] },
    { id: '0000000000a2', seed: 1, arm: 'pmp', stages: [pairs, task, audit, gone, found, evaluate(8)] },
  ]);
  await collect(results);
  await withDatabase(results, async (database) => {
    expect(await readAudits(database, 'checked')).toEqual([
      {
        stageId: audit,
        name: 'pairs',
        trialIds: ['0000000000a1', '0000000000a2'],
        audit: { auditVersion: 1 },
        shown: [],
      },
    ]);
    expect(await readContaminations(database, 'checked')).toMatchObject([
      { stageId: check, name: 'task', trialIds: ['0000000000a1'], found: { sources: [] } },
    ]);
    const { trials } = await readTrialResults(database, 'checked');
    expect(trials.map(({ outcome, cause }) => [outcome, cause])).toEqual([
      ['completed', null],
      ['blocked', `${found} failed (user): overlap`],
    ]);
    expect(trials[0]?.metrics).toMatchObject({ 'audit/best_ranker': 0.7, 'eval/pairwise_accuracy': 0.6 });
  });
});
