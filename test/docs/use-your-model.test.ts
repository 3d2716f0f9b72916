/** docs/use-your-model.md, from top to bottom: its files are saved and its commands are run as they stand there. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fixtureCache } from '../end-to-end/fixture-corpus.ts';

const root = path.resolve(import.meta.dirname, '../..');
const page = readFileSync(path.join(root, 'docs/use-your-model.md'), 'utf8');
const blocks = [...page.matchAll(/```(\w+)\n([\s\S]*?)```/g)].map(([, language, text]) => ({
  language,
  text: text ?? '',
}));
const shell = blocks.filter(({ language }) => language === 'sh').map(({ text }) => text);

let folder: string;
let cache: string;
beforeAll(() => {
  cache = fixtureCache();
  folder = mkdtempSync(path.join(tmpdir(), 'harness-page-'));
  mkdirSync(path.join(folder, 'bin'));
  const program = path.join(folder, 'bin', 'harness');
  writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" "${path.join(root, 'harness/cli/bin.mjs')}" "$@"\n`);
  chmodSync(program, 0o755);
  for (const { language, text } of blocks.filter(({ language }) => language !== 'sh')) save(language as string, text);
});
afterAll(() => {
  for (const place of [cache, folder]) rmSync(place, { recursive: true, force: true });
});

/** YAML under the name of its experiment, as the page says; the only JSON is the file of answers. */
function save(language: string, text: string): void {
  const name = language === 'json' ? 'answers.jsonl' : `${/^name: (.*)$/m.exec(text)?.[1]}.yaml`;
  expect(page).toContain(`Save this as \`${name}\``.replace('Save this as `base.yaml`', 'save this as `base.yaml`'));
  writeFileSync(path.join(folder, name), text);
}

function run(command: string): { readonly code: number | null; readonly text: string } {
  const environment = {
    ...process.env,
    HARNESS_CACHE: cache,
    PATH: `${path.join(folder, 'bin')}:${process.env['PATH']}`,
  };
  const { status, stdout, stderr } = spawnSync('sh', ['-ec', command], {
    cwd: folder,
    env: environment,
    encoding: 'utf8',
  });
  return { code: status, text: `${stdout}${stderr}` };
}

it('has the blocks that a reader copies: three files and three runs of commands', () => {
  expect(blocks.map(({ language }) => language)).toEqual(['yaml', 'sh', 'yaml', 'sh', 'json', 'sh']);
});

it('makes a checkpoint', () => {
  expect(run(shell[0] as string)).toMatchObject({ code: 0 });
  expect(existsSync(path.join(folder, 'models/my-base/tokenizer.json'))).toBe(true);
}, 120_000);

it('checks, plans and runs the experiment from it', () => {
  const { code, text } = run(shell[1] as string);
  expect(code, text).toBe(0);
  expect(text).toContain('my-model.yaml: valid');
  const [shown] = /Start: checkpoint my-base .*/.exec(page) as RegExpExecArray;
  const withoutDigest = (line: string): string => line.replace(/sha256 \w+/, '');
  const [said] = /Start: checkpoint my-base .*/.exec(text) ?? [''];
  expect(withoutDigest(said)).toBe(withoutDigest(shown));
  expect(text).toContain('4 of 4 trials complete');
}, 240_000);

it('scores answers with what was trained', () => {
  const { code, text } = run(shell[2] as string);
  expect(code, text).toBe(0);
  expect(text).toContain('finetune');
}, 60_000);

it('shows errors as they are printed', () => {
  const experiment = readFileSync(path.join(folder, 'my-model.yaml'), 'utf8');
  writeFileSync(
    path.join(folder, 'my-model.yaml'),
    experiment.replace('contextLength: 320 }', 'contextLength: 4096 }'),
  );
  const context = run('harness validate my-model.yaml');
  expect(context.code).toBe(2);
  const firstLine = context.text.split('\n')[0] as string;
  expect(page).toContain(firstLine);
  writeFileSync(path.join(folder, 'my-model.yaml'), experiment);
  const config = path.join(folder, 'models/my-base/config.json');
  writeFileSync(config, readFileSync(config, 'utf8').replace('"model_type": "qwen2"', '"model_type": "mistral"'));
  const family = run('harness validate my-model.yaml');
  expect(family.code).toBe(2);
  expect(page).toContain(family.text.split('\n')[0]?.replace(`${folder}/`, ''));
});
