/**
 * Trace a short program: `a=3;b=5;a=a+b;b=a-2` -> `a=3+5=8`, `b=8-2=6`; the last value is the answer. Difficulty 5
 * leaves the working out (`a=8`). Misreadings exchange two numbers, two operators, two comparisons or two variables.
 */
import type { RandomStream } from '../../random/index.ts';
import { letters, wordReader, type Family, type Frame, type Question, type Solution, type Word } from './problem.ts';

/** `v=l+r` with a variable or a number on the right, or `v=l>r?p:q`. */
type StatementKind = 'variable' | 'number' | 'choice';

const sizes: readonly {
  readonly variables: number;
  readonly statements: readonly (readonly StatementKind[])[];
  readonly showsWorking: boolean;
}[] = [
  { variables: 2, statements: [['number']], showsWorking: true },
  {
    variables: 2,
    statements: [
      ['variable', 'number'],
      ['number', 'variable'],
      ['variable', 'variable'],
    ],
    showsWorking: true,
  },
  {
    variables: 3,
    statements: [
      ['variable', 'number', 'variable'],
      ['variable', 'variable', 'number'],
      ['number', 'variable', 'variable'],
    ],
    showsWorking: true,
  },
  {
    variables: 3,
    statements: [
      ['variable', 'choice', 'number', 'variable'],
      ['variable', 'number', 'choice', 'variable'],
    ],
    showsWorking: true,
  },
  {
    variables: 3,
    statements: [
      ['variable', 'choice', 'number', 'variable', 'variable'],
      ['number', 'variable', 'choice', 'variable', 'variable'],
    ],
    showsWorking: false,
  },
];

const largestValue = 99;

export const program: Family = {
  // 32 forms at difficulty 1, 436 at 2.
  formsApartFrom: 2,
  sample(stream: RandomStream, difficulty: number): Frame {
    const size = sizes[difficulty - 1] ?? (sizes[0] as (typeof sizes)[number]);
    const names = stream.shuffled(letters).slice(0, size.variables);
    const kinds = stream.pick(size.statements);
    const words: Word[] = names.map(() => numberWord(stream));
    for (const kind of kinds) words.push(...statementWords(stream, names, kind));
    return { words, read: (texts) => readQuestion({ names, kinds, showsWorking: size.showsWorking }, texts) };
  },
};

function numberWord(stream: RandomStream): Word {
  return { kind: 'number', text: String(1 + stream.integer(9)) };
}

function statementWords(stream: RandomStream, names: readonly string[], kind: StatementKind): Word[] {
  const target = (): Word => pickWord(stream, 'variable', names);
  const operator = pickWord(stream, 'operator', ['+', '-']);
  if (kind === 'number') return [target(), target(), operator, numberWord(stream)];
  const [left, right] = twoVariables(stream, names);
  if (kind === 'variable') return [target(), left, operator, right];
  return [target(), left, pickWord(stream, 'comparison', ['>', '<']), right, ...twoVariables(stream, names)];
}

function pickWord(stream: RandomStream, kind: string, texts: readonly string[]): Word {
  return { kind, text: stream.pick(texts) };
}

function twoVariables(stream: RandomStream, names: readonly string[]): [Word, Word] {
  const [first, second] = stream.shuffled(names).slice(0, 2) as [string, string];
  return [
    { kind: 'variable', text: first },
    { kind: 'variable', text: second },
  ];
}

interface Layout {
  readonly names: readonly string[];
  readonly kinds: readonly StatementKind[];
  readonly showsWorking: boolean;
}

/** Null where a value leaves 0..99 or a statement compares or subtracts a variable with itself. */
function readQuestion({ names, kinds, showsWorking }: Layout, words: readonly string[]): Question | null {
  const next = wordReader(words);
  const values = new Map(names.map((name) => [name, Number(next())]));
  const starts = [...values].map(([name, value]) => `${name}=${value}`);
  const statements = run(kinds, next, values);
  if (statements === null) return null;
  const code = statements.map((statement) => `${statement.target}=${statement.code}`);
  const solution = toSolution(statements, showsWorking);
  return { prompt: [...starts, ...code].join(';'), solve: () => solution };
}

/** Reads and executes one statement after another; `values` are those of the variables. */
function run(kinds: readonly StatementKind[], next: () => string, values: Map<string, number>): Statement[] | null {
  const statements: Statement[] = [];
  for (const kind of kinds) {
    const statement = kind === 'choice' ? choose(next, values) : compute(next, values);
    if (statement.isIdle || statement.value < 0 || statement.value > largestValue) return null;
    values.set(statement.target, statement.value);
    statements.push(statement);
  }
  return statements;
}

function toSolution(statements: readonly Statement[], showsWorking: boolean): Solution {
  const steps = statements.map(({ target, working, value }) =>
    showsWorking ? `${target}=${working}=${value}` : `${target}=${value}`,
  );
  return { steps, answer: String(statements.at(-1)?.value ?? 0) };
}

interface Statement {
  readonly target: string;
  readonly code: string;
  readonly working: string;
  readonly value: number;
  readonly isIdle: boolean;
}

function compute(next: () => string, values: ReadonlyMap<string, number>): Statement {
  const [target, left, operator, right] = [next(), next(), next(), next()];
  const l = values.get(left) ?? 0;
  const r = values.get(right) ?? Number(right);
  return {
    target,
    code: `${left}${operator}${right}`,
    working: `${l}${operator}${r}`,
    value: operator === '+' ? l + r : l - r,
    isIdle: left === right,
  };
}

function choose(next: () => string, values: ReadonlyMap<string, number>): Statement {
  const [target, left, comparison, right, then, otherwise] = [next(), next(), next(), next(), next(), next()];
  const [l, r, p, q] = [left, right, then, otherwise].map((name) => values.get(name) ?? 0) as [
    number,
    number,
    number,
    number,
  ];
  const isTaken = comparison === '>' ? l > r : l < r;
  return {
    target,
    code: `${left}${comparison}${right}?${then}:${otherwise}`,
    working: `${l}${comparison}${r}?${p}:${q}`,
    value: isTaken ? p : q,
    isIdle: left === right || then === otherwise,
  };
}
