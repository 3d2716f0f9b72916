/**
 * git as a reader of somebody else's repository: plumbing commands only, nothing of the user's or the repository's
 * configuration that would run a program, no network, no locks.
 */
import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { UserError } from '../../spec/user-error.ts';

/** Settings of a repository that could start programs, fetch what a partial clone lacks, or refuse another's files. */
const settings = [
  'safe.directory=*',
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.pager=cat',
  'core.attributesFile=/dev/null',
  'core.quotePath=false',
  'diff.external=',
  'gpg.program=false',
  'log.showSignature=false',
  'log.mailmap=false',
  'protocol.allow=never',
];

/**
 * An environment without the caller's own git variables. The ceiling keeps git from taking a repository that the folder
 * merely lies in; replacement objects would put other contents under the same id.
 */
function environment(repository: string): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  return {
    ...Object.fromEntries(own),
    LC_ALL: 'C',
    GIT_CEILING_DIRECTORIES: path.dirname(path.resolve(repository)),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_NO_LAZY_FETCH: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
  };
}

function argumentsOf(repository: string, command: readonly string[]): string[] {
  return ['--no-pager', '-C', repository, ...settings.flatMap((setting) => ['-c', setting]), ...command];
}

/** What a short command prints, and null where it fails. @throws UserError (4) where there is no git. */
export function askGit(repository: string, command: readonly string[]): string | null {
  const { error, status, stdout } = spawnSync('git', argumentsOf(repository, command), {
    env: environment(repository),
    encoding: 'utf8',
    maxBuffer: 64 << 20,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  if (error !== undefined) throw noGit(error);
  return status === 0 ? stdout : null;
}

/** A process that is written to and read from; whoever starts it ends it. */
export type GitProcess = ChildProcessByStdio<Writable, Readable, Readable>;

export function startGit(repository: string, command: readonly string[]): GitProcess {
  return spawn('git', argumentsOf(repository, command), {
    env: environment(repository),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

/**
 * The output of a command, cut at its NUL bytes, as it comes.
 * @throws UserError (4) where git fails; its own words are in the message.
 */
export async function* gitTokens(repository: string, command: readonly string[]): AsyncGenerator<string> {
  const child = startGit(repository, command);
  const ended = endOf(child);
  child.stdin.end();
  try {
    yield* cutAtNul(child.stdout);
    const { code, words } = await ended;
    if (code !== 0) throw failed(repository, command, words);
  } finally {
    child.kill();
    await ended.catch(() => {});
  }
}

/** In pieces of bytes, so that no character is cut in two. */
async function* cutAtNul(output: Readable): AsyncGenerator<string> {
  let open: Buffer[] = [];
  for await (const piece of output as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = piece.indexOf(0); end !== -1; end = piece.indexOf(0, start)) {
      open.push(piece.subarray(start, end));
      yield Buffer.concat(open).toString('utf8');
      open = [];
      start = end + 1;
    }
    if (start < piece.length) open.push(piece.subarray(start));
  }
  if (open.length > 0) yield Buffer.concat(open).toString('utf8');
}

/** Exit code and error output, once the process has ended. @throws UserError (4) where it cannot be started. */
function endOf(child: GitProcess): Promise<{ readonly code: number | null; readonly words: string }> {
  const words: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => words.push(text));
  const ended = new Promise<{ readonly code: number | null; readonly words: string }>((resolve, reject) => {
    child.on('error', (error) => reject(noGit(error)));
    child.on('close', (code) => resolve({ code, words: words.join('').trim() }));
  });
  // Awaited by the caller in the end; until then its failure is nobody's.
  ended.catch(() => {});
  return ended;
}

export function failed(repository: string, command: readonly string[], words: string): UserError {
  return new UserError(`${repository}: git ${command[0] ?? ''} failed${words === '' ? '' : `: ${words}`}`, {
    exitCode: 4,
    hint: 'Check the clone with git fsck; a clone that lacks objects must be cloned again.',
  });
}

function noGit(cause: Error): UserError {
  return new UserError(`git cannot be started: ${cause.message}`, {
    exitCode: 4,
    hint: 'Install git (2.36 or later) and see that it is found on PATH.',
    cause,
  });
}
