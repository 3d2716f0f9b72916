/** `transformers` in a process of its own, which takes a round whenever it is asked: loading it takes seconds. */
import { execa } from 'execa';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Prompt } from '../generate/index.ts';
import { UserError } from '../spec/user-error.ts';
import type { GenerateRound } from './generate-round.ts';

export interface GeneratePeer {
  round(): Promise<GenerateRound & { readonly engine: string }>;
  close(): Promise<void>;
}

export interface GeneratePeerOptions {
  readonly python: string;
  readonly folder: string;
  readonly threads: number;
  readonly batch: number;
  readonly newTokens: number;
}

/** Rounds throw UserError (exit 4) where the peer does not run. */
export function openGeneratePeer(prompts: readonly Prompt[], options: GeneratePeerOptions): GeneratePeer {
  const { python, folder, threads, batch, newTokens } = options;
  const flags = { '--model': folder, '--threads': threads, '--batch': batch, '--new-tokens': newTokens };
  const child = execa(python, [peerScript(), ...Object.entries(flags).flat().map(String)], {
    reject: false,
    stdin: 'pipe',
    buffer: { stdout: false },
  });
  child.stdin.on('error', () => undefined); // The process ended: its next line is missing, which is reported.
  child.stdin.write(`${JSON.stringify(prompts.map(({ tokens }) => [...tokens]))}\n`);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    round: async () => {
      child.stdin.write('round\n');
      const next = await lines.next();
      if (next.done !== true) return JSON.parse(next.value) as GenerateRound & { engine: string };
      throw notRunning(python, (await child).stderr);
    },
    close: async () => {
      child.stdin.end();
      await child;
    },
  };
}

function notRunning(python: string, stderr: string): UserError {
  return new UserError(`${python} ${peerScript()} failed: ${stderr.trim().split('\n').at(-1) ?? ''}`, {
    exitCode: 4,
    hint: 'It needs Python 3 with torch and transformers; name another interpreter with --python.',
  });
}

/** Beside this file in the sources; a build leaves it where it is. */
function peerScript(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const beside = join(here, 'peer-pytorch/generate.py');
  return existsSync(beside) ? beside : join(here, '../../harness/bench/peer-pytorch/generate.py');
}
