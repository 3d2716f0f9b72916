/** The records of single trials on a page, and what becomes of those that it has no room for. */
import { expect, test } from 'vitest';
import { buildReport } from '../../../harness/report/index.ts';
import { sparkline } from '../../../harness/report/page/sparkline.ts';
import { trialsSection } from '../../../harness/report/page/trials-section.ts';
import { input, lose, sweep } from '../sweep-fixture.ts';

const { trials } = sweep({ models: ['m'], samples: [128], budgets: [1536], seeds: [0] });
const curve = { name: 'train/loss', recorded: 90, steps: [1, 45, 90], values: [0.7, 0.4, 0.5] };
const details = trials.map(({ trialId }) => ({ trialId, stages: ['finetune-1', 'evaluate-1'], curves: [curve] }));
const records = buildReport(input({ trials: lose(trials, [[1, 'diverged']]), details })).trials;

test('a record has who it is, what came out, its stages, its curve, and the command for the rest', () => {
  const html = trialsSection(records.slice(0, 1), 'scale', 0);
  for (const text of [
    'id="trial-000000000000"',
    'no pretraining, m, lookup, 128 samples, seed 0: pairwise accuracy ',
    'finetune-1\nevaluate-1',
    'finetune.optimizer.learningRate = 0.001',
    'eval/pairs 500',
    '<code>harness show 000000000000</code>',
    '0.7000 at step 1, 0.5000 at step 90; between 0.4000 and 0.7000',
  ])
    expect(html).toContain(text);
  // They are those of the task.
  expect(html).not.toContain('baseline/');
});

test('a trial that was lost says so, and why', () => {
  const html = trialsSection(records.slice(1, 2), 'scale', 0);
  expect(html).toContain('seed 0: diverged');
  expect(html).toContain('<dt>cause</dt><dd>finetune-0123456789ab diverged');
});

test('records beyond the limit of a page are left out in words, with the commands that show them', () => {
  const whole = trialsSection(records, 'scale', 0);
  expect(whole).not.toContain('left out');
  const two = Buffer.byteLength(trialsSection(records.slice(0, 2), 'scale', 0));
  const cut = trialsSection(records, 'scale', 1_950_000 - two);
  expect(cut.match(/class="trial"/g)).toHaveLength(2);
  expect(cut).toContain(`${records.length - 2} trials are left out here`);
  expect(cut).toContain('harness ls trials --experiment scale --seeds');
  expect(trialsSection(records, 'scale', 2_000_000)).not.toContain('<details');
});

test('a curve is drawn from its first step to its last, and one value is words alone', () => {
  // Half pixels: 6 to 294 from left to right, 54 (the least) to 6 (the most) from below.
  expect(sparkline('loss', curve)).toContain('points="6,6 148,54 294,38"');
  expect(sparkline('loss', curve)).toContain('3 of 90 recorded steps.');
  expect(sparkline('loss', { ...curve, values: [1, 1, 1] })).toContain('points="6,30 148,30 294,30"');
  const one = sparkline('loss', { ...curve, recorded: 1, steps: [8], values: [0.5] });
  expect(one).not.toContain('<svg');
  expect(one).toContain('0.5000 at step 8');
});
