/**
 * What is asked of a machine before a sweep with torch starts, by the `python3` of the PATH and packages that are no
 * more than their names and versions.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prepareTorch } from '../../harness/backends/torch/prepare.ts';
import { oneRank } from '../../harness/spec/experiment-schema.ts';

const isThere = spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 10))']).status === 0;
if (!isThere) console.log('skipped: there is no python3 of 3.10 or later');
const root = mkdtempSync(path.join(tmpdir(), 'harness-prepare-'));
const variables = ['HARNESS_TORCH_PYTHON', 'PYTHONUSERBASE', 'CUDA_VISIBLE_DEVICES'] as const;
const before = variables.map((name) => [name, process.env[name]] as const);
let site = '';

beforeEach(() => {
  process.env['HARNESS_TORCH_PYTHON'] = 'python3';
  process.env['PYTHONUSERBASE'] = mkdtempSync(path.join(root, 'user-'));
  delete process.env['CUDA_VISIBLE_DEVICES'];
  site = isThere ? execFileSync('python3', ['-m', 'site', '--user-site'], { encoding: 'utf8' }).trim() : '';
});
afterEach(() => {
  for (const [name, value] of before)
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function install(versions: Readonly<Record<string, string>>): void {
  for (const [name, version] of Object.entries(versions)) {
    const folder = path.join(site, `${name}-${version}.dist-info`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'METADATA'), `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`);
  }
}

const enough = { torch: '2.13.0+cpu', transformers: '5.0', safetensors: '0.6', pyarrow: '20.0.0', numpy: '2.1' };
const torchThatSees = (cards: number): void => {
  mkdirSync(path.join(site, 'torch'));
  const text = `__version__ = '2.13.0'\nclass cuda:\n  is_available = lambda: ${cards > 0 ? 'True' : 'False'}\n`;
  writeFileSync(path.join(site, 'torch', '__init__.py'), `${text}  device_count = lambda: ${cards}\n`);
};
const asked = (ranksPerNode = 1): Promise<unknown> =>
  prepareTorch({ threads: 1, device: 'cpu', checkpointEverySeconds: 30, ranks: { ...oneRank, ranksPerNode } }).catch(
    (error: unknown) => error,
  );

describe.skipIf(!isThere)('before a sweep with torch', () => {
  it('nothing is said where all is there, and torch is not loaded for it', async () => {
    install(enough); // which is names alone
    expect(await asked(4)).toBeUndefined();
  });

  it('a package that lacks or is too old is named, with the version that is needed', async () => {
    install({ ...enough, torch: '2.5.1' });
    expect(await asked()).toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(/^backend torch: \S+ has torch 2\.5\.1, and 2\.6 is the least$/),
      hint: expect.stringContaining('HARNESS_TORCH_PYTHON'),
    });
    rmSync(path.join(site, 'torch-2.5.1.dist-info'), { recursive: true });
    expect(await asked()).toMatchObject({ exitCode: 3, message: expect.stringMatching(/ has no package torch$/) });
  });

  it('a Python that is not there is named', async () => {
    process.env['HARNESS_TORCH_PYTHON'] = 'no-such-python';
    expect(await asked()).toMatchObject({ exitCode: 3, message: 'backend torch: there is no no-such-python' });
  });

  it('cards that are asked for and not seen are refused, with how to do without', async () => {
    install(enough);
    torchThatSees(0);
    process.env['CUDA_VISIBLE_DEVICES'] = '0,1';
    expect(await asked()).toMatchObject({
      exitCode: 3,
      message: 'backend torch: CUDA_VISIBLE_DEVICES=0,1 asks for cards, and torch 2.13.0 sees none',
      hint: expect.stringContaining('(empty) computes on the processor'),
    });
    process.env['CUDA_VISIBLE_DEVICES'] = '';
    expect(await asked()).toBeUndefined();
  });

  it('more ranks than cards are refused', async () => {
    install(enough);
    torchThatSees(2);
    process.env['CUDA_VISIBLE_DEVICES'] = '0,1';
    expect(await asked(2)).toBeUndefined();
    expect(await asked(3)).toMatchObject({
      exitCode: 3,
      message: 'backend torch: 3 ranks on a machine where torch sees 2 of the cards 0,1',
      hint: expect.stringContaining('ranksPerNode to 2 at most'),
    });
  });
});
