/**
 * Loads a model that was just saved in a process that never held its parameters, and scores the probes there. One child
 * for each worker: started with the first check, used again, and gone with its worker, however that ends, because the
 * channel between them closes. It holds one model at most, and none that is large.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { UserError } from '../spec/user-error.ts';
import type { SavedModel, SavedModelCheck } from './compute.ts';
import { checkProbes } from './probes.ts';

export type MessageToChecker = SavedModel;
export type MessageFromChecker =
  | { readonly rewards: readonly Float32Array[] }
  | { readonly failure: { readonly message: string; readonly hint: string | null } };

export class FreshProcessCheck implements SavedModelCheck {
  #child: ChildProcess | null = null;

  /** One at a time. @throws UserError (4) naming the probe that differs, or what is wrong with the files. */
  async check(saved: SavedModel): Promise<void> {
    const answer = await this.#ask(saved);
    if ('failure' in answer) {
      const { message, hint } = answer.failure;
      throw new UserError(`the saved model cannot be used in a fresh process: ${message}`, {
        exitCode: 4,
        hint: hint ?? 'Run the same command again; if it fails again, this is a bug of saving or loading this model.',
      });
    }
    checkProbes(saved.folder, answer.rewards, saved.device);
  }

  /** Of the process that checks; null before the first check. */
  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  close(): void {
    this.#child?.disconnect();
    this.#child = null;
  }

  #ask(saved: SavedModel): Promise<MessageFromChecker> {
    const child = this.#child?.connected === true ? this.#child : startChecker();
    this.#child = child;
    hold(child, true);
    return new Promise<MessageFromChecker>((resolve, reject) => {
      const onEnd = (code: number | null, signal: string | null): void => {
        this.#child = null;
        reject(
          new UserError(`the process that checks saved models was ended by ${signal ?? `exit code ${code ?? '?'}`}`, {
            exitCode: 4,
            hint:
              signal === 'SIGKILL'
                ? 'Often the system was out of memory: use fewer workers.'
                : 'Run the same command again.',
          }),
        );
      };
      child.once('exit', onEnd);
      child.once('message', (answer) => {
        child.off('exit', onEnd);
        hold(child, false);
        resolve(answer as MessageFromChecker);
      });
      child.send(saved satisfies MessageToChecker, (error) => error !== null && reject(error));
    });
  }
}

/** An idle checker does not keep its worker alive. */
function hold(child: ChildProcess, isBusy: boolean): void {
  if (isBusy) child.ref();
  else child.unref();
  if (isBusy) child.channel?.ref();
  else child.channel?.unref();
}

function startChecker(): ChildProcess {
  const here = fileURLToPath(import.meta.url);
  const entry = join(dirname(here), `checker-entry${extname(here)}`);
  // Sources run through tsx; the built program runs as it is. What it prints goes where its worker prints.
  const execArgv = entry.endsWith('.ts')
    ? ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href]
    : [];
  return fork(entry, [], { execArgv, serialization: 'advanced', stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
}
