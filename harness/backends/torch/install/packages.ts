/** Makes an environment and installs what the lock names: by uv where it is there, else by venv and pip. */
import { devNull } from 'node:os';
import { callTool, type Environment } from '../../../engine/index.ts';
import { UserError } from '../../../spec/index.ts';
import { pythonIn } from '../find-python.ts';
import type { Interpreter } from './interpreter.ts';
import type { Lock, TorchBuild } from './lock.ts';

export interface Packages {
  readonly lock: Lock;
  readonly build: TorchBuild;
  /** Folders with wheels, in place of any index. */
  readonly wheels: readonly string[];
  /** An index that has all of them, in place of the usual ones. */
  readonly index: string | null;
  readonly interpreter: Interpreter;
  readonly env: Environment;
  note(text: string): void;
}

/** The builds of torch that its makers publish beside the usual index. */
const torchIndex: Readonly<Record<TorchBuild, string>> = {
  cpu: 'https://download.pytorch.org/whl/cpu',
  cuda: 'https://download.pytorch.org/whl/cu130',
};

/** A tool that makes environments. */
interface Maker {
  readonly name: string;
  create(folder: string): readonly string[];
  install(folder: string, options: readonly string[]): readonly string[];
  check(folder: string): readonly string[];
}

/** @param folder Where the environment is made. @throws UserError (3) with what the tool said. */
export async function installPackages(folder: string, packages: Packages): Promise<void> {
  const { lock, interpreter, note } = packages;
  const maker = await makerFor(folder, packages);
  const call = caller(folder, packages);
  note(`an environment for Python ${interpreter.version}, made by ${maker.name} ...`);
  await call(maker.create(folder), `${maker.name} could not make an environment`);
  note(`installing ${lock.packages.size} packages (torch ${lock.packages.get('torch') ?? '?'}) ...`);
  await call(maker.install(folder, sources(packages)), `${maker.name} could not install the packages of ${lock.file}`);
  await call(maker.check(folder), 'the packages do not fit each other');
}

/** Calls a program, whose failure is told as `what`. */
function caller(folder: string, packages: Packages): (command: readonly string[], what: string) => Promise<void> {
  const env = environmentFor(packages);
  return async ([command = '', ...args], what) => {
    const answer = await callTool({ command, args, folder, env });
    if (!('output' in answer)) throw refusal(what, answer, packages);
  };
}

function sources({ lock, build, wheels, index }: Packages): readonly string[] {
  const locked = ['--require-hashes', '--only-binary', ':all:', '--requirement', lock.file];
  if (wheels.length > 0) return [...locked, '--no-index', ...wheels.flatMap((folder) => ['--find-links', folder])];
  if (index !== null) return [...locked, '--index-url', index];
  return [...locked, '--extra-index-url', torchIndex[build]];
}

/** A folder of wheels is all that is looked at: a setting of pip may name further places. */
function environmentFor({ wheels, env }: Packages): Environment {
  if (wheels.length === 0) return env;
  const plain = Object.entries(env).filter(([name]) => !/^(PIP|UV)_/.test(name));
  return { ...Object.fromEntries(plain), PIP_CONFIG_FILE: devNull, UV_NO_CONFIG: '1' };
}

/** @throws UserError (3) where there is neither uv nor a Python that can make environments. */
async function makerFor(folder: string, { interpreter, env }: Packages): Promise<Maker> {
  const answer = await callTool({ command: 'uv', args: ['--version'], folder, env });
  if ('output' in answer) return uv(interpreter);
  if (interpreter.hasVenv) return venv(interpreter);
  throw new UserError(`${interpreter.executable} has no module venv or ensurepip, and there is no uv`, {
    exitCode: 3,
    hint: 'Install one of them (Debian: apt-get install python3-venv), or name another Python with --python PYTHON.',
  });
}

function uv({ executable }: Interpreter): Maker {
  const of = (folder: string): readonly string[] => ['--python', pythonIn(folder)];
  return {
    name: 'uv',
    create: (folder) => ['uv', 'venv', '--allow-existing', '--python', executable, folder],
    // The lock says which file is taken, wherever it lies.
    install: (folder, options) => [
      'uv',
      'pip',
      'install',
      ...of(folder),
      '--index-strategy=unsafe-best-match',
      ...options,
    ],
    check: (folder) => ['uv', 'pip', 'check', ...of(folder)],
  };
}

function venv({ executable }: Interpreter): Maker {
  const pip = (folder: string): readonly string[] => [pythonIn(folder), '-m', 'pip'];
  return {
    name: 'venv and pip',
    create: (folder) => [executable, '-m', 'venv', folder],
    install: (folder, options) => [
      ...pip(folder),
      'install',
      '--no-input',
      '--disable-pip-version-check',
      '--retries=2',
      '--timeout=15',
      ...options,
    ],
    check: (folder) => [...pip(folder), 'check'],
  };
}

const causes: readonly (readonly [pattern: RegExp, hint: string])[] = [
  [
    /DO NOT MATCH THE HASHES|hash mismatch/i,
    'A file is not the one that the lock was made with: it is damaged, or somebody changed it. ' +
      'Take it from another place.',
  ],
  [/No space left|disk quota/i, 'Make room, or set HARNESS_CACHE to another folder.'],
  [
    /No matching distribution|could not find a version|NewConnectionError|name resolution|timed out|no solution|fetch/i,
    'Without the network give a folder with the wheels: --wheels DIR (on a machine that has it: ' +
      'pip download --require-hashes -r requirements-cpu.txt), or an index that can be reached: --index URL.',
  ],
];

function refusal(what: string, { lines }: { readonly lines: readonly string[] }, { wheels }: Packages): UserError {
  const said = lines.map((line) => `  ${line}`).join('\n');
  const [, hint] = causes.find(([pattern]) => pattern.test(said)) ?? [];
  const place =
    wheels.length > 0 && hint?.startsWith('Without') ? `The wheels must lie in ${wheels.join(', ')}.` : hint;
  return new UserError(`${what}:\n${said}`, {
    exitCode: 3,
    hint: `${place ?? 'Put that right and try again.'} Nothing was kept.`,
  });
}
