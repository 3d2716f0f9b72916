/** What best-of-N shows besides the arms: votes, one source, and another draw of questions. And rows cut or dropped. */
import { describe, expect, it } from 'vitest';
import { metricLookup } from '../../harness/kinds/index.ts';
import { buildReport, type ReportInput } from '../../harness/report/index.ts';
import { withQuestionError } from '../../harness/report/question-error.ts';
import type { TrialResult } from '../../harness/record/trial-result.ts';
import { input, sweep } from './sweep-fixture.ts';

const { trials } = sweep({ models: ['tiny'], samples: [256], budgets: [1024, 4096] });

/** The trials with more metrics; those that hang on the trial are made from it. */
const having = (more: (trial: TrialResult) => Record<string, number>): ReportInput =>
  input({ trials: trials.map((trial) => ({ ...trial, metrics: { ...trial.metrics, ...more(trial) } })) });

const figureOf = (parts: ReportInput, name: string) =>
  buildReport(parts).figures.find((figure) => figure.name === name);
const tableOf = (parts: ReportInput, name: string) =>
  buildReport(parts).tables.find((table) => table.name.startsWith(name));

interface Row {
  readonly series: string;
  readonly role: string;
  readonly x: number;
  readonly y: number;
  readonly low: number | null;
  readonly high: number | null;
}
const rowsOf = (parts: ReportInput, name: string): readonly Row[] => {
  const spec = figureOf(parts, name)?.spec as { readonly data: { readonly values: readonly Row[] } } | undefined;
  return spec?.data.values ?? [];
};

const votes = having(({ metrics }) => ({
  'eval/weighted_vote_at_4': (metrics['eval/best_of_4'] ?? 0) + 0.01,
  'eval/weighted_vote_at_4_sampling_error': 0.0012,
}));

describe('reward-weighted votes', () => {
  it('are the line of the treatment alone, and the caption says what a vote weighs and how well it is known', () => {
    const drawn = rowsOf(votes, 'best-of-n').filter(({ series }) => series.includes('reward-weighted vote'));
    expect(new Set(drawn.map(({ series }) => series))).toEqual(new Set(['PMP (4,096 pairs), reward-weighted vote']));
    expect(new Set(drawn.map(({ x }) => x))).toEqual(new Set([4]));
    const figure = figureOf(votes, 'best-of-n');
    expect(figure?.caption).toContain('an answer weighs the sum of exp(reward) over its candidates');
    expect(figure?.caption).toContain('(standard error up to 0.12 points)');
    expect(figure?.legend.map(({ title, entries }) => [title, entries.length])).toEqual([
      ['chosen by a reward model', 5],
      ['chosen without training', 6],
    ]);
  });

  it('have no line and no words where none are recorded', () => {
    const figure = figureOf(input({ trials }), 'best-of-n');
    expect(figure?.caption).not.toContain('vote of');
    expect(figure?.caption).not.toContain('exp(reward)');
    expect(figure?.legend[0]?.entries).toHaveLength(4);
  });
});

describe('within one source', () => {
  const within = having(() => ({
    'eval/within_source_best_of_1': 0.4,
    'eval/within_source_best_of_2': 0.5,
    'eval/within_source_best_of_2_excluded_questions': 7,
    'baseline/within_source_pass_at_2': 0.8,
    'baseline/within_source_random_at_2': 0.4,
  }));

  it('is a figure of its own, with the references on its axes', () => {
    const rows = rowsOf(within, 'best-of-n-within-source');
    expect(rows.filter(({ series, role }) => series.startsWith('perfect judge') && role === 'mean')).toMatchObject([
      { x: 2, y: 0.8 },
    ]);
    const figure = figureOf(within, 'best-of-n-within-source');
    expect(figure?.title).toContain('Best-of-N within one source on lookup');
    expect(figure?.caption).toContain('of one source, averaged over sources, of 200 questions');
    expect(figure?.caption).toContain('Up to 7 questions have fewer candidates than N');
  });

  it('is not drawn where nothing is recorded', () => {
    expect(figureOf(input({ trials }), 'best-of-n-within-source')).toBeUndefined();
  });
});

