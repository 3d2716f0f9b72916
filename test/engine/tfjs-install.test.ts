/**
 * Builds of a native tfjs package, from wheels and an npm package that are small and otherwise like the real ones: pip
 * fails for real, node-gyp, the compiler and the process that tries the build are real, and npm where a build succeeds.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { installTfjs, type InstalledTfjs, type TfjsInstall } from '../../harness/engine/index.ts';
import { UserError } from '../../harness/spec/user-error.ts';
import { captured, documentOf } from '../cli/captured-run.ts';
import { fakePackage, fakeWheel, versionSource, type FakeWheel } from './fake-tensorflow.ts';

const root = mkdtempSync(path.join(tmpdir(), 'harness-tfjs-install-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let place = '';
let builds = '';
beforeEach(() => {
  place = mkdtempSync(path.join(root, 'case-'));
  builds = path.join(place, 'tfjs');
});

const lacking = [
  ...['python3', 'make', 'g++', 'gcc', 'npm'].filter((tool) => spawnSync(tool, ['--version']).status !== 0),
  ...(existsSync(path.resolve(process.execPath, '../../include/node/node_api.h')) ? [] : ['the headers of Node']),
  ...(process.platform === 'linux' ? [] : ['Linux']),
];
if (lacking.length > 0) console.log(`skipped: building tfjs needs ${lacking.join(', ')}`);

/** A PATH that begins with this program named npm, whose version costs no start of the real one. */
function withNpm(name: string, lines: readonly string[]): NodeJS.ProcessEnv {
  const folder = path.join(root, name);
  mkdirSync(folder, { recursive: true });
  const text = ['#!/bin/sh', 'if [ "$1" = --version ]; then exec echo 10; fi', ...lines].join('\n');
  writeFileSync(path.join(folder, 'npm'), `${text}\n`, { mode: 0o755 });
  return { ...process.env, PATH: `${folder}:${process.env['PATH']}` };
}

const npm = spawnSync('which', ['npm'], { encoding: 'utf8' }).stdout.trim();
const realNpm = withNpm('real-npm', [`exec ${npm} "$@"`]);

/** An npm that copies the package, and runs node-gyp without a detour: npm itself takes seconds to do either. */
function quickNpm(): NodeJS.ProcessEnv {
  const gyp = path.resolve(realpathSync(npm), '../../node_modules/node-gyp/bin/node-gyp.js');
  const folder = path.join(root, 'node-gyp');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'node-gyp'), `#!/bin/sh\nexec node ${gyp} "$@"\n`, { mode: 0o755 });
  return withNpm('quick-npm', [
    'for last; do :; done',
    'case "$1" in',
    '  install) mkdir -p node_modules/@tensorflow; exec cp -r "$last" node_modules/@tensorflow/tfjs-node ;;',
    `  exec) PATH="${folder}:$PATH" exec sh -c "$last" ;;`,
    'esac',
  ]);
}

function install(given: Partial<TfjsInstall> = {}): Promise<InstalledTfjs> {
  return installTfjs({
    name: 'tfjs-node',
    buildsFolder: builds,
    wheel: null,
    python: 'python3',
    env: realNpm,
    packageSpec: fakePackage(place),
    note: () => {},
    ...given,
  });
}

async function refusalOf(given: Partial<TfjsInstall>): Promise<UserError> {
  const error: unknown = await install(given).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UserError);
  const { exitCode, hint } = error as UserError;
  expect(exitCode).toBe(3);
  expect(hint).not.toBeNull();
  // Nothing is left, half or whole.
  expect(existsSync(builds) ? readdirSync(builds) : []).toEqual([]);
  return error as UserError;
}

