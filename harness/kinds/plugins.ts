/**
 * A user's own kinds: a JavaScript module named under `plugins:` in an experiment. Its default export is a `Plugin`, or a
 * function that gets tools (zod first of all, so that it needs no package of its own) and returns one. The digest of its
 * text is part of the identity of every stage that uses one of its kinds.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { z } from 'zod';
import { randomStream } from '../random/index.ts';
import { UserError, type NamedPlugin } from '../spec/index.ts';
import type { PluginFile } from '../store/index.ts';
import { checkPlugin, type Plugin } from './plugin.ts';
import { builtInKinds, type Kinds } from './registry.ts';

export interface LoadedPlugin extends PluginFile {
  readonly plugin: Plugin;
}

/** What a plug-in's function is called with. */
export const pluginTools = { z, UserError, randomStream } as const;
export type PluginTools = typeof pluginTools;

/** Modules by path and digest: a worker runs many stages of one experiment. */
const loaded = new Map<string, Promise<LoadedPlugin>>();

/** @throws UserError (2) at the plug-in's line where it fails, at the experiment's where it is not there. */
export function loadPlugins(named: readonly (NamedPlugin | PluginFile)[]): Promise<readonly LoadedPlugin[]> {
  return Promise.all(
    named.map(async (one) => {
      const digest = digestOf(one);
      if ('digest' in one && one.digest !== digest)
        throw new UserError(`${one.file} has changed since the stage was planned`, {
          exitCode: 2,
          hint: 'Run the sweep again: its plan takes the new text.',
        });
      const key = `${one.file} ${digest}`;
      const promise = loaded.get(key) ?? load(one.file, digest);
      loaded.set(key, promise);
      return promise;
    }),
  );
}

/** Ours, and those of the plug-ins. @throws UserError (2) where a name is taken. */
export function kindsWith(plugins: readonly LoadedPlugin[]): Kinds {
  const sorts = ['corpora', 'pairs', 'tasks', 'graders', 'starts', 'arms'] as const;
  const kinds: Record<string, unknown> = { ...builtInKinds };
  const pluginDigests = new Map<object, string>();
  for (const { plugin, file, digest } of plugins)
    for (const sort of sorts) {
      const added = plugin[sort] ?? [];
      for (const record of added) {
        refuseTaken(record, kinds[sort] as readonly object[], file);
        pluginDigests.set(record, digest);
      }
      // The first arm that matches a trial is its arm, so that a special one must stand before the general one.
      kinds[sort] =
        sort === 'arms' ? [...added, ...(kinds[sort] as object[])] : [...(kinds[sort] as object[]), ...added];
    }
  return { ...(kinds as unknown as Kinds), pluginDigests };
}

function refuseTaken(record: object, known: readonly object[], file: string): void {
  const nameOf = (one: object): unknown => ('kind' in one ? one.kind : 'id' in one ? one.id : undefined);
  if (!known.some((one) => nameOf(one) === nameOf(record))) return;
  throw new UserError(`${file}: the name ${String(nameOf(record))} is taken`, {
    exitCode: 2,
    hint: 'Give the kind another name: an experiment must mean the same with and without the plug-in.',
  });
}

async function load(file: string, digest: string): Promise<LoadedPlugin> {
  let exported: unknown;
  try {
    // The digest makes Node read a changed file again.
    const module = (await import(`${pathToFileURL(file).href}?${digest.slice(0, 12)}`)) as { default?: unknown };
    exported = typeof module.default === 'function' ? await module.default(pluginTools) : module.default;
  } catch (error) {
    throw pluginError(error, [{ file, digest }]) ?? error;
  }
  return { file, digest, plugin: checkPlugin(exported, file) };
}

/**
 * An error that was thrown in a plug-in's own code, as the user's error with file and line; null for any other. A syntax
 * error has its place in the first line of its stack.
 */
export function pluginError(error: unknown, plugins: readonly PluginFile[]): UserError | null {
  if (!(error instanceof Error) || error instanceof UserError) return null;
  for (const line of (error.stack ?? '').split('\n')) {
    const place = placeIn(line);
    if (place === null) continue;
    const plugin = plugins.find(({ file }) => file === place.file || place.file.startsWith(`${dirname(file)}/`));
    if (plugin !== undefined)
      return new UserError(`${place.file}:${place.line}: ${error.message}`, {
        exitCode: 2,
        hint: 'The error is in the plug-in that the experiment names.',
        cause: error,
      });
    // A frame of ours came first: the plug-in called us, or we it, with something wrong; the deepest frame decides.
    if (!place.file.includes('node_modules') && !line.includes('node:')) break;
  }
  return null;
}

function placeIn(line: string): { readonly file: string; readonly line: string } | null {
  const found = /(file:\/\/[^\s():?]+|\/[^\s():?]+)(?:\?\w+)?:(\d+)/.exec(line);
  if (found?.[1] === undefined || found[2] === undefined) return null;
  const file = found[1].startsWith('file:') ? fileURLToPath(found[1]) : found[1];
  return { file, line: found[2] };
}

function digestOf(named: NamedPlugin | PluginFile): string {
  if (!existsSync(named.file)) throw missing(named);
  const hash = createHash('sha256');
  for (const file of localFiles(named.file, new Set())) hash.update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

/** The file and what it imports by a relative path, each once, in the order of its imports. */
function localFiles(file: string, seen: Set<string>): readonly string[] {
  if (seen.has(file) || !existsSync(file)) return [];
  seen.add(file);
  const text = readFileSync(file, 'utf8');
  const imports = [...text.matchAll(/(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]/g)].map((match) => match[1] as string);
  return [file, ...imports.flatMap((name) => localFiles(resolve(dirname(file), name), seen))];
}

function missing(named: NamedPlugin | PluginFile): UserError {
  const origin = 'origin' in named ? named.origin : null;
  const where = origin === null || origin.line === null ? '' : `${origin.file}:${origin.line}:${origin.column}: `;
  return new UserError(`${where}plugins: there is no file ${named.file}`, {
    exitCode: 2,
    hint: 'A plug-in is named by its path relative to the experiment file.',
  });
}
