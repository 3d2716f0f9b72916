/** From `start` to before `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * One semantic edit of a function body: what it is called, where it applies, and what stands there afterwards.
 * Positions are in the body.
 */
export interface Edit extends Range {
  readonly operator: Operator;
  readonly replacement: string;
}

/** In alphabetical order; each has a rule in one of the `*-edits.ts` files. */
export const operators = [
  'added argument',
  'added await',
  'added negation',
  'added operand',
  'added property',
  'added return',
  'added statement',
  'arithmetic',
  'assignment',
  'boolean',
  'comparison',
  'dropped argument',
  'dropped await',
  'dropped negation',
  'dropped operand',
  'dropped property',
  'dropped return',
  'dropped statement',
  'equality',
  'increment',
  'jump',
  'logical',
  'loop bound',
  'number',
  'off by one',
  'opposite name',
  'sign',
  'swapped arguments',
  'swapped branches',
  'swapped operands',
  'swapped statements',
  'wrong callee',
  'wrong property',
  'wrong return',
  'wrong string',
  'wrong variable',
] as const;

export type Operator = (typeof operators)[number];

/** Applies edits that do not overlap. */
export function applyEdits(body: string, edits: readonly Edit[]): string {
  let result = '';
  let at = 0;
  for (const edit of [...edits].sort((a, b) => a.start - b.start)) {
    result += body.slice(at, edit.start) + edit.replacement;
    at = edit.end;
  }
  return result + body.slice(at);
}

/** Edits that touch count as overlapping: together they could mean something else than each alone. */
export function overlap(a: Edit, b: Edit): boolean {
  return a.start <= b.end && b.start <= a.end;
}

/** E.g. `comparison: < -> <= (line 2)`, where line 1 is the first of the response. */
export function describeEdit(body: string, edit: Edit): string {
  const before = brief(body.slice(edit.start, edit.end));
  const after = brief(edit.replacement);
  const change = before === '' ? after : after === '' ? before : `${before} -> ${after}`;
  const line = body.slice(0, edit.start).split('\n').length;
  return `${edit.operator}: ${change} (line ${line})`;
}

function brief(text: string): string {
  const flat = text.replace(/\s+/g, ' ').trim();
  return flat.length <= 48 ? flat : `${flat.slice(0, 45)}...`;
}
