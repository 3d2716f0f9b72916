/** A plug-in's records with every function watched: what it throws, and what it gives, is told as the plug-in's. */
import { UserError } from '../spec/index.ts';
import type { PluginFile } from '../store/index.ts';
import { thrownBy } from './plugin-errors.ts';
import { resultChecks } from './plugin-results.ts';
import type { Plugin } from './plugin.ts';

type Member = (...args: readonly unknown[]) => unknown;

/** How one record of a sort is called. */
const nouns: Readonly<Record<keyof Plugin, string>> = {
  corpora: 'corpus',
  descriptions: 'descriptions',
  generators: 'generator',
  pairs: 'pairs',
  tasks: 'task',
  graders: 'grader',
  tokenizers: 'tokenizer',
  starts: 'start',
  arms: 'arm',
  metrics: 'metric',
  figures: 'figure',
  tables: 'table',
  stages: 'stage',
  backends: 'backend',
};

/** The same plug-in; its functions throw a `UserError` (2) with file and line where they fail. */
export function guardPlugin(plugin: Plugin, file: PluginFile): Plugin {
  const sorts = Object.entries(plugin) as readonly [keyof Plugin, readonly object[]][];
  return Object.fromEntries(sorts.map(([sort, records]) => [sort, records.map((one) => guarded(one, sort, file))]));
}

function guarded(record: object, sort: keyof Plugin, file: PluginFile): object {
  const members = record as Readonly<Record<string, unknown>>;
  const kind = `${nouns[sort]} ${nameOf(record)}`;
  return Object.fromEntries(
    memberNames(record).map((name) => {
      const member = members[name];
      if (typeof member !== 'function') return [name, member];
      const callOfPlugin = (...args: readonly unknown[]): unknown => Reflect.apply(member as Member, record, args);
      return [name, watched(callOfPlugin, { file, what: `${kind}, ${name}`, check: resultChecks[sort]?.[name] })];
    }),
  );
}

/** The name under which a record is found. */
export function nameOf(record: object): string {
  const { kind, id, name } = record as Readonly<Record<string, unknown>>;
  return String(kind ?? id ?? name);
}

/** Of a class, its methods too. */
function memberNames(record: object): readonly string[] {
  const prototype = Object.getPrototypeOf(record) as object | null;
  const inherited = prototype === null || prototype === Object.prototype ? [] : memberNames(prototype);
  return [...new Set([...inherited, ...Object.getOwnPropertyNames(record)])].filter((name) => name !== 'constructor');
}

interface Watch {
  readonly file: PluginFile;
  readonly what: string;
  readonly check: (typeof resultChecks)[string][string] | undefined;
}

function watched(call: Member, watch: Watch): Member {
  return (...args) => {
    try {
      const result = call(...args);
      return result instanceof Promise ? resultOfPlugin(result, args, watch) : checked(result, args, watch);
    } catch (error) {
      throw thrownBy(watch.file, watch.what, error);
    }
  };
}

/** Awaited here, and not by `then`, so that this function is in the stack of what it rejects with. */
async function resultOfPlugin(result: Promise<unknown>, args: readonly unknown[], watch: Watch): Promise<unknown> {
  try {
    return checked(await result, args, watch);
  } catch (error) {
    throw thrownBy(watch.file, watch.what, error);
  }
}

function checked(result: unknown, args: readonly unknown[], { file, what, check }: Watch): unknown {
  const problems = check?.(result, args) ?? [];
  if (problems.length === 0) return result;
  throw new UserError(`${file.file}: ${what} gave a wrong value: ${problems.join('; ')}`, {
    exitCode: 2,
    hint: 'The error is in the plug-in that the experiment names; docs/plugins.md says what its functions give.',
  });
}
