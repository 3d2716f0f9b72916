/** Rankers beside the arms, novelty, and samples that the seeds share. */
import { describe, expect, test } from 'vitest';
import type { TrialResult } from '../../harness/record/trial-result.ts';
import { buildReport, type Report } from '../../harness/report/index.ts';
import { input } from './sweep-fixture.ts';

const lcs = 'ranker/prompt_order/longest_common_subsequence';
const ranked = {
  [lcs]: 0.7,
  [`${lcs}_low`]: 0.65,
  [`${lcs}_high`]: 0.75,
  'ranker/response/opposite_of_longest': 0.5,
  'ranker/response/opposite_of_longest_low': 0.45,
  'ranker/response/opposite_of_longest_high': 0.55,
};

type Metrics = Readonly<Record<string, number>>;

/** Two arms, two sizes, three seeds. `linear`: of the linear ranker, by size and seed. */
function trialsOf(more: Metrics = {}, linear: Readonly<Record<number, readonly number[]>> = {}): TrialResult[] {
  return [64, 256].flatMap((samples) =>
    (['none', 'pmp'] as const).flatMap((arm) =>
      [1, 2, 3].map((seed): TrialResult => {
        const own = linear[samples]?.[seed - 1];
        const accuracy = (samples === 64 ? 0.6 : 0.8) + (arm === 'pmp' ? 0.05 : 0) + 0.01 * seed;
        const pairs = arm === 'pmp' ? 512 : 0;
        return {
          trialId: `${arm}-${samples}-${seed}`,
          seed,
          model: 'tiny',
          arm,
          pmpPairs: pairs,
          pretrainPairs: pairs,
          task: 'lookup',
          samples,
          declared: {},
          outcome: 'completed',
          cause: null,
          evaluateStage: `evaluate-${arm}-${samples}-${seed}`,
          choices: {},
          metrics: {
            'eval/pairwise_accuracy': accuracy,
            'eval/pairs': 500,
            ...(own === undefined ? {} : { 'ranker/linear_pairwise_accuracy': own }),
            ...more,
          },
        };
      }),
    ),
  );
}

const reportOf = (trials: TrialResult[], more: object = {}): Report => buildReport({ ...input({ trials }), ...more });
const tableOf = (report: Report, name: string) => report.tables.find((table) => table.name.startsWith(name));
const notes = (report: Report, word: string): readonly string[] =>
  report.statements.filter(({ tone, text }) => tone === 'warning' && text.includes(word)).map(({ text }) => text);

describe('the accuracy table', () => {
  const report = reportOf(trialsOf(ranked, { 64: [0.5, 0.55, 0.6], 256: [0.9, 0.9, 0.9] }));
  const rows = tableOf(report, 'accuracy')?.rows.slice(2);

  test('has the linear ranker in every column, once a seed, and the rules with the interval of their pairs', () => {
    // Mean 0.55, sd 0.05, half width 4.3027 x 0.05 / sqrt(3) = 0.1242. Without spread there is no interval.
    expect(rows).toEqual([
      ['linear ranker (fitted on the same samples)', '55.0 [42.6, 67.4] (3)', '90.0 (3)'],
      ['rule "longest common subsequence" (reads the order of the prompt)', '70.0 [65.0, 75.0]', '70.0 [65.0, 75.0]'],
      ['rule "opposite of longest" (reads the response)', '50.0 [45.0, 55.0]', '50.0 [45.0, 55.0]'],
    ]);
  });

  test('has their numbers without rounding', () => {
    const linear = report.numbers.filter(({ metric }) => metric === 'ranker/linear_pairwise_accuracy');
    expect(linear.map(({ samples, mean, n }) => [samples, mean, n])).toEqual([
      [64, expect.closeTo(0.55, 12), 3],
      [256, expect.closeTo(0.9, 12), 3],
    ]);
    const rule = report.numbers.filter(({ metric }) => metric === lcs);
    expect(rule.map(({ mean, low, high, method, n }) => [mean, low, high, method, n])).toEqual(
      [64, 256].map(() => [0.7, 0.65, 0.75, 'Wilson over test pairs by group', 500]),
    );
  });

  test('has none where none is recorded, or the task is judged by something else', () => {
    expect(tableOf(reportOf(trialsOf()), 'accuracy')?.rows.length).toBe(2);
    const judged = trialsOf({ ...ranked, 'eval/best_of_4': 0.4 }, { 64: [0.5, 0.5, 0.5] });
    expect(tableOf(reportOf(judged, { headlines: { lookup: 'eval/best_of_4' } }), 'accuracy')?.rows.length).toBe(2);
  });

  test('shows a size at which the ranker is missing as a dash', () => {
    expect(tableOf(reportOf(trialsOf({}, { 256: [0.9, 0.9, 0.9] })), 'accuracy')?.rows[2]).toEqual([
      'linear ranker (fitted on the same samples)',
      '\u2013',
      '90.0 (3)',
    ]);
  });
});

describe('warnings', () => {
  test('name the sizes at which a ranker does as well as the best arm, and no others', () => {
    // The best arm has 67 and 87 %.
    const report = reportOf(trialsOf(ranked, { 64: [0.5, 0.55, 0.6], 256: [0.9, 0.9, 0.9] }));
    expect(notes(report, 'understands nothing')).toEqual([
      'lookup: the linear ranker (fitted on the same samples) does as well as the best arm ' +
        '(90.0 % against 87.0 % at 256 samples). It understands nothing.',
      'lookup: the rule "longest common subsequence" (reads the order of the prompt) does as well as the best arm ' +
        '(70.0 % against 67.0 % at 64 samples). It understands nothing.',
    ]);
  });

  test('call a task a control whose test prompts are renamings of training prompts, from just above 5 % on', () => {
    const novelty = (share: number): Metrics => ({
      'novelty/train_forms': 6,
      'novelty/test_forms': 5,
      'novelty/renamed_test_share': share,
    });
    expect(notes(reportOf(trialsOf(novelty(0.05))), 'control')).toEqual([]);
    expect(notes(reportOf(trialsOf(novelty(0.052))), 'control')).toEqual([
      'lookup is a control: 5.2 % of its test prompts are training prompts with other names and numbers ' +
        '(6 forms in training), and a claim may rest on a task with at most 5.0 %. What is learned here may be the ' +
        'forms.',
    ]);
    const rowOf = (share: number) => tableOf(reportOf(trialsOf(novelty(share))), 'novelty')?.rows;
    expect(rowOf(1)).toEqual([['lookup', '100.0', '\u2013', '6', '5', 'control']]);
    expect(rowOf(0)).toEqual([['lookup', '0.0', '\u2013', '6', '5', 'test']]);
    expect(tableOf(reportOf(trialsOf()), 'novelty')).toBeUndefined();
  });

  test('say where two seeds share more than a quarter of a sample', () => {
    const shared = (share: number): readonly string[] =>
      notes(reportOf(trialsOf({ 'sample/shared_between_seeds': share })), 'samples of two seeds');
    expect(shared(0.25)).toEqual([]);
    expect(shared(0.77)).toEqual([
      'lookup: the samples of two seeds share much of their training pairs (expected: 77.0 % at 64 samples and ' +
        '77.0 % at 256 samples), since the train split is small. Intervals over seeds leave out that part of the ' +
        'variance of the sample.',
    ]);
  });
});
