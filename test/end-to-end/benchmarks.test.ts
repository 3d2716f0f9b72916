/** Sweeps over small files in the formats of public benchmarks: own scores, null rows on their axis, and a report. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { captured, documentOf, type CapturedRun } from '../cli/captured-run.ts';
import { toyFinetune, toyModel, toyPretrain } from './toy-sections.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'harness-benchmarks-'));
  mkdirSync(path.join(folder, 'code'));
  for (let i = 0; i < 8; i++)
    writeFileSync(
      path.join(folder, 'code', `${i}.js`),
      `function f${i}(a) {\n${'  a -= 3;\n'.repeat(1 + i)}  return a * ${i};\n}\n`,
    );
  write('train.jsonl', 40, (i) => ({ prompt: `Say ${i}`, chosen: `It is ${i}.`, rejected: `No ${i}!` }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, count: number, row: (i: number) => object): void {
  const lines = Array.from({ length: count }, (_, i) => `${JSON.stringify(row(i))}\n`);
  writeFileSync(path.join(folder, name), lines.join(''));
}

const experiment = (name: string, task: string): string => `formatVersion: 1
name: ${name}
question: Does the benchmark's own score reach the report?
seeds: [1]
corpus: {kind: folder, path: code, minCharacters: 30, maxSimilarity: null, heldOutFunctions: 2}
tokenizer: {kind: bpe, vocabSize: 270}
${toyModel(96)}
${toyPretrain.replace('{kind: pmp}', '{kind: none}')}
task: ${task}
${toyFinetune}
evaluate: {bestOf: [1]}
`;

async function sweep(name: string, task: string): Promise<CapturedRun> {
  writeFileSync(path.join(folder, `${name}.yaml`), experiment(name, task));
  const results = path.join(folder, 'results', name);
  return captured(['sweep', path.join(folder, `${name}.yaml`), '--json'], { HARNESS_RESULTS: results });
}

/** By name, of the stages of a kind. */
function metricsOf(name: string, kind: string): Readonly<Record<string, number>> {
  const store = path.join(folder, 'results', name, 'store');
  const stages = readdirSync(store).filter((stage) => stage.startsWith(`${kind}-`));
  const all = stages.flatMap(
    (stage) =>
      JSON.parse(readFileSync(path.join(store, stage, 'metrics.json'), 'utf8')) as { name: string; value: number }[],
  );
  return Object.fromEntries(all.map((metric) => [metric.name, metric.value]));
}

const subsets = ['alpacaeval-easy', 'llmbar-natural', 'donotanswer', 'hep-js'];

describe.each([
  {
    name: 'rewardbench',
    task: '{kind: rewardbench, name: rewardbench, train: train.jsonl, test: rewardbench.jsonl}',
    row: (i: number) => ({
      id: i,
      prompt: `Do ${i}`,
      chosen: `Yes ${i}`,
      rejected: `No, ${i}`,
      subset: subsets[i % 4],
    }),
    metrics: ['rewardbench_score', 'rewardbench_chat_hard', 'rewardbench_sections'],
  },
  {
    name: 'rewardbench2',
    task: '{kind: rewardbench2, name: rewardbench2, train: train.jsonl, test: rewardbench2.jsonl}',
    row: (i: number) => ({
      id: `${i}`,
      prompt: `Do ${i}`,
      chosen: [`Yes ${i}`],
      rejected: [`No, ${i}`, 'No', `${i}!`],
      subset: i % 2 === 0 ? 'Math' : 'Focus',
    }),
    metrics: ['rewardbench2_score', 'rewardbench2_math', 'rewardbench2_subsets'],
  },
])('a sweep on $name', ({ name, task, row, metrics }) => {
  let run: CapturedRun;
  beforeAll(async () => {
    write(`${name}.jsonl`, 12, row);
    run = await sweep(name, task);
  }, 60_000);

  it('ends with the scores of the benchmark, of the model and of what needs no training', () => {
    expect(run.stderr).not.toContain('failed');
    expect(documentOf(run)).toMatchObject({ trials: { ran: 1 }, counts: { failed: 0, blocked: 0 } });
    const [evaluated, baselines] = [metricsOf(name, 'evaluate'), metricsOf(name, 'baseline')];
    for (const metric of metrics) {
      expect(evaluated).toHaveProperty(`eval/${metric}`);
      for (const ranker of ['random', 'longest', 'shortest', 'untrained_head'])
        expect(baselines).toHaveProperty(`baseline/${ranker}_${metric}`);
    }
  });

  it('reports the score as the headline, with null rows beside it', () => {
    const page = readFileSync(path.join(folder, 'results', name, 'reports', name, 'index.html'), 'utf8');
    expect(page).toMatch(/RewardBench (2 )?score/);
    expect(page).toContain('longest response');
  });
});

describe('a benchmark without a file to finetune on', () => {
  it('is refused as an experiment, at its field', async () => {
    const { exitCode, stderr } = await sweep('nothing', '{kind: rewardbench, name: rb, test: train.jsonl}');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('task.train: expected something to finetune on, found rb has none');
  });
});
