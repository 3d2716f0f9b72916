import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage, type Page } from './page.ts';

let page: Page;
let printed: string;

beforeAll(() => {
  // An empty cache: the page promises that nothing is downloaded.
  page = openPage('pairs.md', { HARNESS_CACHE: '/nowhere' });
  printed = page.run(page.commands[0] as string);
}, 180_000);
afterAll(() => rmSync(page.folder, { recursive: true, force: true }));

describe('docs/pairs.md', () => {
  it('runs by copy and paste, to a report', () => {
    expect(printed).toContain('my-pairs.yaml: valid');
    expect(printed).toContain('9 of 9 trials complete');
    expect(existsSync(path.join(page.folder, 'results/reports/my-pairs/index.html'))).toBe(true);
  });

  it('compares the sources that it names', () => {
    const text = readFileSync(path.join(page.folder, 'results/reports/my-pairs/report.json'), 'utf8');
    for (const source of ['models', 'source', 'mutate']) expect(text).toContain(`source = ${source}`);
  });
});
