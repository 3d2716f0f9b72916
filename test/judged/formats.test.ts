import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, describe, expect, it } from 'vitest';
import { scoreFormats } from '../../harness/judged/index.ts';
import { scoreFiles } from './score-rows.ts';

const files = scoreFiles();
afterAll(() => files[Symbol.dispose]());

const judge = (file: string, ...flags: readonly string[]): Promise<Record<string, unknown>> =>
  files.document('import-scores', file, '--no-keep', ...flags);

const share = (value: number): unknown => expect.objectContaining({ value: expect.closeTo(value, 12) as number });

describe('the plain format', () => {
  it('takes pairs under the names that others give their scores, with the texts beside them', async () => {
    // Of 4 pairs 2 are right and 1 is a tie. Longer: the chosen text of a and c, the rejected one of b; d is even.
    const file = files.write('names.jsonl', [
      { id: 'a', chosen_score: 2, rejected_score: 1, text_chosen: 'long text', text_rejected: 'text' },
      { id: 'b', rewardChosen: 2, rewardRejected: -1, chosen: 'text', rejected: 'long text' },
      { id: 'c', scores_chosen: [0.5], scores_rejected: [0.5], chosen: 'long text', rejected: 'text' },
      { id: 'd', reward_chosen: 0, reward_rejected: 3e-5, chosen: 'text', rejected: 'texT' },
    ]);
    expect(await judge(file)).toMatchObject({
      format: 'plain',
      model: 'names',
      lengthUnit: 'characters',
      pairs: {
        pairs: 4,
        accuracy: share(1 / 2),
        halfCredit: share(5 / 8),
        tieRate: 1 / 4,
        baselines: [
          { name: 'random', estimate: share(1 / 2) },
          { name: 'longest', estimate: share(5 / 8) },
          { name: 'shortest', estimate: share(3 / 8) },
        ],
      },
      pool: null,
    });
  });

  it('takes questions as sides, as lists with labels, as candidates and as single responses', async () => {
    const file = files.write('pools.jsonl', [
      { id: 'sides', chosen: [3], rejected: [1, 2, 2.5] },
      { id: 'list', scores: [1, 1, 0], labels: [true, false, false] },
      {
        id: 'objects',
        candidates: [
          { score: 1, isCorrect: 0 },
          { reward: 0, isCorrect: 1 },
        ],
      },
      { id: 'one by one', candidate: 1, score: 4, isCorrect: true },
      { id: 'one by one', candidate: 0, score: 5, isCorrect: false },
    ]);
    // On top: right; one of two tied; wrong; wrong.
    expect(await judge(file)).toMatchObject({
      pairs: null,
      pool: {
        questions: 4,
        candidates: { least: 2, most: 4 },
        ofAll: share((1 + 1 / 2) / 4),
        alone: share(1 / 4),
        meanReciprocalRank: (1 + 1 / 2 + 1 / 2 + 1 / 2) / 4,
      },
    });
  });

  it('reads a table that is one object of columns, as RewardBench writes its scores', async () => {
    const file = files.write('columns.json', [
      {
        model: 'org/rm',
        id: [30, 31, 32],
        scores_chosen: [1, 2, 3],
        scores_rejected: [0, 5, 2],
        subset: ['alpacaeval-easy', 'alpacaeval-easy', 'donotanswer'],
        results: [1, 0, 1],
      },
    ]);
    expect(await judge(file)).toMatchObject({
      pairs: { accuracy: share(2 / 3) },
      sections: [
        { section: 'alpacaeval-easy', pairs: { accuracy: share(1 / 2) } },
        { section: 'donotanswer', pairs: { accuracy: share(1) } },
      ],
    });
  });

  it('reads a packed file, and takes its name without the endings for the model', async () => {
    const file = path.join(files.folder, 'my-rm.jsonl.gz');
    writeFileSync(file, gzipSync('{"id": 1, "chosen": 1, "rejected": 0}\n'));
    expect(await judge(file)).toMatchObject({ model: 'my-rm', pairs: { accuracy: share(1) } });
    expect(await judge(file, '--model', 'other')).toMatchObject({ model: 'other' });
  });
});

