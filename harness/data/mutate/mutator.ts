/** Makes the mutants of single functions: reads them, proposes, draws by a tilt, and checks what is drawn. */
import { randomStream, type RandomStream } from '../../random/index.ts';
import { addCount } from '../add-count.ts';
import { addedFaults, signalsOf, type CodeFault } from '../code-signals/code-signals.ts';
import type { CodeReader, FunctionCode } from '../code-signals/function-code.ts';
import { openCode } from '../code-signals/open-code.ts';
import type { PromptedFunction } from '../corpus/corpus-function.ts';
import { languageNamed } from '../language/languages.ts';
import type { PreferencePair } from '../preference-pair.ts';
import { drawTilted, follow, type Balance, type Seen } from './balance.ts';
import { describeEdit } from './edit.ts';
import { editSite } from './edit-site.ts';
import { familiarSigns, remember, type Familiar } from './familiar.ts';
import { proposeMutants, type Proposal } from './propose.ts';
import { measureSurface, surfaceSigns } from './surface.ts';

export interface MutateOptions {
  readonly mutantsPerFunction: number;
  readonly maxEdits: number;
  readonly seed: number;
}

type Counts = Record<string, number>;

interface SeenProposal extends Proposal, Seen {}

/** The proposals of one function, and the stream to draw from them with. */
interface Proposed {
  readonly code: FunctionCode;
  readonly reader: CodeReader;
  readonly random: RandomStream;
  readonly proposals: readonly SeenProposal[];
}

/** Proposals a wanted mutant: enough for the tilt to choose from. */
const proposalsPerMutant = 12;

/** Why there are none: a text to count. */
export async function proposeFor(
  fn: PromptedFunction,
  options: MutateOptions,
  familiar: Familiar,
): Promise<Proposed | string> {
  const edits = languageNamed(fn.language)?.edits ?? null;
  const reader = edits === null ? null : await openCode(fn.language);
  if (edits === null || reader === null) return `function: no edits for ${fn.language}`;
  const code = reader.read(fn.signature, fn.body);
  if (code === null) return 'function: does not parse alone';
  const random = randomStream(options.seed, 'mutate', fn.id);
  const wanted = proposalsPerMutant * options.mutantsPerFunction;
  const surface = measureSurface(fn.body);
  const proposals = proposeMutants(editSite(code, edits), wanted, options.maxEdits, random);
  const seen = proposals.map((proposal) => {
    const signs = [...surfaceSigns(fn.body, proposal.body, surface), ...familiarSigns(proposal.difference, familiar)];
    return { ...proposal, signs: Int8Array.from(signs) };
  });
  remember(familiar, fn.body);
  return { code, reader, random, proposals: seen };
}

/**
 * Up to `mutantsPerFunction` pairs, all of which parse and show no fault that the function does not show. The tilt
 * follows them.
 */
export async function pairsOf(
  fn: PromptedFunction,
  options: MutateOptions,
  { tilt, familiar, follows }: Balance,
  counts: Counts,
): Promise<readonly PreferencePair[]> {
  const proposed = await proposeFor(fn, options, familiar);
  if (typeof proposed === 'string') return (addCount(counts, proposed), []);
  const { code, random, proposals } = proposed;
  const mutants = drawTilted(proposals, tilt, random, options.mutantsPerFunction, faultless(fn, proposed, counts));
  if (follows) for (const mutant of mutants) follow(tilt, mutant);
  countMutants(mutants, options, counts);
  // The likeliest come first in a draw without replacement: shuffled, every round has the same mix.
  return random.shuffled(mutants).map((mutant, round) => toPair(fn, code, mutant, round));
}

/** Says whether a mutant parses and shows no fault that the function does not show; counts the first one otherwise. */
function faultless(
  { signature }: PromptedFunction,
  { code, reader }: Proposed,
  counts: Counts,
): (proposal: Proposal) => boolean {
  const base = signalsOf(code);
  return ({ body }) => {
    const mutant = reader.read(signature, body);
    const [fault] = mutant === null ? (['parses'] as const) : addedFaults(base, signalsOf(mutant));
    if (fault !== undefined) addCount(counts, faultReasons[fault]);
    return fault === undefined;
  };
}

function countMutants(mutants: readonly Proposal[], { mutantsPerFunction }: MutateOptions, counts: Counts): void {
  if (mutants.length === 0) addCount(counts, 'function: no mutant');
  else if (mutants.length < mutantsPerFunction) addCount(counts, 'function: fewer mutants than wanted');
  for (const { kind } of mutants.flatMap(({ edits }) => edits)) addCount(counts, `edit: ${kind}`);
}

const faultReasons: Readonly<Record<CodeFault | 'parses', string>> = {
  parses: 'mutant: does not parse',
  unreachable: 'mutant: unreachable code',
  usedBeforeDeclared: 'mutant: name before its declaration',
  unknownNames: 'mutant: unknown name',
  freeNames: 'mutant: unknown name',
  unusedArguments: 'mutant: unused argument or variable',
  unusedLocals: 'mutant: unused argument or variable',
  repeatedStatements: 'mutant: repeated statement',
  selfOperations: 'mutant: operation of a thing with itself',
  deadBranches: 'mutant: dead branch',
};

function toPair(fn: PromptedFunction, code: FunctionCode, { body, edits }: Proposal, round: number): PreferencePair {
  return {
    id: `${fn.id}#${round}`,
    group: fn.id,
    prompt: fn.prompt,
    chosen: fn.body,
    rejected: body,
    source: `${fn.package}/${fn.file}:${fn.line}`,
    edits: edits.map((edit) => describeEdit(code.text, edit, code.bodyStart)),
    language: fn.language,
    isDescribed: fn.description !== null,
  };
}
