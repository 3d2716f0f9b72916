import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage, type Page } from './page.ts';

let page: Page;
let printed: string;

beforeAll(() => {
  // An empty cache: the page promises that nothing is downloaded.
  page = openPage('use-your-code.md', { HARNESS_CACHE: '/nowhere' });
  printed = page.run(page.commands[0] as string);
}, 120_000);
afterAll(() => rmSync(page.folder, { recursive: true, force: true }));

const told = (part: string): string => {
  const line = page.output.find((one) => one.includes(part));
  if (line === undefined) throw new Error(`the page has no output with ${part}`);
  return line.replaceAll('/home/me', page.folder).replace('my-code.yaml', 'changed.yaml');
};

const changed = (before: string, after: string): string => {
  const text = readFileSync(path.join(page.folder, 'my-code.yaml'), 'utf8');
  if (!text.includes(before)) throw new Error(`not in the page: ${before}`);
  writeFileSync(path.join(page.folder, 'changed.yaml'), text.replace(before, after));
  return 'changed.yaml';
};

describe('docs/use-your-code.md', () => {
  it('runs by copy and paste, to a report', () => {
    expect(printed).toContain('my-code.yaml: valid');
    expect(printed).toContain('6 of 6 trials complete');
    expect(existsSync(path.join(page.folder, 'results/reports/my-code/index.html'))).toBe(true);
  });

  it('shows its stages and where its pairs are', () => {
    const output = page.run(page.commands[1] as string);
    expect(output).toContain('corpus folder');
    expect(output).toMatch(/^results\/store\/pairs-[0-9a-f]{12}\/pairs-00000\.parquet$/m);
  });

  it('shows what was left out by its SQL', () => {
    const output = page.run(page.commands[2] as string);
    expect(output).toMatch(/corpus\/held_out_functions +6\b/);
    expect(output).toMatch(/corpus\/file_excluded +1\b/);
  });

  it('shows the error of a budget that the code has not enough pairs for', async () => {
    const file = changed('{ pairs: 64 }', '{ pairs: 4096 }');
    const output = await page.call(1, 'sweep', file, '-j', '1', '-s', 'seeds=[1]');
    expect(output).toContain(told('pretrain.budget asks for'));
  }, 60_000);

  it.each([
    ['my-projct', 'path: my-project', 'path: my-projct'],
    ['expected patterns that match files', '"src/**/*.js"', '"lib/**/*.js"'],
    ['expected patterns of paths', '"src/**/*.js"', '"src/{a,b"'],
  ])('shows the error: %s', async (part, before, after) => {
    mkdirSync(path.join(page.folder, 'my-project/lib'), { recursive: true });
    expect(await page.call(2, 'validate', changed(before, after))).toContain(told(part));
  });
});
