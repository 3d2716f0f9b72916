/** Errors in a plug-in's code, as errors of the user who wrote it: with file and line, and exit code 2. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../spec/index.ts';
import type { PluginFile } from '../store/index.ts';
import { localFiles, localTarget, type SourceFile } from './plugin-source.ts';

interface Place {
  readonly file: string;
  readonly line: number | null;
}

interface Frame extends Place {
  /** The name of its function, '' for one that has none. */
  readonly of: string;
}

/** The folder of the program's own code: `harness`, or `dist` once it is built. */
const ownFolder = `${dirname(dirname(fileURLToPath(import.meta.url)))}/`;
/**
 * The functions of guard-plugin.ts that call a plug-in's: what lies further out called it, and decides nothing. By
 * name, since the built program joins files.
 */
const callSites = new Set(['callOfPlugin', 'resultOfPlugin']);

/**
 * An error whose deciding frame lies in a plug-in's code, as the user's error; null for any other. For errors that
 * belong to no call of a plug-in: a promise that nobody awaited, a rule inside a schema.
 */
export function pluginError(error: unknown, plugins: readonly PluginFile[]): UserError | null {
  if (plugins.length === 0 || !(error instanceof Error) || error instanceof UserError) return null;
  const culprit = culpritOf(error, plugins);
  return culprit === null || culprit === 'harness' ? null : userError(culprit, error);
}

/**
 * What a plug-in's own function threw, as an error to throw on. `what`: the kind and the function, for people. An error
 * of ours that the function only passed on stays what it is.
 */
export function thrownBy(plugin: PluginFile, what: string, error: unknown): unknown {
  if (error instanceof UserError) return error;
  const culprit = error instanceof Error ? culpritOf(error, [plugin]) : null;
  return culprit === 'harness' ? error : userError(culprit ?? { file: plugin.file, line: null }, error, what);
}

/** What loading a plug-in threw: all of it is the plug-in's, a missing package and a syntax error too. */
export function loadingFailed(plugin: PluginFile, error: unknown): UserError {
  if (error instanceof UserError) return error;
  const files = localFiles(plugin.file);
  const place = (error instanceof SyntaxError ? syntaxErrorIn(files) : null) ?? importNamedBy(error, files);
  if (place !== null) return userError(place, error);
  const culprit = error instanceof Error ? culpritOf(error, [plugin]) : null;
  return userError(culprit === 'harness' || culprit === null ? { file: plugin.file, line: null } : culprit, error);
}

function userError({ file, line }: Place, cause: unknown, what: string | null = null): UserError {
  const message = cause instanceof Error ? cause.message : String(cause);
  const place = line === null ? file : `${file}:${line}`;
  return new UserError(`${place}: ${what === null ? '' : `${what}: `}${message}`, {
    exitCode: 2,
    hint: 'The error is in the plug-in that the experiment names.',
    cause,
  });
}

/**
 * Whose code an error comes from: the first frame decides that is neither Node's nor in a package. null where no frame
 * does.
 */
function culpritOf(error: Error, plugins: readonly PluginFile[]): Place | 'harness' | null {
  for (const frame of framesOf(error.stack ?? '')) {
    if (plugins.some(({ file }) => file === frame.file)) return frame; // it may itself come in a package
    if (frame.file.startsWith(ownFolder)) return callSites.has(frame.of) ? null : 'harness';
    if (!frame.file.includes('/node_modules/')) return frame;
  }
  return null;
}

/** Frames with a file, from where the error was thrown outward. */
function framesOf(stack: string): readonly Frame[] {
  return stack.split('\n').flatMap((text) => {
    const [, of = '', place, line] =
      /^\s+at (?:(?:async )?(.*?) \((?=file:|\/))?(?:async )?(.+?):(\d+):\d+\)?$/.exec(text) ??
      /^()(file:\/\/.+):(\d+)$/.exec(text) ??
      [];
    if (place === undefined || !/^(?:file:\/\/)?\//.test(place)) return [];
    return [{ of, file: place.startsWith('file:') ? fileURLToPath(place) : place, line: Number(line) }];
  });
}

/** Node tells the place of a syntax error only as it ends. */
function syntaxErrorIn(files: readonly SourceFile[]): Place | null {
  const wrong = files.find(({ syntaxErrorLine }) => syntaxErrorLine !== null);
  return wrong === undefined ? null : { file: wrong.file, line: wrong.syntaxErrorLine };
}

/** The import that names what an error says is missing. */
function importNamedBy(error: unknown, files: readonly SourceFile[]): Place | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  const isNamed = (name: string | null): boolean => name !== null && error.message.includes(`'${name}'`);
  for (const { file, imports } of files) {
    const found = imports.find(({ name }) => isNamed(name) || isNamed(localTarget(file, name)));
    if (found !== undefined) return { file, line: found.line };
  }
  return null;
}
