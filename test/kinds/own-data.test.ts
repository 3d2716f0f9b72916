import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { trainBpe } from '../../harness/data/index.ts';
import { builtInKinds, readExperiment, readValidExperiment } from '../../harness/kinds/index.ts';
import { planExperiment, planInputs } from '../../harness/plan/index.ts';
import { formatSpecErrors } from '../../harness/spec/index.ts';
import { baseText } from '../spec/base-experiment.ts';

const root = mkdtempSync(path.join(tmpdir(), 'harness-own-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const row = (i: number): string => `{"prompt": "q${i}", "chosen": "a${i}", "rejected": "b${i}"}\n`;
const lines = (count: number): string => Array.from({ length: count }, (_, i) => row(i)).join('');

const sections = `corpus: {kind: folder, path: code}
pairs: {kind: files, path: [data/pairs.jsonl]}
task: {kind: preferences, name: own, train: data/train.jsonl, test: data/test.jsonl}
`;

let places = 0;
let place: string;

beforeEach(() => {
  place = path.join(root, `place-${places++}`);
  write('data/train.jsonl', lines(20));
  write('data/test.jsonl', lines(5));
  write('data/pairs.jsonl', lines(30));
  write('code/a.js', 'function a(b) {\n  return b + 1;\n}\n');
  experiment();
});

function write(file: string, text: string, folder = place): void {
  mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  writeFileSync(path.join(folder, file), text);
}

/** The base experiment with our own data in three of its sections. */
function experiment(changes: readonly (readonly [string, string])[] = []): string {
  const rest = baseText
    .replace(/^corpus: .*\n/m, '')
    .replace(/^pairs: .*\n/m, '')
    .replace(/^task:\n(?: {2}.*\n)+/m, '');
  const own = changes.reduce((text, [before, after]) => {
    if (!text.includes(before)) throw new Error(`not in the text: ${before}`);
    return text.replace(before, after);
  }, sections);
  write('own.yaml', rest + own);
  return path.join(place, 'own.yaml');
}

/** Fingerprints of the stages by kind. */
async function identities(folder = place): Promise<Readonly<Record<string, readonly string[]>>> {
  const { result, kinds } = await readValidExperiment(path.join(folder, 'own.yaml'));
  const byKind: Record<string, string[]> = {};
  for (const { kind, fingerprint } of planExperiment(result.spec, planInputs(kinds)).stages)
    (byKind[kind] ??= []).push(fingerprint);
  return byKind;
}

async function errorsOf(file: string): Promise<readonly string[]> {
  const { result } = await readExperiment(file);
  return result.ok ? [] : result.errors.map((error) => formatSpecErrors([error]).split('\n')[0] as string);
}

describe('the identity of own data', () => {
  it('is the same where the folder lies elsewhere, and where its files were written later', async () => {
    const before = await identities();
    const elsewhere = path.join(root, 'elsewhere', 'deeper');
    cpSync(place, elsewhere, { recursive: true });
    utimesSync(path.join(elsewhere, 'data/train.jsonl'), 1, 1);
    expect(await identities(elsewhere)).toEqual(before);
  });

  it('is the same where a file has another name', async () => {
    const before = await identities();
    cpSync(path.join(place, 'data/train.jsonl'), path.join(place, 'other/name.ndjson'));
    experiment([['data/train.jsonl', 'other/name.ndjson']]);
    expect(await identities()).toEqual(before);
  });

  it.each([
    ['data/train.jsonl', ['task'], ['corpus', 'tokenizer', 'pairs', 'pretrain']],
    ['data/test.jsonl', ['task'], ['corpus', 'tokenizer', 'pairs', 'pretrain']],
    ['data/pairs.jsonl', ['pairs', 'pretrain'], ['corpus', 'tokenizer', 'task']],
    ['code/a.js', ['corpus', 'tokenizer', 'pairs', 'task'], []],
  ])('changes with a byte of %s', async (file, changed, same) => {
    const before = await identities();
    write(file, file.endsWith('.js') ? 'function a(b) {\n  return b + 2;\n}\n' : lines(20).replace('q7', 'q8'));
    const after = await identities();
    for (const kind of changed) expect([kind, after[kind]]).not.toEqual([kind, before[kind]]);
    for (const kind of same) expect([kind, after[kind]]).toEqual([kind, before[kind]]);
  });

  it.each([
    ['a share of dev', 'name: own,', 'name: own, dev: 0.2,'],
    ['a share of test', 'test: data/test.jsonl', 'test: 0.2'],
    ['the seed', 'name: own,', 'name: own, seed: 1,'],
    ['a field', 'name: own,', 'name: own, fields: {group: topic},'],
    ['the limit of pairs', 'name: own,', 'name: own, pairsPerQuestion: 4,'],
    ['the separator', 'name: own,', 'name: own, separator: " ",'],
    ['texts that are chat', 'name: own,', 'name: own, chatTexts: true,'],
    ['a chat template', 'name: own,', 'name: own, chatTemplate: code/a.js,'],
  ])('of a task changes with %s', async (_, before, after) => {
    const first = await identities();
    experiment([[before, after]]);
    expect((await identities())['task']).not.toEqual(first['task']);
  });

  it('of pairs changes with the share that is held out', async () => {
    const first = await identities();
    experiment([['path: [data/pairs.jsonl]', 'path: [data/pairs.jsonl], heldOut: 0.1']]);
    expect((await identities())['pairs']).not.toEqual(first['pairs']);
  });
});

describe('chat templates beside the tokenizer', () => {
  const withTokenizer = (): void => {
    write('tok/tokenizer.json', JSON.stringify(trainBpe(['a b c'], { vocabSize: 257 })));
    const text = readFileSync(experiment(), 'utf8');
    write('own.yaml', text.replace(/^tokenizer: .*$/m, 'tokenizer: {kind: file, path: tok/tokenizer.json}'));
  };

  it('are in the identity of what they render, and of nothing before it', async () => {
    withTokenizer();
    const without = await identities();
    write('tok/chat_template.jinja', '{{ messages }}');
    const before = await identities();
    write('tok/chat_template.jinja', '{{ messages[0] }}');
    const after = await identities();
    for (const kind of ['task', 'pairs', 'pretrain', 'finetune']) {
      expect([kind, after[kind]]).not.toEqual([kind, before[kind]]);
      expect([kind, before[kind]]).not.toEqual([kind, without[kind]]);
    }
    for (const kind of ['corpus', 'tokenizer'])
      expect([after[kind], before[kind]]).toEqual([without[kind], without[kind]]);
  });

  it('are no part of it where the section names its own', async () => {
    withTokenizer();
    const text = readFileSync(path.join(place, 'own.yaml'), 'utf8');
    write('own.yaml', text.replace('name: own,', 'name: own, chatTemplate: code/a.js,'));
    const before = await identities();
    write('tok/chat_template.jinja', '{{ messages }}');
    expect((await identities())['task']).toEqual(before['task']);
  });
});

describe('sections that name what is not there', () => {
  it.each([
    [
      'name: own,',
      'name: own, chatTemplate: no.jinja,',
      'task.chatTemplate: expected a file with a chat template, found',
    ],
    ['data/train.jsonl', 'data/trian.jsonl', 'task.train: expected a file, found nothing at'],
    ['data/test.jsonl', 'data', 'task.test: expected a file, found a folder at'],
    ['[data/pairs.jsonl]', '[data/pairs.jsonl, no.jsonl]', 'pairs.path: expected a file, found nothing at'],
    ['path: code', 'path: cod', 'corpus.path: expected a folder, found nothing at'],
    ['path: code', 'path: data/train.jsonl', 'corpus.path: expected a folder, found a file at'],
    ['path: code', 'path: code, include: ["*.ts"]', 'corpus.include: expected patterns that match files'],
    ['path: code', 'path: code, exclude: ["a{"]', 'corpus.exclude: expected patterns of paths, found a{'],
    ['test: data/test.jsonl', 'test: 0.5, dev: 0.4', 'task.dev: expected at most 0.75 for dev and test together'],
  ])('are told by file, line and field: %s -> %s', async (before, after, message) => {
    const errors = await errorsOf(experiment([[before, after]]));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(/own\.yaml:\d+:\d+: /);
    expect(errors[0]).toContain(message);
  });

  it('are told for a format that is not read', async () => {
    write('data/train.csv', 'prompt,chosen,rejected\n');
    const [error] = await errorsOf(experiment([['data/train.jsonl', 'data/train.csv']]));
    expect(error).toContain(
      'task.train: expected JSONL, JSON or Parquet, found CSV (it begins with "prompt,chosen,rejected") at ',
    );
    expect(error).toContain('pandas.read_csv(');
  });

  it('are told by field and path where a file goes away before its digest is taken', () => {
    const task = { kind: 'preferences', name: 'own', train: path.join(place, 'data/gone.jsonl'), dev: 0.1, test: 0.1 };
    const kind = builtInKinds.tasks.find(({ kind }) => kind === 'preferences');
    expect(() => kind?.digest?.(task)).toThrow(/^task\.train: .*gone\.jsonl cannot be read/);
  });
});
