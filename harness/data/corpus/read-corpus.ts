/**
 * Installed packages -> unique functions in a seeded order, with every drop counted by reason.
 * The order depends on the package names and file contents only, never on the file system.
 */
import { randomStream } from '../../random/index.ts';
import { UserError } from '../../spec/user-error.ts';
import { addCount } from '../add-count.ts';
import type { DropCounts } from '../preference-pair.ts';
import type { CorpusFunction } from './corpus-function.ts';
import { describePackage, readManifest, readPackage, type CorpusPackage, type KeyedFunction } from './read-package.ts';
import { compareCodeUnits } from './source-files.ts';

export interface CorpusOptions {
  /** null = all of the manifest. */
  readonly packages: readonly string[] | null;
  readonly minCharacters: number;
  readonly maxCharacters: number;
  readonly heldOutFunctions: number;
}

export interface Corpus {
  readonly functions: readonly CorpusFunction[];
  readonly heldOut: readonly CorpusFunction[];
  readonly counts: DropCounts;
  readonly packages: readonly CorpusPackage[];
}

/**
 * Functions of one shape that are kept: boilerplate (getters, setters, registrations) would otherwise be a third of the
 * corpus.
 */
const maxAlike = 4;

/**
 * Reads the folder that `installCorpus` returned. `heldOut` shares neither a function nor a shape with `functions`.
 * Throws `UserError` (exit 2) where the limits leave nothing, or nothing but held-out functions.
 */
export function readCorpus(folder: string, spec: CorpusOptions): Corpus {
  const counts: Record<string, number> = {};
  const names = packageNames(folder, spec);
  const found = names.flatMap((name) => readPackage(folder, name, spec, counts));
  const kept = dropDuplicates(randomStream(0, 'corpus').shuffled(found), counts);
  const { functions, heldOut } = holdOut(kept, spec.heldOutFunctions);
  if (functions.length === 0) throw nothingLeft(spec, names.length, kept.length);
  return { functions, heldOut, counts, packages: names.map((name) => describePackage(folder, name, kept)) };
}

function holdOut(functions: readonly KeyedFunction[], wanted: number): Pick<Corpus, 'functions' | 'heldOut'> {
  const shapes = chooseHeldOutShapes(functions, wanted);
  return {
    functions: functions.filter((fn) => !shapes.has(fn.shapeKey)).map(withoutKeys),
    heldOut: functions.filter((fn) => shapes.has(fn.shapeKey)).map(withoutKeys),
  };
}

/**
 * The packages of the manifest, or those the experiment asks for. Throws `UserError` (exit 2) naming the ones the
 * manifest does not have.
 */
function packageNames(folder: string, { packages }: CorpusOptions): readonly string[] {
  const installed = Object.keys(readManifest(folder).dependencies ?? {}).sort(compareCodeUnits);
  const unknown = (packages ?? []).filter((name) => !installed.includes(name));
  if (unknown.length > 0)
    throw new UserError(`corpus.packages: ${unknown.join(', ')} is not in datasets/npm-corpus`, {
      exitCode: 2,
      hint: `It has ${installed.join(', ')}.`,
    });
  return packages === null ? installed : installed.filter((name) => packages.includes(name));
}

function dropDuplicates(functions: readonly KeyedFunction[], counts: Record<string, number>): KeyedFunction[] {
  const earlier = new EarlierFunctions();
  return functions.filter((fn) => {
    const reason = earlier.reasonToDrop(fn);
    if (reason !== null) addCount(counts, reason);
    return reason === null;
  });
}

class EarlierFunctions {
  private readonly texts = new Set<string>();
  private readonly alike = new Map<string, number>();

  /** Null where the function is to be kept; either way the later ones are compared with it. */
  reasonToDrop({ textKey, shapeKey }: KeyedFunction): string | null {
    if (this.texts.has(textKey)) return 'function: duplicate';
    this.texts.add(textKey);
    const sameShape = this.alike.get(shapeKey) ?? 0;
    this.alike.set(shapeKey, sameShape + 1);
    return sameShape < maxAlike ? null : 'function: near-duplicate';
  }
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

function withoutKeys({ id, package: packageName, file, line, prompt, body }: KeyedFunction): CorpusFunction {
  return { id, package: packageName, file, line, prompt, body };
}

function nothingLeft(spec: CorpusOptions, packages: number, kept: number): UserError {
  const limits = `corpus.minCharacters ${spec.minCharacters}, corpus.maxCharacters ${spec.maxCharacters}`;
  return kept === 0
    ? new UserError(`the corpus is empty: ${packages} packages hold no function within ${limits}`, {
        exitCode: 2,
        hint: 'Widen the limits; most functions have 60 to 2000 characters.',
      })
    : new UserError(
        `all ${kept} functions within ${limits} are held out by corpus.heldOutFunctions ${spec.heldOutFunctions}`,
        { exitCode: 2, hint: 'Lower corpus.heldOutFunctions or widen the limits.' },
      );
}