describe('another draw of questions', () => {
  const find = metricLookup();
  const metric = find('eval/best_of_4');
  const trial = (value: number, error: number | null): TrialResult => ({
    ...(trials[0] as TrialResult),
    metrics: { 'eval/best_of_4': value, ...(error === null ? {} : { 'eval/best_of_4_standard_error': error }) },
  });
  const values = [{ seed: 1, value: 0.5 }];

  it('gives one seed an interval: 1.96 standard errors', () => {
    const estimate = { mean: 0.5, interval: null, n: 1, values };
    expect(withQuestionError(estimate, [trial(0.5, 0.1)], metric)?.interval).toMatchObject({
      low: expect.closeTo(0.5 - 0.195996, 5) as number,
      high: expect.closeTo(0.5 + 0.195996, 5) as number,
      method: 'normal over questions',
    });
  });

  it('is added to the interval over seeds in quadrature, with the mean of their errors', () => {
    const interval = { low: 0.2, high: 0.8, level: 0.95, method: 't over seeds', n: 2 };
    const both = withQuestionError(
      { mean: 0.5, interval, n: 2, values },
      [trial(0.4, 0.1), trial(0.6, 0.3)],
      metric,
    )?.interval;
    // sqrt(0.3^2 + (1.96 * 0.2)^2) = 0.49361.
    expect(both?.high).toBeCloseTo(0.5 + Math.hypot(0.3, 0.391993), 5);
    expect(both?.method).toBe('t over seeds and normal over questions');
  });

  it('keeps a share between 0 and 1, and leaves alone what has no error recorded', () => {
    const estimate = { mean: 0.95, interval: null, n: 1, values };
    expect(withQuestionError(estimate, [trial(0.95, 0.1)], metric)?.interval?.high).toBe(1);
    expect(withQuestionError(estimate, [trial(0.95, null)], metric)).toBe(estimate);
    expect(withQuestionError(estimate, [trial(0.95, 0)], metric)).toBe(estimate);
    expect(withQuestionError(null, [trial(0.95, 0.1)], metric)).toBeNull();
  });

  it('is in the bands of the figure, of references too, and the caption says so', () => {
    const parts = having(() => ({
      'eval/best_of_4_standard_error': 0.03,
      'baseline/random_at_4_standard_error': 0.02,
    }));
    const random = rowsOf(parts, 'best-of-n').find(({ series, x }) => series === 'random choice' && x === 4);
    expect([random?.low, random?.high]).toEqual([
      expect.closeTo(0.25 - 0.039199, 5),
      expect.closeTo(0.25 + 0.039199, 5),
    ]);
    expect(figureOf(parts, 'best-of-n')?.caption).toContain(
      'Intervals include another draw of questions, clustered by their group.',
    );
    expect(figureOf(input({ trials }), 'best-of-n')?.caption).not.toContain('another draw of questions');
  });
});

describe('rows longer than the context', () => {
  const long = having(({ seed }) => ({
    'test/pair_longer_than_the_context': 12,
    'test/pair_prompt_cut_to_the_context': seed === 0 ? 40 : 41,
    'task/question_no_room_for_its_prompt_and_response': 3,
    'pairs/pairs': 4096,
    'pairs/pair_equal_responses_once_cut': 9,
  }));

  it('are told beside the n: used, cut and dropped, in captions and notes', () => {
    const tests =
      'Test pairs: 500 used, 40 to 41 with the prompt cut to the context, 12 dropped (longer than the context).';
    const questions = 'Pool questions: 200 used, 3 dropped (no room for its prompt and response).';
    expect(figureOf(long, 'best-of-n')?.caption).toContain(questions);
    const report = buildReport(long);
    const ofTask = report.tables.filter(({ task }) => task !== null);
    expect(ofTask.length).toBeGreaterThan(4);
    // Once each, whoever drew it.
    for (const { note } of ofTask) expect(note.split(tests)).toHaveLength(2);
    for (const { caption } of report.figures) expect(caption.split(tests)).toHaveLength(2);
    expect(tableOf(long, 'diagnostics')?.note).toContain(questions);
    expect(tableOf(long, 'pretraining')?.note).toContain(
      'Pretraining pairs: 4,096 used, 9 dropped (equal responses once cut).',
    );
  });

  it('where all rows fit, tables say how many they are, and captions nothing more', () => {
    expect(tableOf(input({ trials }), 'accuracy')?.note).toContain('Test pairs: 500 used.');
    expect(figureOf(input({ trials }), 'best-of-n')?.caption).not.toMatch(/used\.|dropped/);
  });
});

describe('the diagnostics table', () => {
  const rich = having(() => ({
    'eval/calibration_error': 0.12,
    'eval/calibration_error_by_chance': 0.03,
    'eval/auc': 0.7,
    'eval/auc_within_questions': 0.8,
    'eval/best_of_2_tie_rate': 0.01,
    'eval/best_of_16_tie_rate': 0.05,
    'eval/ungraded': 4,
  }));

  it('shows what is recorded, ties at the largest N, and says what could not be graded', () => {
    const table = tableOf(rich, 'diagnostics');
    const shown = ['calibration error', 'of it by chance', 'AUC in a question', 'AUC overall', 'ties at N = 16'];
    expect(table?.columns).toEqual(expect.arrayContaining(shown));
    expect(table?.columns).not.toContain('ties at N = 2');
    expect(table?.columns).not.toContain('one source');
    expect(table?.rows[0]?.[table.columns.indexOf('ties at N = 16')]).toBe('5.0 (3)');
    expect(table?.note).toContain('4 candidates could not be graded and count as wrong');
    expect(tableOf(input({ trials }), 'diagnostics')?.note).not.toContain('graded');
  });

  it('has the ties of every N among its numbers', () => {
    const numbers = buildReport(rich).numbers.filter(({ table }) => table.startsWith('diagnostics'));
    const names = new Set(numbers.map(({ metric }) => metric));
    expect([names.has('eval/best_of_2_tie_rate'), names.has('eval/best_of_16_tie_rate')]).toEqual([true, true]);
  });
});
