/** The page in headless Chromium: what axe-core finds, what the console says, and what it does when it is used. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildReport, renderFiles } from '../../harness/report/index.ts';
import { htmlPage } from '../../harness/report/page/html-page.ts';
import { pageScript } from '../../harness/report/page/page-script.ts';
import { Chromium, hasChromium, type Page, type PageLook } from './chromium.ts';
import { input, sweep } from './sweep-fixture.ts';

const isThere = hasChromium();
if (!isThere) console.log('skipped: there is no Chromium (name one with HARNESS_CHROMIUM)');

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly where: readonly string[];
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe-core objects to in the page as it is now. */
async function violationsOf(page: Page): Promise<readonly Violation[]> {
  await page.value(`${axe}; undefined`);
  return page.value(`axe.run(document, {resultTypes: ['violations']}).then(({violations}) =>
    violations.map(({id, impact, nodes}) => ({id, impact, where: nodes.map(({html}) => html.slice(0, 120))})))`);
}

describe.skipIf(!isThere)('the page in Chromium (skipped where there is none)', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'harness-browser-'));
  let chromium: Chromium;
  const written = (html: string): string => {
    const file = path.join(folder, 'page.html');
    writeFileSync(file, html);
    return pathToFileURL(file).href;
  };
  let report = '';
  const opened = (look?: PageLook): Promise<Page> => chromium.open(written(report), look);

  beforeAll(async () => {
    chromium = new Chromium();
    const { trials } = sweep({ tasks: ['lookup', 'algebra'], samples: [128, 512] });
    report = String((await renderFiles(buildReport(input({ trials })))).get('index.html'));
  });
  afterAll(async () => {
    await chromium[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Everything that was done left no word on the console, and asked for nothing but the page. */
  function expectQuiet(page: Page): void {
    expect(page.console).toEqual([]);
    expect(page.requests).toHaveLength(1);
  }

  it.each([
    ['light', 1200],
    ['dark', 1200],
    ['light', 390],
  ] as const)(
    'has nothing that axe-core objects to: %s, %d px wide',
    async (scheme, width) => {
      const page = await opened({ scheme, width });
      expect(await violationsOf(page)).toEqual([]);
      expectQuiet(page);
    },
    120_000,
  );

  it('is looked at: a page with a fault has one', async () => {
    const page = await chromium.open(
      written(
        '<!doctype html><html lang="en"><title>t</title><body><main><h1>h</h1><svg role="img"></svg></main></body></html>',
      ),
    );
    expect(await violationsOf(page)).toMatchObject([{ id: 'svg-img-alt', impact: 'serious' }]);
  }, 60_000);

  describe('tables', () => {
    const table = "document.getElementById('table-accuracy-lookup-qwen2-tiny').parentNode.querySelector('table')";
    const head = (column: number): string => `${table}.tHead.rows[0].cells[${column}]`;
    const column = (page: Page, index: number): Promise<string[]> =>
      page.value(`[...${table}.tBodies[0].rows].map((row) => row.cells[${index}].textContent)`);
    const numbers = async (page: Page, index: number): Promise<number[]> =>
      (await column(page, index)).map((text) => Number.parseFloat(text));

    it('sort by numbers on clicks: up, down, and back', async () => {
      const page = await opened();
      const [names, values] = [await column(page, 0), await numbers(page, 2)];
      const up = values.toSorted((a, b) => a - b);
      await page.click(`${head(2)}.querySelector('button')`);
      expect(await numbers(page, 2)).toEqual(up);
      expect(await page.value(`${head(2)}.getAttribute('aria-sort')`)).toBe('ascending');
      await page.click(`${head(2)}.querySelector('button')`);
      expect(await numbers(page, 2)).toEqual(up.toReversed());
      expect(await page.value(`${head(2)}.getAttribute('aria-sort')`)).toBe('descending');
      expect(await violationsOf(page)).toEqual([]);
      await page.click(`${head(2)}.querySelector('button')`);
      expect(await column(page, 0)).toEqual(names);
      expect(await page.value(`${head(2)}.hasAttribute('aria-sort')`)).toBe(false);
      expectQuiet(page);
    }, 60_000);

    it('sort by words with the keyboard, and by one column at a time', async () => {
      const page = await opened();
      await page.click(`${head(2)}.querySelector('button')`);
      await page.value(`${head(0)}.querySelector('button').focus()`);
      await page.press('Enter');
      const names = await column(page, 0);
      // Numbers inside of words are numbers too.
      expect(names).toEqual([
        ...names.filter((name) => name.startsWith('LM')),
        ...names.filter((name) => name.startsWith('no')),
        'PMP (1,536 pairs)',
        'PMP (3,072 pairs)',
        'PMP (6,144 pairs)',
        'PMP (12,288 pairs)',
      ]);
      expect(await page.value(`[...${table}.querySelectorAll('[aria-sort]')].length`)).toBe(1);
      expectQuiet(page);
    }, 60_000);

    it('know signs, separators and limits of numbers; words follow, and what was not measured is last', async () => {
      const cells = ['word', '1,024 [1, 2]', '\u2013', '\u22122.5', '9', 'n/a', '< 0.001', '2.0x', '0f3a'];
      const body = `<main><h1>h</h1><table><thead><tr><th scope="col">a</th></tr></thead><tbody>${cells
        .map((text) => `<tr><td>${text.replace('<', '&lt;')}</td></tr>`)
        .join('')}</tbody></table></main>`;
      const page = await chromium.open(written(htmlPage({ title: 't', style: '', body, script: pageScript })));
      const shown = (): Promise<string[]> => page.value("[...document.querySelectorAll('td')].map((d) => d.innerText)");
      const known = ['\u22122.5', '< 0.001', '2.0x', '9', '1,024 [1, 2]', '0f3a', 'word'];
      await page.click("document.querySelector('button')");
      expect(await shown()).toEqual([...known, '\u2013', 'n/a']);
      await page.click("document.querySelector('button')");
      expect(await shown()).toEqual([...known.toReversed(), '\u2013', 'n/a']);
    }, 60_000);

    it('have no buttons where scripts do not run', async () => {
      const page = await opened({ withScripts: false });
      const { root } = (await page.send('DOM.getDocument')) as { root: { nodeId: number } };
      const found = await page.send('DOM.querySelectorAll', { nodeId: root.nodeId, selector: 'button' });
      expect(found['nodeIds']).toEqual([]);
    }, 60_000);
  });
});
