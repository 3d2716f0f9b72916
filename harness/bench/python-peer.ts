/** Python programs that do the same work, for comparison: where they lie, one run of them, and one that stays. */
import { execa } from 'execa';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { UserError } from '../spec/user-error.ts';
import { withinLimits, type ProcessLimits } from './limited-child.ts';

export interface PythonPeer {
  /** The interpreter. */
  readonly python: string;
  /** Its script below this folder, as `peer-pytorch/score.py`. */
  readonly script: string;
  readonly flags: readonly string[];
  /** What it needs, for people: `Python 3 with tokenizers`. */
  readonly needs: string;
}

interface PeerRun {
  readonly env?: Readonly<Record<string, string>>;
  /** A file that becomes its standard input. */
  readonly inputFile?: string;
  readonly limits?: ProcessLimits | null;
}

/** Its scripts import one another: they leave nothing behind beside them. */
const ownEnvironment = { PYTHONDONTWRITEBYTECODE: '1' };

/** The JSON that one run prints. @throws UserError (4) where it fails. */
export async function runPeer(peer: PythonPeer, { env = {}, limits = null, ...run }: PeerRun): Promise<unknown> {
  const flags = [pathOf(peer), ...peer.flags];
  const child = execa(peer.python, flags, { reject: false, env: { ...ownEnvironment, ...env }, ...run });
  const printed = child.then(({ stdout, stderr, failed }) => {
    if (failed) throw notRunning(peer, stderr);
    return JSON.parse(stdout) as unknown;
  });
  return await withinLimits(child, limits, printed);
}

/** A process that answers each line with one line of JSON. */
export interface RunningPeer {
  /** @throws UserError (4) where the process has ended. */
  ask(line: string): Promise<unknown>;
  close(): Promise<void>;
}

/** @param greeting A line that is not answered. */
export function startPeer(peer: PythonPeer, greeting: string | null = null): RunningPeer {
  const child = execa(peer.python, [pathOf(peer), ...peer.flags], {
    reject: false,
    stdin: 'pipe',
    buffer: { stdout: false },
  });
  child.stdin.on('error', () => undefined); // The process ended: its next line is missing, which is reported.
  if (greeting !== null) child.stdin.write(`${greeting}\n`);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    ask: async (line) => {
      child.stdin.write(`${line}\n`);
      const next = await lines.next();
      if (next.done !== true) return JSON.parse(next.value) as unknown;
      throw notRunning(peer, (await child).stderr);
    },
    close: async () => {
      child.stdin.end();
      await child;
    },
  };
}

function notRunning(peer: PythonPeer, stderr: string): UserError {
  return new UserError(`${peer.python} ${pathOf(peer)} failed: ${stderr.trim().split('\n').at(-1) ?? ''}`, {
    exitCode: 4,
    hint: `It needs ${peer.needs}; name another interpreter with --python.`,
  });
}

/** Beside this file in the sources; a build leaves it where it is. */
function pathOf({ script }: PythonPeer): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const beside = join(here, script);
  return existsSync(beside) ? beside : join(here, '../../harness/bench', script);
}
