/** The Rust tokenizer library in a process of its own, which takes a round whenever it is asked. */
import { execa } from 'execa';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { UserError } from '../spec/user-error.ts';
import type { EncodeRound } from './encode-round.ts';

export interface TokenizerPeer {
  readonly library: string;
  /** Names of files in the folder, without `.json`, and what they are called. */
  readonly makes: Readonly<Record<string, string>>;
  round(path: string): Promise<EncodeRound>;
  close(): Promise<void>;
}

export interface TokenizerPeerOptions {
  readonly python: string;
  /** Gets a tokenizer.json for each make. */
  readonly folder: string;
  readonly vocabSize: number;
  readonly texts: readonly string[];
  /** The first texts, on which vocabularies are trained. */
  readonly training: number;
}

/** Trains the vocabularies, which takes a minute or two. @throws UserError (4) where the peer does not run. */
export async function openTokenizerPeer(options: TokenizerPeerOptions): Promise<TokenizerPeer> {
  const { python, folder, vocabSize, texts, training } = options;
  const child = execa(python, [peerScript(), '--folder', folder, '--vocab', String(vocabSize)], {
    reject: false,
    stdin: 'pipe',
    buffer: { stdout: false },
  });
  child.stdin.on('error', () => undefined); // The process ended: its next line is missing, which is reported.
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (request: object): Promise<unknown> => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    const next = await lines.next();
    if (next.done !== true) return JSON.parse(next.value) as unknown;
    throw notRunning(python, (await child).stderr);
  };
  const opened = (await ask({ texts, training })) as Pick<TokenizerPeer, 'library' | 'makes'>;
  return {
    ...opened,
    round: async (path) => (await ask({ path })) as EncodeRound,
    close: async () => {
      child.stdin.end();
      await child;
    },
  };
}

function notRunning(python: string, stderr: string): UserError {
  return new UserError(`${python} ${peerScript()} failed: ${stderr.trim().split('\n').at(-1) ?? ''}`, {
    exitCode: 4,
    hint: 'It needs Python 3 with tokenizers; name another interpreter with --python.',
  });
}

/** Beside this file in the sources; a build leaves it where it is. */
function peerScript(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const beside = join(here, 'peer-tokenizers/encode.py');
  return existsSync(beside) ? beside : join(here, '../../harness/bench/peer-tokenizers/encode.py');
}
