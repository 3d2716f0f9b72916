import { expect, test } from 'vitest';
import {
  evaluateBaselines,
  evaluateTask,
  scoringBaselines,
  scoringMetrics,
  type Item,
} from '../../harness/eval/index.ts';
import { dependsOnMachine, metricLookup, metrics, templateParts } from '../../harness/kinds/index.ts';
import { pair } from '../eval/scorings/items.ts';

const find = metricLookup();

test.each([
  ['eval/pairwise_accuracy', 'share', 'high', 'pairwise accuracy'],
  ['eval/best_of_16', 'share', 'high', 'best-of-16 accuracy'],
  ['eval/best_of_16_excluded_questions', 'count', null, 'best of 16 excluded questions'],
  ['baseline/untrained_head_best_of_4', 'share', 'high', 'untrained head best of 4'],
  ['baseline/pass_at_8', 'share', 'high', 'pass at 8'],
  ['ranker/count_of_', 'share', null, 'count of '],
  ['eval/pairwise_loss', 'nats', 'low', 'pairwise loss'],
  ['eval/weighted_vote_at_8', 'share', 'high', 'reward-weighted vote of 8'],
  ['eval/best_of_8_standard_error', 'share', null, 'best of 8 standard error'],
  ['eval/best_of_8_tie_rate', 'share', 'low', 'ties at the top of 8'],
  ['baseline/within_source_pass_at_8_high', 'share', 'high', 'within source pass at 8 high'],
  ['train/learning_rate', 'number', null, 'learning rate'],
  ['train/pairs', 'count', null, 'pairs'],
  ['pairs/mean_chosen_tokens', 'tokens', null, 'mean chosen tokens'],
  ['corpus/function_near_duplicate', 'count', null, 'function near duplicate'],
  ['corpus/install_seconds', 'seconds', 'low', 'install seconds'],
  ['select/optimizer.learningRate', 'number', null, 'optimizer.learningRate'],
] as const)('%s is a %s', (name, unit, better, label) => {
  expect(find(name)).toMatchObject({ name, unit, better, label });
});

test('a metric that nobody registered is a number with no better direction', () => {
  expect(find('mine/win_rate')).toEqual({
    name: 'mine/win_rate',
    unit: 'number',
    better: null,
    label: 'win rate',
    chance: null,
  });
});

test('an exact name comes before a template that fits it too', () => {
  const own = metricLookup([...metrics, { name: 'task/solved', unit: 'share', better: 'high' }]);
  expect(own('task/solved').unit).toBe('share');
  expect(own('task/dropped').unit).toBe('count');
});

test('a template gives the values of its parts, and a dot in it stands for a dot', () => {
  expect(templateParts('eval/best_of_{n}', 'eval/best_of_8')).toEqual({ n: '8' });
  expect(templateParts('eval/best_of_{n}', 'eval/best_of_many')).toBeNull();
  expect(templateParts('a.b/{name}', 'axb/c')).toBeNull();
});

test('times, speeds and memory depend on the machine; nothing else does', () => {
  expect(['x/step_ms', 'x/tokens_per_second', 'x/peak_bytes'].map((name) => dependsOnMachine(find(name)))).toEqual([
    true,
    true,
    true,
  ]);
  expect(dependsOnMachine(find('eval/pairs'))).toBe(false);
});

test('every metric of an evaluation and of its baselines is registered', () => {
  const item = (set: Item['set'], question: number, candidate: number): Item => ({
    set,
    itemId: `${set}-${question}`,
    group: `${set}-${question}`,
    candidate,
    reward: -candidate,
    subset: null,
    source: candidate % 2 === 0 ? 'even' : 'odd',
    isCorrect: candidate === 3 ? null : candidate === 0,
    tokens: 10 + candidate,
    answer: set === 'pool' ? String(candidate) : null,
  });
  const pool = (question: number): Item[] => Array.from({ length: 20 }, (_, c) => item('pool', question, c));
  const items = [item('pairs', 0, 0), item('pairs', 0, 1), ...pool(0), ...pool(1)];
  const recorded = [
    ...evaluateTask({ items, bestOf: [1, 2, 10], withinSource: new Set(['pairs-0']) }),
    ...evaluateBaselines({ untrainedHead: items, zeroShot: items, bestOf: [1, 2, 10] }),
  ];
  expect(recorded.length).toBeGreaterThan(150);
  // 20 over 10 subsets are drawn, and one candidate is not graded.
  for (const ending of ['_sampling_error', '_standard_error', '_low', '_high', '_tie_rate', '_excluded_questions'])
    expect(recorded.some(({ name }) => name.endsWith(ending))).toBe(true);
  // `number` is what an unregistered metric gets.
  expect(recorded.map(({ name }) => name).filter((name) => find(name).unit === 'number')).toEqual([]);
  const shares = recorded.filter(({ name }) => find(name).unit === 'share');
  expect(shares.every(({ value }) => value >= 0 && value <= 1)).toBe(true);
});

test('and every metric of a benchmark with a scoring of its own', () => {
  const items = [pair({ id: '1', subset: 'donotanswer' }, 1, 0), pair({ id: '2', subset: 'math-prm' }, 3, 2)].flat();
  const scoring = { name: 'rewardbench', settings: {} };
  const baselines = scoringBaselines(scoring, { untrainedHead: items, zeroShot: items });
  const recorded = [...scoringMetrics(scoring, items), ...baselines];
  expect(recorded.length).toBeGreaterThan(10);
  expect(recorded.map(({ name }) => name).filter((name) => find(name).unit === 'number')).toEqual([]);
});
