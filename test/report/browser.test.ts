/** The page in headless Chromium: what axe-core finds, what the console says, and what it does when it is used. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TrialResult } from '../../harness/record/trial-result.ts';
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

/** With training curves of so many points. */
async function pageOf(trials: readonly TrialResult[], points: number): Promise<string> {
  const steps = Array.from({ length: points }, (_, i) => 10 * (i + 1));
  const curve = (name: string) => ({ name, recorded: 500, steps, values: steps.map((step) => 0.7 - step / 1000) });
  const curves = ['train/loss', 'train/pairwise_accuracy'].map(curve);
  const details = trials.map(({ trialId, evaluateStage: last }) => {
    return { trialId, stages: [...Array(12).keys()].map((i) => `stage-${i}-${trialId}`).concat(last), curves };
  });
  return String((await renderFiles(buildReport(input({ trials, details })))).get('index.html'));
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
    report = await pageOf(trials, 3);
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

  // Each width and each scheme: contrast goes by one, what lies where by the other.
  it.each([
    ['light', 1200],
    ['dark', 390],
  ] as const)(
    'has nothing that axe-core objects to: %s, %d px wide',
    async (scheme, width) => {
      const page = await opened({ scheme, width });
      expect(await violationsOf(page)).toEqual([]);
      await page.value("for (const part of document.querySelectorAll('details')) part.open = true");
      await page.click("document.querySelector('.sort')");
      await page.click("document.querySelector('button.legend-item')");
      expect(await violationsOf(page)).toEqual([]);
      expectQuiet(page);
    },
    120_000,
  );

  it('can be used with a thousand trials within a second or two, in less than 2 MB', async () => {
    const { trials } = sweep({ models: ['a', 'b', 'c'], samples: [128, 256, 512, 1024], seeds: [...Array(12).keys()] });
    const html = await pageOf(trials, 24);
    expect(trials.length).toBeGreaterThan(1000);
    expect(Buffer.byteLength(html)).toBeLessThan(2_000_000);
    const page = await chromium.open(written(html));
    expect(await page.value("performance.getEntriesByType('navigation')[0].loadEventEnd")).toBeLessThan(3000);
    expect(await page.value("document.querySelector('.trials .note').textContent")).toMatch(/trials are left out here/);
    expectQuiet(page);
  }, 120_000);

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

  describe('charts', () => {
    const figure = (name: string): string => `document.getElementById('figure-${name}')`;
    const bySamples = figure('rm-accuracy-by-samples-lookup');
    const entry = (of: string, text: string): string =>
      `[...${of}.querySelectorAll('button.legend-item')].find((button) => button.textContent === '${text}')`;
    /** Marks of a series that are on the screen, by the colour that it is drawn in. */
    const shown = (page: Page, of: string, color: string): Promise<number> =>
      page.value(`[...${of}.querySelectorAll('.panel [data-m]')].filter((mark) => mark.checkVisibility() &&
        [mark.getAttribute('fill'), mark.getAttribute('stroke')].includes('${color}')).length`);
    const vermillion = '#d55e00';
    const tip = (page: Page): Promise<string[] | null> =>
      page.value(`(() => { const tip = document.querySelector('.tip');
        return tip.checkVisibility() ? [...tip.children].map((line) => line.textContent) : null; })()`);
    const seedPoint = `[...${bySamples}.querySelectorAll('path[data-m][opacity="0.45"]')][0]`;

    it('hide an arm in all charts by one entry of a legend, and show it again', async () => {
      const page = await opened();
      const other = figure('rm-accuracy-by-samples-algebra');
      const before = [await shown(page, bySamples, vermillion), await shown(page, other, vermillion)];
      expect(Math.min(...before)).toBeGreaterThan(10);
      const button = entry(bySamples, 'LM only, equal tokens (12,288)');
      expect(await page.value(`${button}.getAttribute('aria-pressed')`)).toBe('true');
      await page.click(button);
      expect([await shown(page, bySamples, vermillion), await shown(page, other, vermillion)]).toEqual([0, 0]);
      // There it is called by its name alone, and models have the colours.
      const byPairs = figure('rm-accuracy-by-pretraining-pairs-lookup');
      const elsewhere = entry(byPairs, 'LM only, equal tokens');
      expect(await page.value(`${elsewhere}.getAttribute('aria-pressed')`)).toBe('false');
      expect(await violationsOf(page)).toEqual([]);
      await page.value(`${elsewhere}.focus()`);
      await page.press('Enter');
      expect([await shown(page, bySamples, vermillion), await shown(page, other, vermillion)]).toEqual(before);
      expect(await page.value(`${button}.getAttribute('aria-pressed')`)).toBe('true');
      expectQuiet(page);
    }, 60_000);

    it('pick an arm out in all charts that have it while it is pointed at', async () => {
      const page = await opened();
      const lit = `[...document.querySelectorAll('figure.dim')].map(({id}) => id.replace('figure-', ''))`;
      await page.hover(entry(bySamples, 'no pretraining'));
      expect(await page.value(lit)).toEqual(
        expect.arrayContaining(['treatment-effect-lookup', 'rm-accuracy-by-samples-algebra', 'best-of-n-lookup']),
      );
      const opacity = (color: string): string =>
        `getComputedStyle(${bySamples}.querySelector('line[data-m][stroke="${color}"]')).opacity`;
      expect(Number(await page.value(opacity('#4d4d4d')))).toBeGreaterThan(0.5);
      expect(Number(await page.value(opacity(vermillion)))).toBeLessThan(0.2);
      await page.hover("document.querySelector('h1')");
      expect(await page.value(lit)).toEqual([]);
      expectQuiet(page);
    }, 60_000);

    it('tell of the mark under the pointer, and lead from a trial to its record', async () => {
      const page = await opened();
      await page.hover(seedPoint);
      expect(await tip(page)).toEqual([
        'no pretraining, qwen2-tiny',
        expect.stringMatching(/^pairwise accuracy 5\d\.\d %$/),
        '128 finetuning samples, seed 0',
        'record of trial 000000000000',
      ]);
      expect(await violationsOf(page)).toEqual([]);
      await page.click(seedPoint);
      expect(await page.value('location.hash')).toBe('#trial-000000000000');
      expect(await page.value('document.activeElement.parentNode.id')).toBe('trial-000000000000');
      const record: string = await page.value("document.getElementById('trial-000000000000').innerText");
      expect(record).toContain('harness show 000000000000');
      expect(record).toContain('evaluate-000000000000');
      expect(record).toContain('eval/pairwise_accuracy 0.5');
      expect(await tip(page)).toBeNull();
      expect(await violationsOf(page)).toEqual([]);
      expectQuiet(page);
    }, 60_000);

    it('are read with the arrow keys: lines are spoken, Enter opens the record, Escape ends it', async () => {
      const page = await opened();
      await page.value(`${bySamples}.querySelector('.panel').focus()`);
      await page.press('ArrowRight');
      const first = await tip(page);
      expect(await page.value(`document.querySelector('[role=status]').textContent`)).toBe(first?.join('. '));
      await page.press('ArrowLeft');
      expect(await tip(page)).not.toEqual(first);
      await page.press('Escape');
      expect(await tip(page)).toBeNull();
      await page.press('ArrowRight');
      for (let i = 0; i < 50 && !(await tip(page))?.at(-1)?.startsWith('record'); i++) await page.press('ArrowRight');
      const [, id] = /record of trial (\d+)/.exec((await tip(page))?.at(-1) ?? '') ?? [];
      await page.press('Enter');
      expect(await page.value('location.hash')).toBe(`#trial-${id}`);
      expectQuiet(page);
    }, 60_000);

    it('show a finger what is under it, with a link to follow', async () => {
      const page = await opened({ width: 390 });
      await page.send('Emulation.setTouchEmulationEnabled', { enabled: true });
      await page.tap(seedPoint);
      expect((await tip(page))?.at(-1)).toBe('record of trial 000000000000');
      await page.tap("document.querySelector('.tip a')");
      expect(await page.value('location.hash')).toBe('#trial-000000000000');
      expectQuiet(page);
    }, 60_000);

    it('are printed whole, whatever is hidden on the screen, and without the records of trials', async () => {
      const page = await opened();
      const before = await shown(page, bySamples, vermillion);
      await page.click(entry(bySamples, 'LM only, equal tokens (12,288)'));
      await page.send('Emulation.setEmulatedMedia', { media: 'print' });
      expect(await shown(page, bySamples, vermillion)).toBe(before);
      expect(await page.value("document.querySelector('.trial-list').checkVisibility()")).toBe(false);
    }, 60_000);

    it('open the record that an address names', async () => {
      const page = await chromium.open(`${written(report)}#trial-000000000003`);
      expect(await page.value("document.getElementById('trial-000000000003').open")).toBe(true);
      expect(await page.value("document.querySelector('.trial-list').open")).toBe(true);
    }, 60_000);
  });

  it('has a contents list whose links all lead somewhere, by keys', async () => {
    const page = await opened();
    const hashes: string[] = await page.value("[...document.querySelectorAll('.contents a')].map(({hash}) => hash)");
    for (const hash of hashes) expect(await page.value(`document.querySelector('${hash}') !== null`), hash).toBe(true);
    await page.value(`document.querySelector('.contents a[href="#trials"]').focus()`);
    await page.press('Enter');
    expect(await page.value('location.hash')).toBe('#trials');
    expectQuiet(page);
  }, 60_000);
});
