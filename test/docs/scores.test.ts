import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scoreFormats, stepRules } from '../../harness/judged/index.ts';
import { openPage, type Page } from './page.ts';

let page: Page;
const printed: string[] = [];
beforeAll(() => {
  page = openPage('scores.md');
  for (const commands of page.commands) printed.push(page.run(commands));
}, 120_000);
afterAll(() => rmSync(page.folder, { recursive: true, force: true }));

describe('docs/scores.md', () => {
  it('runs by copy and paste, and prints the table of the page', () => {
    expect(printed[0]).toMatch(/rows\.jsonl: 40 pairs and \d+ questions of generated/);
    for (const line of page.output) expect(printed[1]).toContain(line);
    expect(printed[2]).toMatch(/^scores-[0-9a-f]{12} /m);
    expect(printed[2]).toMatch(/short +eval\/best_of_all/);
  });

  it('names every format, and every way to put steps together', () => {
    for (const { name } of scoreFormats.filter((format) => format.name !== 'plain'))
      expect(page.text).toContain(`| \`${name}\` |`);
    for (const rule of Object.keys(stepRules)) expect(page.text).toContain(`\`${rule}\``);
  });
});
