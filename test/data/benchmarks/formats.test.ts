import { afterAll, describe, expect, test } from 'vitest';
import { isWithinSource } from '../../../harness/data/index.ts';
import { benchmarkFolder } from './benchmark-files.ts';

const folder = benchmarkFolder();
afterAll(() => folder.remove());

describe('RewardBench', () => {
  const row = { prompt: 'p', chosen: 'good', rejected: 'bad', chosen_model: 'A', rejected_model: 'B', id: 7 };

  test('gives pairs by subset, under ids of the benchmark, with their writers', async () => {
    const test = folder.write('rb.jsonl', [
      { ...row, subset: 'donotanswer' },
      { ...row, prompt: 'q', subset: 'hep-js', chosen_model: 'A', rejected_model: 'A' },
      { ...row, prompt: 'r', subset: 'hep-js' },
    ]);
    const { test: pairs, pool, train, dev } = await folder.read({ kind: 'rewardbench', name: 'rb', test });
    expect(pairs.map(({ id, subset }) => [id, subset])).toEqual([
      ['donotanswer/7', 'donotanswer'],
      ['hep-js/7', 'hep-js'],
      ['hep-js/7#2', 'hep-js'],
    ]);
    expect(pairs[0]).toMatchObject({ prompt: 'p\n', chosen: 'good', rejected: 'bad', source: 'A/0 vs B/1' });
    expect([pool, train, dev]).toEqual([[], [], []]);
  });

  test('takes responses for those of one writer only where the file says who wrote them', async () => {
    const test = folder.write('rb.jsonl', [
      { ...row, subset: 'donotanswer', rejected_model: 'A' },
      { ...row, prompt: 'q', subset: 'donotanswer', chosen_model: null, rejected_model: null },
    ]);
    const { test: pairs } = await folder.read({ kind: 'rewardbench', name: 'rb', test });
    expect(pairs.map(isWithinSource)).toEqual([true, false]);
  });

  test('reads the prior sets from files of their own, whose rows do not say which they are', async () => {
    const test = folder.write('rb.jsonl', [{ ...row, subset: 'donotanswer' }]);
    const shp = folder.write('shp.jsonl', [
      { prompt: 'p1', chosen: 'a', rejected: 'b', subset: 'askscience' },
      { prompt: 'p2', chosen: 'a', rejected: 'b', subset: 'askscience' },
    ]);
    const { test: pairs } = await folder.read({ kind: 'rewardbench', name: 'rb', test, shp });
    expect(pairs.map(({ id, subset }) => [id, subset])).toEqual([
      ['donotanswer/7', 'donotanswer'],
      ['shp', 'shp'],
      ['shp#2', 'shp'],
    ]);
  });
});

describe('RewardBench 2', () => {
  const row = { prompt: 'p', chosen: ['right'], rejected: ['w1', 'w2', 'w3'], num_correct: 1, num_incorrect: 3 };

  test('gives one question a row, the right responses first', async () => {
    const test = folder.write('rb2.jsonl', [
      { ...row, id: '12', subset: 'Math' },
      { ...row, id: 'tied:0', subset: 'Ties', prompt: 'a colour', chosen: ['red', 'blue'], num_correct: 2 },
      { ...row, id: 'ref:0', subset: 'Ties', prompt: 'a colour of the sky' },
    ]);
    const { pool, test: pairs } = await folder.read({ kind: 'rewardbench2', name: 'rb2', test });
    expect(pairs).toEqual([]);
    expect(pool.map(({ id, subset }) => [id, subset])).toEqual([
      ['12', 'Math'],
      ['tied:0', 'Ties'],
      ['ref:0', 'Ties'],
    ]);
    expect(pool[1]?.candidates.map(({ text, isCorrect }) => [text, isCorrect])).toEqual([
      ['red', true],
      ['blue', true],
      ['w1', false],
      ['w2', false],
      ['w3', false],
    ]);
  });

  test('keeps a tied prompt and its reference in one group', async () => {
    const test = folder.write('rb2.jsonl', [
      { ...row, id: 'tied:4', subset: 'Ties', prompt: 'one' },
      { ...row, id: 'ref:4', subset: 'Ties', prompt: 'two' },
      { ...row, id: 'ref:5', subset: 'Ties', prompt: 'three' },
    ]);
    const { pool } = await folder.read({ kind: 'rewardbench2', name: 'rb2', test });
    const [tied, reference, other] = pool.map(({ group }) => group);
    expect(tied).toBe(reference);
    expect(other).not.toBe(reference);
  });

  test('refuses a row that contradicts itself', async () => {
    const file = folder.write('rb2.jsonl', [
      { ...row, id: '1', subset: 'Math', chosen: ['a', 'b'], num_correct: 2 },
      { ...row, id: '2', subset: 'Ties' },
      { ...row, id: '3', subset: 'Math', num_correct: 2 },
    ]);
    await expect(folder.read({ kind: 'rewardbench2', name: 'rb2', test: file })).rejects.toThrow(
      [
        `${file}: 3 of 3 rows are not as RewardBench 2 has them`,
        `${file}:1: chosen: expected one response outside of Ties, found 2`,
        `${file}:2: id: expected ref:N or tied:N in Ties, found 2`,
        `${file}:3: num_correct: is 2, and chosen has 1`,
      ].join('\n  '),
    );
  });
});

