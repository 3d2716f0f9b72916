/**
 * Evaluate an array of boolean expressions over bits: `p=1;q=0;[p&&!q,q||p]` -> `[1&&1,0||1]` -> `[1,1]`. An array, so
 * that there are several wrong answers; bits, so that right and wrong answers are equally long. Misreadings exchange
 * two values, two operators or two operands.
 */
import type { RandomStream } from '../../random/index.ts';
import {
  letters,
  wordReader,
  type Family,
  type Frame,
  type Question,
  type Solution,
  type Style,
  type Word,
} from './problem.ts';

/** Variables, expressions, operands an expression, and whether operands may be negated, by difficulty. */
const sizes = [
  { variables: 3, expressions: 2, operands: 2, negations: false },
  { variables: 3, expressions: 2, operands: 2, negations: true },
  { variables: 3, expressions: 3, operands: 2, negations: true },
  { variables: 4, expressions: 2, operands: 3, negations: true },
  { variables: 4, expressions: 3, operands: 3, negations: true },
] as const;
type Size = (typeof sizes)[number];

/** `(first op second) op third`, or only `first op second`. */
interface Expression {
  readonly operands: readonly string[];
  readonly operators: readonly string[];
}

/** An expression while it is evaluated. */
interface Row {
  readonly values: readonly boolean[];
  readonly operators: readonly string[];
}

export const boolean: Family = {
  // 622 forms at difficulty 1.
  formsApartFrom: 1,
  sample(stream: RandomStream, difficulty: number): Frame {
    const size = sizes[difficulty - 1] ?? sizes[0];
    const names = stream.shuffled(letters).slice(0, size.variables);
    const values = names.map((): Word => ({ kind: 'value', text: stream.pick(['0', '1']) }));
    const expressions = Array.from({ length: size.expressions }, () => expressionWords(stream, names, size));
    return { words: [...values, ...expressions.flat()], read: (texts) => readQuestion(names, size, texts) };
  },
};

function expressionWords(stream: RandomStream, names: readonly string[], size: Size): Word[] {
  const words: Word[] = [];
  for (const [o, name] of stream.shuffled(names).slice(0, size.operands).entries()) {
    if (o > 0) words.push({ kind: 'operator', text: stream.pick(['&&', '||']) });
    words.push({ kind: 'operand', text: size.negations && stream.integer(2) === 1 ? `!${name}` : name });
  }
  return words;
}

function readQuestion(names: readonly string[], size: Size, words: readonly string[]): Question {
  const next = wordReader(words);
  const values = new Map(names.map((name) => [name, next() === '1']));
  const list = Array.from({ length: size.expressions }, () => readExpression(next, size.operands));
  const assignments = [...values].map(([name, value]) => `${name}=${bit(value)};`);
  return {
    prompt: `${assignments.join('')}${arrayText(list)}`,
    solve: (style) => solve(list, values, style),
  };
}

function readExpression(next: () => string, operandCount: number): Expression {
  const operands = [next()];
  const operators: string[] = [];
  for (let o = 1; o < operandCount; o++) {
    operators.push(next());
    operands.push(next());
  }
  return { operands, operators };
}

function solve(list: readonly Expression[], values: ReadonlyMap<string, boolean>, style: Style): Solution {
  const valueOf = (operand: string): boolean =>
    operand.startsWith('!') ? values.get(operand.slice(1)) !== true : values.get(operand) === true;
  let rows = list.map(({ operands, operators }): Row => ({ values: operands.map(valueOf), operators }));
  const steps = [written(rows, style)];
  while (rows.some((row) => row.values.length > 1)) {
    rows = rows.map(applyFirst);
    steps.push(written(rows, style));
  }
  return { steps, answer: steps.at(-1) ?? '' };
}

/** A row of one value stays as it is. */
function applyFirst({ values, operators: [operator, ...others] }: Row): Row {
  const [first = false, second = false, ...rest] = values;
  return { values: [operator === '&&' ? first && second : first || second, ...rest], operators: others };
}

function written(rows: readonly Row[], style: Style): string {
  return arrayText(
    rows.map(({ values, operators }) => ({ operands: inStyleOrder(values.map(bit), style), operators })),
  );
}

/** `a op b` may be written `b op a`; longer expressions keep their order. */
function inStyleOrder(values: readonly string[], style: Style): readonly string[] {
  return values.length === 2 && (style[0] ?? 0) < 0.5 ? values.toReversed() : values;
}

function arrayText(expressions: readonly Expression[]): string {
  return `[${expressions.map(expressionText).join(',')}]`;
}

function expressionText({ operands, operators }: Expression): string {
  const [first = '', second = '', third] = operands;
  if (operands.length === 1) return first;
  const inner = `${first}${operators[0]}${second}`;
  return third === undefined ? inner : `(${inner})${operators[1]}${third}`;
}

function bit(value: boolean): string {
  return value ? '1' : '0';
}
