import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { collect } from '../../harness/record/index.ts';
import { temporaryResults, writeSampleResults } from '../record/results-fixture.ts';
import { programArguments } from '../programs/test-program.ts';

const main = fileURLToPath(new URL('../../harness/cli/main.ts', import.meta.url));
let results = '';
beforeAll(async () => {
  results = temporaryResults();
  writeSampleResults(results);
  await collect(results);
});

async function runProcess(
  argv: readonly string[],
  { reader = 'whole', cwd = process.cwd() }: { readonly reader?: 'whole' | 'leaves-early'; readonly cwd?: string } = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [...programArguments(main), ...argv], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd,
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (part: Buffer) => {
    stdout += part.toString();
    if (reader === 'leaves-early') child.stdout.destroy();
  });
  child.stderr.on('data', (part: Buffer) => (stderr += part.toString()));
  const [code] = (await once(child, 'close')) as [number];
  return { code, stdout, stderr };
}

describe('the process', () => {
  it('has one JSON document on stdout, nothing on stderr, and the exit code of the command', async () => {
    const run = await runProcess(['ls', 'experiments', '--json', '--results', results]);
    expect(JSON.parse(run.stdout)).toMatchObject({
      schemaVersion: 1,
      experiments: [{ experiment: 'tiny', completed: 4 }],
    });
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(await runProcess(['lss'])).toMatchObject({ code: 2, stdout: '' });
  });

  it('takes a reader that leaves early for no error', async () => {
    const run = await runProcess(
      [
        'sql',
        "SELECT repeat('x', 100) AS x FROM range(100000)",
        '--json',
        '--max-rows',
        '100000',
        '--results',
        results,
      ],
      { reader: 'leaves-early' },
    );
    expect(run).toMatchObject({ code: 0, stderr: '' });
  });

  it('publishes a report where it is called, in place of the one of this experiment and nothing else', async () => {
    const checkout = mkdtempSync(join(tmpdir(), 'harness-publish-'));
    const published = join(checkout, 'reports');
    for (const [file, text] of [
      ['tiny/results.md', 'old'],
      ['tiny/figures/of-a-task-that-is-gone.svg', 'old'],
      ['other/results.md', 'of another experiment'],
      ['README.md', 'by hand'],
    ] as const) {
      mkdirSync(join(published, file, '..'), { recursive: true });
      writeFileSync(join(published, file), text);
    }
    // Without --publish nothing is written where git looks.
    const kept = await runProcess(['report', 'tiny', '--results', results], { cwd: checkout });
    expect(kept).toMatchObject({ code: 0, stdout: expect.stringContaining(join(results, 'reports/tiny/index.html')) });
    expect(existsSync(join(results, 'reports/tiny/index.html'))).toBe(true);
    expect(readFileSync(join(published, 'tiny/results.md'), 'utf8')).toBe('old');

    const run = await runProcess(['report', 'tiny', '--publish', '--results', results], { cwd: checkout });
    expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('report: reports/tiny/index.html\n') });
    expect(readFileSync(join(published, 'tiny/results.md'), 'utf8')).toContain('tiny');
    expect(readdirSync(join(published, 'tiny/figures'))).not.toContain('of-a-task-that-is-gone.svg');
    expect(readFileSync(join(published, 'other/results.md'), 'utf8')).toBe('of another experiment');
    expect(readFileSync(join(published, 'README.md'), 'utf8')).toBe('by hand');
    expect(await runProcess(['report', 'tiny', '--publish', '--reports', 'x'])).toMatchObject({ code: 2, stdout: '' });
    rmSync(checkout, { recursive: true });
  }, 30_000);
});
