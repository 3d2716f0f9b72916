/** Scores from elsewhere: matched to a task, judged, kept, compared; and everything that does not fit. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scoreFiles } from '../judged/score-rows.ts';

const files = scoreFiles();
afterAll(() => files[Symbol.dispose]());

/** Twins of algebra: 6 pairs in 3 groups, 3 questions with 4 candidates. */
const fields = ['family=algebra', 'difficulty=2', 'trainPairs=2', 'devPairs=4', 'testPairs=6', 'testQuestions=3'];
const task = ['--task', 'generated', ...[...fields, 'candidates=4'].flatMap((field) => ['-s', field])];

interface Row {
  readonly set: 'pairs' | 'pool';
  readonly id: string;
  readonly candidates?: readonly string[];
}
let rows: readonly Row[];
beforeAll(async () => {
  const { stdout } = await files.run('task-rows', ...task.slice(1), '-o', '-');
  rows = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);
});
const pairs = (): readonly Row[] => rows.filter(({ set }) => set === 'pairs');
const pool = (): readonly Row[] => rows.filter(({ set }) => set === 'pool');
/** The chosen response is above in all pairs but the first. */
const pairScores = (): readonly Record<string, unknown>[] =>
  pairs().map(({ id }, index) => ({ id, chosen: index === 0 ? -1 : 1, rejected: 0 }));
const poolScores = (): readonly Record<string, unknown>[] =>
  pool().map(({ id, candidates = [] }, q) => ({ id, rewards: candidates.map((_, c) => (q + c) % 4), best: 0 }));

const refusal = async (name: string, all: readonly unknown[], ...flags: readonly string[]): Promise<string> => {
  const run = await files.run('import-scores', files.write(name, all), ...task, ...flags);
  expect(run).toMatchObject({ exitCode: 2, stdout: '' });
  return run.stderr;
};

describe('harness import-scores --task', () => {
  it('takes labels, groups and lengths from the task, and judges by the estimators of an evaluation', async () => {
    const file = files.write('my-rm.jsonl', [...pairScores(), ...poolScores()]);
    const run = await files.run('import-scores', file, ...task);
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    expect(run.stdout).toMatch(/^my-rm on generated \(generated, test\)\n\n6 pairs in 3 groups\n/);
    // 5 of 6, 3 groups: 1/2, 1, 1.
    expect(run.stdout).toMatch(/^my-rm +83\.33 +\d+\.\d\d to \d+\.\d\d +6$/m);
    expect(run.stdout).toMatch(/^longest +50\.00/m);
    expect(run.stdout).toMatch(/^ +N = 1 +N = 2 +N = 4 +all$/m);
    expect(run.stdout).toMatch(/^pass /m);
    expect(run.stdout).toMatch(/^ {2}score-weighted vote +\d/m);
    expect(run.stdout).toMatch(/kept as scores-[0-9a-f]{12}/);
    const document = await files.document('import-scores', file, ...task, '--no-keep');
    expect(document).toMatchObject({
      schemaVersion: 1,
      model: 'my-rm',
      task: { name: 'generated', kind: 'generated', split: 'test', stage: null },
      format: 'plain',
      counts: { pairs: 6, questions: 3, responses: 24, missing: 0, extra: 0, nonFinite: 0 },
      lengthUnit: 'characters',
      pairs: { groups: 3, accuracy: { value: 5 / 6, n: 6 } },
    });
    const { bestOf } = document['pool'] as { bestOf: { N: number }[] };
    expect(bestOf.map(({ N }) => N)).toEqual([1, 2, 3, 4]);
  });

  it('takes single responses in any order, and what harness score wrote', async () => {
    const whole = await files.document('import-scores', files.write('a.jsonl', poolScores()), ...task, '--no-keep');
    const singles = pool()
      .flatMap(({ id, candidates = [] }, q) =>
        candidates.map((_, candidate) => ({ id, candidate, score: (q + candidate) % 4 })),
      )
      .toReversed();
    const parts = await files.document('import-scores', files.write('b.jsonl', singles), ...task, '--no-keep');
    expect(parts['pool']).toEqual(whole['pool']);
    expect(parts).toMatchObject({ unscoredSets: ['pairs'], pairs: null });
    const sides = pairs().map(({ id }, line) => ({ id, line, rewardChosen: 2, rewardRejected: 1, margin: 1 }));
    expect(await files.document('import-scores', files.write('c.jsonl', sides), ...task, '--no-keep')).toMatchObject({
      pairs: { accuracy: { value: 1 } },
      pool: null,
      unscoredSets: ['pool'],
    });
  });

  it('finds the task of an experiment, of a file with a section, and says which there are', async () => {
    const yaml = path.join(files.folder, 'task.yaml');
    writeFileSync(
      yaml,
      `task: {kind: generated, name: alg, ${fields.map((field) => field.replace('=', ': ')).join(', ')}}\n`,
    );
    const scores = files.write('p.jsonl', pairScores());
    const judged = (named: string, ...flags: readonly string[]): ReturnType<typeof files.run> =>
      files.run('import-scores', scores, '--task', named, '--no-keep', ...flags);
    expect((await judged(yaml, '-s', 'candidates=4')).stdout).toMatch(/^p on alg \(generated, test\)/);
    const misspelt = await judged(yaml, '-s', 'candidate=4');
    expect(misspelt).toMatchObject({ exitCode: 2 });
    expect(misspelt.stderr).toContain('did you mean candidates?');
    writeFileSync(yaml, 'task:\n  kind: generated\n  name: alg\n  family: algebr\n  difficulty: 2\n');
    expect((await judged(yaml)).stderr).toContain(`${yaml}:4:11: task.family: expected one of algebra`);
    expect((await judged('experiments/smoke.yaml')).stderr).toContain('no id is one of the task');
    const unknown = await judged('gsm9k');
    expect(unknown).toMatchObject({ exitCode: 2 });
    expect(unknown.stderr).toContain('gsm9k: no such task; did you mean gsm8k?');
    expect((await judged('task-123abc')).stderr).toContain('task-123abc: no such stage');
    expect((await files.run('import-scores', scores, '--split', 'dev')).stderr).toContain('--task is not given');
  });
});

