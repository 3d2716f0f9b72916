/** `harness noise` on a small experiment: the pilot is swept for real, and its spread is that of its records. */
import { appendFileSync, copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { standardDeviation } from '../../harness/stats/index.ts';
import { copyOf, fixtureCache } from '../end-to-end/fixture-corpus.ts';
import { captured, documentOf, type CapturedRun } from './captured-run.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'harness-noise-'));
const results = path.join(folder, 'results');
let cache: string;
let spec: string;
let plain: string;
let first: CapturedRun;

const harness = (...argv: string[]): Promise<CapturedRun> =>
  captured(argv, { HARNESS_CACHE: cache, HARNESS_RESULTS: results });
/** With three seeds, on the loss: it differs between any two seeds, as the accuracy of 16 pairs need not. */
const noise = (...more: string[]): Promise<CapturedRun> =>
  harness('noise', spec, '--seeds', '3', '--quiet', '-s', 'report.claim.metric=eval/pairwise_loss', ...more);

beforeAll(async () => {
  cache = fixtureCache();
  spec = copyOf(path.resolve('test/end-to-end/nano.yaml'), folder);
  plain = path.join(folder, 'plain.yaml');
  // Faster learning, so that seeds differ in more than their last digits.
  writeFileSync(plain, readFileSync(spec, 'utf8').replace('[1e-3, 3e-3]', '[3e-2, 1e-1]'));
  copyFileSync(plain, spec);
  appendFileSync(spec, 'report: {claim: {treatment: pmp, reference: none}}\n');
  first = await noise('--difference', '0.001', '--json');
}, 120_000);
afterAll(() => {
  for (const place of [folder, cache]) rmSync(place, { recursive: true, force: true });
});

interface PlannedJson {
  readonly stages: readonly { readonly id: string; readonly kind: string; readonly status: string }[];
  readonly trials: readonly { readonly evaluate: string; readonly baseline: string }[];
}

describe('harness noise', () => {
  it('runs both sides of the claim on seeds of its own, and measures what is recorded', async () => {
    expect(first.exitCode, first.stderr).toBe(0);
    const document = documentOf(first);
    const query = `select seed, arm, value from trial_results
      where experiment = 'nano-noise' and metric = 'eval/pairwise_loss' order by arm, seed`;
    const rows = documentOf(await harness('sql', query, '--json'))['rows'] as {
      seed: number;
      arm: string;
      value: number;
    }[];
    expect(rows.map(({ seed, arm }) => `${arm} ${seed}`)).toEqual(
      ['none', 'pmp'].flatMap((arm) => [1001, 1002, 1003].map((seed) => `${arm} ${seed}`)),
    );
    const values = rows.map(({ value }) => value);
    const [reference, treatment] = [values.slice(0, 3), values.slice(3)];
    const differences = treatment.map((value, index) => value - (reference[index] ?? Number.NaN));
    expect(document).toMatchObject({
      experiment: 'nano-noise',
      claim: { treatment: 'pmp', reference: 'none', metric: 'eval/pairwise_loss', task: 'lookup' },
      seeds: [1001, 1002, 1003],
      counts: { planned: 6, used: 6 },
      deviation: expect.closeTo(standardDeviation(differences) ?? 0, 12) as number,
      deviations: {
        treatment: expect.closeTo(standardDeviation(treatment) ?? 0, 12) as number,
        reference: expect.closeTo(standardDeviation(reference) ?? 0, 12) as number,
      },
      deviationInterval: { n: 3, level: 0.95 },
      needed: [{ difference: 0.001 }],
      planned: { seeds: 2, smallestFound: null },
    });
    // Neither the difference nor what it could be made of.
    const told = JSON.stringify(document);
    for (const value of [...values, ...differences]) expect(told).not.toContain(String(Math.abs(value)));
    expect(existsSync(path.join(results, 'reports', 'nano-noise'))).toBe(false);
  });

  it('is told in words, and runs nothing the second time', async () => {
    const flags = ['--seeds', '3', '-s', 'report.claim.metric=eval/pairwise_loss', '--difference', '0.5'];
    const again = await harness('noise', spec, ...flags);
    expect(again.exitCode).toBe(0);
    expect(again.stderr).toContain('nothing to run');
    expect(again.stdout).toMatch(/^PMP \(32 pairs\) against no pretraining on lookup: .*, two-sided at 5 %$/m);
    expect(again.stdout).toMatch(
      /^sd of the paired difference +\d\.\d{3} nats, 95 % interval \d\.\d{3} to \d\.\d{3}$/m,
    );
    expect(again.stdout).toMatch(/6 of 6 trials used\n\nover seeds\nmean of both arms together +\d/);
    expect(again.stdout).toMatch(/^ +0\.5 nats +3 +\d+$/m);
    expect(again.stdout).toContain("The experiment's 2 seeds make no claim: three are the least.");
    expect(again.stdout).toContain('The difference that the pilot saw is not shown, on purpose');
  });

  it('leaves the sweep its data and choices done, and no result of it', async () => {
    const { stages, trials } = JSON.parse((await harness('plan', spec, '--json')).stdout) as PlannedJson;
    const shared = stages.filter(({ kind }) => /^(corpus|tokenizer|descriptions|pairs|audit|task)$/.test(kind));
    expect(shared.map(({ status }) => status)).toEqual(shared.map(() => 'cached'));
    // One of the three arms is not in the claim.
    const choices = stages.filter(({ kind }) => kind === 'select').map(({ status }) => status);
    expect(choices.toSorted()).toEqual(['cached', 'cached', 'run']);
    const ends = new Set(trials.flatMap(({ evaluate, baseline }) => [evaluate, baseline]));
    expect(new Set(stages.filter(({ id }) => ends.has(id)).map(({ status }) => status))).toEqual(new Set(['run']));
  });

  it('tells a pilot of which trials diverged', async () => {
    const diverging = ['-s', 'select=null', '-s', 'finetune.optimizer.learningRate=1e30', '--difference', '1'];
    const run = await noise(...diverging);
    expect([run.exitCode, run.stderr]).toEqual([5, expect.stringContaining('0 of 6 trials used, 6 diverged')]);
  });

  it('ends as its sweep where a stage failed, with the cause and what continues it', async () => {
    const failing = ['-s', 'corpus.minCharacters=399', '--difference', '1'];
    const run = await noise(...failing);
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toMatch(/corpus.* failed/);
    expect(run.stdout).toMatch(/^nano-noise: 0 of 6 trials complete/m);
    expect(run.stdout).toMatch(/harness noise \S+ --seeds 3 --difference 1 -s report\.claim\.metric/);
    const document = documentOf(await noise(...failing, '--json'));
    expect(document).toMatchObject({ experiment: 'nano-noise', failures: [{ kind: 'corpus' }] });
  });
});

describe('refused before anything runs', () => {
  it.each([
    ['two seeds', ['--seeds', '2'], 'a spread needs at least 3 seeds'],
    ['half a seed', ['--seeds', '3.5'], 'expected a whole number'],
    ['no difference', ['--difference', '0'], 'expected a difference above 0, not "0"'],
    ['a difference in words', ['--difference', 'small'], 'expected a difference above 0, not "small"'],
    [
      'an arm that was left out',
      ['-s', 'sweep.axes.pretraining=pmp-16,pmp-32'],
      'report.claim.reference: expected an arm of the sweep: pmp, found none',
    ],
    [
      'a metric of which nobody knows what a small difference is',
      ['-s', 'report.claim.metric=eval/pairwise_loss'],
      'the claim is judged by eval/pairwise_loss, which is no share',
    ],
  ])('%s', async (_, flags, message) => {
    const run = await harness('noise', spec, ...flags);
    expect([run.exitCode, run.stdout]).toEqual([2, '']);
    expect(run.stderr).toContain(message);
  });

  it('an experiment without a claim: it says how to write one', async () => {
    const run = await harness('noise', plain);
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain('nano makes no claim');
    expect(run.stderr).toContain('claim: {treatment: pmp, reference: lm-equal-tokens}. The arms are none, lm-equal');
  });
});
