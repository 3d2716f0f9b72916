/**
 * Environments of the backend torch, from wheels that are small and otherwise like the real ones: Python, venv and pip
 * are real. With HARNESS_WHEELS (folders of the wheels that the lock names) the real ones are installed as well.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { torchTools } from '../../harness/backends/index.ts';
import { compareWithNative } from '../../harness/backends/torch/install/compare-with-native.ts';
import { torchPython } from '../../harness/backends/torch/find-python.ts';
import type { InstalledTorch, TorchInstall } from '../../harness/backends/torch/tools.ts';
import { UserError } from '../../harness/spec/index.ts';
import { captured, documentOf } from '../cli/captured-run.ts';
import { zipOf } from '../engine/fake-tensorflow.ts';
import { pythonWith } from '../python.ts';

const { installTorch, packageFolder } = await torchTools();
const root = mkdtempSync(path.join(tmpdir(), 'harness-torch-install-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let place = '';
let environments = '';
let wheels = '';
beforeEach(() => {
  place = mkdtempSync(path.join(root, 'case-'));
  environments = path.join(place, 'torch');
  wheels = path.join(place, 'wheels');
  mkdirSync(wheels);
});

const hasVenv = spawnSync('python3', ['-c', 'import venv, ensurepip']).status === 0;
if (!hasVenv) console.log('skipped: no python3 with venv and ensurepip');

const torchSource = 'class version: cuda = None\nclass cuda:\n  is_available = staticmethod(lambda: False)\n';

/** A wheel with one module, and the line of a lock that names it. */
function wheelOf(name: string, version: string, source: string): string {
  const info = `${name}-${version}.dist-info`;
  const files = {
    [`${name}.py`]: Buffer.from(source),
    [`${info}/METADATA`]: Buffer.from(`Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`),
    [`${info}/WHEEL`]: Buffer.from('Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n'),
  };
  const record = [...Object.keys(files), `${info}/RECORD`].map((file) => `${file},,`).join('\n');
  const bytes = zipOf({ ...files, [`${info}/RECORD`]: Buffer.from(record) });
  writeFileSync(path.join(wheels, `${name}-${version}-py3-none-any.whl`), bytes);
  return `${name}==${version} --hash=sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** A package folder with a lock of five small packages. */
function packageWith(
  changes: { readonly torch?: string; readonly head?: string; readonly versions?: object } = {},
): string {
  // Of one set of packages: which of two versions is found depends on the file system.
  rmSync(wheels, { recursive: true, force: true });
  mkdirSync(wheels);
  const versions = { torch: '2.13.0', transformers: '5.18.0', safetensors: '0.8.0', pyarrow: '25.0.1', numpy: '2.4.6' };
  const lines = Object.entries({ ...versions, ...changes.versions }).map(([name, version]) =>
    wheelOf(name, version, name === 'torch' ? (changes.torch ?? torchSource) : ''),
  );
  writeFileSync(path.join(place, 'pyproject.toml'), readFileSync(path.join(packageFolder, 'pyproject.toml')));
  writeFileSync(path.join(place, 'requirements-cpu.txt'), `${changes.head ?? ''}${lines.join('\n')}\n`);
  return place;
}

function install(given: Partial<TorchInstall> = {}): Promise<InstalledTorch> {
  return installTorch({
    build: 'cpu',
    folder: environments,
    python: 'python3',
    wheels: [wheels],
    index: null,
    lockFile: null,
    env: process.env,
    packageFolder: given.packageFolder ?? packageWith(),
    compare: async () => ({ losses: 0, rewards: 0 }),
    note: () => {},
    ...given,
  });
}

async function refusalOf(given: Partial<TorchInstall>): Promise<UserError> {
  const error: unknown = await install(given).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UserError);
  expect((error as UserError).exitCode).toBe(3);
  expect((error as UserError).hint).not.toBeNull();
  // Nothing is left, half or whole.
  expect(existsSync(environments) ? readdirSync(environments) : []).toEqual([]);
  return error as UserError;
}

/** A program of this name that says and does no more than its text. */
function script(name: string, text: string): string {
  const file = path.join(place, name);
  writeFileSync(file, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  return file;
}

const anyPython = { executable: 'python', version: '3.11.7', platform: 'linux', machine: 'x86_64', hasVenv: true };

const answering = (changes: object): string =>
  script('python', `echo '${JSON.stringify({ ...anyPython, ...changes })}'`);

/**
 * An environment with a uv that makes environments without pip and unpacks every wheel: pip itself takes many seconds
 * to come into one.
 */
function quickEnvironment(): NodeJS.ProcessEnv {
  const unpack =
    'import glob, sys, sysconfig, zipfile; [zipfile.ZipFile(file).extractall(sysconfig.get_path("purelib")) ';
  script(
    'uv',
    [
      'case "$1 $2" in',
      '  "venv "*) for last; do :; done; exec python3 -m venv --without-pip "$last" ;;',
      `  "pip install") exec "$4" -c '${unpack}for file in glob.glob(sys.argv[1] + "/*.whl")]' "${wheels}" ;;`,
      'esac',
    ].join('\n'),
  );
  return { ...process.env, PATH: `${place}:${process.env['PATH']}` };
}

describe.skipIf(!hasVenv)('an environment (skipped without python3 that has venv)', () => {
  it('is made whole, found again, and used from then on', async () => {
    const notes: string[] = [];
    const { environment, wasThere } = await install({ note: (text) => notes.push(text) });
    expect(wasThere).toBe(false);
    expect(environment).toMatchObject({ build: 'cpu', torch: '2.13.0', transformers: '5.18.0' });
    expect(readdirSync(environments).toSorted()).toEqual([path.basename(environment.folder), 'current'].toSorted());
    expect(notes.join('\n')).toMatch(/made by .*\ninstalling 5 packages .*\nloading torch .*\na tiny training run/s);

    const { command, from } = torchPython({ HARNESS_TORCH: environments });
    expect([command, from]).toEqual([path.join(environments, 'current', 'bin', 'python'), 'installed']);
    const said = spawnSync(command, ['-c', 'import torch, numpy; print(torch.version.cuda)'], { encoding: 'utf8' });
    expect(said.stdout.trim()).toBe('None');
    // Programs in it name its Python by the path that it has now.
    const pip = spawnSync(path.join(environment.folder, 'bin', 'pip'), ['--version'], { encoding: 'utf8' });
    expect(pip.stdout).toContain(environment.folder);

    // With the wheels gone: nothing is installed again.
    rmSync(wheels, { recursive: true });
    rmSync(path.join(environments, 'current'));
    expect(await install({ packageFolder: place })).toEqual({ environment, wasThere: true });
    expect(readlinkSync(path.join(environments, 'current'))).toBe(path.basename(environment.folder));

    const doctor = await captured(['doctor', '--json'], { ...(process.env as object), HARNESS_TORCH: environments });
    expect(documentOf(doctor)['torch']).toMatchObject({
      available: true,
      python: { from: 'installed' },
      found: { packages: { torch: '2.13.0', numpy: '2.4.6' }, cards: [] },
    });
  }, 600_000);

  it('is not made from a file that is not the one of the lock', async () => {
    const folder = packageWith();
    const file = readdirSync(wheels).find((name) => name.startsWith('numpy'));
    rmSync(path.join(wheels, file as string));
    wheelOf('numpy', '2.4.6', 'changed = True');
    const { message, hint } = await refusalOf({ packageFolder: folder });
    expect(message).toContain('could not install the packages');
    expect(hint).toMatch(/not the one that the lock was made with.*Nothing was kept/s);
  }, 600_000);

  it.each([
    [
      'is damaged',
      'raise OSError("libgomp.so.1: cannot open shared object file")',
      /does not load:\n  OSError: libgomp/,
    ],
    ['crashes', 'import os; os.kill(os.getpid(), 11)', /does not load:\n  .*SIGSEGV/s],
  ])(
    'is not kept where torch %s',
    async (_, torch, message) => {
      const given = { packageFolder: packageWith({ torch }), env: quickEnvironment() };
      expect((await refusalOf(given)).message).toMatch(message);
    },
    600_000,
  );

  it('is not kept where torch computes otherwise, or a package is too old', async () => {
    const env = quickEnvironment();
    const wrong = await refusalOf({ env, compare: async () => ({ losses: 2e-3, rewards: 0 }) });
    expect(wrong.message).toContain('computes otherwise than our own engine: they differ by losses 2.0e-3');
    const old = packageWith({ versions: { transformers: '4.57.6' } });
    expect((await refusalOf({ packageFolder: old, env })).message).toContain(
      'transformers 4.57.6, which is older than 5.0',
    );
  }, 600_000);

  it('removes what an install left that was killed', async () => {
    const gone = spawnSync(process.execPath, ['-e', '']).pid;
    mkdirSync(path.join(environments, `.installing-${gone}-x`, 'bin'), { recursive: true });
    await install({ env: quickEnvironment() });
    expect(readdirSync(environments).filter((name) => name.startsWith('.'))).toEqual([]);
  }, 600_000);

  it('lacks wheels: the message names the folder', async () => {
    const folder = packageWith();
    rmSync(path.join(wheels, readdirSync(wheels).find((name) => name.startsWith('torch')) as string));
    const { message, hint } = await refusalOf({ packageFolder: folder });
    expect(message).toContain('torch==2.13.0');
    expect(hint).toContain(`The wheels must lie in ${wheels}`);
  }, 600_000);
});

describe('an install that cannot begin', () => {
  it.each([
    ['no Python', () => ({ python: 'no-such-python' }), /there is no Python that runs as no-such-python/],
    ['something else', () => ({ python: script('python', 'echo hello') }), /is no Python: it answered "hello"/],
    [
      'an old Python',
      () => ({ python: answering({ version: '3.9.2' }) }),
      /is Python 3.9.2, and torch needs 3.10 or newer/,
    ],
    [
      'a Python without venv, and no uv',
      () => ({ python: answering({ hasVenv: false }), env: { PATH: path.join(place, 'empty') } }),
      /has no module venv or ensurepip, and there is no uv/,
    ],
    [
      'another Python than the lock covers',
      () => ({
        python: answering({ version: '3.12.1' }),
        packageFolder: packageWith({ head: '# covers: linux x86_64 3.11\n' }),
      }),
      /covers linux x86_64 with Python 3.11, and python is Python 3.12.1 on linux x86_64/,
    ],
    ['no lock for the build', () => ({ build: 'cuda' as const }), /has no lock of torch for cuda/],
    ['a lock without digests', () => ({ lockFile: script('lock.txt', 'torch==2.13.0') }), /no lock: expected lines/],
  ])('says so: %s', async (_, given: () => Partial<TorchInstall>, message) => {
    expect((await refusalOf(given())).message).toMatch(message);
  });

  it('calls uv where it is there, and tells what it said', async () => {
    script(
      'uv',
      'echo "uv $@" >> "$0.log"; case "$1 $2" in "pip install") echo "error: Failed to fetch torch" >&2; exit 1;; esac',
    );
    const env = { ...process.env, PATH: `${place}:${process.env['PATH']}` };
    const { message, hint } = await refusalOf({ env, wheels: [] });
    expect(message).toContain('error: Failed to fetch torch');
    expect(hint).toContain('--wheels DIR');
    const calls = readFileSync(path.join(place, 'uv.log'), 'utf8').trim().split('\n');
    expect(calls[1]).toMatch(/^uv venv --allow-existing --python \S+ \S+/);
    expect(calls[2]).toMatch(/^uv pip install --python \S+\/bin\/python .*--require-hashes .*--extra-index-url \S+/);
  });

  it('refuses flags that nothing would read', async () => {
    expect(await captured(['doctor', '--wheels', '/tmp'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('--install torch'),
    });
    expect(await captured(['doctor', '--install', 'tfjs', '--torch', 'cpu'])).toMatchObject({ exitCode: 2 });
  });
});

describe('the lock that comes along', () => {
  it('pins every package by digest and says what it covers', () => {
    const text = readFileSync(path.join(packageFolder, 'requirements-cpu.txt'), 'utf8');
    expect(text).toMatch(/^# covers: linux x86_64 3\.11/m);
    const names = [...text.matchAll(/^([\w.-]+)==/gm)].map(([, name]) => name);
    const pinned = [...text.matchAll(/^([\w.-]+)==\S+ \\\n    --hash=sha256:[0-9a-f]{64}/gm)].map(([, name]) => name);
    expect(pinned).toEqual(names);
    expect(names).toEqual(expect.arrayContaining(['torch', 'transformers', 'safetensors', 'pyarrow', 'numpy']));
  });
});

const python = pythonWith('torch, transformers, pyarrow');

describe.skipIf(python === null)('the trial of an environment (skipped without HARNESS_PYTHON that has torch)', () => {
  it('finds the losses and rewards of our own engine', async () => {
    const folder = mkdtempSync(path.join(root, 'trial-'));
    const { losses, rewards } = await compareWithNative(python as string, folder);
    expect(losses).toBeLessThan(1e-5);
    expect(rewards).toBeLessThan(1e-5);
  }, 600_000);
});

const realWheels = process.env['HARNESS_WHEELS']?.split(':') ?? [];
if (realWheels.length === 0) console.log('skipped: HARNESS_WHEELS names no folders with the wheels of the lock');

describe.skipIf(realWheels.length === 0)('the real environment (skipped without HARNESS_WHEELS)', () => {
  it('is made from the lock, and serves', async () => {
    const { environment } = await installTorch({
      build: 'cpu',
      folder: environments,
      python: 'python3',
      wheels: realWheels,
      index: null,
      lockFile: null,
      env: process.env,
      packageFolder,
      note: () => {},
    });
    expect(environment.torch).toMatch(/^2\./);
  }, 900_000);
});
