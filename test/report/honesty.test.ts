import { expect, test } from 'vitest';
import type { TrialResult } from '../../harness/record/trial-result.ts';
import { buildReport, formatSummary, renderFiles, type Figure, type Report } from '../../harness/report/index.ts';
import { UserError } from '../../harness/spec/user-error.ts';
import { input, lose, sweep } from './sweep-fixture.ts';

interface Row {
  readonly role: string;
  readonly y: number;
  readonly low: number | null;
  readonly isAlone: boolean;
}
const rowsOf = (figure: Figure | undefined): readonly Row[] =>
  (figure?.spec as { data: { values: Row[] } } | undefined)?.data.values ?? [];
const figure = (report: Report, name: string): Figure | undefined =>
  report.figures.find((candidate) => candidate.name === name);

test('every caption counts the trials it used and left out', () => {
  const trials = lose(sweep().trials, [
    [4, 'diverged'],
    [50, 'diverged'],
    [77, 'failed'],
    [90, 'blocked'],
    [100, 'pending'],
    [101, 'pending'],
  ]);
  const report = buildReport(input({ trials }));
  const text =
    '162 of 168 trials used; 2 diverged, 1 failed, 1 blocked, 2 pending; n per point = 1 to 3 seeds x 500 test pairs';
  expect(figure(report, 'rm-accuracy-by-pretraining-pairs')?.caption).toContain(text);
  expect(report.counts).toMatchObject({ planned: 168, used: 162, diverged: 2, failed: 1, blocked: 1, pending: 2 });
  expect(report.leftOut).toHaveLength(4);
  expect(report.markdown).toContain('loss is not finite at step 120');
});

test('what is missing is not drawn: as many means as measured cells, none at 0', () => {
  const full = sweep().trials;
  // All three seeds of the first cell are gone.
  const report = buildReport(
    input({
      trials: lose(full, [
        [0, 'failed'],
        [1, 'diverged'],
        [2, 'pending'],
      ]),
    }),
  );
  const means = rowsOf(figure(report, 'rm-accuracy-by-pretraining-pairs')).filter((row) => row.role === 'mean');
  expect(means).toHaveLength(168 / 3 - 1);
  expect(Math.min(...means.map((row) => row.y))).toBeGreaterThan(0.5);
  expect(report.tables[0]?.rows[0]?.[1]).toBe('1 diverged, 1 failed, 1 pending');
  expect(report.numbers[0]).toMatchObject({ mean: null, low: null, high: null, n: 0 });
});

test('a completed trial without an accuracy is counted, not used', () => {
  const trials = sweep().trials.map((trial, i) => (i === 7 ? { ...trial, metrics: {} } : trial));
  const report = buildReport(input({ trials }));
  expect(report.counts).toMatchObject({ used: 167, unmeasured: 1 });
  expect(figure(report, 'rm-accuracy-by-pretraining-pairs')?.caption).toContain(
    "1 completed without the task's metric",
  );
});

test('nothing completed: a page that says so, without figures', async () => {
  const trials = sweep().trials.map((trial): TrialResult => ({
    ...trial,
    outcome: 'pending',
    cause: '0 of 9 stages done',
    metrics: {},
  }));
  const report = buildReport(input({ trials }));
  expect(report.figures).toEqual([]);
  expect(report.statements[0]?.text).toContain('No trial is complete yet (0 of 168 trials used; 168 pending)');
  const files = await renderFiles(report);
  expect([...files.keys()]).toEqual(['index.html', 'results.md', 'results.csv', 'results.tex', 'report.json']);
  expect(String(files.get('index.html'))).toContain('No trial is complete yet');
  expect(formatSummary(report)).toContain('No trial is complete yet');
});

test('an experiment without trials is inconclusive: exit 5', () => {
  expect(() => buildReport(input({ trials: [] }))).toThrow(expect.objectContaining({ name: 'UserError', exitCode: 5 }));
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, 1.2, -0.1])(
  'an accuracy of %d is refused with the trial that has it',
  (value) => {
    const trials = sweep().trials.map((trial, i) =>
      i === 9 ? { ...trial, metrics: { ...trial.metrics, 'eval/pairwise_accuracy': value } } : trial,
    );
    expect(() => buildReport(input({ trials }))).toThrow(/trial 000000000009: metric eval\/pairwise_accuracy is/);
    expect(() => buildReport(input({ trials }))).toThrow(UserError);
  },
);

test('one seed: points without band', () => {
  const report = buildReport(input({ trials: sweep({ seeds: [0] }).trials }));
  for (const { spec, caption, name } of report.figures.filter((candidate) => candidate.name !== 'treatment-effect')) {
    expect(
      rowsOf({ spec } as Figure).every((row) => row.low === null),
      name,
    ).toBe(true);
    expect(caption).toContain('no intervals: one seed a point');
  }
  expect(report.statements.map(({ text }) => text)).toContain(
    'At most one seed a point: three are the least for a claim.',
  );
});

