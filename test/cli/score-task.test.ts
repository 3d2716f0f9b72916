/** `score --task`: a model scores the rows of a task, and is judged by its labels. */
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  encodePrompt,
  encodeResponse,
  loadTokenizer,
  writeEncodedPairs,
  writeEncodedQuestions,
  writePairs,
  writeQuestions,
  type CandidateQuestion,
  type PreferencePair,
} from '../../harness/data/index.ts';
import { scoreFixture, type ScoreFixture } from '../score/score-fixture.ts';
import { captured, documentOf } from './captured-run.ts';

let fixture: ScoreFixture;
const stage = 'task-0123456789ab';
const prompt = 'What is two plus three?';
const pairs: readonly PreferencePair[] = [
  ['a', 'it is five', 'it is six'],
  ['b', 'five is three plus two', 'I do not know'],
  ['c', 'two plus three is five', 'two plus three is six'],
].map(([id = '', chosen = '', rejected = '']) => ({
  id,
  group: id === 'c' ? 'c' : 'ab',
  prompt,
  chosen,
  rejected,
  source: 'x/one vs x/two',
  edits: [],
}));
const questions: readonly CandidateQuestion[] = [
  {
    id: 'a',
    group: 'ab',
    prompt,
    candidates: ['it is six', 'it is five', 'I do not know'].map((text, index) => ({
      text,
      answer: ['6', '5', null][index] ?? null,
      isCorrect: index === 1,
      source: 'x',
    })),
  },
];

beforeAll(async () => {
  fixture = await scoreFixture();
  writeTaskStage(path.join(fixture.folder, 'results', 'store', stage));
});
afterAll(() => fixture[Symbol.dispose]());

/** As a task stage leaves it. */
function writeTaskStage(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const file = (name: string): string => path.join(folder, name);
  copyFileSync(path.join(fixture.model, 'tokenizer.json'), file('tokenizer.json'));
  const json = JSON.parse(readFileSync(file('tokenizer.json'), 'utf8')) as Parameters<typeof loadTokenizer>[0];
  const tokenizer = loadTokenizer(json);
  const [asked, said] = [
    (text: string) => encodePrompt(text, tokenizer),
    (text: string) => encodeResponse(text, tokenizer),
  ];
  writePairs(file('test.jsonl'), pairs);
  writeEncodedPairs(
    file('test.arrow'),
    pairs.map(({ id, chosen, rejected }) => ({
      id,
      prompt: asked(prompt),
      chosen: said(chosen),
      rejected: said(rejected),
    })),
  );
  writeQuestions(file('pool.jsonl'), questions);
  writeEncodedQuestions(
    file('pool.arrow'),
    questions.map(({ id, candidates }) => ({
      id,
      prompt: asked(prompt),
      candidates: candidates.map(({ text }) => said(text)),
    })),
  );
  const config = { task: { kind: 'preferences', name: 'sums' } };
  const about = { stageVersion: 1, id: stage, kind: 'task', fingerprint: '0'.repeat(64), config, inputs: {} };
  writeFileSync(file('stage.json'), JSON.stringify(about));
  writeFileSync(file('journal.jsonl'), '');
  const outputs = ['test.jsonl', 'test.arrow', 'pool.jsonl', 'pool.arrow', 'tokenizer.json'].map((name) => ({
    file: name,
    bytes: statSync(file(name)).size,
    sha256: createHash('sha256')
      .update(readFileSync(file(name)))
      .digest('hex'),
  }));
  writeFileSync(file('done.json'), JSON.stringify({ id: stage, outcome: { kind: 'completed' }, outputs }));
}

const run = (...argv: readonly string[]): ReturnType<typeof captured> =>
  captured(argv, { HARNESS_RESULTS: path.join(fixture.folder, 'results') });

