/**
 * Whether two normalized answers are the same mathematically: groups item by item, numbers exactly, and only what is
 * left by the engine of `expression-process.ts`. null = it cannot be told.
 */
import { readAnswer, type Answer, type Group } from './answer.ts';
import { equalRationals, rationalOf } from './rational.ts';
import { unitOf } from './units.ts';

/** null: it could not be told, or not in time. */
export type Verdict = boolean | null;

/** `equal`: the same value wherever both are defined. `proportional`: the same solutions of `a = 0` and `b = 0`. */
export type Relation = 'equal' | 'proportional';

/** Compares two LaTeX expressions. */
export type CompareExpressions = (a: string, b: string, relation: Relation) => Promise<Verdict>;

type Asks = (a: Answer, b: Answer) => Promise<Verdict>;

/** Items of a list or set up to which every order is tried. */
const mostUnordered = 24;

export async function compareAnswers(a: string, b: string, engine: CompareExpressions): Promise<Verdict> {
  if (a === b) return true;
  const ask: Asks = (left, right) => compare(left, right, engine, ask);
  return ask(readAnswer(a), readAnswer(b));
}

async function compare(a: Answer, b: Answer, engine: CompareExpressions, ask: Asks): Promise<Verdict> {
  if (a.kind === 'value' && b.kind === 'value') return compareValues(a, b, engine);
  if (a.kind === 'words' || b.kind === 'words') return wordsIn(a) === wordsIn(b);
  if (a.kind === 'equation' && b.kind === 'equation') return engine(difference(a), difference(b), 'proportional');
  if (a.kind === 'inequality' && b.kind === 'inequality') return a.text === b.text ? true : null;
  if (a.kind === 'union' || b.kind === 'union') return unordered(partsOf(a), partsOf(b), ask);
  if (a.kind === 'matrix' && b.kind === 'matrix') return compareRows(a.rows, b.rows, ask);
  // What is left to compare with a group is one of its kind without brackets; a value is no equation and no matrix.
  return a.kind === 'group' || b.kind === 'group' ? compareItems(asGroup(a), asGroup(b), ask) : false;
}

/** Of a single letter too: a choice is written `B` and `\text{(B)}`. */
function wordsIn(answer: Answer): string | null {
  if (answer.kind === 'words') return answer.text.replaceAll(/[^\p{L}\p{N}]+/gu, ' ').trim();
  return answer.kind === 'value' && /^[A-Za-z]+$/.test(answer.latex) ? answer.latex.toLowerCase() : null;
}

type Value = Extract<Answer, { kind: 'value' }>;

async function compareValues(a: Value, b: Value, engine: CompareExpressions): Promise<Verdict> {
  const [left, right] = [unitOrNull(a), unitOrNull(b)];
  if (left !== null && right !== null && left.dimension !== right.dimension) return false;
  if (left !== null && right !== null && left.factor !== right.factor)
    return compareLatex(scaled(a.latex, left.factor), scaled(b.latex, right.factor), engine);
  const plain = await compareLatex(a.latex, b.latex, engine);
  if (plain === true || (a.unit === 'percent') === (b.unit === 'percent')) return plain;
  const [share, percent] = a.unit === 'percent' ? [b, a] : [a, b];
  // 20 % is 20 where the question asks for percent, and 0.2 where it asks for a share. Nothing else is above 1.
  return isShare(share.latex) ? compareLatex(share.latex, scaled(percent.latex, 0.01), engine) : plain;
}

function unitOrNull({ unit }: Value): ReturnType<typeof unitOf> | null {
  return unit === null ? null : unitOf(unit);
}

function isShare(latex: string): boolean {
  const value = rationalOf(latex);
  return value !== null && value.numerator <= value.denominator && value.numerator >= -value.denominator;
}

/** Times a factor of a unit: a number is multiplied here, so that the engine is rarely asked. */
function scaled(latex: string, factor: number): string {
  return `(${latex})\\times ${factor}`;
}

