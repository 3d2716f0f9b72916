import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import type { EndpointCounts, EndpointOptions } from '../../../harness/data/index.ts';
import { usualOptions } from './ask.ts';
import { programArguments } from '../../programs/test-program.ts';

export interface Client {
  readonly process: ChildProcess;
  /** Resolves when it is loaded and begins to ask. */
  begin(): Promise<void>;
  /** Null where it was killed. */
  readonly end: Promise<(EndpointCounts & { readonly completions: number }) | null>;
}

/** A process that asks for the first `count` of `askedFor`. */
export function startClient(given: {
  readonly options: Partial<EndpointOptions>;
  readonly cacheFolder: string;
  readonly count: number;
}): Client {
  const main = path.join(import.meta.dirname, 'client-main.ts');
  const input = JSON.stringify({ ...given, options: { ...usualOptions, ...given.options } });
  const child = spawn(process.execPath, [...programArguments(main), input], { stdio: ['pipe', 'pipe', 'inherit'] });
  let output = '';
  const ready = new Promise<void>((resolve) => {
    child.stdout.on('data', (piece: Buffer) => {
      output += piece.toString('utf8');
      if (output.startsWith('ready\n')) resolve();
    });
  });
  const end = new Promise<Awaited<Client['end']>>((resolve, reject) => {
    child.on('close', (code, signal) => {
      if (signal === 'SIGKILL') resolve(null);
      else if (code === 0) resolve(JSON.parse(output.split('\n')[1] ?? '') as Awaited<Client['end']>);
      else reject(new Error(`the client ended with ${code}`));
    });
  });
  return { process: child, begin: () => ready.then(() => void child.stdin.write('go\n')), end };
}