test('a task at chance, and one at the ceiling, are called uninformative', () => {
  // Wilson for one half on 500 pairs reaches 54.4 %.
  const chance = buildReport(
    input({ trials: sweep({ base: 0.5, gainPerDoubling: 0, effect: 0, noise: 0.005 }).trials }),
  );
  expect(chance.statements.find(({ tone, task }) => tone === 'warning' && task !== null)?.text).toMatch(
    /^lookup is uninformative: no arm is above what chance gives on this many test pairs \(54\.4 %/,
  );
  const ceiling = buildReport(
    input({
      trials: sweep({ base: 0.985, gainPerDoubling: 0, effect: 0, noise: 0.0001, models: ['tiny'] }).trials,
    }),
  );
  expect(ceiling.statements.find(({ tone, task }) => tone === 'warning' && task !== null)?.text).toContain(
    'at the ceiling',
  );
  expect(
    buildReport(input({ trials: sweep().trials })).statements.some(({ text }) => text.includes('uninformative')),
  ).toBe(false);
});

test('a length rule that does as well as the best arm is named', () => {
  const trials = sweep().trials.map((trial) => ({
    ...trial,
    metrics: { ...trial.metrics, 'baseline/longest_pairwise_accuracy': 0.9 },
  }));
  expect(
    buildReport(input({ trials }))
      .statements.map(({ text }) => text)
      .join(),
  ).toContain('lookup: choosing the longest response (90.0 %) does as well as the best arm');
});

test('collapsed models are named, and questions without enough candidates are counted', () => {
  const trials = sweep().trials.map((trial, i) =>
    i < 2
      ? { ...trial, metrics: { ...trial.metrics, 'eval/degenerate': 1 } }
      : { ...trial, metrics: { ...trial.metrics, 'eval/best_of_16_excluded_questions': 3 } },
  );
  const report = buildReport(input({ trials }));
  expect(report.statements.map(({ text }) => text)).toContain(
    'lookup: in 2 completed trials all rewards are equal (a collapsed model); they are in the means as they are.',
  );
  expect(figure(report, 'best-of-n')?.caption).toContain(
    'Up to 3 questions have fewer candidates than N and are left out there.',
  );
});

test('a power law is printed only where it predicts; otherwise the reason is', () => {
  const scaling = (effect: number, budgets: readonly number[]) =>
    buildReport(
      input({ trials: sweep({ effect, budgets, noise: 0.002, models: ['tiny'], samples: [256] }).trials }),
    ).tables.find(({ name }) => name === 'scaling-lookup')?.rows[0];
  expect(scaling(0.06, [1024, 4096, 16384])?.[1]).toBe('no fit: 3 different sizes; three parameters need at least 5');
  expect(scaling(0, [1024, 2048, 4096, 8192, 16384, 32768])?.[1]).toMatch(/^no fit: /);
});

test('baselines: a rule has the test pairs as its n, a head the seeds, however many trials repeat it', () => {
  // 244 of 500 test pairs are right by length, each a group of its own.
  const longest = Array.from({ length: 500 }, (_, i) => (i < 244 ? 1 : 0));
  const groups = longest.map((_, i) => `g${i}`);
  const lengthOutcomes = [{ task: 'lookup', longest, groups, isWithinSource: longest.map(() => true) }];
  const report = buildReport(input({ trials: sweep().trials, lengthOutcomes }));
  const row = (metric: string, model = '') =>
    report.numbers.find((number) => number.table === 'baselines' && number.metric === metric && number.model === model);
  // Wilson for 0.488 of 500: z^2 / n = 0.0076829; center (0.488 + 0.0038415) / 1.0076829 = 0.488092, half 1.95996 /
  // 1.0076829 x sqrt(0.249856 / 500 + 0.0000038415 x 2 / 2) = 0.043651
  expect(row('baseline/longest_pairwise_accuracy')).toMatchObject({ n: 500, method: 'Wilson over test pairs' });
  expect(row('baseline/longest_pairwise_accuracy')?.low).toBeCloseTo(0.4444, 3);
  expect(row('baseline/untrained_head_pairwise_accuracy', 'qwen2-tiny')).toMatchObject({
    n: 3,
    method: 't over seeds',
  });
});

test('an ablation inside an arm is a variant of its own, never averaged as if it were seeds', () => {
  const { trials } = sweep({ models: ['tiny'], samples: [256] });
  const ablated = trials
    .filter((trial) => trial.arm === 'pmp')
    .map((trial): TrialResult => ({
      ...trial,
      trialId: `x${trial.trialId}`,
      declared: { objective: 'pairwise only' },
    }));
  const report = buildReport(
    input({
      trials: [
        ...trials.map((trial): TrialResult =>
          trial.arm === 'pmp' ? { ...trial, declared: { objective: 'both' } } : trial,
        ),
        ...ablated,
      ],
    }),
  );
  const labels = report.tables[0]?.rows.map((row) => row[0]);
  expect(labels).toContain('PMP (12,288 pairs; objective = both)');
  expect(labels).toContain('PMP (12,288 pairs; objective = pairwise only)');
  expect(report.numbers.filter((row) => row.table === 'accuracy').every((row) => row.n === 3)).toBe(true);
  expect(
    report.comparisons.filter(({ scope, reference }) => scope === 'overall' && reference.arm.id === 'none'),
  ).toHaveLength(2);
});

test('two trials at one point with one seed are refused', () => {
  const { trials } = sweep({ seeds: [0] });
  expect(() =>
    buildReport(input({ trials: [...trials, { ...(trials[0] as TrialResult), trialId: 'again' }] })),
  ).toThrow(/000000000000 and again stand at the same point/);
});

test('the summary of a sweep fits a terminal', () => {
  for (const tasks of [['lookup'], ['lookup', 'algebra', 'program', 'boolean']]) {
    const lines = formatSummary(buildReport(input({ trials: sweep({ tasks }).trials })))
      .trimEnd()
      .split('\n');
    expect(lines.length).toBeLessThanOrEqual(25);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(lines.join('\n')).toContain('against no pretraining');
    const narrow = formatSummary(buildReport(input({ trials: sweep({ tasks }).trials })), { width: 50 });
    expect(Math.max(...narrow.split('\n').map((line) => line.length))).toBeLessThanOrEqual(50);
  }
});
