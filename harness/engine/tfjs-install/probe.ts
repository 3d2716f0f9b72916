/** Tries a build in a process of its own, and says what is wrong with it. */
import { fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { UserError } from '../../spec/user-error.ts';
import type { NativePackage } from '../tfjs/builds.ts';
import type { Environment } from './tool.ts';

export type ProbeAnswer =
  | { readonly kind: 'right'; readonly detail: string }
  | { readonly kind: 'wrong'; readonly what: string }
  | { readonly kind: 'failed'; readonly message: string };

const timeLimitMs = 120_000;
const hint =
  'Nothing was kept. Take another TensorFlow (--wheel FILE), such as tensorflow-cpu 2.21; ' +
  'without one, --device tfjs runs on wasm.';

/** @returns what the backend says of itself. @throws UserError (3) where it does not load, crashes or is wrong. */
export async function tryBuild(name: NativePackage, folder: string, env: Environment): Promise<string> {
  const answer = await askChild(name, folder, env);
  if (answer.kind === 'right') return answer.detail;
  const what = answer.kind === 'wrong' ? `computes wrongly: ${answer.what}` : `does not work: ${answer.message}`;
  throw new UserError(`${name} was built, but ${what}`, { exitCode: 3, hint });
}

async function askChild(name: NativePackage, folder: string, env: Environment): Promise<ProbeAnswer> {
  const { entry, execArgv } = entryOfProbe();
  const child = fork(entry, [name, folder], {
    execArgv: [...execArgv],
    env: env as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    timeout: timeLimitMs,
    killSignal: 'SIGKILL',
  });
  let answer: ProbeAnswer | null = null;
  let said = '';
  child.on('message', (message) => (answer = message as ProbeAnswer));
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (said += String(chunk)));
  const death = await new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(`could not be tried: ${error.message}`));
    child.on('close', (code, signal) => resolve(deathOf(code, signal, child.killed)));
  });
  return answer ?? { kind: 'failed', message: [death, ...lastLines(said)].join('\n  ') };
}

function deathOf(code: number | null, signal: string | null, wasKilled: boolean): string {
  if (wasKilled) return `gave no answer in ${timeLimitMs / 1000} s`;
  return signal === null ? `ended the process that tried it (exit code ${code})` : `its library crashed (${signal})`;
}

const lastLines = (text: string): readonly string[] =>
  text
    .trim()
    .split('\n')
    .slice(-3)
    .filter((line) => line !== '');

/** Sources run through tsx; the built program runs as it is. */
function entryOfProbe(): { readonly entry: string; readonly execArgv: readonly string[] } {
  const here = fileURLToPath(import.meta.url);
  const entry = join(dirname(here), `probe-entry${extname(here)}`);
  const tsx = (): string => pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  return { entry, execArgv: entry.endsWith('.ts') ? ['--import', tsx()] : [] };
}
