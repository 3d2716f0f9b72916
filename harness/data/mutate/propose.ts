/**
 * Proposes mutants of one function: one to `maxEdits` edits each, operators equally likely, all different after white
 * space is normalized.
 */
import type { RandomStream } from '../../random/index.ts';
import { applyEdits, overlap, type Edit, type Operator } from './edit.ts';
import { nameEdits } from './name-edits.ts';
import { operatorEdits } from './operator-edits.ts';
import type { ParsedFunction } from './parse-function.ts';
import { findSites } from './site.ts';
import { statementEdits } from './statement-edits.ts';
import { structureEdits } from './structure-edits.ts';

export interface Proposal {
  readonly body: string;
  readonly edits: readonly Edit[];
}

/** Every single edit of a function by its operator, in a fixed order. */
export function editsByOperator(fn: ParsedFunction): ReadonlyMap<Operator, readonly Edit[]> {
  const sites = findSites(fn);
  const all = [
    ...operatorEdits(sites),
    ...nameEdits(sites),
    ...structureEdits(sites),
    ...statementEdits(sites, fn.node.body),
  ];
  const byOperator = new Map<Operator, Edit[]>();
  for (const edit of all) {
    const list = byOperator.get(edit.operator);
    if (list === undefined) byOperator.set(edit.operator, [edit]);
    else list.push(edit);
  }
  return byOperator;
}

/** Up to `wanted` different proposals; a small function may not give as many. They are not yet known to parse. */
export function proposeMutants(fn: ParsedFunction, wanted: number, maxEdits: number, random: RandomStream): Proposal[] {
  const lists = listsInOrder(editsByOperator(fn));
  if (lists.length === 0) return [];
  const seen = new Set([normalizeSpace(fn.body)]);
  const proposals: Proposal[] = [];
  for (let draw = 0; draw < 2 * wanted && proposals.length < wanted; draw++) {
    const edits = drawEdits(lists, 1 + random.integer(maxEdits), random);
    const body = applyEdits(fn.body, edits);
    const key = normalizeSpace(body);
    if (!seen.has(key)) proposals.push({ body, edits });
    seen.add(key);
  }
  return proposals;
}

/** One list an operator, by the operators' names. */
function listsInOrder(byOperator: ReadonlyMap<Operator, readonly Edit[]>): (readonly Edit[])[] {
  return [...byOperator.keys()].sort().map((operator) => byOperator.get(operator) ?? []);
}

/** `count` edits that do not touch each other; fewer where none is found in a few draws. */
function drawEdits(lists: readonly (readonly Edit[])[], count: number, random: RandomStream): Edit[] {
  const edits: Edit[] = [];
  for (let draw = 0; draw < 2 * count && edits.length < count; draw++) {
    const edit = random.pick(random.pick(lists));
    if (!edits.some((other) => overlap(edit, other))) edits.push(edit);
  }
  return edits.sort((a, b) => a.start - b.start);
}

export function normalizeSpace(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
