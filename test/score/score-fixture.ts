/** A reward-model folder small enough to make in a test, and the texts it is asked about. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { trainBpe } from '../../harness/data/index.ts';
import { initParameters, saveModelFolder, modelConfig } from '../../harness/model/index.ts';
import { modelSchema } from '../../harness/spec/index.ts';

const texts = [
  'What is two plus three?',
  'two plus three is five',
  'five is three plus two',
  'it is six',
  'I do not know',
];
const vocabSize = 270;
const contextLength = 96;

export interface ScoreFixture {
  readonly folder: string;
  readonly model: string;
  write(name: string, rows: readonly unknown[]): string;
  [Symbol.dispose](): void;
}

/** `model` is a folder as a finetune stage leaves it. */
export async function scoreFixture(): Promise<ScoreFixture> {
  const folder = mkdtempSync(path.join(tmpdir(), 'score-'));
  const tokenizer = path.join(folder, 'tokenizer.json');
  writeFileSync(tokenizer, JSON.stringify(trainBpe(texts, { vocabSize })));
  const model = modelConfig({
    model: modelSchema.parse({
      name: 'tiny',
      family: 'qwen2',
      hiddenSize: 16,
      layers: 2,
      heads: 2,
      keyValueHeads: 1,
      intermediateSize: 24,
      contextLength,
      initStandardDeviation: 0.3,
    }),
    vocabSize,
  });
  await saveModelFolder(path.join(folder, 'model'), {
    model,
    parameters: initParameters(model, 1),
    tokenizerJsonPath: tokenizer,
  });
  return {
    folder,
    model: path.join(folder, 'model'),
    write: (name, rows) => {
      const file = path.join(folder, name);
      writeFileSync(file, rows.map((row) => `${typeof row === 'string' ? row : JSON.stringify(row)}\n`).join(''));
      return file;
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Changes a JSON file in place. */
export function editJson(file: string, change: (value: Record<string, unknown>) => Record<string, unknown>): void {
  writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>)));
}