describe.skipIf(lacking.length > 0)('a build', () => {
  test('is made from a wheel, found again, and is what the device tfjs runs on', async () => {
    const wheel = fakeWheel(place, { library: versionSource('2.21.0') });
    const { build, wasThere } = await install({ wheel });
    expect(wasThere).toBe(false);
    expect(build).toMatchObject({ package: 'tfjs-node', tensorflow: '2.21.0', packageVersion: '4.22.0' });
    expect(readdirSync(builds)).toEqual([path.basename(build.folder)]);
    // Two headers that are included and not the one that is not; no wheel and no object files.
    const inside = path.join(build.folder, 'node_modules/@tensorflow/tfjs-node');
    expect(readdirSync(path.join(inside, 'deps/include/tensorflow/c')).toSorted()).toEqual(['c_api.h', 'more.h']);
    expect(existsSync(path.join(inside, 'deps/include/tensorflow/never'))).toBe(false);
    expect(readdirSync(build.folder)).not.toContain('wheel');
    expect(existsSync(path.join(inside, 'build'))).toBe(false);

    expect(await install({ wheel })).toEqual({ build, wasThere: true });
    // Without a wheel nothing is looked for: this Python does not even exist.
    expect(await install({ python: 'no-such-python' })).toEqual({ build, wasThere: true });
    const said = await captured(['doctor', '--install', 'tfjs', '--json'], { HARNESS_TFJS: builds });
    expect(documentOf(said)).toMatchObject({ ok: true, installed: false, folder: build.folder });

    expect(foundFrom(builds)).toContain('backend tfjs-node on TensorFlow 2.21.0');
  });

  test('of another Node or machine, or without its description, is none', async () => {
    const build = { package: 'tfjs-node', packageVersion: '4.22.0', tensorflow: '2.21.0', nodeAbi: '1' };
    const folder = path.join(builds, 'tfjs-node-2.21.0-abi1-x64');
    mkdirSync(folder, { recursive: true });
    mkdirSync(path.join(builds, 'without'));
    writeFileSync(path.join(folder, 'build.json'), JSON.stringify({ ...build, platform: 'linux', arch: 'x64' }));
    expect(foundFrom(builds)).not.toContain('TensorFlow');
  });

  test.each([
    [
      'whose headers do not compile',
      { library: versionSource('2.21.0'), header: '#error "this is not C"\n' },
      /^the addon of tfjs could not be compiled against this TensorFlow:\n.*error: #error "this is not C"/,
    ],
    [
      'that crashes when it is loaded',
      {
        library: {
          source:
            '#include <signal.h>\n__attribute__((constructor)) static void end(void) { raise(SIGSEGV); }\n' +
            versionSource('2.21.0').source,
        },
      },
      /^tfjs-node was built, but does not work: its library crashed \(SIGSEGV\)/,
    ],
    [
      'that lacks a function',
      { library: { source: '' } },
      /^tfjs-node was built, but does not work: .*(undefined symbol: TF_Version)/s,
    ],
    [
      'that computes wrongly',
      { library: versionSource('wrong') },
      /^tfjs-node was built, but computes wrongly: a training step differs from the reference by \d/,
    ],
  ] as const)('from a TensorFlow %s is not kept', async (_, wheel: FakeWheel, message) => {
    const given = { wheel: fakeWheel(place, wheel), env: quickNpm() };
    expect((await refusalOf(given)).message).toMatch(message);
  });
});

/** What the device tfjs is in a process of its own: this one may hold another backend, or a library of that name. */
function foundFrom(folder: string): string {
  const env = { ...process.env, HARNESS_TFJS: folder };
  const bin = path.resolve(import.meta.dirname, '../../harness/cli/bin.mjs');
  const { stdout } = spawnSync(process.execPath, [bin, 'doctor', '--json'], { env, encoding: 'utf8' });
  const { devices } = JSON.parse(stdout) as { readonly devices: readonly { device: string; detail: string }[] };
  return devices.find(({ device }) => device === 'tfjs')?.detail ?? '';
}