describe('scores of Themis on CodeRewardBench', () => {
  it('are read from the Parquet of its runs, by aspect and by language', async () => {
    const file = path.join(files.folder, 'scores.parquet');
    const instance = await DuckDBInstance.create();
    const connection = await instance.connect();
    await connection.run(`
      COPY (SELECT * FROM (VALUES
        ('p1', 2.5, 1.0, true, 1.5, 'Python', 'Functional_Correctness', 'MDEVAL'),
        ('p2', 0.5, 1.0, false, -0.5, 'Python', 'Functional_Correctness', 'MDEVAL'),
        ('p3', 0.5, 0.5, false, 0.0, 'Ruby', 'Security_Hardness', 'VUL4J'),
        ('p4', 9.5, 0.5, true, 9.0, 'Ruby', 'Runtime_Efficiency', 'ECCO')
      ) t(id, chosen_score, rejected_score, correct, score_diff, language, aspect, subset)) TO '${file}' (FORMAT parquet)`);
    connection.closeSync();
    // As its results.json has it: 2 of 4, the tie lost; by aspect 1/2, 1, 0; by language 1/2 and 1/2.
    expect(await judge(file)).toMatchObject({
      format: 'themis',
      pairs: { pairs: 4, accuracy: share(1 / 2), tieRate: 1 / 4, meanMargin: 2.5 },
      sections: [
        { section: 'Functional_Correctness', pairs: { pairs: 2, accuracy: share(1 / 2) } },
        { section: 'Runtime_Efficiency', pairs: { pairs: 1, accuracy: share(1) } },
        { section: 'Security_Hardness', pairs: { pairs: 1, accuracy: share(0) } },
      ],
    });
    expect(await judge(file, '--sections', 'language')).toMatchObject({
      sections: [
        { section: 'Python', pairs: { accuracy: share(1 / 2) } },
        { section: 'Ruby', pairs: { accuracy: share(1 / 2) } },
      ],
    });
  });
});

describe('results of RewardMATH', () => {
  const row = (problem: string, score: readonly unknown[], more: object = {}): object => ({
    problem,
    solution_reference: ['human_to_GPT-4', 'modified_with_GPT-4', 'gpt-4o'].slice('chosen_position' in more ? 1 : 0),
    score,
    ...more,
  });
  const write = (name: string, rows: readonly object[]): string => {
    const file = path.join(files.folder, name);
    writeFileSync(file, JSON.stringify(rows, null, 4));
    return file;
  };

  it('of a classifier: right where the human solution stands alone on top, ranks behind equal wrong ones', async () => {
    const file = write('classifier.json', [
      row('one', [-3.5, -10, -4]),
      row('two', [1.25, 1.25, 0]),
      row('three', [0, 1, 2]),
      row('four', [2, 1.5, 1]),
    ]);
    // Accuracy 2 of 4, with ties as right 3 of 4; reciprocal ranks 1, 1/2, 1/3, 1.
    expect(await judge(file)).toMatchObject({
      format: 'rewardmath',
      lengthUnit: null,
      pool: {
        questions: 4,
        candidates: { least: 3, most: 3 },
        alone: share(2 / 4),
        ofAll: share((1 + 1 / 2 + 0 + 1) / 4),
        meanReciprocalRank: (1 + 1 / 2 + 1 / 3 + 1) / 4,
        baselines: [
          { name: 'random', estimate: share(1 / 3) },
          { name: 'pass', estimate: share(1) },
        ],
      },
    });
  });

  it('of a process reward model: the scores of steps become one as --steps says, and not without it', async () => {
    const file = write('process.json', [
      row('one', [
        [0.9, 0.9],
        [1, 0.5],
        [0.2, 0.2],
      ]),
    ]);
    // min .9 .5 .2; last .9 .5 .2; prod .81 .5 .04; max .9 1 .2
    expect(await judge(file, '--steps', 'prod')).toMatchObject({ pool: { alone: share(1) } });
    expect(await judge(file, '--steps', 'max')).toMatchObject({ pool: { alone: share(0) } });
    expect(await files.run('import-scores', file)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('score[0]: found scores of 2 steps; --steps says how they become one') as string,
    });
  });

  it('of a generative judge: right where it won every comparison', async () => {
    const file = write('pairwise.json', [
      row('one', ['A', 'B'], { chosen_position: ['A', 'B'] }),
      row('two', ['A', 'A'], { chosen_position: ['A', 'B'] }),
    ]);
    // In the second one comparison is lost: rank 2.
    expect(await judge(file)).toMatchObject({
      pool: { questions: 2, alone: share(1 / 2), meanReciprocalRank: (1 + 1 / 2) / 2 },
    });
  });
});

