/**
 * What a person types to call this program here. Rooms below write `harness sweep`; after `npm ci` only `npx harness
 * sweep` is found. So every hint is put into the words that work, at the edge where it is printed.
 */
import { basename, delimiter, dirname, relative, sep } from 'node:path';

export interface StartedAs {
  readonly argv: readonly string[];
  readonly execArgv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
}

export const plainName = 'harness';

/** `harness` where it is on the PATH, `npx harness` where npm linked it, else the `node` command that started it. */
export function commandName({ argv, execArgv, env, folder }: StartedAs): string {
  const entry = argv[1] ?? plainName;
  if (basename(entry) !== plainName) return ['node', ...execArgv, nearest(entry, folder)].map(quoted).join(' ');
  const isLinkedByNpm = dirname(entry).endsWith(`node_modules${sep}.bin`) || env['npm_command'] === 'exec';
  if (isLinkedByNpm) return `npx ${plainName}`;
  const isOnPath = (env['PATH'] ?? '').split(delimiter).includes(dirname(entry));
  return isOnPath ? plainName : quoted(nearest(entry, folder));
}

/** The text with `name` where it calls one of our commands. Texts that only speak of the harness stay as they are. */
export function withCommandName(text: string, name: string, commands: readonly string[]): string {
  const call = new RegExp(`(?<![\\w./-])(?<!npx )${plainName} (?=(?:${commands.join('|')}|--help)(?![\\w-]))`, 'g');
  return text.replaceAll(call, `${name} `);
}

/** A word as a shell reads it back. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function nearest(entry: string, folder: string): string {
  const path = relative(folder, entry);
  return path.startsWith('..') ? entry : path;
}
