/**
 * A user's own kinds: a JavaScript module named under `plugins:` in an experiment. Its default export is a `Plugin`, or
 * a function that gets tools (zod first of all, so that it needs no package of its own) and returns one. The digest of
 * its text is part of the identity of every stage that uses one of its kinds.
 */
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { scorings } from '../eval/index.ts';
import { initParameters } from '../model/index.ts';
import { randomStream } from '../random/index.ts';
import { didYouMean, formatOrigin, UserError, type NamedPlugin } from '../spec/index.ts';
import type { PluginFile } from '../store/index.ts';
import { guardPlugin, nameOf } from './guard-plugin.ts';
import { loadingFailed } from './plugin-errors.ts';
import { digestOfFiles, isFile, isJavaScript, localFiles } from './plugin-source.ts';
import { checkPlugin, type Plugin } from './plugin.ts';
import { builtInKinds, type Kinds } from './registry.ts';

export interface LoadedPlugin extends PluginFile {
  readonly plugin: Plugin;
}

/** What a plug-in's function is called with. */
export const pluginTools = { z, UserError, randomStream, initParameters } as const;
/** The type of what a plug-in's function is called with. */
export type PluginTools = typeof pluginTools;

/** Modules by path and digest: a worker runs many stages of one experiment. */
const loaded = new Map<string, Promise<LoadedPlugin>>();

/** @throws UserError (2) at the plug-in's line where it fails, at the experiment's where it is not there. */
export async function loadPlugins(named: readonly (NamedPlugin | PluginFile)[]): Promise<readonly LoadedPlugin[]> {
  named.forEach((one, index) => refuseUnusable(one, named.slice(0, index)));
  return Promise.all(
    named.map((one) => {
      const digest = digestOfFiles(localFiles(one.file));
      if ('digest' in one && one.digest !== digest)
        throw new UserError(`${one.file} has changed since the stage was planned`, {
          exitCode: 2,
          hint: 'Run the sweep again: its plan takes the new text.',
        });
      const key = `${one.file} ${digest}`;
      const promise = loaded.get(key) ?? load({ file: one.file, digest });
      loaded.set(key, promise);
      return promise;
    }),
  );
}

function refuseUnusable(one: NamedPlugin | PluginFile, before: readonly (NamedPlugin | PluginFile)[]): void {
  if (!isFile(one.file))
    throw misnamed(
      one,
      `there is no file ${one.file}`,
      'A plug-in is named by its path relative to the experiment file.',
    );
  if (!isJavaScript(one.file))
    throw misnamed(one, `${one.file} is no JavaScript module`, 'Its name must end in .mjs, .js or .cjs.');
  if (before.some(({ file }) => file === one.file))
    throw misnamed(one, `${one.file} is named twice`, 'Name each plug-in once.');
}

function misnamed(one: NamedPlugin | PluginFile, problem: string, hint: string): UserError {
  const origin = 'origin' in one ? one.origin : null;
  const where = origin === null || origin.line === null ? '' : `${formatOrigin(origin)}: `;
  return new UserError(`${where}plugins: ${problem}`, { exitCode: 2, hint });
}

async function load(file: PluginFile): Promise<LoadedPlugin> {
  let exported: unknown;
  try {
    // The digest makes Node read a changed file again.
    const address = `${pathToFileURL(file.file).href}?${file.digest.slice(0, 12)}`;
    const module = (await import(/* @vite-ignore */ address)) as { readonly default?: unknown };
    exported = typeof module.default === 'function' ? await module.default(pluginTools) : module.default;
  } catch (error) {
    throw loadingFailed(file, error);
  }
  if (exported === undefined)
    throw new UserError(`${file.file}: there is no default export, or its function returns nothing`, {
      exitCode: 2,
      hint: 'Write `export default { tasks: [...] }`, or a function that returns such an object.',
    });
  return { ...file, plugin: guardPlugin(checkPlugin(exported, file.file), file) };
}

const sorts = [
  'corpora',
  'descriptions',
  'generators',
  'pairs',
  'tasks',
  'graders',
  'tokenizers',
  'starts',
  'arms',
] as const;
const recordSorts = [...sorts, 'metrics'] as const;
type Records = Readonly<Record<(typeof recordSorts)[number], readonly object[]>>;

/**
 * Ours, and those of the plug-ins. @throws UserError (2) where a name is taken, or a task has a grader or a scoring
 * that is not there.
 */
export function kindsWith(plugins: readonly LoadedPlugin[]): Kinds {
  let known: Records = builtInKinds;
  for (const { plugin, file } of plugins) known = withPlugin(known, plugin, file);
  const pluginDigests = new Map(
    plugins.flatMap(({ plugin, digest }) => sorts.flatMap((sort) => (plugin[sort] ?? []).map((one) => [one, digest]))),
  );
  const all = { ...known, pluginDigests } as unknown as Kinds;
  for (const { plugin, file } of plugins) {
    refuseUnknownGraders(plugin, file, all);
    refuseUnknownScorings(plugin, file);
  }
  return all;
}

function withPlugin(known: Records, plugin: Plugin, file: string): Records {
  const lists = recordSorts.map((sort) => {
    const before = known[sort];
    const added: readonly object[] = plugin[sort] ?? [];
    added.forEach((record, index) => refuseTaken(record, [...before, ...added.slice(0, index)], file));
    // The first arm that matches a trial is its arm, so that a special one must stand before the general one.
    // The same holds for the templates of metrics.
    return [sort, sort === 'arms' || sort === 'metrics' ? [...added, ...before] : [...before, ...added]];
  });
  return Object.fromEntries(lists) as Records;
}

function refuseTaken(record: object, known: readonly object[], file: string): void {
  const name = nameOf(record);
  if (!known.some((one) => nameOf(one) === name)) return;
  throw new UserError(`${file}: the name ${name} is taken`, {
    exitCode: 2,
    hint: 'Give the kind another name: an experiment must mean the same with and without the plug-in.',
  });
}

function refuseUnknownGraders({ tasks = [] }: Plugin, file: string, { graders }: Kinds): void {
  const known = graders.map(({ kind }) => kind);
  for (const { kind, grader } of tasks) {
    if (grader === null || known.includes(grader)) continue;
    throw new UserError(`${file}: task ${kind}: there is no grader ${grader}`, {
      exitCode: 2,
      hint: didYouMean(grader, known) ?? `There are ${known.join(', ')}; null means that answers come with the data.`,
    });
  }
}

function refuseUnknownScorings({ tasks = [] }: Plugin, file: string): void {
  const known = scorings.map(({ name }) => name);
  for (const { kind, scoring } of tasks) {
    if (scoring === undefined || known.includes(scoring)) continue;
    throw new UserError(`${file}: task ${kind}: there is no scoring ${scoring}`, {
      exitCode: 2,
      hint: didYouMean(scoring, known) ?? `There are ${known.join(', ')}; leave it out for pairs and best-of-N alone.`,
    });
  }
}
