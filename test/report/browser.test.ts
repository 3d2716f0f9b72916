/**
 * The page in headless Chromium: what axe-core finds, and what the console says, in both colour schemes. Where there is
 * a Chromium (HARNESS_CHROMIUM, else `chromium` on the PATH).
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { buildReport, renderFiles } from '../../harness/report/index.ts';
import { input, sweep } from './sweep-fixture.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'harness-browser-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const chromium = process.env['HARNESS_CHROMIUM'] ?? 'chromium';
const isThere = spawnSync(chromium, ['--version']).status === 0;
if (!isThere) console.log('skipped: there is no Chromium (name one with HARNESS_CHROMIUM)');

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly where: readonly string[];
}

/** Runs axe in a copy of the page, whose last element then is what it found. */
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const found = `axe.run(document, {resultTypes: ['violations']}).then(({violations}) => {
  const told = violations.map(({id, impact, nodes}) => ({id, impact, where: nodes.map(({html}) => html.slice(0, 120))}));
  const element = document.createElement('pre');
  element.textContent = 'axe:' + btoa(unescape(encodeURIComponent(JSON.stringify(told)))) + ':axe';
  document.body.append(element);
})`;

function opened(html: string, flags: readonly string[]): { violations: readonly Violation[]; console: string } {
  const file = path.join(folder, 'page.html');
  writeFileSync(
    file,
    html.replace('</body>', () => `<script>${axe}</script><script>${found}</script></body>`),
  );
  const profile = path.join(folder, 'profile');
  const common = [
    '--headless=new',
    '--no-sandbox',
    '--disable-gpu',
    `--user-data-dir=${profile}`,
    '--enable-logging=stderr',
  ];
  const argv = [...common, ...flags, '--virtual-time-budget=60000', '--dump-dom', `file://${file}`];
  const { stdout, stderr } = spawnSync(chromium, argv, { encoding: 'utf8', maxBuffer: 1 << 28 });
  const [, coded = ''] = />axe:([^:]*):axe</.exec(stdout) ?? [];
  if (coded === '') throw new Error(`axe did not come to its end: ${stderr.slice(-500)}`);
  const violations = JSON.parse(Buffer.from(coded, 'base64').toString('utf8')) as Violation[];
  return {
    violations,
    console: stderr
      .split('\n')
      .filter((line) => line.includes('CONSOLE'))
      .join('\n'),
  };
}

describe.skipIf(!isThere)('the page in Chromium (skipped where there is none)', () => {
  it.each([
    ['light', []],
    ['dark', ['--force-dark-mode', '--blink-settings=preferredColorScheme=0']],
  ])(
    'has nothing that axe-core objects to, and says nothing on the console: %s',
    async (_, flags) => {
      const { trials } = sweep({ tasks: ['lookup', 'algebra'], samples: [128, 512] });
      const html = String((await renderFiles(buildReport(input({ trials })))).get('index.html'));
      const page = opened(html, flags);
      expect(page.violations).toEqual([]);
      expect(page.console).toBe('');
    },
    120_000,
  );

  it('is looked at: a page with a fault has one', () => {
    const html =
      '<!doctype html><html lang="en"><title>t</title><body><main><h1>h</h1><svg role="img"></svg></main></body></html>';
    expect(opened(html, []).violations).toMatchObject([{ id: 'svg-img-alt', impact: 'serious' }]);
  }, 60_000);
});