describe.skipIf(lacking.length > 0)('what is no TensorFlow for this machine is refused:', () => {
  const cases: readonly (readonly [string, () => string, RegExp])[] = [
    ['a file that is not there', () => path.join(place, 'none.whl'), /^wheel none\.whl: cannot be read: ENOENT/],
    ['a file that is no zip', () => textFile('no zip'), /^wheel some\.whl: cannot be read: it is no zip file/],
    ['a folder', () => place, /^wheel case-\w+: cannot be read: /],
    [
      'another package',
      () => fakeWheel(place, { name: 'torch' }),
      /^wheel torch-2\.21\.0\S*: holds the package "torch", not TensorFlow$/,
    ],
    [
      'another platform',
      () => fakeWheel(place, { platform: 'win_amd64' }),
      /: is for win_amd64, and this machine is linux \w+$/,
    ],
    ['a wheel without the library', () => fakeWheel(place, { library: null }), / has no libtensorflow_cc\.so\.2$/],
    [
      'a damaged wheel',
      () => fakeWheel(place, { digest: 'x' }),
      /: is damaged: tensorflow\/libtensorflow_cc\.so\.2 has another digest than its RECORD says$/,
    ],
  ];
  test.each(cases)('%s', async (_, wheel, message) => {
    expect((await refusalOf({ wheel: wheel() })).message).toMatch(message);
  });

  test('a build without CUDA for tfjs-gpu', async () => {
    const error = await refusalOf({ name: 'tfjs-node-gpu', wheel: fakeWheel(place) });
    expect(error.message).toMatch(/ was built without CUDA$/);
    expect(error.hint).toContain('the package tensorflow for Linux');
  });

  test('no wheel, no TensorFlow and no network, with what pip said', async () => {
    const env = { ...realNpm, PIP_NO_INDEX: '1', PIP_FIND_LINKS: place, PIP_CONFIG_FILE: '/dev/null' };
    // A Python with pip and without packages of its own.
    const python = path.join(place, 'python');
    writeFileSync(python, '#!/bin/sh\nexec python3 "$@"\n', { mode: 0o755 });
    const { message, hint } = await refusalOf({ python, env });
    expect(message).toMatch(/^no TensorFlow: \S+python has none, and its pip could not download tensorflow-cpu:\n/);
    expect(message).toContain('No matching distribution found for tensorflow-cpu');
    expect(hint).toContain('--wheel FILE');
  });

  test('a machine without a compiler, before anything is downloaded', async () => {
    const env = { ...realNpm, CXX: path.join(place, 'no-compiler') };
    expect((await refusalOf({ env })).message).toBe(
      `to build tfjs there is no C++ compiler (${path.join(place, 'no-compiler')})`,
    );
    expect((await refusalOf({ python: 'no-such-python' })).message).toContain('no Python (no-such-python)');
  });

  test('a folder whose path holds a space, where make fails', async () => {
    expect((await refusalOf({ buildsFolder: path.join(place, 'a b') })).message).toContain('holds a space');
  });

  test('a cache that cannot be written to', async () => {
    builds = path.join(textFile('a file'), 'tfjs');
    expect((await refusalOf({})).message).toContain('ENOTDIR');
  });
});

const textFile = (text: string): string => {
  const file = path.join(place, 'some.whl');
  writeFileSync(file, text);
  return file;
};

test('what an interrupted install left is removed by the next one, and an install under way is not', async () => {
  const dead = spawnSync('true').pid;
  for (const pid of [dead, process.pid])
    mkdirSync(path.join(builds, `.installing-${pid}-x`, 'half'), { recursive: true });
  await install({ wheel: path.join(place, 'none.whl') }).catch(() => {});
  expect(readdirSync(builds)).toEqual([`.installing-${process.pid}-x`]);
});

test('the command refuses in its own words: --wheel alone (2), and a wheel that is none (3)', async () => {
  const alone = await captured(['doctor', '--wheel', 'some.whl']);
  expect([alone.exitCode, alone.stderr]).toEqual([2, expect.stringContaining('Add --install tfjs')]);
  const env = { HARNESS_CACHE: place, PATH: realNpm['PATH'] ?? '' };
  const none = await captured(['doctor', '--install', 'tfjs', '--wheel', textFile('no zip'), '--json'], env);
  expect([none.exitCode, none.stdout]).toEqual([3, '']);
  if (lacking.length === 0) expect(none.stderr).toContain('it is no zip file');
});