test('RM-Bench: the six responses in the order of the matrix', async () => {
  const row = { id: 3, prompt: 'p', chosen: ['c', 'd', 'm'], rejected: ['C', 'D', 'M'], domain: 'safety-refuse' };
  const file = folder.writeText('rm.json', JSON.stringify([row]));
  const { pool } = await folder.read({ kind: 'rm-bench', name: 'rm', test: file });
  expect(pool).toMatchObject([{ id: 'safety-refuse/3', subset: 'safety-refuse' }]);
  expect(pool[0]?.candidates.map(({ text }) => text)).toEqual(['c', 'd', 'm', 'C', 'D', 'M']);
  const short = folder.writeText('rm.json', JSON.stringify([{ ...row, chosen: ['c'], domain: 'safety' }]));
  await expect(folder.read({ kind: 'rm-bench', name: 'rm', test: short })).rejects.toThrow(
    /rm\.json:1: row 1: chosen: expected three responses[^]*row 1: domain: expected one of "chat"/,
  );
});

test('JudgeBench: the response that the label prefers, by category of the source', async () => {
  const row = { question: 'q', response_A: 'a', response_B: 'b', response_model: 'gpt-4o' };
  const gpt = folder.write('gpt.jsonl', [
    { ...row, pair_id: 'x', source: 'mmlu-pro-law', label: 'B>A' },
    { ...row, pair_id: 'y', source: 'livecodebench', label: 'A>B', question: 'q2' },
  ]);
  const claude = folder.write('claude.jsonl', [{ ...row, pair_id: 'z', source: 'livebench-math', label: 'A>B' }]);
  const { test: pairs } = await folder.read({ kind: 'judgebench', name: 'jb', test: [gpt, claude] });
  expect(pairs.map(({ id, subset, chosen }) => [id, subset, chosen])).toEqual([
    ['x', 'knowledge', 'b'],
    ['y', 'coding', 'a'],
    ['z', 'math', 'a'],
  ]);
  // The question of `x` stands in the other file too: both are resampled together.
  expect(pairs[0]?.group).toBe(pairs[2]?.group);
  const bad = folder.write('bad.jsonl', [{ ...row, pair_id: 'x', source: 'trivia', label: 'A=B' }]);
  await expect(folder.read({ kind: 'judgebench', name: 'jb', test: bad })).rejects.toThrow(
    /bad\.jsonl:1: source: expected a source that begins with mmlu-pro[^]*bad\.jsonl:1: label: expected one of "A>B"/,
  );
});

test('PPE, votes: ties are left out and counted, prompts are of several kinds', async () => {
  const row = { model_a: 'A', model_b: 'B', response_1: 'one', response_2: 'two', hard_prompt: true };
  const file = folder.write('votes.jsonl', [
    { ...row, question_id: 'q1', prompt: 'p1', winner: 'model_b', is_code: true, math_prompt: null },
    { ...row, question_id: 'q2', prompt: 'p2', winner: 'tie (bothbad)' },
    { ...row, question_id: 'q3', prompt: 'p3', winner: 'tie' },
    { ...row, question_id: 'q4', prompt: 'p4', winner: 'model_a', hard_prompt: false },
  ]);
  const { test: pairs, counts } = await folder.read({ kind: 'ppe-human', name: 'votes', test: file });
  expect(pairs.map(({ id, subset, chosen, source }) => [id, subset, chosen, source])).toEqual([
    ['q1', 'hard+code', 'two', 'B/0 vs A/1'],
    ['q4', 'other', 'one', 'A/0 vs B/1'],
  ]);
  expect(counts['row: the vote is a tie']).toBe(2);
});

