/**
 * What every corpus does with the functions it finds: duplicates go, the order is seeded, and some are held out. The
 * result depends on the functions and the order in which they come.
 */
import { randomStream } from '../../random/index.ts';
import { UserError } from '../../spec/user-error.ts';
import type { CorpusFunction } from './corpus-function.ts';
import { cutFunctions, parseFile, type CutLimits } from './cut-functions.ts';
import { dropByText } from './source-files.ts';
import type { TokenKeys } from './token-keys.ts';

export type KeyedFunction = CorpusFunction & TokenKeys;

export interface CorpusLimits extends CutLimits {
  readonly heldOutFunctions: number;
}

export interface ChosenFunctions {
  readonly functions: readonly CorpusFunction[];
  /** Shares neither a function nor a shape with `functions`. */
  readonly heldOut: readonly CorpusFunction[];
}

/** Counts one thing left out under its reason. */
export type Drop = (reason: string) => void;

/**
 * Functions of one shape that are kept: boilerplate (getters, setters, registrations) would otherwise be a third of the
 * corpus.
 */
const maxAlike = 4;

/** @param file Its package, and its path inside the package. */
export function functionsOf(
  text: string,
  { package: packageName, file }: Pick<CorpusFunction, 'package' | 'file'>,
  limits: CutLimits,
  drop: Drop,
): readonly KeyedFunction[] {
  const textReason = dropByText(text);
  if (textReason !== null) return (drop(textReason), []);
  const parsed = parseFile(text);
  if (parsed === null) return (drop('file: not plain JavaScript'), []);
  return cutFunctions(parsed, limits, drop).map(({ line, column, ...cut }) => ({
    id: `${packageName}/${file}:${line}:${column}`,
    package: packageName,
    file,
    line,
    language: 'javascript',
    ...cut,
  }));
}

export function chooseFunctions(
  found: readonly KeyedFunction[],
  heldOutFunctions: number,
  drop: Drop,
): ChosenFunctions {
  const kept = dropDuplicates(randomStream(0, 'corpus').shuffled(found), drop);
  const heldOutShapes = chooseHeldOutShapes(kept, heldOutFunctions);
  return {
    functions: kept.filter((fn) => !heldOutShapes.has(fn.shapeKey)).map(withoutKeys),
    heldOut: kept.filter((fn) => heldOutShapes.has(fn.shapeKey)).map(withoutKeys),
  };
}

function dropDuplicates(functions: readonly KeyedFunction[], drop: Drop): KeyedFunction[] {
  const texts = new Set<string>();
  const alike = new Map<string, number>();
  return functions.filter((fn) => {
    if (texts.has(fn.textKey)) {
      drop('function: duplicate');
      return false;
    }
    texts.add(fn.textKey);
    const sameShape = alike.get(fn.shapeKey) ?? 0;
    alike.set(fn.shapeKey, sameShape + 1);
    if (sameShape < maxAlike) return true;
    drop('function: near-duplicate');
    return false;
  });
}

/** Whole shapes in corpus order, skipping one that would overshoot, until `wanted` functions are held out. */
function chooseHeldOutShapes(functions: readonly KeyedFunction[], wanted: number): Set<string> {
  const sizes = new Map<string, number>();
  for (const fn of functions) sizes.set(fn.shapeKey, (sizes.get(fn.shapeKey) ?? 0) + 1);
  const chosen = new Set<string>();
  let remaining = wanted;
  for (const [shape, size] of sizes) {
    if (size > remaining) continue;
    chosen.add(shape);
    remaining -= size;
  }
  return chosen;
}

function withoutKeys({ textKey: _text, shapeKey: _shape, ...fn }: KeyedFunction): CorpusFunction {
  return fn;
}

/** UTF-8 bytes of signatures and bodies. */
export function functionBytes(functions: readonly CorpusFunction[]): number {
  return functions.reduce((sum, fn) => sum + Buffer.byteLength(fn.signature) + Buffer.byteLength(fn.body), 0);
}

/** For messages. */
export function limitsOf({ minCharacters, maxCharacters }: CutLimits): string {
  return `corpus.minCharacters ${minCharacters}, corpus.maxCharacters ${maxCharacters}`;
}

export function allHeldOut(limits: CorpusLimits, heldOut: number): UserError {
  return new UserError(
    `all ${heldOut} functions within ${limitsOf(limits)} are held out by corpus.heldOutFunctions ` +
      `${limits.heldOutFunctions}`,
    { exitCode: 2, hint: 'Lower corpus.heldOutFunctions or widen the limits.' },
  );
}
