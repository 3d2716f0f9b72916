/**
 * What every command gets as `this`: the streams, the environment, and the few ways to speak. Built from real or
 * captured streams alike.
 */
import type { CommandContext } from '@stricli/core';
import { formatTable, jsonText, paintFor, type Cell, type Paint, type TableColumn } from '../text/index.ts';
import { plainName, withCommandName } from './command-name.ts';
import { reportsFolder, resultsFolder } from './folders.ts';
import { safeStream, type OutputStream } from './output-stream.ts';

export type { OutputStream } from './output-stream.ts';

export interface CliHost {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Onto stdout as they are; absent where it takes only text. */
  readonly writeBytes?: (bytes: Uint8Array) => unknown;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What a person types to call this program; `harness` where it is not given. */
  readonly commandName?: string;
  /** The command line that starts this program, without its arguments; absent where it cannot be started again. */
  readonly program?: readonly string[];
}

/** `schemaVersion` of every JSON document on stdout; increased when a field changes its meaning or goes away. */
const schemaVersion = 1;

export interface CliContext extends CommandContext {
  readonly process: CommandContext['process'] & {
    exitCode?: number | string | null;
    readonly env: Readonly<Partial<Record<string, string>>>;
  };
  /** Its streams are safe for texts that others wrote. */
  readonly host: CliHost;
  /** Names of the commands. */
  readonly commands: readonly string[];
  /** What a person types here to call this program. */
  readonly commandName: string;
  /** Characters a line of stdout may have; null = it is no terminal. */
  readonly width: number | null;
  /** Colour for stdout, where it has colour. */
  readonly paint: Paint;
  /** The text with its `harness ...` commands as they are called here. */
  callable(text: string): string;
  /** People's text on stdout, one or more whole lines. */
  print(text: string): void;
  /** A table on stdout, within the terminal's width. */
  printTable(columns: readonly (string | TableColumn)[], rows: readonly (readonly Cell[])[]): void;
  /** Progress, notes and warnings, on stderr; commands in it are made callable. */
  note(text: string): void;
  /** The one document of a `--json` run. */
  printJson(document: Readonly<Record<string, unknown>>): void;
  /** `--results`, else HARNESS_RESULTS, else `results`. */
  resultsFolder(flag: string | undefined): string;
  /** `--reports`, else HARNESS_REPORTS, else `reports` in the results folder: never where git looks. */
  reportsFolder(flag: string | undefined, resultsFolder: string): string;
  /** Ends with this code once the command returns. */
  exitWith(code: number): void;
  /** Runs another command line in this one's place. */
  rerun(argv: readonly string[]): Promise<void>;
}

export interface ContextParts {
  /** Names of the commands, by which calls in texts are told. */
  readonly commands: readonly string[];
  rerun(argv: readonly string[], context: CliContext): Promise<void>;
}

export function buildContext(given: CliHost, { commands, rerun }: ContextParts): CliContext {
  const host = { ...given, stdout: safeStream(given.stdout), stderr: safeStream(given.stderr) };
  const process = processOf(host);
  const commandName = host.commandName ?? plainName;
  const width = terminalWidth(host.stdout);
  const paint = paintFor(host.stdout, host.env);
  const callable = (text: string): string => withCommandName(text, commandName, commands);
  const context: CliContext = {
    process,
    host,
    commands,
    commandName,
    width,
    paint,
    callable,
    print: (text) => void host.stdout.write(asLines(text)),
    printTable: (columns, rows) => void host.stdout.write(asLines(formatTable(columns, rows, { width, paint }))),
    note: (text) => void host.stderr.write(asLines(callable(text))),
    printJson: (document) => void host.stdout.write(`${jsonText({ schemaVersion, ...document })}\n`),
    resultsFolder: (flag) => flag ?? resultsFolder(host.env),
    reportsFolder: (flag, results) => flag ?? reportsFolder(host.env, results),
    exitWith: (code) => {
      process.exitCode = code;
    },
    rerun: (argv) => rerun(argv, context),
  };
  return context;
}

function processOf({ stdout, stderr, env }: CliHost): CliContext['process'] {
  return {
    stdout: { write: (text) => void stdout.write(text) },
    stderr: { write: (text) => void stderr.write(text) },
    env: env as Readonly<Partial<Record<string, string>>>,
  };
}

/** Some terminals say 0, which is no width. */
export function terminalWidth({ isTTY, columns = 0 }: OutputStream): number | null {
  if (isTTY !== true) return null;
  return columns > 0 ? columns : 80;
}

const asLines = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`);
