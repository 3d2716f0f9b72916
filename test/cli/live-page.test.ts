/** The page of a running sweep in headless Chromium: its own script, beside that of the report and under its policy. */
import { expect, it } from 'vitest';
import { LivePage } from '../../harness/cli/live-page.ts';
import { htmlPage } from '../../harness/report/page/html-page.ts';
import { Chromium, hasChromium } from '../report/chromium.ts';

it.skipIf(!hasChromium())(
  'tells what the sweep does, and shows the next page when there is one',
  async () => {
    const page = (title: string) =>
      new Map([
        ['index.html', htmlPage({ title, style: '', body: `<main><h1>${title}</h1></main>`, script: 'let a;' })],
      ]);
    const live = new LivePage();
    const chromium = new Chromium();
    try {
      live.show(page('first'));
      const seen = await chromium.open(await live.listen(0));
      live.tell('3 of 4 <trials>');
      await expect.poll(() => seen.value("document.getElementById('live').textContent")).toBe('3 of 4 <trials>');
      live.show(page('second'));
      await expect.poll(() => seen.value('document.title')).toBe('second');
      await expect.poll(() => seen.value("document.getElementById('live').textContent")).toBe('3 of 4 <trials>');
      expect(seen.console.filter((line) => !line.includes('favicon'))).toEqual([]);
    } finally {
      live.close();
      await chromium[Symbol.asyncDispose]();
    }
  },
  60_000,
);
