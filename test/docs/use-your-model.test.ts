/** docs/use-your-model.md, from top to bottom: its files are saved and its commands are run as they stand there. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fixtureCache } from '../end-to-end/fixture-corpus.ts';
import { openPage, type Page } from './page.ts';

let page: Page;
let cache: string;
beforeAll(() => {
  cache = fixtureCache();
  page = openPage('use-your-model.md', { HARNESS_CACHE: cache });
});
afterAll(() => {
  for (const place of [cache, page.folder]) rmSync(place, { recursive: true, force: true });
});

const inFolder = (file: string): string => path.join(page.folder, file);

it('makes a checkpoint', () => {
  page.run(page.commands[0] as string);
  expect(existsSync(inFolder('models/my-base/tokenizer.json'))).toBe(true);
}, 120_000);

it('checks, plans and runs the experiment from it', () => {
  const printed = page.run(page.commands[1] as string);
  expect(printed).toContain('my-model.yaml: valid');
  const startLine = (text: string): string | undefined =>
    /Start: checkpoint my-base .*/.exec(text)?.[0].replace(/sha256 \w+/, '');
  expect(startLine(page.text)).toBeDefined();
  expect(startLine(printed)).toBe(startLine(page.text));
  expect(printed).toContain('4 of 4 trials complete');
}, 240_000);

it('scores answers with what was trained', () => {
  const printed = page.run(page.commands[2] as string);
  expect(printed).toContain('finetune');
  expect(printed).toMatch(/"rewards":|reward/);
}, 60_000);

it('shows errors as they are printed', async () => {
  const experiment = readFileSync(inFolder('my-model.yaml'), 'utf8');
  const firstError = async (): Promise<string> =>
    ((await page.call(2, 'validate', 'my-model.yaml')).split('\n')[0] as string).replace(`${page.folder}/`, '');
  writeFileSync(inFolder('my-model.yaml'), experiment.replace('contextLength: 320 }', 'contextLength: 4096 }'));
  expect(page.text).toContain(await firstError());
  writeFileSync(inFolder('my-model.yaml'), experiment);
  const config = inFolder('models/my-base/config.json');
  writeFileSync(config, readFileSync(config, 'utf8').replace('"model_type": "qwen2"', '"model_type": "mixtral"'));
  // The page leaves out what the suggestion goes on to list.
  expect(page.text).toContain((await firstError()).split(', as qwen3')[0]);
});
