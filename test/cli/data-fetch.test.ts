/** `harness data fetch|ls` as a person sees them. The datasets are those of the package. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { safeStream } from '../../harness/cli/output-stream.ts';
import { transferLine } from '../../harness/cli/output/transfer-line.ts';
import { datasetNames, loadDatasetManifest } from '../../harness/data/index.ts';
import { captured, documentOf } from './captured-run.ts';
import { FakeTerminal } from './fake-terminal.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'harness-data-fetch-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const cache = path.join(folder, 'cache');
const mirror = path.join(folder, 'mirror');
mkdirSync(path.join(mirror, 'math'), { recursive: true });
writeFileSync(path.join(mirror, 'math', 'test.jsonl'), 'changed');
const env = { HARNESS_CACHE: cache, HARNESS_DATA_MIRROR: mirror };

describe('data fetch', () => {
  it('asks which datasets, and not twice', async () => {
    const none = await captured(['data', 'fetch'], env);
    expect([none.exitCode, none.stderr]).toEqual([2, expect.stringContaining('gsm8k')]);
    expect(none.stderr).toContain('--all');
    expect((await captured(['data', 'fetch', 'gsm8k', '--all'], env)).exitCode).toBe(2);
  });

  it('says of every file of --all what became of it, with its licence (exit code 3)', async () => {
    const run = await captured(['data', 'fetch', '--all', '--no-download', '--json'], env);
    expect(run.exitCode).toBe(3);
    const { files } = documentOf(run) as {
      files: { dataset: string; license: string; state: string; detail: string }[];
    };
    expect(new Set(files.map(({ dataset }) => dataset))).toEqual(new Set(datasetNames()));
    for (const { dataset, license, state } of files) {
      expect(license).toBe(loadDatasetManifest(dataset).license);
      expect(state).toBe('missing');
    }
    expect(files.find(({ dataset }) => dataset === 'math')?.detail).toContain(
      'wrong sha256 of the copy from the mirror',
    );
    expect(existsSync(path.join(cache, 'datasets', 'math', 'test.jsonl'))).toBe(false);
  });

  it('says in words how many are missing, and why', async () => {
    const { stdout, stderr } = await captured(['data', 'fetch', '--all', '--no-download'], env);
    expect(stdout).toMatch(/^0 files verified, \d+ missing\n$/);
    expect(stderr).toContain('logiqa2: licence CC BY-NC-SA 4.0');
    expect(stderr).toContain('download is off');
  });
});

describe('data ls', () => {
  it('says where the files of a dataset are', async () => {
    const { stdout } = await captured(['data', 'ls'], env);
    expect(stdout).toMatch(/^math +.* absent, has an address +\d/m);
    expect(stdout).toMatch(/^gsm8k-candidates +.* absent, no address +\d/m);
    const { datasets } = documentOf(await captured(['data', 'ls', '--json'], env)) as {
      datasets: { name: string }[];
    };
    expect(datasets.find(({ name }) => name === 'math')).toMatchObject({ cached: 0, mirrored: 1, downloadable: 1 });
  });
});

describe('the line of a transfer', () => {
  it('is drawn again in its place on a terminal, and goes at the end', () => {
    const terminal = new FakeTerminal(60);
    const line = transferLine(safeStream(terminal), 'numbers/rows.jsonl', true);
    line.show(0, 4_000_000);
    line.show(1_000_000, 4_000_000);
    expect(terminal.screen).toEqual(['numbers/rows.jsonl █████░░░░░░░░░░░░░░░ 1.0 of 4.0 MB']);
    line.show(2_500_000, null);
    expect(terminal.screen).toEqual(['numbers/rows.jsonl 2.5 MB']);
    line.end();
    expect(terminal.screen).toEqual([]);
  });

  it('is nothing in a pipe', () => {
    let written = '';
    const line = transferLine({ write: (text) => (written += text) }, 'a', true);
    line.show(1, 2);
    line.end();
    expect(written).toBe('');
  });
});