describe('harness score --task', () => {
  it('gives the rewards of the texts, judged by the labels of the task, and keeps them beside it', async () => {
    const rows = [
      ...pairs.map(({ id, chosen, rejected }) => ({ id, prompt, chosen, rejected })),
      ...questions.map(({ id, candidates }) => ({ id, prompt, candidates: candidates.map(({ text }) => text) })),
    ];
    const output = path.join(fixture.folder, 'rewards.jsonl');
    await run('score', fixture.model, fixture.write('rows.jsonl', rows), '--output', output);
    const imported = documentOf(await run('import-scores', output, '--task', 'task-0123', '--no-keep', '--json'));
    const scored = documentOf(await run('score', fixture.model, '--task', 'sums', '--json'));
    expect(scored).toMatchObject({
      model: 'model',
      task: { name: 'sums', kind: 'preferences', split: 'test', stage },
      format: 'model',
      device: 'cpu',
      lengthUnit: 'tokens',
      counts: { pairs: 3, questions: 1, responses: 9 },
      pairs: { groups: 2, withinSource: { n: 3 } },
      kept: expect.stringMatching(/^scores-[0-9a-f]{12}$/) as string,
    });
    for (const part of ['pairs', 'pool', 'metrics', 'counts']) expect(imported[part]).toEqual(scored[part]);
    const inputs = await run(
      'sql',
      `SELECT inputs->>'task' AS task FROM stages WHERE stage_id = '${String(scored['kept'])}'`,
    );
    expect(inputs.stdout).toContain(stage);
  });

  it('shows tables and writes all rewards to a file too', async () => {
    const output = path.join(fixture.folder, 'task-rewards.jsonl');
    const shown = await run('score', fixture.model, '--task', stage, '--output', output, '--no-keep');
    expect(shown.exitCode).toBe(0);
    expect(shown.stdout).toMatch(/^model on sums \(task-0123456789ab, test\)\n\n3 pairs in 2 groups\n/);
    expect(shown.stdout).toMatch(/^longest +\d+\.\d\d /m);
    expect(shown.stdout).toMatch(/^majority /m);
    expect(shown.stderr).toMatch(/tokens\/s, device cpu/);
    expect(readFileSync(output, 'utf8').trim().split('\n')).toHaveLength(4);
  });

  it('is given a file or a task, not both and not neither, and no fields of a task on record', async () => {
    expect((await run('score', fixture.model)).stderr).toContain('nothing to score: neither FILE nor --task');
    expect((await run('score', fixture.model, 'rows.jsonl', '--task', 'sums')).stderr).toContain(
      'both FILE and --task',
    );
    expect((await run('score', fixture.model, 'rows.jsonl', '-s', 'a=1')).stderr).toContain('--set is about a task');
    expect((await run('score', fixture.model, '--task', stage, '-s', 'seed=1')).stderr).toContain(
      `-s: ${stage} is a task on record`,
    );
  });

  it('refuses a task on record whose labels were changed', async () => {
    const file = path.join(fixture.folder, 'results', 'store', stage, 'pool.jsonl');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('"answer":"6"', '"answer":"7"'));
    const refused = await run('score', fixture.model, '--task', stage);
    writeFileSync(file, text);
    expect(refused).toMatchObject({ exitCode: 4 });
    expect(refused.stderr).toContain(`${stage}: pool.jsonl`);
  });

  it('refuses rows that do not fit into the context, or counts those that --over-length drops', async () => {
    const file = path.join(fixture.folder, 'long.jsonl');
    const long = Array.from({ length: 60 }, () => 'I do not know').join(' ');
    const all = Array.from({ length: 12 }, (_, i) => ({ prompt: `q${i}`, chosen: long, rejected: 'it is six' }));
    writeFileSync(file, all.map((row) => `${JSON.stringify(row)}\n`).join(''));
    const refused = await run('score', fixture.model, '--task', 'preferences', '-s', `train=${file}`, '-s', 'test=0.5');
    expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
    expect(refused.stderr).toMatch(/preferences:1: chosen: prompt and response are \d+ tokens; expected at most 96/);
    const short = { prompt: 'q', chosen: 'it is five', rejected: 'it is six' };
    const mixed = [...all, ...Array.from({ length: 8 }, (_, i) => ({ ...short, prompt: `short ${i}` }))];
    writeFileSync(file, mixed.map((row) => `${JSON.stringify(row)}\n`).join(''));
    const fields = ['-s', `train=${file}`, '-s', 'test=0.5', '--over-length', 'drop'];
    const dropped = await run('score', fixture.model, '--task', 'preferences', ...fields, '--no-keep', '--json');
    expect(dropped).toMatchObject({ exitCode: 0 });
    const { counts } = documentOf(dropped) as { counts: { pairs: number; missing: number } };
    expect(counts.pairs + counts.missing).toBe(10);
    expect(counts.missing).toBeGreaterThan(0);
    expect(dropped.stderr).toContain(`${counts.missing} rows left out: longer than the context`);
  });
});