async function compareLatex(a: string, b: string, engine: CompareExpressions): Promise<Verdict> {
  if (a === b) return true;
  const [left, right] = [baseOf(a), baseOf(b)];
  if (left !== null || right !== null)
    return compareBases(left ?? { digits: a, base: null }, right ?? { digits: b, base: null });
  const [x, y] = [rationalOf(a), rationalOf(b)];
  if (x !== null && y !== null) return equalRationals(x, y);
  return engine(a, b, 'equal');
}

interface Based {
  readonly digits: string;
  /** null: not written. */
  readonly base: number | null;
}

function baseOf(latex: string): Based | null {
  const found = /^\(?([\dA-F]+)\)?_\{(?:\\text\{)?(\d+)\}*$/.exec(latex);
  const base = Number(found?.[2]);
  return found === null || base < 2 || base > 36 ? null : { digits: found[1] ?? '', base };
}

/**
 * A base is part of the answer that was asked for: numerals of two bases are not the same one. Where one is written
 * without its base, the question has named it.
 */
function compareBases(a: Based, b: Based): boolean {
  return (a.base === null || b.base === null || a.base === b.base) && a.digits === b.digits;
}

function difference({ left, right }: Extract<Answer, { kind: 'equation' }>): string {
  return `(${left})-(${right})`;
}

function partsOf(answer: Answer): readonly Answer[] {
  return answer.kind === 'union' ? answer.parts : [answer];
}

/** Anything as a group: a row or column of a matrix is a tuple, and a single answer a list of one. */
function asGroup(answer: Answer): Group {
  if (answer.kind === 'group') return answer;
  if (answer.kind === 'matrix' && answer.rows.every((row) => row.length === 1))
    return { kind: 'group', open: '(', close: ')', items: answer.rows.flat() };
  if (answer.kind === 'matrix' && answer.rows.length === 1)
    return { kind: 'group', open: '(', close: ')', items: answer.rows[0] ?? [] };
  return { kind: 'group', open: '', close: '', items: [answer] };
}

function compareItems(a: Group, b: Group, ask: Asks): Promise<Verdict> {
  if (a.items.length !== b.items.length) return Promise.resolve(false);
  if (isUnordered(a) || isUnordered(b)) {
    // A point is written without its brackets at times: then its order counts.
    return [a, b].some(({ open }) => open === '(') ? inOrder(a.items, b.items, ask) : unordered(a.items, b.items, ask);
  }
  // Of two items, brackets tell which ends belong to an interval.
  if (a.items.length === 2 && (a.open !== b.open || a.close !== b.close)) return Promise.resolve(false);
  return inOrder(a.items, b.items, ask);
}

const isUnordered = ({ open }: Group): boolean => open === '' || open === '{';

async function compareRows(
  a: readonly (readonly Answer[])[],
  b: readonly (readonly Answer[])[],
  ask: Asks,
): Promise<Verdict> {
  if (a.length !== b.length || a.some((row, r) => row.length !== b[r]?.length)) return false;
  return inOrder(a.flat(), b.flat(), ask);
}

/** False as soon as one differs; null where none differs and one cannot be told. */
async function inOrder(a: readonly Answer[], b: readonly Answer[], ask: Asks): Promise<Verdict> {
  let verdict: Verdict = true;
  for (const [i, item] of a.entries()) {
    const other = b[i];
    const same = other === undefined ? false : await ask(item, other);
    if (same === false) return false;
    verdict = same === null ? null : verdict;
  }
  return verdict;
}

/** Each item takes the first equal one that is left. */
async function unordered(a: readonly Answer[], b: readonly Answer[], ask: Asks): Promise<Verdict> {
  if (a.length !== b.length) return false;
  if (a.length > mostUnordered) return inOrder(a, b, ask);
  const left = [...b];
  let isKnown = true;
  for (const item of a) {
    const verdicts = await Promise.all(left.map((other) => ask(item, other)));
    const at = verdicts.indexOf(true);
    if (at === -1 && !verdicts.includes(null)) return false;
    if (at === -1) isKnown = false;
    else left.splice(at, 1);
  }
  return isKnown ? true : null;
}
