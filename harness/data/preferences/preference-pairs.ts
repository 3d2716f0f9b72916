/** A user's preferences as pairs for pretraining, and held-out ones by group. */
import { randomStream } from '../../random/index.ts';
import { UserError } from '../../spec/index.ts';
import type { DropCounts, PreferencePair } from '../preference-pair.ts';
import { totalCounts } from './drops.ts';
import { requireFields } from './fields.ts';
import { groupsOf } from './groups.ts';
import { pairsOf, type GroupOf, type PreferenceOptions, type Question } from './question.ts';
import { noteDrops, readPreferences, type ReadFile } from './read-preferences.ts';

export interface PreferencePairsOptions extends PreferenceOptions {
  readonly path: string | readonly string[];
  /** A file, or a share of the groups of `path`. */
  readonly heldOut: string | number;
}

interface PairsOfFiles {
  readonly pairs: readonly PreferencePair[];
  readonly heldOut: readonly PreferencePair[];
  readonly counts: DropCounts;
  readonly heldOutCounts: DropCounts;
}

/** A share is for one number beside the training: more pairs than these only take time. */
const mostHeldOutPairs = 500;

/** @throws UserError (2) for files that cannot be used, or that leave nothing to train on. */
export async function preferencePairs(
  options: PreferencePairsOptions,
  note: (text: string) => void,
): Promise<PairsOfFiles> {
  const { seed, separator, fields } = options;
  const read = await readAll(options, note);
  const heldOutFile = await readHeldOut(options, note);
  requireFields(fields, heldOutFile === null ? read : [...read, heldOutFile], 'pairs');
  const { groupOf, ...split } = splitHeldOut(read, heldOutFile, options);
  const pairs = randomStream(seed, 'preferences', 'pairs order').shuffled(pairsOf(split.kept, groupOf, separator));
  if (pairs.length === 0) throw nothingToTrainOn(split.leftOut);
  return {
    pairs,
    heldOut: pairsOf(split.heldOut, groupOf, separator),
    counts: totalCounts([
      ...read.map(({ drops }) => drops.counts),
      heldOutFile === null ? {} : { 'group also held out': split.leftOut },
    ]),
    heldOutCounts: heldOutFile?.drops.counts ?? {},
  };
}

/** `leftOut`: rows that are held out, or whose group stands in the file that is. */
function splitHeldOut(
  read: readonly ReadFile[],
  heldOutFile: ReadFile | null,
  options: PreferencePairsOptions,
): {
  readonly groupOf: GroupOf;
  readonly kept: readonly Question[];
  readonly heldOut: readonly Question[];
  readonly leftOut: number;
} {
  const questions = read.flatMap((file) => file.questions);
  const groupOf = groupsOf([...questions, ...(heldOutFile?.questions ?? [])]);
  const taken =
    heldOutFile === null ? drawGroups(questions, groupOf, options) : new Set(heldOutFile.questions.map(groupOf));
  const kept = questions.filter((question) => !taken.has(groupOf(question)));
  const heldOut = heldOutFile?.questions ?? questions.filter((question) => taken.has(groupOf(question)));
  return { groupOf, kept, heldOut, leftOut: questions.length - kept.length };
}

/** A pair that stands in two of the files is taken once. */
async function readAll(options: PreferencePairsOptions, note: (text: string) => void): Promise<readonly ReadFile[]> {
  const seen = new Set<string>();
  const read: ReadFile[] = [];
  for (const [index, path] of [options.path].flat().entries()) {
    const file = await readPreferences({ path, role: `pairs-${index}`, section: 'pairs' }, options, seen);
    noteDrops(file, note);
    read.push(file);
  }
  return read;
}

async function readHeldOut(options: PreferencePairsOptions, note: (text: string) => void): Promise<ReadFile | null> {
  if (typeof options.heldOut === 'number') return null;
  const file = await readPreferences({ path: options.heldOut, role: 'held-out', section: 'pairs' }, options);
  noteDrops(file, note);
  return file;
}

/** Groups in a seeded order, until the share of groups or the most pairs are reached. */
function drawGroups(
  questions: readonly Question[],
  groupOf: GroupOf,
  { heldOut, seed }: PreferencePairsOptions,
): ReadonlySet<string> {
  const pairsByGroup = new Map<string, number>();
  for (const question of questions) {
    const group = groupOf(question);
    pairsByGroup.set(group, (pairsByGroup.get(group) ?? 0) + question.preferences.length);
  }
  // One at least, and never all: a small file has a held-out accuracy too.
  const wanted = Math.min(pairsByGroup.size - 1, Math.max(1, Math.round((heldOut as number) * pairsByGroup.size)));
  const drawn = new Set<string>();
  let pairs = 0;
  for (const [group, size] of randomStream(seed, 'preferences', 'held out').shuffled([...pairsByGroup])) {
    if (drawn.size === wanted) break;
    // A group that would go beyond the limit is left for one that does not.
    if (pairs + size > mostHeldOutPairs) continue;
    drawn.add(group);
    pairs += size;
  }
  return drawn;
}

function nothingToTrainOn(questions: number): UserError {
  return new UserError(
    `pairs: no pair is left to train on: all ${questions} rows are held out, or share a group with one`,
    {
      exitCode: 2,
      hint: 'Splits are made of whole groups: hold out less, or give files that share no group.',
    },
  );
}
