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

const experiment = (train: string, sweepOver: string): string => `formatVersion: 1
name: benchmarks
question: Do the benchmarks' own scores reach the report?
seeds: [1]
corpus: {kind: folder, path: code, minCharacters: 30, maxSimilarity: null, heldOutFunctions: 2}
tokenizer: {kind: bpe, vocabSize: 270}
${toyModel(96)}
${toyPretrain.replace('{kind: pmp}', '{kind: none}')}
task: {kind: rewardbench, name: rewardbench, train: ${train}, test: rewardbench.jsonl}
${toyFinetune}
evaluate: {bestOf: [1]}
${sweepOver}`;

const axes = `sweep:
  axes:
    benchmark:
      one: {task: {kind: rewardbench, name: rewardbench, train: train.jsonl, test: rewardbench.jsonl}}
      two: {task: {kind: rewardbench2, name: rewardbench2, train: train.jsonl, test: rewardbench2.jsonl}}
      steps: {task: {kind: processbench, name: processbench, train: train.jsonl, test: processbench.jsonl}}
`;

async function sweep(name: string, text: string): Promise<CapturedRun> {
  writeFileSync(path.join(folder, `${name}.yaml`), text);
  const results = path.join(folder, 'results');
  return captured(['sweep', path.join(folder, `${name}.yaml`), '-j', '1', '--json'], { HARNESS_RESULTS: results });
}

const subsets = ['alpacaeval-easy', 'llmbar-natural', 'donotanswer', 'hep-js'];

describe('a sweep over benchmarks', () => {
  let run: CapturedRun;
  beforeAll(async () => {
    write('rewardbench.jsonl', 12, (i) => ({
      id: i,
      prompt: `Do ${i}`,
      chosen: `Yes ${i}`,
      rejected: `No, ${i}`,
      subset: subsets[i % 4],
    }));
    write('rewardbench2.jsonl', 12, (i) => ({
      id: `${i}`,
      prompt: `Do ${i}`,
      chosen: [`Yes ${i}`],
      rejected: [`No, ${i}`, 'No', `${i}!`],
      subset: i % 2 === 0 ? 'Math' : 'Focus',
    }));
    write('processbench.jsonl', 12, (i) => ({
      id: `${i % 2 === 0 ? 'gsm8k' : 'math'}-${i}`,
      generator: 'toy',
      problem: `Add ${i}`,
      steps: [`${i} is there`, `so ${i}`, 'done'],
      label: i % 3 === 0 ? -1 : 1,
    }));
    run = await sweep('benchmarks', experiment('train.jsonl', axes));
  }, 120_000);

  it('completes', () => {
    expect(run.stderr).not.toContain('failed');
    expect(documentOf(run)).toMatchObject({ trials: { ran: 3 }, counts: { failed: 0, blocked: 0 } });
  });

  it.each([
    ['rewardbench', ['score', 'sections', 'chat_hard']],
    ['rewardbench2', ['score', 'subsets', 'math']],
    ['processbench', ['score', 'threshold', 'gsm8k_f1']],
  ])('scores %s as it is published, for the model and for what needs no training', (scoring, metrics) => {
    const [evaluated, baselines] = [metricsOf('evaluate'), metricsOf('baseline')];
    for (const metric of metrics) {
      expect(evaluated).toContain(`eval/${scoring}_${metric}`);
      for (const ranker of ['random', 'longest', 'shortest', 'untrained_head'])
        expect(baselines).toContain(`baseline/${ranker}_${scoring}_${metric}`);
    }
  });

  it('reports each score as the headline of its task, with null rows beside it', () => {
    const page = readFileSync(path.join(folder, 'results/reports/benchmarks/index.html'), 'utf8');
    for (const label of ['RewardBench score', 'RewardBench 2 score', 'ProcessBench F1']) expect(page).toContain(label);
    expect(page).toContain('longest response');
  });
});

/** Names of the metrics of all stages of a kind. */
function metricsOf(kind: string): readonly string[] {
  const store = path.join(folder, 'results/store');
  return readdirSync(store)
    .filter((stage) => stage.startsWith(`${kind}-`))
    .flatMap((stage) => JSON.parse(readFileSync(path.join(store, stage, 'metrics.json'), 'utf8')) as { name: string }[])
    .map(({ name }) => name);
}

describe('a benchmark without a file to finetune on', () => {
  it('is refused as an experiment, at its field', async () => {
    const { exitCode, stderr } = await sweep('nothing', experiment('null', ''));
    expect(exitCode).toBe(2);
    expect(stderr).toContain('task.train: expected something to finetune on, found rewardbench has none');
  });
});
