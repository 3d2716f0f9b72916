/**
 * Runs an untrusted Python program and says whether it came to its end. The child has limits on time, memory, files and
 * processes, an empty environment and a folder of its own; without a network where `unshare` may take it away. This
 * keeps accidents small. It is no wall against an attacker: run code that you do not trust at all in a container.
 */
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface Sandbox {
  /** The Python that runs programs. */
  readonly python: string;
  /** Whether programs have no network. */
  readonly isOffline: boolean;
  /** Of processor time that a program may take; of wall time, twice as many. */
  readonly seconds: number;
}

const usualSeconds = 5;
const memoryBytes = 1 << 30;
const fileBytes = 1 << 20;
const processes = 64;

/**
 * Sets its own limits before it reads the program, and prints the sign that it is given only behind the program's end:
 * a program that leaves early (`sys.exit(0)`) has not passed.
 */
const wrapper = (seconds: number): string => `
import resource, sys
for limit, most in ((resource.RLIMIT_CPU, ${seconds}), (resource.RLIMIT_AS, ${memoryBytes}),
                    (resource.RLIMIT_FSIZE, ${fileBytes}), (resource.RLIMIT_NPROC, ${processes}),
                    (resource.RLIMIT_CORE, 0)):
    try:
        resource.setrlimit(limit, (most, most))
    except (ValueError, OSError):
        pass
sign, out = sys.stdin.readline(), sys.stdout
program = sys.stdin.read()
exec(compile(program, 'program', 'exec'), {'__name__': 'program'})
out.write(sign)
out.flush()
`;

/** null where there is no such Python. */
export function openSandbox(python = 'python3', seconds = usualSeconds): Sandbox | null {
  const works = (command: string, ...parameters: string[]): boolean =>
    spawnSync(command, parameters, { stdio: 'ignore', timeout: 10_000 }).status === 0;
  if (!works(python, '-c', 'import resource')) return null;
  return { python, isOffline: works('unshare', '-rn', python, '-c', ''), seconds };
}

/** Whether the program ran to its end: no exception, no exit of its own, within the limits. */
export async function runsToItsEnd({ python, isOffline, seconds }: Sandbox, program: string): Promise<boolean> {
  const folder = await mkdtemp(path.join(tmpdir(), 'harness-run-'));
  const sign = randomBytes(16).toString('hex');
  const command = [...(isOffline ? ['unshare', '-rn'] : []), python, '-I', '-B', '-c', wrapper(seconds)];
  try {
    const output = await outputOf(command, { cwd: folder, input: `${sign}\n${program}`, seconds });
    return output.endsWith(`${sign}\n`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const mostOutput = 1 << 20;

/** What a process of its own group prints; empty where it had to be stopped or ended with an error. */
function outputOf(
  [command = '', ...parameters]: readonly string[],
  { cwd, input, seconds }: { readonly cwd: string; readonly input: string; readonly seconds: number },
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, parameters, { cwd, env: {}, detached: true, stdio: ['pipe', 'pipe', 'ignore'] });
    let output = '';
    const stop = (): void => {
      output = '';
      if (child.pid !== undefined) killGroup(child.pid);
    };
    const timer = setTimeout(stop, 2 * seconds * 1000);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.length > mostOutput) stop();
    });
    child.stdin.on('error', () => {}); // a program that is gone reads no more
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      if (child.pid !== undefined) killGroup(child.pid);
      resolve(code === 0 ? output : '');
    });
    child.stdin.end(input);
  });
}

/** What the program left running, too. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The group is gone.
  }
}
