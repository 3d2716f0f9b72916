/** Functions that a change of one file changed: of the same signature before and after, with another body. */
import type { KeyedFunction } from '../corpus/choose-functions.ts';
import type { Cutter } from '../corpus/cutter.ts';
import type { Drop } from '../corpus/drop.ts';
import type { SourceFile } from '../corpus/source-file.ts';
import { lineChanges } from './line-changes.ts';
import { differsInNamesOnly, type OpenLanguage } from './only-renames.ts';

/** A function in both of its versions. */
export interface FunctionVersions {
  readonly before: KeyedFunction;
  readonly after: KeyedFunction;
}

export interface ChangeLimits {
  /** Lines added and removed in one function. */
  readonly maxChangedLines: number;
  /** Functions changed by one commit. */
  readonly maxFunctions: number;
}

export interface FileVersions {
  readonly before: SourceFile;
  readonly after: SourceFile;
}

interface Tools {
  readonly cutter: Cutter;
  readonly opened: OpenLanguage;
  readonly limits: ChangeLimits;
}

/** Empty where nothing is left; `drop` is told why. */
export function changedFunctions(versions: FileVersions, tools: Tools, drop: Drop): readonly FunctionVersions[] {
  const { maxFunctions } = tools.limits;
  const changed = changedIn(versions, tools.cutter, drop);
  if (changed === null) return [];
  if (changed.length === 0) drop('commit: changes no function within the limits');
  if (changed.length <= maxFunctions) return changed.filter(isKept(tools, drop));
  drop(`commit: changes more than ${maxFunctions} functions`);
  return [];
}

/** null where the file is left out. */
function changedIn({ before, after }: FileVersions, cutter: Cutter, drop: Drop): readonly FunctionVersions[] | null {
  // Of the file's other functions most are older than the commit: that one is too long is none of its events.
  const now = cutter.cut(after, (reason) => (reason.startsWith('file: ') ? drop(reason) : undefined));
  const old = cutter.cut(before, () => {});
  if (now === null || old === null) return null;
  return matched(old, now, drop).filter((one) => textOf(one.before) !== textOf(one.after));
}

function isKept({ opened, limits }: Tools, drop: Drop): (versions: FunctionVersions) => boolean {
  return (versions) => {
    const reason = reasonAgainst(versions, opened, limits);
    if (reason !== null) drop(reason);
    return reason === null;
  };
}

/** By their signature, where it names one function in each version. */
function matched(before: readonly KeyedFunction[], after: readonly KeyedFunction[], drop: Drop): FunctionVersions[] {
  const old = bySignature(before);
  const now = bySignature(after);
  const found: FunctionVersions[] = [];
  for (const [signature, [first, ...others]] of now) {
    const [earlier, ...more] = old.get(signature) ?? [];
    if (first === undefined || earlier === undefined) continue;
    if (others.length + more.length === 0) found.push({ before: earlier, after: first });
    else if (areDifferent([earlier, ...more], [first, ...others])) drop('function: several of its signature');
  }
  return found;
}

function bySignature(functions: readonly KeyedFunction[]): ReadonlyMap<string, readonly KeyedFunction[]> {
  const found = new Map<string, KeyedFunction[]>();
  for (const one of functions) found.set(one.fn.signature, [...(found.get(one.fn.signature) ?? []), one]);
  return found;
}

function areDifferent(before: readonly KeyedFunction[], after: readonly KeyedFunction[]): boolean {
  return before.map(textOf).sort().join('\0') !== after.map(textOf).sort().join('\0');
}

function textOf({ fn }: KeyedFunction): string {
  return fn.body;
}

function reasonAgainst({ before, after }: FunctionVersions, opened: OpenLanguage, limits: ChangeLimits): string | null {
  if (areEqual(before.keys.text, after.keys.text)) return 'function: only formatting or comments';
  const { added, removed } = lineChanges(before.fn.body, after.fn.body);
  if (added + removed > limits.maxChangedLines) return `function: more than ${limits.maxChangedLines} lines changed`;
  const hasSameShape = areEqual(before.keys.shape, after.keys.shape);
  const texts = [before, after].map(({ fn }) => fn.signature + fn.body) as [string, string];
  return hasSameShape && differsInNamesOnly(...texts, opened) ? 'function: only renames' : null;
}

function areEqual(key: Uint32Array, other: Uint32Array): boolean {
  return key[0] === other[0] && key[1] === other[1];
}
