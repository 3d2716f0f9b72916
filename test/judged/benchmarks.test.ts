/** Scores of a benchmark: by its own way to score, with its task or with what the file says itself. */
import { afterAll, describe, expect, it } from 'vitest';
import { scoreFiles } from './score-rows.ts';

const files = scoreFiles();
afterAll(() => files[Symbol.dispose]());

/** Ids count from 0 in each subset, as some releases have them. */
const rows = [
  { id: 0, subset: 'alpacaeval-easy', score: [2, 1] },
  { id: 1, subset: 'alpacaeval-easy', score: [1, 2] },
  { id: 0, subset: 'donotanswer', score: [0.5, -0.5] },
  { id: 0, subset: 'hep-python', score: [3, 3] },
];
const benchmark = files.write(
  'filtered.jsonl',
  rows.map(({ id, subset }) => ({
    id,
    subset,
    prompt: `Question ${id} of ${subset}?`,
    chosen: 'A long and right answer.',
    rejected: 'Short.',
    chosen_model: 'a',
    rejected_model: 'b',
  })),
);
const scores = files.write('rm.json', [
  {
    id: rows.map(({ id }) => id),
    subset: rows.map(({ subset }) => subset),
    scores_chosen: rows.map(({ score: [chosen] }) => chosen),
    scores_rejected: rows.map(({ score: [, rejected] }) => rejected),
  },
]);

/** Chat 1/2, Safety 1, Reasoning 0 (a tie is lost): their mean. */
const expected = [
  { name: 'score', value: 0.5 },
  { name: 'sections', value: 3 },
  { name: 'chat', value: 0.5 },
  { name: 'safety', value: 1 },
  { name: 'reasoning', value: 0 },
].map((one) => expect.objectContaining(one) as unknown);

describe('RewardBench', () => {
  it('is scored by its sections with --scoring, where the file says what is right', async () => {
    const document = await files.document('import-scores', scores, '--scoring', 'rewardbench', '--no-keep');
    expect(document).toMatchObject({
      task: null,
      counts: { pairs: 4 },
      benchmark: expect.arrayContaining(expected) as unknown,
    });
    expect(document['sections']).toHaveLength(3);
    const unknown = await files.run('import-scores', scores, '--scoring', 'rewardbnch');
    expect(unknown).toMatchObject({ exitCode: 2 });
    expect(unknown.stderr).toContain('there is no scoring rewardbnch');
  });

  it('is scored the same with its task, which knows the lengths too', async () => {
    const task = ['--task', 'rewardbench', '-s', `test=${benchmark}`];
    const document = await files.document('import-scores', scores, ...task, '--no-keep');
    expect(document).toMatchObject({
      task: { kind: 'rewardbench' },
      counts: { pairs: 4, extra: 0, missing: 0 },
      lengthUnit: 'characters',
      benchmark: expect.arrayContaining(expected) as unknown,
    });
    const [score] = document['benchmark'] as { baselines: Record<string, number> }[];
    expect(score?.baselines).toEqual({ random: 0.5, longest: 1, shortest: 0 });
    const { stdout } = await files.run('import-scores', scores, ...task, '--no-keep');
    expect(stdout).toMatch(/^score +0\.5000 +0\.3333 to 0\.6667 +0\.5000 +1\.0000 +0\.0000$/m);
  });
});
