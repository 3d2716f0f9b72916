/** A small valid experiment, and ways to change it; shared by the tests of spec and plan. */
import { expect } from 'vitest';
import { builtInKinds } from '../../harness/kinds/index.ts';
import {
  formatSpecErrors,
  parseExperiment,
  type ExperimentSpec,
  experimentFormat,
  type TrialSpec,
} from '../../harness/spec/index.ts';

export const baseText = `formatVersion: 1
name: base
question: Does it parse?
seeds: [1, 2]
corpus: {kind: npm}
tokenizer: {kind: bpe}
pairs: {kind: mutate}
model:
  name: small
  family: qwen2
  hiddenSize: 32
  layers: 1
  heads: 2
  keyValueHeads: 1
  intermediateSize: 64
  contextLength: 64
pretrain:
  objective: {kind: pmp}
  budget: {pairs: 160}
  optimizer: {kind: adamw, learningRate: 1e-3}
  schedule: {kind: wsd, warmup: {steps: 2}}
task:
  kind: generated
  name: algebra
  family: algebra
  difficulty: 1
  trainPairs: 256
finetune:
  objective: {}
  samples: 32
  steps: 10
  optimizer: {kind: adamw, learningRate: 1e-3}
  schedule: {kind: cosine, warmup: {fraction: 0.1}}
evaluate: {bestOf: [1, 2]}
`;

/** The text with each `[before, after]` applied once; a `before` that is not there is a mistake of the test. */
export function edited(...changes: readonly (readonly [string, string])[]): string {
  return changes.reduce((text, [before, after]) => {
    if (!text.includes(before)) throw new Error(`not in the text: ${before}`);
    return text.replace(before, () => after);
  }, baseText);
}

export function withSweep(axes: string, rest = ''): string {
  return `${baseText}sweep:\n  axes:\n${axes
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n')}\n${rest}`;
}

/** The format with the kinds that the harness brings. */
export const format = experimentFormat(builtInKinds);

/** Every section is written: these experiments start at random and pretrain. */
export type WholeSpec = ExperimentSpec & Pick<TrialSpec, 'model' | 'tokenizer' | 'pretrain'>;

const noFiles = (file: string): never => {
  throw new Error(`no file ${file}`);
};

export function parse(
  text: string,
  overrides: readonly string[] = [],
  files: Readonly<Record<string, string>> = {},
): ReturnType<typeof parseExperiment> {
  return parseExperiment(text, 'x.yaml', { readFile: (file) => files[file] ?? noFiles(file), overrides, format });
}

/** The spec of a text that is expected to be valid. */
export function valid(
  text: string,
  overrides: readonly string[] = [],
  files: Readonly<Record<string, string>> = {},
): WholeSpec {
  const result = parse(text, overrides, files);
  expect(result.ok ? '' : formatSpecErrors(result.errors)).toBe('');
  if (!result.ok) throw new Error('invalid');
  return result.spec as WholeSpec;
}

/** First lines of all errors (without source and caret), as printed. */
export function errorLines(
  text: string,
  overrides: readonly string[] = [],
  files: Readonly<Record<string, string>> = {},
): readonly string[] {
  const result = parse(text, overrides, files);
  return result.ok ? [] : result.errors.map((error) => formatSpecErrors([error]).split('\n')[0] ?? '');
}
