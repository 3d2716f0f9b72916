import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { builtInKinds } from '../../harness/kinds/index.ts';
import { kindOf, type Kind, type KindSpec } from '../../harness/spec/index.ts';
import { openPage, type Page } from './page.ts';

let page: Page;
let printed: string;

beforeAll(() => {
  // An empty cache: the page promises that nothing is downloaded.
  page = openPage('corpora.md', { HARNESS_CACHE: '/nowhere' });
  printed = page.run(page.commands[0] as string);
}, 180_000);
afterAll(() => rmSync(page.folder, { recursive: true, force: true }));

const told = (part: string): string => {
  const line = page.output.find((one) => one.includes(part));
  if (line === undefined) throw new Error(`the page has no output with ${part}`);
  return line.replaceAll('/home/me', page.folder).replace('my-corpora.yaml', 'changed.yaml');
};

const changed = (before: string, after: string): string => {
  const text = readFileSync(path.join(page.folder, 'my-corpora.yaml'), 'utf8');
  if (!text.includes(before)) throw new Error(`not in the page: ${before}`);
  writeFileSync(path.join(page.folder, 'changed.yaml'), text.replace(before, after));
  return 'changed.yaml';
};

describe('docs/corpora.md', () => {
  it('runs by copy and paste, to a report', () => {
    expect(printed).toContain('my-corpora.yaml: valid');
    expect(printed).toContain('3 of 3 trials complete');
    expect(existsSync(path.join(page.folder, 'results/reports/my-corpora/index.html'))).toBe(true);
  });

  it('shows what was left out, and the sources with their licences', () => {
    const output = page.run(page.commands[1] as string);
    expect(output).toMatch(/corpus\/row_removed_by_its_author +4\b/);
    expect(output).toMatch(/corpus\/file_licence_not_permitted +1\b/);
    expect(output).toMatch(/corpus\/commit_changes_more_than_20_files +1\b/);
    expect(output).toContain('"shape": "github-code"');
    expect(output).toContain('"fix": 24');
    expect(output).toContain('"MIT": 24');
  });

  it.each([
    ['found nothing at', 'path: my-clone', 'path: my-clne'],
    ['which names none', 'path: my-clone', 'path: my-clone, commit: v9'],
  ])('shows the error: %s', async (part, before, after) => {
    expect(await page.call(2, 'validate', changed(before, after))).toContain(told(part));
  });

  it('shows the error of a column that is not there', async () => {
    const file = changed('path: rows.jsonl,', 'path: rows.jsonl, fields: { text: txt },');
    expect(await page.call(1, 'sweep', file, '-j', '1')).toContain(told('there is no column txt'));
  }, 60_000);

  it('shows sections that are what the kinds say they are', () => {
    const blocks = [...page.text.matchAll(/^```yaml\n([^]*?)^```/gm)].map(
      ([, block]) => parse(block as string) as object,
    );
    const sections = blocks.flatMap((block) =>
      Object.entries(block).filter(([name]) => /^(?:corpus|pairs)$/.test(name)),
    );
    expect(sections.length).toBeGreaterThan(5);
    for (const [name, spec] of sections as [string, KindSpec][]) {
      const kinds: readonly Kind[] = name === 'corpus' ? builtInKinds.corpora : builtInKinds.pairs;
      const { schema } = kindOf(kinds, spec);
      expect(schema.safeParse(spec).error).toBeUndefined();
    }
  });
});
