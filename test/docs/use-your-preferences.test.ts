import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { usualNames } from '../../harness/data/index.ts';
import { fixtureCache } from '../end-to-end/fixture-corpus.ts';
import { openPage, type Page } from './page.ts';

let cache: string;
let page: Page;
let printed: string;

// The npm corpus of the page is one of made-up functions here, so that nothing is downloaded.
beforeAll(() => {
  cache = fixtureCache();
  page = openPage('use-your-preferences.md', { HARNESS_CACHE: cache });
  printed = page.run(page.commands[0] as string);
}, 120_000);
afterAll(() => {
  for (const folder of [cache, page.folder]) rmSync(folder, { recursive: true, force: true });
});

/** The page's line with the folder that it was followed in. */
const told = (part: string): string => {
  const line = page.output.find((one) => one.includes(part));
  if (line === undefined) throw new Error(`the page has no output with ${part}`);
  return line.replaceAll('/home/me', page.folder);
};

/** A copy of the page's experiment with one line changed, and a data file. */
const changed = (before: string, after: string, train = ''): string => {
  const text = readFileSync(path.join(page.folder, 'my-preferences.yaml'), 'utf8');
  if (!text.includes(before)) throw new Error(`not in the page: ${before}`);
  const own = train === '' ? text : text.replace('data/train.jsonl', 'data/changed.jsonl');
  writeFileSync(path.join(page.folder, 'data/changed.jsonl'), train);
  writeFileSync(path.join(page.folder, 'changed.yaml'), own.replace(before, after));
  return 'changed.yaml';
};

describe('docs/use-your-preferences.md', () => {
  it('runs by copy and paste, to a report', () => {
    expect(printed).toContain('my-preferences.yaml: valid');
    expect(printed).toContain('6 of 6 trials complete');
    expect(existsSync(path.join(page.folder, 'results/reports/my-preferences/index.html'))).toBe(true);
  });

  it('tells what was left out as the page says', () => {
    expect(printed).toContain(told('group also in test'));
  });

  it('shows the counts by its SQL', () => {
    expect(page.run(page.commands[1] as string)).toMatch(/task\/train_group_also_in_test +10\b/);
  });

  it('lists the usual names of all fields', () => {
    const rows = page.text.split('\n').filter((line) => line.startsWith('| `'));
    const named = rows.map((row) => row.split('|').map((cell) => cell.trim()));
    for (const [field, names] of Object.entries(usualNames)) {
      const [, , , usual] = named.find(([, fields]) => fields?.includes(`\`${field}\``)) ?? [];
      const written = names.map((name) => `\`${name}\``).join(', ');
      expect([field, usual]).toEqual([
        field,
        names.length === 0 ? 'none: the prompt is the group' : usual === 'the same' ? usual : written,
      ]);
      if (usual === 'the same') expect(names).toEqual([field]);
    }
  });

  it('shapes its rows so that they are read', async () => {
    const rows = /```json\n([^]*?)```/.exec(page.text)?.[1] ?? '';
    const spec = changed('dev: 0.1', 'dev: 0.3', `${rows}${'{"prompt": "a", "chosen": "b", "rejected": "c"}\n'}`);
    const settings = ['-s', 'finetune.samples=1', '-s', 'finetune.pairsPerStep=1', '-s', 'seeds=[1]'];
    const output = await page.call(0, 'sweep', spec, '-j', '1', ...settings);
    expect(output).toContain('2 of 2 trials complete');
    expect(output).not.toContain('left out: 1 row');
  }, 60_000);

  it('shows the error of a file that is not there', async () => {
    const output = await page.call(2, 'validate', changed('data/train.jsonl', 'data/trian.jsonl'));
    expect(output).toContain(told('trian.jsonl').replace('my-preferences', 'changed'));
  });

  it.each([
    [
      'no row has promt',
      'name: sums',
      'name: sums\n  fields: { prompt: promt }',
      '{"prompt":"a","chosen":"b","rejected":"c"}\n',
    ],
    ['not JSON', 'name: sums', 'name: sums', '{"prompt":"a"}\n{"prompt":"b"}\n{"prompt":\n'],
    [
      'chat messages',
      'name: sums',
      'name: sums',
      '{"prompt":"a","chosen":[{"role":"user","content":"b"}],"rejected":"c"}\n',
    ],
    ['none of its 2 rows', 'name: sums', 'name: sums', '{"prompt":"a"}\n{"prompt":"b"}\n'],
  ])(
    'shows the error of rows: %s',
    async (part, before, after, train) => {
      const output = await page.call(1, 'sweep', changed(before, after, train), '-j', '1', '-s', 'seeds=[1]');
      expect(output).toContain(told(part).replace('train.jsonl', 'changed.jsonl'));
    },
    60_000,
  );
});