describe('outputs of JudgeBench', () => {
  const pair = (id: string, label: string, source: string, judgments: readonly unknown[]): object => ({
    pair_id: id,
    original_id: id,
    source,
    question: 'Why?',
    response_model: 'gpt-4o',
    response_A: 'a long response',
    response_B: 'short',
    label,
    judgments,
  });
  const rewards = (first: number, second: number): object => ({
    judgment: { judge_model: 'org/rm', scores: [first, second] },
    decision: first > second ? 'A>B' : 'B>A',
  });
  const decided = (decision: string | null): object => ({ judgment: { judge_model: 'judge' }, decision });

  it('of a reward model: its scores of the right and the wrong response, in both orders', async () => {
    const file = files.write('rm.jsonl', [
      pair('1', 'A>B', 'mmlu-pro-law', [rewards(5.5, 14.5), rewards(14.5, 5.5)]),
      pair('2', 'B>A', 'mmlu-pro-math', [rewards(5.5, 14.5), rewards(14.5, 5.5)]),
      // The orders disagree: neither right nor wrong.
      pair('3', 'A>B', 'livecodebench', [rewards(2, 1), rewards(2, 1)]),
      pair('4', 'B>A', 'livebench-math', [rewards(1, 2)]),
    ]);
    expect(await judge(file)).toMatchObject({
      format: 'judgebench',
      model: 'org/rm',
      lengthUnit: 'characters',
      pairs: {
        accuracy: share(2 / 4),
        tieRate: 1 / 4,
        withinSource: share(2 / 4),
        baselines: [{}, { name: 'longest', estimate: share(2 / 4) }, {}],
      },
      sections: [
        { section: 'coding', pairs: { accuracy: share(0) } },
        { section: 'knowledge', pairs: { accuracy: share(1 / 2) } },
        { section: 'math', pairs: { accuracy: share(1) } },
      ],
    });
  });

  it('of a judge: the sum of its decisions in both orders', async () => {
    const file = files.write('judge.jsonl', [
      pair('1', 'A>B', 's', [decided('A>B'), decided('B>A')]),
      pair('2', 'A>B', 's', [decided('A>B'), decided('A=B')]),
      pair('3', 'A>B', 's', [decided('A>B'), decided('A>B')]),
      pair('4', 'B>A', 's', [null, decided('A>B')]),
      pair('5', 'B>A', 's', [decided('A>B'), decided(null)]),
    ]);
    // 2, 1, 0, 1, -1
    expect(await judge(file)).toMatchObject({ pairs: { accuracy: share(3 / 5), tieRate: 1 / 5, meanMargin: 3 / 5 } });
  });
});

it('every format can be named on the command line', () => {
  const route = readFileSync(new URL('../../harness/cli/routes/judged.ts', import.meta.url), 'utf8');
  for (const { name } of scoreFormats) expect(route).toMatch(new RegExp(`values: \\['auto', .*'${name}'`));
});
