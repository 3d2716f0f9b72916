/**
 * What can be told from the text of a function that is probably wrong with it, without running it. The same checks for
 * every language that has a `CodeSyntax`. Good code shows some of them too, so compare two sides of a pair.
 */
import type { FunctionCode } from './function-code.ts';
import { openCode } from './open-code.ts';
import { deadBranches, repeatedStatements, selfOperations, unreachableStatements } from './reachable.ts';
import { freeNames, unusedVariables, usedBeforeDeclared } from './variables.ts';

export interface CodeSignals {
  /** Without it there are no other signals: the lists are empty. */
  readonly parses: boolean;
  /** The first statement of each row of statements that can never run, as text. */
  readonly unreachable: readonly string[];
  /** Variables used before their declaration holds: both languages throw there. One entry an occurrence. */
  readonly usedBeforeDeclared: readonly string[];
  /** Variables used outside the block or inner function that declares them. */
  readonly unknownNames: readonly string[];
  /** Names that neither the function nor the language declares: of the module, or mistakes. */
  readonly freeNames: readonly string[];
  /** Arguments that nothing reads; names with `_` in front left out, as with locals. */
  readonly unusedArguments: readonly string[];
  readonly unusedLocals: readonly string[];
  /** Statements that repeat the one before them. */
  readonly repeatedStatements: readonly string[];
  /** `x = x`, `x === x`, `x - x`. */
  readonly selfOperations: readonly string[];
  /** Conditions that are constant or asked before, and branches with the same text. */
  readonly deadBranches: readonly string[];
}

/** The signals that are lists. */
export type CodeFault = Exclude<keyof CodeSignals, 'parses'>;

const none: Readonly<Record<CodeFault, readonly string[]>> = {
  unreachable: [],
  usedBeforeDeclared: [],
  unknownNames: [],
  freeNames: [],
  unusedArguments: [],
  unusedLocals: [],
  repeatedStatements: [],
  selfOperations: [],
  deadBranches: [],
};

export const codeFaults = Object.keys(none) as readonly CodeFault[];

/**
 * The signals of one function. Null for a language without checks.
 * @param signature Up to and including what opens the body: `{` or `:`.
 * @param body From behind it to the end, as in `CorpusFunction`.
 */
export async function codeSignals(language: string, signature: string, body: string): Promise<CodeSignals | null> {
  const reader = await openCode(language);
  if (reader === null) return null;
  const code = reader.read(signature, body);
  return code === null ? { parses: false, ...none } : signalsOf(code);
}

export function signalsOf({ fn, variables, syntax, text, bodyStart }: FunctionCode): CodeSignals {
  const textOf = ({ start, end }: { readonly start: number; readonly end: number }): string => text.slice(start, end);
  const free = freeNames(variables).filter((name) => !syntax.builtIns.has(name));
  const declared = new Set(variables.all.map(({ name }) => name));
  const unused = unusedVariables(variables, syntax);
  return {
    parses: true,
    unreachable: unreachableStatements(fn, syntax).map(textOf),
    usedBeforeDeclared: usedBeforeDeclared(variables, syntax, bodyStart).map(({ name }) => name),
    unknownNames: free.filter((name) => declared.has(name)),
    freeNames: free.filter((name) => !declared.has(name)),
    unusedArguments: unused.filter(({ isParameter }) => isParameter).map(({ name }) => name),
    unusedLocals: unused.filter(({ isParameter }) => !isParameter).map(({ name }) => name),
    repeatedStatements: repeatedStatements(fn, syntax, text).map(textOf),
    selfOperations: selfOperations(fn, syntax, text).map(textOf),
    deadBranches: deadBranches(fn, syntax, text).map(textOf),
  };
}

/** The kinds of which `other` shows more than `base`; a name from outside counts where `base` does not use it. */
export function addedFaults(base: CodeSignals, other: CodeSignals): readonly (CodeFault | 'parses')[] {
  if (!other.parses) return ['parses'];
  return codeFaults.filter((fault) =>
    fault === 'freeNames' || fault === 'unknownNames'
      ? other[fault].some((name) => !base[fault].includes(name))
      : other[fault].length > base[fault].length,
  );
}