describe('PPE, checked samples', () => {
  const row = { prompt: 'p', response_1: 'r1', response_2: 'r2', response_3: 'r3', model_name: 'M' };
  const pairs = (a: number, b: number, c: number, d: number): readonly (readonly [number, number])[] => [
    [a, b],
    [c, d],
  ];

  test('give a question of the pool, and the sampled pairs of a right and a wrong response', async () => {
    const math = folder.write('math.jsonl', [
      { ...row, question_id: '5', scores: [false, true, true], sampled_conflict_pairs: pairs(0, 1, 2, 0) },
      { ...row, question_id: '5', model_name: 'N', scores: [true, true, true], sampled_conflict_pairs: [] },
    ]);
    const { test: made, pool } = await folder.read({ kind: 'ppe-correctness', name: 'ppe', math });
    expect(made.map(({ chosen, rejected }) => [chosen, rejected])).toEqual([
      ['r2', 'r1'],
      ['r3', 'r1'],
    ]);
    expect(pool.map(({ id, subset }) => [id, subset])).toEqual([
      ['math/5/M', 'math'],
      ['math/5/N', 'math'],
    ]);
    expect(pool[0]?.group).toBe(pool[1]?.group);
    expect(pool[0]?.candidates.map(({ isCorrect }) => isCorrect)).toEqual([false, true, true]);
  });

  test('are refused where a response or a sampled pair does not fit the labels', async () => {
    const gpqa = folder.write('gpqa.jsonl', [
      { ...row, question_id: '1', scores: [true, false, true, true], sampled_conflict_pairs: pairs(0, 2, 1, 9) },
    ]);
    await expect(folder.read({ kind: 'ppe-correctness', name: 'ppe', gpqa })).rejects.toThrow(
      [
        `${gpqa}:1: response_4: expected text, as scores has 4`,
        `${gpqa}:1: sampled_conflict_pairs[0]: 0 and 2 are no right and a wrong response`,
        `${gpqa}:1: sampled_conflict_pairs[1]: 1 and 9 are no right and a wrong response`,
      ].join('\n  '),
    );
  });
});

describe('ProcessBench', () => {
  const row = { generator: 'G', problem: 'p', steps: ['s0', 's1', 's2'], final_answer_correct: false };

  test('gives the beginnings of a solution, right until the first wrong step', async () => {
    const file = folder.write('pb.jsonl', [
      { ...row, id: 'gsm8k-0', label: 1 },
      { ...row, id: 'olympiadbench-17', label: -1, final_answer_correct: true, problem: 'p2' },
      { ...row, id: 'own', subset: 'mine', label: 0, problem: 'p3' },
    ]);
    const { pool } = await folder.read({
      kind: 'processbench',
      name: 'pb',
      test: file,
      stepSeparator: ' | ',
      threshold: 0,
    });
    expect(pool.map(({ subset }) => subset)).toEqual(['gsm8k', 'olympiadbench', 'mine']);
    expect(pool[0]?.candidates.map(({ text, isCorrect }) => [text, isCorrect])).toEqual([
      ['s0', true],
      ['s0 | s1', false],
      ['s0 | s1 | s2', false],
    ]);
    expect(pool[1]?.candidates.map(({ isCorrect }) => isCorrect)).toEqual([true, true, true]);
  });

  test('marks the rows that choose the threshold', async () => {
    const test = folder.write('pb.jsonl', [{ ...row, id: 'math-1', label: 1 }]);
    const calibration = folder.write('cal.jsonl', [
      { ...row, id: 'math-1', problem: 'other', label: 1 },
      { ...row, id: 'math-2', problem: 'another', label: -1 },
    ]);
    const { pool } = await folder.read({ kind: 'processbench', name: 'pb', test, calibration });
    expect(pool.map(({ id, subset }) => [id, subset])).toEqual([
      ['math-1', 'math'],
      ['calibration/math-1', 'calibration'],
      ['calibration/math-2', 'calibration'],
    ]);
  });

  test('is refused where there is nothing to choose the threshold on', async () => {
    const test = folder.write('pb.jsonl', [
      { ...row, id: 'math-1', label: 1 },
      { ...row, id: 'gsm8k-1', problem: 'other', label: 1 },
    ]);
    await expect(folder.read({ kind: 'processbench', name: 'pb', test })).rejects.toThrow(
      'task pb: there is nothing to choose the threshold on',
    );
  });

  test('refuses a label beyond the steps', async () => {
    const file = folder.write('pb.jsonl', [{ ...row, id: 'math-1', label: 3 }]);
    await expect(folder.read({ kind: 'processbench', name: 'pb', test: file })).rejects.toThrow(
      `${file}:1: label: expected -1, or a step from 0 to 2, found 3`,
    );
  });
});
