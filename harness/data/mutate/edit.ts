/** Edits of a text, as values. */

/** From `start` to before `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** What stands in a range afterwards. */
export interface Change extends Range {
  readonly replacement: string;
}

/** One mistake: what it is called, and the changes that make it, in order and apart from each other. */
export interface Edit {
  /** Of a rule of the language: `wrong variable`. */
  readonly kind: string;
  readonly changes: readonly Change[];
}

export function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = '';
  let at = 0;
  for (const { start, end, replacement } of changesOf(edits)) {
    result += text.slice(at, start) + replacement;
    at = end;
  }
  return result + text.slice(at);
}

/** Of several edits, in order. */
export function changesOf(edits: readonly Edit[]): readonly Change[] {
  return edits.flatMap(({ changes }) => changes).sort((a, b) => a.start - b.start);
}

/** Whether two edits are on one line: together they could mean something else than each alone, or nothing. */
export function share(a: Edit, b: Edit, text: string): boolean {
  return a.changes.some((one) => b.changes.some((other) => isOneLine(one, other, text)));
}

function isOneLine(a: Range, b: Range, text: string): boolean {
  if (a.start <= b.end && b.start <= a.end) return true;
  return !text.slice(Math.min(a.end, b.end), Math.max(a.start, b.start)).includes('\n');
}

/**
 * E.g. `comparison: < -> <= (line 2)`, where line 1 is the first of the body.
 * @param bodyStart Where the body begins in `text`.
 */
export function describeEdit(text: string, { kind, changes }: Edit, bodyStart: number): string {
  const parts = changes.map(({ start, end, replacement }) => describeChange(text.slice(start, end), replacement));
  const line = text.slice(bodyStart, changes[0]?.start).split('\n').length;
  return `${kind}: ${parts.join(', ')} (line ${line})`;
}

function describeChange(from: string, to: string): string {
  const [before, after] = [brief(from), brief(to)];
  if (before === '') return `added ${after}`;
  return after === '' ? `dropped ${before}` : `${before} -> ${after}`;
}

function brief(text: string): string {
  const flat = text.replace(/\s+/g, ' ').trim();
  return flat.length <= 48 ? flat : `${flat.slice(0, 45)}...`;
}
