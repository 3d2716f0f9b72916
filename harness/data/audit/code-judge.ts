/** Which side of a pair looks better without running it. */
import { addedFaults, codeSignals, type CodeSignals } from '../code-signals/code-signals.ts';
import type { PreferencePair } from '../preference-pair.ts';
import type { Judgement, SetAudit, SignalShares } from './audit.ts';
import { auditedShare } from './rankers.ts';

interface SidesSignals {
  readonly group: string;
  readonly chosen: CodeSignals;
  readonly rejected: CodeSignals;
}

/** Both null where no pair is code of a language with checks. */
export async function signalsAudit(
  pairs: readonly PreferencePair[],
): Promise<{ readonly signals: SetAudit['signals']; readonly judgement: Judgement | null }> {
  const read: SidesSignals[] = [];
  for (const pair of pairs) {
    const sides = await signalsOfPair(pair);
    if (sides !== null) read.push(sides);
  }
  if (read.length === 0) return { signals: null, judgement: null };
  const shares = (side: 'chosen' | 'rejected'): SignalShares => sharesOf(read.map((sides) => sides[side]));
  return {
    signals: { n: read.length, chosen: shares('chosen'), rejected: shares('rejected') },
    judgement: judgementOf(
      'signals',
      read.map(({ group, ...sides }) => ({ group, verdict: verdictOf(sides) })),
    ),
  };
}

async function signalsOfPair({ language, group, prompt, ...sides }: PreferencePair): Promise<SidesSignals | null> {
  if (language === undefined) return null;
  const chosen = await signalsOfSide(language, prompt, sides.chosen);
  const rejected = await signalsOfSide(language, prompt, sides.rejected);
  return chosen === null || rejected === null ? null : { group, chosen, rejected };
}

/** Of the first form in which the response parses; null for a language without checks. */
async function signalsOfSide(language: string, prompt: string, response: string): Promise<CodeSignals | null> {
  let signals: CodeSignals | null = null;
  for (const [signature, body] of formsOf(prompt, response)) {
    signals = await codeSignals(language, signature, body);
    if (signals === null || signals.parses) break;
  }
  return signals;
}

/**
 * Signature and body. The prompt ends with the signature; where its beginning is prose, only its last line is code.
 * Prompts in the shape of HumanEval have a docstring behind the signature, which then begins the body. Chat models
 * answer with the whole function: then its own head is the signature.
 */
function formsOf(prompt: string, response: string): readonly (readonly [string, string])[] {
  const head = functionHead.exec(response);
  const own = head === null ? [] : [[head[0], response.slice(head.index + head[0].length)] as const];
  const lastHead = [...prompt.matchAll(new RegExp(functionHead, 'gm'))].at(-1);
  const end = lastHead === undefined ? null : lastHead.index + lastHead[0].length;
  const documented = end === null ? [] : [[prompt.slice(0, end), prompt.slice(end) + response] as const];
  return [[prompt, response], [prompt.slice(prompt.lastIndexOf('\n') + 1), response], ...documented, ...own];
}

const functionHead = /^(?:(?:async\s+)?def\b.*:|(?:export\s+)?(?:async\s+)?function\b.*\{)[ \t]*$/m;

function sharesOf(sides: readonly CodeSignals[]): SignalShares {
  const share = (is: (signals: CodeSignals) => boolean): number => sides.filter(is).length / sides.length;
  return {
    parses: share(({ parses }) => parses),
    unreachable: share(({ unreachable }) => unreachable.length > 0),
    usedBeforeDeclaration: share(({ usedBeforeDeclared }) => usedBeforeDeclared.length > 0),
    unknownNames: share(({ unknownNames }) => unknownNames.length > 0),
    unusedArguments: share(({ unusedArguments }) => unusedArguments.length > 0),
  };
}

export type Verdict = 'agree' | 'disagree' | 'silent';

/**
 * The side that shows faults which the other does not is the worse one; where both do, nothing is said. Names from
 * outside of the function are no fault here: two ways to write a function use different ones.
 */
function verdictOf({ chosen, rejected }: Omit<SidesSignals, 'group'>): Verdict {
  if (!chosen.parses || !rejected.parses) {
    if (chosen.parses === rejected.parses) return 'silent';
    return chosen.parses ? 'agree' : 'disagree';
  }
  const [worseRejected, worseChosen] = [hasMore(chosen, rejected), hasMore(rejected, chosen)];
  if (worseRejected === worseChosen) return 'silent';
  return worseRejected ? 'agree' : 'disagree';
}

function hasMore(base: CodeSignals, other: CodeSignals): boolean {
  return addedFaults(base, other).some((fault) => fault !== 'freeNames');
}

export function judgementOf(
  by: Judgement['by'],
  verdicts: readonly { readonly group: string; readonly verdict: Verdict }[],
): Judgement {
  const count = (wanted: Verdict): number => verdicts.filter(({ verdict }) => verdict === wanted).length;
  const told = verdicts.filter(({ verdict }) => verdict !== 'silent');
  const values = told.map(({ verdict }) => (verdict === 'agree' ? 1 : 0));
  return {
    by,
    n: verdicts.length,
    agree: count('agree'),
    disagree: count('disagree'),
    silent: count('silent'),
    agreement:
      told.length === 0
        ? null
        : auditedShare(
            values,
            told.map(({ group }) => group),
          ),
  };
}