describe('what does not fit is never passed over in silence', () => {
  it('missing scores are refused, or left out and counted', async () => {
    const all = pairScores();
    const told = await refusal('missing.jsonl', all.slice(2));
    expect(told).toContain(
      `no scores for 2 of 6 pairs and questions of the task: "${pairs()[0]?.id}", "${pairs()[1]?.id}"`,
    );
    expect(told).toContain('--missing leave-out');
    const file = files.write('missing.jsonl', all.slice(2));
    expect(await files.document('import-scores', file, ...task, '--missing', 'leave-out', '--no-keep')).toMatchObject({
      counts: { missing: 2, pairs: 4 },
      pairs: { accuracy: { value: 1, n: 4 } },
    });
    const part = [{ id: pool()[0]?.id, candidate: 0, score: 1 }];
    expect(await refusal('part.jsonl', part)).toContain(`${pool()[0]?.id}: no score for candidate 1, 2, 3 of 4`);
  });

  it('rows of other splits are counted, and a file with nothing else is refused', async () => {
    const file = files.write('extra.jsonl', [...pairScores(), { id: 'other', chosen: 1, rejected: 2 }]);
    const { stdout } = await files.run('import-scores', file, ...task, '--no-keep');
    expect(stdout).toContain('1 entry of the file not in this task and split, passed over');
    const told = await refusal('others.jsonl', [{ id: 'other', chosen: 1, rejected: 2 }]);
    expect(told).toMatch(/no id is one of the task: the file has "other"; the task has "algebra-2-test/);
    expect(told).toContain('harness task-rows');
  });

  it('a row twice is counted once where both say the same, and refused where they do not', async () => {
    const [first] = pairScores();
    const same = files.write('same.jsonl', [...pairScores(), first]);
    expect(await files.run('import-scores', same, ...task, '--no-keep')).toMatchObject({
      exitCode: 0,
      stderr: '1 row said again what a row before said\n',
    });
    const other = await refusal('other.jsonl', [...pairScores(), { ...first, chosen: 7 }]);
    expect(other).toContain(`other.jsonl:7: other scores for ${pairs()[0]?.id} than`);
    expect(other).toContain('other.jsonl:1 has');
    const twice = await refusal('forms.jsonl', [...pairScores(), { id: first?.['id'], scores: [1, 0] }]);
    expect(twice).toContain('forms.jsonl:7');
  });

  it('another number of scores than there are responses is refused with its place', async () => {
    const [question] = pool();
    expect(await refusal('short.jsonl', [{ id: question?.id, scores: [1, 2] }])).toContain(
      `short.jsonl:1: ${question?.id}: 2 scores for 4 responses`,
    );
    expect(await refusal('beyond.jsonl', [{ id: question?.id, candidate: 4, score: 0 }])).toContain(
      'candidate 4: there are 4, counted from 0',
    );
  });

  it('all rows that are none are told at once, with what was expected', async () => {
    const told = await refusal('bad.jsonl', [
      { id: 'a', chosen: 1 },
      { id: 'b', score: 'high' },
      { id: 'c', text: 'no score' },
      '{"id": "d", "chosen": 1, "chosen": 2, "rejected": 0}',
      '{"id": tru}',
      { id: 'f', candidate: -1, score: 1 },
      [1, 2],
    ]);
    expect(told).toContain('7 of 7 rows of');
    expect(told).toContain('bad.jsonl:1: scores of rejected are missing; expected {"id", "chosen", "rejected"}');
    expect(told).toContain('bad.jsonl:2: score: found the text "high"; expected a list of numbers');
    expect(told).toContain('bad.jsonl:3: no scores: found the fields id, text');
    expect(told).toContain('bad.jsonl:4: chosen: found a second time');
    expect(told).toMatch(/bad\.jsonl:5:\d+: not JSON/);
    expect(told).toContain('bad.jsonl:6: candidate: found -1; expected a number from 0, "chosen" or "rejected"');
    expect(told).toContain('bad.jsonl:7: found a list; expected an object');
    expect(told).toContain('docs/scores.md');
    expect(await refusal('no-id.jsonl', [{ chosen: 1, rejected: 0 }])).toContain('no-id.jsonl:1: no id');
    expect(await files.run('import-scores', files.write('empty.jsonl', []))).toMatchObject({ exitCode: 5 });
    expect(await files.run('import-scores', files.write('bare.jsonl', [{ id: 'a', scores: [1, 2] }]))).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('bare.jsonl:1: does not say which responses are right') as string,
    });
  });

  it('a score that is not finite ends without a conclusion and is not kept', async () => {
    const file = files.write('nan.jsonl', [
      '{"id": "a", "chosen": NaN, "rejected": 0.5}',
      { id: 'b', chosen: 1, rejected: 0 },
      { id: 'c', chosen: null, rejected: 0 },
    ]);
    const run = await files.run('import-scores', file);
    expect(run).toMatchObject({ exitCode: 5 });
    expect(run.stdout).toContain('2 scores not finite: the model is broken, and nothing is concluded');
    expect(run.stdout).not.toContain('accuracy');
    expect(run.stdout).not.toContain('kept');
  });

  it('ties that only float32 makes are told', async () => {
    const file = files.write('close.jsonl', [{ id: 'a', chosen: 1 + 1e-9, rejected: 1 }]);
    const { stdout } = await files.run('import-scores', file, '--no-keep');
    expect(stdout).toContain('1 pair tied only because scores are kept as float32');
    expect(stdout).toContain('all scores are equal');
  });
});

