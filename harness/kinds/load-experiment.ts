/** An experiment file together with the kinds that it may name: ours, and those of its plug-ins. */
import {
  experimentFormat,
  experimentOrThrow,
  loadExperiment,
  namedPlugins,
  parseExperiment,
  pluginsIn,
  type ParsedExperiment,
  type ParseResult,
} from '../spec/index.ts';
import { pluginError } from './plugin-errors.ts';
import { kindsWith, loadPlugins, type LoadedPlugin } from './plugins.ts';
import type { Kinds } from './registry.ts';

export interface ExperimentWithKinds<Result> {
  readonly result: Result;
  readonly kinds: Kinds;
  readonly plugins: readonly LoadedPlugin[];
}

/** How an experiment is read. */
export interface ReadOptions {
  /** As in `SpecKinds`. */
  readonly withoutData?: boolean;
}

/** @throws UserError (2) where a plug-in cannot be loaded; what is wrong with the file itself is in the result. */
export async function readExperiment(
  file: string,
  overrides: readonly string[] = [],
  { withoutData = false }: ReadOptions = {},
): Promise<ExperimentWithKinds<ParseResult>> {
  const plugins = await loadPlugins(namedPlugins(file));
  const kinds = withoutData ? { ...kindsWith(plugins), withoutData } : kindsWith(plugins);
  const result = blaming(plugins, () => loadExperiment(file, experimentFormat(kinds), overrides));
  return { result, kinds, plugins };
}

/** A schema may hold code of the plug-in's, which runs without being called by name. */
function blaming<T>(plugins: readonly LoadedPlugin[], read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw pluginError(error, plugins) ?? error;
  }
}

/** @throws UserError (2) with every error of the file, or with the plug-in that cannot be loaded. */
export async function readValidExperiment(
  file: string,
  overrides: readonly string[] = [],
  options: ReadOptions = {},
): Promise<ExperimentWithKinds<ParsedExperiment>> {
  const { result, ...rest } = await readExperiment(file, overrides, options);
  return { result: experimentOrThrow(result), ...rest };
}

/**
 * The experiment that a record holds: resolved, with absolute paths, so that nothing else is read but its plug-ins.
 * @throws UserError (2) where this version does not understand it, or a plug-in is gone.
 */
export async function parseRecordedExperiment(
  specText: string,
  file: string,
): Promise<ExperimentWithKinds<ParsedExperiment>> {
  const readFile = (name: string): string => {
    throw new Error(`${file} extends ${name}`);
  };
  const plugins = await loadPlugins(pluginsIn(specText, file, readFile));
  const kinds = { ...kindsWith(plugins), isRecorded: true };
  const format = experimentFormat(kinds);
  const parsed = blaming(plugins, () => parseExperiment(specText, file, { readFile, format }));
  return { result: experimentOrThrow(parsed), kinds, plugins };
}
