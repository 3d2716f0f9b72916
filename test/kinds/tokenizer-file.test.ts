/** `tokenizer: {kind: file}`: how many tokens it has, what it is identified by, and what is refused. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { trainBpe } from '../../harness/data/index.ts';
import { readExperiment, readValidExperiment } from '../../harness/kinds/index.ts';
import { planExperiment, planInputs, type PlannedStage } from '../../harness/plan/index.ts';
import { formatSpecErrors } from '../../harness/spec/index.ts';
import { beginToken, endToken, foreignTokenizer, sentences, tokens } from '../model/tiny-checkpoints.ts';
import { baseText } from '../spec/base-experiment.ts';

const root = mkdtempSync(path.join(tmpdir(), 'harness-tokenizer-file-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let places = 0;
let place: string;

beforeEach(() => {
  place = path.join(root, `place-${places++}`);
  mkdirSync(path.join(place, 'own'), { recursive: true });
  mkdirSync(path.join(place, 'foreign'));
  write('own/tokenizer.json', trainBpe(sentences, { vocabSize: 290 }));
  write('foreign/tokenizer.json', foreignTokenizer(false));
  write('foreign/tokenizer_config.json', { eos_token: endToken });
});

const write = (file: string, value: unknown): void => writeFileSync(path.join(place, file), JSON.stringify(value));

const own = '{kind: file, path: own/tokenizer.json}';
const foreign = '{kind: file, path: foreign/tokenizer.json, config: foreign/tokenizer_config.json}';

function experiment(tokenizer: string, sweep = ''): string {
  const file = path.join(place, 'spec.yaml');
  writeFileSync(file, `${baseText.replace(/^tokenizer: .*$/m, `tokenizer: ${tokenizer}`)}${sweep}`);
  return file;
}

async function stagesOf(file: string): Promise<readonly PlannedStage[]> {
  const { result, kinds } = await readValidExperiment(file);
  return planExperiment(result.spec, planInputs(kinds)).stages;
}

async function errorsOf(file: string): Promise<readonly string[]> {
  const { result } = await readExperiment(file);
  return result.ok ? [] : result.errors.map((error) => formatSpecErrors([error]));
}

const isKind =
  <K extends PlannedStage['kind']>(kind: K) =>
  (stage: PlannedStage): stage is Extract<PlannedStage, { kind: K }> =>
    stage.kind === kind;

describe('the vocabulary', () => {
  it('is that of the file, in the model too', async () => {
    for (const [tokenizer, vocabSize] of [
      [own, 290],
      [foreign, tokens],
    ] as const) {
      const stages = await stagesOf(experiment(tokenizer));
      expect(stages.filter(isKind('tokenizer')).map(({ config }) => config.tokenizer)).toEqual([
        { kind: 'file', vocabSize },
      ]);
      expect(new Set(stages.filter(isKind('finetune')).map(({ config }) => config.vocabSize))).toEqual(
        new Set([vocabSize]),
      );
    }
  });

  it('needs no corpus to be trained on', async () => {
    const stage = (await stagesOf(experiment(own))).find(isKind('tokenizer'));
    expect(stage?.inputs).toEqual({});
  });
});

describe('the identity', () => {
  const identity = async (): Promise<string | undefined> =>
    (await stagesOf(path.join(place, 'spec.yaml'))).find(isKind('tokenizer'))?.fingerprint;

  it('is the same where the files lie elsewhere, and another one where either of them differs', async () => {
    experiment(foreign);
    const first = await identity();
    cpSync(path.join(place, 'foreign'), path.join(place, 'moved'), { recursive: true });
    experiment(foreign.replaceAll('foreign/', 'moved/'));
    expect(await identity()).toBe(first);
    write('moved/tokenizer_config.json', { eos_token: endToken, pad_token: beginToken });
    expect(await identity()).not.toBe(first);
    write('moved/tokenizer_config.json', { eos_token: endToken });
    write('moved/tokenizer.json', foreignTokenizer(true));
    expect(await identity()).not.toBe(first);
  });
});

describe('a comparison', () => {
  it('of two tokenizers has trials, pairs and tasks of each', async () => {
    const file = experiment(own, `sweep:\n  axes:\n    tokenizer: [${own}, ${foreign}]\n`);
    const { result, kinds } = await readValidExperiment(file);
    const plan = planExperiment(result.spec, planInputs(kinds));
    expect(plan.duplicates).toBe(0);
    expect(new Set(plan.trials.map(({ axes }) => axes.declared['tokenizer'])).size).toBe(2);
    for (const kind of ['tokenizer', 'task', 'pairs'] as const)
      expect(new Set(plan.stages.filter(isKind(kind)).map(({ id }) => id)).size, kind).toBe(2);
    expect(plan.trials).toHaveLength(2 * result.spec.seeds.length);
  });

  it('of two files by their paths', async () => {
    const file = experiment(
      own,
      'sweep:\n  axes:\n    files:\n      own: {}\n      other: {tokenizer.path: foreign/tokenizer.json, ' +
        'tokenizer.config: foreign/tokenizer_config.json}\n',
    );
    const sizes = (await stagesOf(file)).filter(isKind('tokenizer')).map(({ config }) => config.tokenizer.vocabSize);
    expect(sizes.toSorted((a, b) => a - b)).toEqual([tokens, 290].toSorted((a, b) => a - b));
  });
});

describe('what is refused, at its line', () => {
  it.each([
    ['{kind: file, path: none.json}', 'tokenizer.path: expected a tokenizer.json, found no file at'],
    ['{kind: file, path: spec.yaml}', 'tokenizer.path: expected a tokenizer.json, found no JSON in'],
    [
      '{kind: file, path: foreign/tokenizer_config.json}',
      'tokenizer.path: expected a tokenizer.json, found no tokens in',
    ],
    [
      '{kind: file, path: own/tokenizer.json, config: none.json}',
      'tokenizer.config: expected a tokenizer_config.json, found no file at',
    ],
    [
      '{kind: file, path: foreign/tokenizer.json}',
      'tokenizer.config: expected a tokenizer_config.json that names the end token (eos_token), found null',
    ],
    ['{kind: file}', 'tokenizer.path: expected'],
    ['{kind: bytes}', 'tokenizer.kind: expected'],
  ])('%s', async (tokenizer, message) => {
    const [error, ...more] = await errorsOf(experiment(tokenizer));
    expect(more).toEqual([]);
    expect(error).toContain(`spec.yaml:`);
    expect(error).toContain(message);
  });

  it('says which configuration lies beside the file', async () => {
    const [error] = await errorsOf(experiment('{kind: file, path: foreign/tokenizer.json}'));
    expect(error).toContain(`config: ${path.join(place, 'foreign/tokenizer_config.json')}`);
  });

  it('an end token that the tokenizer has not', async () => {
    write('foreign/tokenizer_config.json', { eos_token: '<eos>' });
    const [error] = await errorsOf(experiment(foreign));
    expect(error).toContain('eos_token is "<eos>", which is no token of it');
  });

  it('a value of an axis', async () => {
    const sweep = `sweep:\n  axes:\n    tokenizer: [${own}, {kind: file, path: none.json}]\n`;
    const errors = await errorsOf(experiment(own, sweep));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain('tokenizer.path: expected a tokenizer.json, found no file at');
  });
});
