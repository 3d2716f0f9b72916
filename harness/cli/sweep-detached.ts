/** `harness sweep SPEC --detach`: the sweep goes on without this terminal. */
import { readFileSync } from 'node:fs';
import { UserError } from '../spec/index.ts';
import { detachedLogFile, readSweepLease } from '../store/index.ts';
import type { CliContext } from './context.ts';
import { detach } from './detached.ts';

interface Place {
  readonly resultsFolder: string;
  readonly isJson: boolean;
}

/** @param argv The same command line without --detach. */
export async function sweepDetached(
  context: CliContext,
  argv: readonly string[],
  { resultsFolder, isJson }: Place,
): Promise<void> {
  const { program } = context.host;
  if (program === undefined) throw new UserError('--detach needs a program to start', { exitCode: 2 });
  const { pid, exitCode } = await detach(program, argv, resultsFolder);
  const log = detachedLogFile(resultsFolder);
  if (isJson) context.printJson({ pid, log, exitCode });
  if (exitCode !== null) {
    // It had nothing to do, or was refused: its words say so.
    if (!isJson) context.print(readFileSync(log, 'utf8').trimEnd());
    return context.exitWith(exitCode);
  }
  if (isJson) return;
  const experiment = readSweepLease(resultsFolder)?.experiment ?? 'NAME';
  context.print(`the sweep of ${experiment} goes on without this terminal (process ${pid}); log: ${log}`);
  const then = '`harness attach` shows it, `harness status` how far it is,';
  context.print(context.callable(`${then} \`harness cancel ${experiment}\` ends it.`));
}
