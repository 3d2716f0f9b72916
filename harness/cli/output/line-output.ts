/** Where lines go that a command writes as it makes them. */
import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { UserError } from '../../spec/user-error.ts';
import { fileToReplace } from '../../store/index.ts';
import type { CliContext } from '../context.ts';

export interface LineOutput {
  write(text: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Nowhere without a path; `-` is stdout; a file appears under its name once it is whole.
 * @throws UserError (2) where the path is of something that no file may replace.
 */
export function openLineOutput(context: CliContext, path: string | undefined): LineOutput {
  if (path === undefined) return { write: () => Promise.resolve(), close: () => Promise.resolve() };
  if (path === '-') return { write: (text) => Promise.resolve(context.print(text)), close: () => Promise.resolve() };
  const file = fileToReplace(path);
  const partial = `${file}.partial`;
  const stream = createWriteStream(partial);
  const failed = new Promise<never>((_, reject) =>
    stream.once('error', (cause) =>
      reject(
        new UserError(`${path}: cannot be written: ${cause.message}`, {
          exitCode: 4,
          hint: 'Check the folder and the free disk space.',
          cause,
        }),
      ),
    ),
  );
  failed.catch(() => undefined);
  const step = (act: (done: () => void) => void): Promise<void> => Promise.race([new Promise<void>(act), failed]);
  return {
    write: (text) =>
      step((done) => {
        if (stream.write(text)) done();
        else stream.once('drain', done);
      }),
    close: async () => {
      await step((done) => stream.end(done));
      await rename(partial, file);
    },
  };
}
