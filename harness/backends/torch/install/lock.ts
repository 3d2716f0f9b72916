/** The lock of an environment: exact versions, each with the sha256 of its wheels, in the format of pip and uv. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../../../spec/index.ts';
import type { Interpreter } from './interpreter.ts';

/** A build of torch: for the processor alone, or for NVIDIA's cards. */
export const torchBuilds = ['cpu', 'cuda'] as const;
export type TorchBuild = (typeof torchBuilds)[number];

export interface Lock {
  readonly file: string;
  /** The beginning of its sha256: an environment of another lock is another one. */
  readonly digest: string;
  /** Version by name. */
  readonly packages: ReadonlyMap<string, string>;
  readonly covers: readonly Covered[];
}

/** A kind of machine, and the Pythons whose wheels have their digest in the lock. */
interface Covered {
  /** As `sys.platform` and `platform.machine()` say it. */
  readonly platform: string;
  readonly machine: string;
  readonly pythons: readonly string[];
}

/**
 * @param folder Of the locks that come with the harness.
 * @throws UserError (3) where there is none for this build.
 */
export function ownLock(folder: string, build: TorchBuild): Lock {
  const file = path.join(folder, `requirements-${build}.txt`);
  if (existsSync(file)) return readLock(file);
  throw new UserError(`the harness has no lock of torch for ${build}`, { exitCode: 3, hint: ownLockHint });
}

const ownLockHint =
  'Make a lock (docs/use-pytorch.md, "Install") and give it with --lock FILE, or name a Python that has torch in ' +
  'HARNESS_TORCH_PYTHON.';

/** @throws UserError (3) where it cannot be read, or pins nothing by its digest. */
export function readLock(file: string): Lock {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (!/^[\w.-]+==.+--hash=sha256:/ms.test(text))
    throw new UserError(`${file}: no lock: expected lines name==version with --hash=sha256:...`, {
      exitCode: 3,
      hint: ownLockHint,
    });
  return {
    file,
    digest: createHash('sha256').update(text).digest('hex').slice(0, 12),
    packages: new Map(
      [...text.matchAll(/^([\w.-]+)==([^\s;\\]+)/gm)].map(([, name = '', version = '']) => [name, version]),
    ),
    covers: [...text.matchAll(/^# covers: (\S+) (\S+) (.+)$/gm)].map(
      ([, platform = '', machine = '', pythons = '']) => ({
        platform,
        machine,
        pythons: pythons.trim().split(/\s+/),
      }),
    ),
  };
}

/**
 * A lock that says nothing of machines is left to pip.
 * @throws UserError (3) where the lock has no digests of wheels for this Python.
 */
export function requireCovered({ covers }: Lock, build: TorchBuild, python: Interpreter): void {
  const { platform, machine, version } = python;
  const minor = version.split('.').slice(0, 2).join('.');
  const here = covers.find((one) => one.platform === platform && one.machine === machine);
  if (covers.length === 0 || here?.pythons.includes(minor) === true) return;
  const found = `${python.executable} is Python ${version} on ${platform} ${machine}`;
  throw new UserError(`the lock of torch for ${build} covers ${listed(covers)}, and ${found}`, {
    exitCode: 3,
    hint: here === undefined ? ownLockHint : `Name python${here.pythons.at(-1)} with --python. ${ownLockHint}`,
  });
}

function listed(covers: readonly Covered[]): string {
  return covers.map((one) => `${one.platform} ${one.machine} with Python ${one.pythons.join(', ')}`).join('; ');
}