describe('scores that are kept', () => {
  const keep = async (name: string, all: readonly unknown[]): Promise<string> =>
    (await files.document('import-scores', files.write(name, all), ...task))['kept'] as string;
  let id: string;
  beforeAll(async () => {
    id = await keep('kept.jsonl', pairScores());
  });

  it('are a stage, which ls, show and sql know', async () => {
    expect((await files.run('ls', 'stages', '--kind', 'scores')).stdout).toMatch(
      new RegExp(`^${id} +scores kept, generated +completed`, 'm'),
    );
    expect((await files.run('show', id)).stdout).toMatch(/eval\/pairwise_accuracy +0\.8333/);
    const sql = `SELECT config->>'model' AS model, value FROM stages JOIN stage_finals USING (stage_id)
      WHERE stage_id = '${id}' AND metric = 'eval/pairwise_accuracy'`;
    expect(await files.document('sql', sql)).toMatchObject({ rows: [{ model: 'kept', value: 5 / 6 }] });
    const items = `SELECT count(*)::INT AS n FROM items WHERE stage_id = '${id}'`;
    expect(await files.document('sql', items)).toMatchObject({ rows: [{ n: 12 }] });
  });

  it('are the same stage when they are imported again, and written again where the folder was damaged', async () => {
    const folder = path.join(files.results, 'store', id);
    const before = readFileSync(path.join(folder, 'items.arrow'));
    const whole = [
      'items.arrow',
      'journal.jsonl',
      'metrics.json',
      'provenance.json',
      'report.json',
      'seal.json',
      'stage.json',
    ];
    writeFileSync(path.join(folder, 'items.arrow'), 'broken');
    expect(await keep('kept.jsonl', pairScores())).toBe(id);
    expect(readFileSync(path.join(folder, 'items.arrow'))).toEqual(before);
    expect(readdirSync(folder).toSorted()).toEqual(['done.json', ...whole]);
    expect((await files.run('import-scores', path.join(files.folder, 'kept.jsonl'), ...task)).stdout).toContain(
      `kept before as ${id}`,
    );
  });

  it('are compared item by item, over groups', async () => {
    const other = await keep(
      'right.jsonl',
      pairs().map((pair) => ({ id: pair.id, chosen: 1, rejected: 0 })),
    );
    const run = await files.run('compare-scores', other, id);
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    expect(run.stdout).toMatch(/^first: right \(scores-/);
    expect(run.stdout).toMatch(/^pairwise accuracy +100\.00 +83\.33 +\+16\.67 /m);
    expect((await files.run('compare-scores', id, 'scores-ffff')).stderr).toContain('scores-ffff: no such stage');
  });
});
