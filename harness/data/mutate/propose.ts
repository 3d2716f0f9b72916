/**
 * Proposes mutants of one function: one to `maxEdits` mistakes each, all different after white space is normalized.
 */
import type { RandomStream } from '../../random/index.ts';
import { addCounts, addWords, toSparse, type Differences, type SparseDifference } from '../rankers/word-differences.ts';
import { applyEdits, changesOf, share, type Change, type Edit } from './edit.ts';
import type { EditSite } from './language-edits.ts';
import { windowsOf } from './windows.ts';

export interface Proposal {
  readonly body: string;
  readonly edits: readonly Edit[];
  /** Of words, neighbouring words and counts, chosen minus rejected. */
  readonly difference: SparseDifference;
}

interface WeightedEdits {
  readonly weight: number;
  readonly edits: readonly Edit[];
}

/** The edits of one function by rule, in a fixed order; rules without a place are left out. */
export function editsByRule(site: EditSite): readonly WeightedEdits[] {
  return site.edits.rules
    .map(({ weight, editsAt }) => ({ weight, edits: site.nodes.flatMap((node) => editsAt(node, site)) }))
    .filter(({ edits }) => edits.length > 0);
}

/** Up to `wanted` different proposals; a small function may not give as many. They are not yet checked. */
export function proposeMutants(site: EditSite, wanted: number, maxEdits: number, random: RandomStream): Proposal[] {
  const rules = editsByRule(site);
  if (rules.length === 0) return [];
  const { text, bodyStart, bodyEnd } = site.code;
  const words = windowsOf(text.slice(bodyStart, bodyEnd));
  const seen = new Set([normalizeSpace(text.slice(bodyStart, bodyEnd))]);
  const proposals: Proposal[] = [];
  for (let draw = 0; draw < 2 * wanted && proposals.length < wanted; draw++) {
    const edits = drawEdits(rules, editCount(maxEdits, random), random, text);
    const changed = applyEdits(text, edits);
    const body = changed.slice(bodyStart, changed.length - (text.length - bodyEnd));
    const key = normalizeSpace(body);
    if (!seen.has(key)) proposals.push({ body, edits, difference: differenceOf(edits, bodyStart, words) });
    seen.add(key);
  }
  return proposals;
}

/** Most programs that are nearly right have one mistake. */
const shareOfMore = 0.3;

function editCount(maxEdits: number, random: RandomStream): number {
  let count = 1;
  while (count < maxEdits && random.uniform() < shareOfMore) count += 1;
  return count;
}

/** Mistakes that turn a decision round: two of them can take each other back. */
const inversions = new Set([
  'inverted comparison',
  'inverted condition',
  'swapped branches',
  'direction of a comparison',
]);

function cancel(a: Edit, b: Edit): boolean {
  return a.kind === b.kind || (inversions.has(a.kind) && inversions.has(b.kind));
}

/** `count` edits that do not touch each other; fewer where none is found in a few draws. */
function drawEdits(rules: readonly WeightedEdits[], count: number, random: RandomStream, text: string): Edit[] {
  const edits: Edit[] = [];
  for (let draw = 0; draw < 2 * count && edits.length < count; draw++) {
    const edit = random.pick(drawRule(rules, random).edits);
    if (!edits.some((other) => cancel(edit, other) || share(edit, other, text))) edits.push(edit);
  }
  return edits.sort((a, b) => (a.changes[0]?.start ?? 0) - (b.changes[0]?.start ?? 0));
}

function drawRule(rules: readonly WeightedEdits[], random: RandomStream): WeightedEdits {
  let rest = random.uniform() * rules.reduce((sum, { weight }) => sum + weight, 0);
  for (const rule of rules) {
    rest -= rule.weight;
    if (rest < 0) return rule;
  }
  return rules.at(-1) as WeightedEdits;
}

/** Read off the words around the changes: the rest of the body is the same. */
function differenceOf(
  edits: readonly Edit[],
  bodyStart: number,
  windows: ReturnType<typeof windowsOf>,
): SparseDifference {
  const inBody = ({ start, end, replacement }: Change): Change => {
    return { start: start - bodyStart, end: end - bodyStart, replacement };
  };
  const differences: Differences = new Map();
  let [characters, words, lines] = [0, 0, 0];
  for (const { before, after } of windows(changesOf(edits).map(inBody))) {
    addWords(differences, before.words, 1);
    addWords(differences, after.words, -1);
    characters += before.text.length - after.text.length;
    words += before.words.length - after.words.length;
    lines += before.text.split('\n').length - after.text.split('\n').length;
  }
  addCounts(differences, characters, words, lines);
  return toSparse(differences);
}

export function normalizeSpace(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
