/**
 * What every command gets as `this`: the streams, the environment, and the few ways to speak. Built from real or
 * captured streams alike.
 */
import type { CommandContext } from '@stricli/core';
import { reportsFolder } from '../store/index.ts';

export interface OutputStream {
  readonly write: (text: string) => unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface CliHost {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** `schemaVersion` of every JSON document on stdout; increased when a field changes its meaning or goes away. */
const schemaVersion = 1;

export interface CliContext extends CommandContext {
  readonly process: CommandContext['process'] & {
    exitCode?: number | string | null;
    readonly env: Readonly<Partial<Record<string, string>>>;
  };
  readonly host: CliHost;
  /** People's text on stdout, one or more whole lines. */
  print(text: string): void;
  /** Progress, notes and warnings, on stderr. */
  note(text: string): void;
  /** The one document of a `--json` run. */
  printJson(document: Readonly<Record<string, unknown>>): void;
  /** `--results`, else HARNESS_RESULTS, else `results`. */
  resultsFolder(flag: string | undefined): string;
  /** `--reports`, else HARNESS_REPORTS, else `reports` in the results folder: never where git looks. */
  reportsFolder(flag: string | undefined, resultsFolder: string): string;
  /** Ends with this code once the command returns. */
  exitWith(code: number): void;
}

export function buildContext(host: CliHost): CliContext {
  const process: CliContext['process'] = {
    stdout: { write: (text) => void host.stdout.write(text) },
    stderr: { write: (text) => void host.stderr.write(text) },
    env: host.env as Readonly<Partial<Record<string, string>>>,
  };
  return {
    process,
    host,
    print: (text) => void host.stdout.write(text.endsWith('\n') ? text : `${text}\n`),
    note: (text) => void host.stderr.write(text.endsWith('\n') ? text : `${text}\n`),
    printJson: (document) => void host.stdout.write(`${JSON.stringify({ schemaVersion, ...document })}\n`),
    resultsFolder: (flag) => flag ?? host.env['HARNESS_RESULTS'] ?? 'results',
    reportsFolder: (flag, resultsFolder) => flag ?? host.env['HARNESS_REPORTS'] ?? reportsFolder(resultsFolder),
    exitWith: (code) => {
      process.exitCode = code;
    },
  };
}
