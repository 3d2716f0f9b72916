/** A sweep over every task that reads files of its own: rows of the public formats, written here. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { captured, documentOf, type CapturedRun } from '../cli/captured-run.ts';
import { shepherdLine } from '../data/tasks/shepherd-line.ts';
import { toyFinetune, toyModel, toyPretrain } from './toy-sections.ts';

const files = {
  'train.json': Array.from({ length: 30 }, (_, q) => reclorRow('train', q)),
  'val.json': Array.from({ length: 8 }, (_, q) => reclorRow('val', q)),
  'shepherd.jsonl': Array.from({ length: 24 }, (_, q) => shepherdRows(q)).flat(),
  'labelled.jsonl': Array.from({ length: 30 }, (_, q) => labelledRow(q)),
} as const;

function reclorRow(file: string, q: number): object {
  const answers = ['sun', 'rain', 'snow', 'fog'].map((word) => `${word} ${q}`);
  return { context: `${file} ${q}.`, question: 'What?', answers, label: q % 4, id_string: `${file}_${q}` };
}

function shepherdRows(q: number): object[] {
  return [true, false].map((isRight) =>
    shepherdLine(`What is ${q}+1?`, [
      ['Step 1: We add.', true],
      [`Step 2: The answer is: ${isRight ? q + 1 : q}`, isRight],
    ]),
  );
}

function labelledRow(q: number): object {
  const candidates = [q, q + 1, q + 2].map((answer) => ({ text: `It is ${answer}`, label: answer === q, answer }));
  return { prompt: `Say ${q}`, candidates };
}

const tasks = {
  reclor: 'task: {kind: reclor, name: reclor, train: train.json, test: val.json}',
  'math-shepherd':
    'task: {kind: math-shepherd, name: shepherd, path: shepherd.jsonl, pairs: both, devQuestions: 4, testQuestions: 6, candidates: 2, leastCandidates: 2}',
  preferences: 'task: {kind: preferences, name: labelled, train: labelled.jsonl, dev: 0.2, test: 0.3}',
} as const;

const spec = `formatVersion: 1
name: tasks
question: Does every task reach the end?
seeds: [1]
corpus: {kind: folder, path: code, minCharacters: 30, maxSimilarity: null, heldOutFunctions: 2}
tokenizer: {kind: bpe, vocabSize: 270}
pairs: {kind: mutate}
${toyModel(128)}
${toyPretrain}
${tasks.reclor}
${toyFinetune}
evaluate: {bestOf: [1, 2]}
sweep:
  axes:
    task:
${Object.entries(tasks)
  .map(([name, task]) => `      ${name}: {${task}}\n`)
  .join('')}    pretraining:
      scratch: {pretrain.objective: {kind: none}}
execution: {workers: 1, threads: 1}
`;

let folder: string;
let run: CapturedRun;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'harness-tasks-'));
  mkdirSync(path.join(folder, 'code'));
  for (let i = 0; i < 20; i++)
    writeFileSync(
      path.join(folder, 'code', `${i}.js`),
      `function f${i}(a) {\n${'  if (a > 1) a -= 3;\n'.repeat(1 + (i % 6))}  return a * ${i};\n}\n`,
    );
  for (const [name, rows] of Object.entries(files))
    writeFileSync(
      path.join(folder, name),
      name.endsWith('.json') ? JSON.stringify(rows) : rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
    );
  writeFileSync(path.join(folder, 'tasks.yaml'), spec);
  run = await captured(['sweep', path.join(folder, 'tasks.yaml'), '--json'], {
    HARNESS_RESULTS: path.join(folder, 'results'),
  });
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a sweep over tasks', () => {
  it('completes, with best-of-N on the pool of each', () => {
    expect(run.stderr).not.toContain('failed');
    expect(documentOf(run)).toMatchObject({ trials: { ran: 3 }, counts: { failed: 0, blocked: 0 } });
    const store = path.join(folder, 'results/store');
    const evaluated = readdirSync(store).filter((name) => name.startsWith('evaluate-'));
    expect(evaluated).toHaveLength(3);
    for (const name of evaluated)
      expect(readFileSync(path.join(store, name, 'metrics.json'), 'utf8')).toContain('eval/best_of_2');
  });
});
