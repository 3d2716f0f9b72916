import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { collect } from '../../harness/record/index.ts';
import { temporaryResults, writeSampleResults } from '../record/results-fixture.ts';

const main = fileURLToPath(new URL('../../harness/cli/main.ts', import.meta.url));
let results = '';
beforeAll(async () => {
  results = temporaryResults();
  writeSampleResults(results);
  await collect(results);
});

async function runProcess(
  argv: readonly string[],
  reader: 'whole' | 'leaves-early' = 'whole',
): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', main, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });
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
      ['sql', "SELECT repeat('x', 100) AS x FROM range(100000)", '--json', '--results', results],
      'leaves-early',
    );
    expect(run).toMatchObject({ code: 0, stderr: '' });
  });
});
