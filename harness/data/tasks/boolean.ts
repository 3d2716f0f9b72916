/**
 * Evaluate an array of boolean expressions over bits: `p=1;q=0;[p&&!q,q||p]` -> `[1&&1,0||1]` -> `[1,1]`. An array, so
 * that there are several wrong answers; bits, so that right and wrong answers are equally long. Misreadings exchange
 * two values, two operators or two operands.
 */
import type { RandomStream } from '../../random/index.ts';
import { letters, wordReader, type Family, type Frame, type Question, type Style, type Word } from './problem.ts';

/** Variables, expressions, operands an expression, and whether operands may be negated, by difficulty. */
const sizes = [
  { variables: 3, expressions: 2, operands: 2, negations: false },
  { variables: 3, expressions: 2, operands: 2, negations: true },
  { variables: 3, expressions: 3, operands: 2, negations: true },
  { variables: 4, expressions: 2, operands: 3, negations: true },
  { variables: 4, expressions: 3, operands: 3, negations: true },
] as const;

/** `(first op second) op third`, or only `first op second`. */
interface Expression {
  readonly operands: readonly string[];
  readonly operators: readonly string[];
}

export const boolean: Family = {
  sample(stream: RandomStream, difficulty: number): Frame {
    const size = sizes[difficulty - 1] ?? sizes[0];
    const names = stream.shuffled(letters).slice(0, size.variables);
    const words: Word[] = names.map(() => ({ kind: 'value', text: stream.pick(['0', '1']) }));
    for (let e = 0; e < size.expressions; e++) {
      for (const [o, name] of stream.shuffled(names).slice(0, size.operands).entries()) {
        if (o > 0) words.push({ kind: 'operator', text: stream.pick(['&&', '||']) });
        words.push({ kind: 'operand', text: size.negations && stream.integer(2) === 1 ? `!${name}` : name });
      }
    }
    return { words, read: (texts) => readQuestion(names, size.expressions, size.operands, texts) };
  },
};

function readQuestion(
  names: readonly string[],
  expressions: number,
  operands: number,
  words: readonly string[],
): Question {
  const next = wordReader(words);
  const values = new Map(names.map((name) => [name, next() === '1']));
  const list = Array.from({ length: expressions }, (): Expression => {
    const operandTexts = [next()];
    const operators: string[] = [];
    for (let o = 1; o < operands; o++) {
      operators.push(next());
      operandTexts.push(next());
    }
    return { operands: operandTexts, operators };
  });
  const valueOf = (operand: string): boolean =>
    operand.startsWith('!') ? values.get(operand.slice(1)) !== true : values.get(operand) === true;
  return {
    prompt: `${names.map((name) => `${name}=${bit(values.get(name) === true)};`).join('')}[${list.map((expression) => expressionText(expression.operands, expression.operators)).join(',')}]`,
    solve: (style) => solve(list, valueOf, style),
  };
}

function solve(
  list: readonly Expression[],
  valueOf: (operand: string) => boolean,
  style: Style,
): { steps: string[]; answer: string } {
  let rows = list.map(({ operands, operators }) => ({ values: operands.map(valueOf), operators }));
  const steps: string[] = [];
  const write = (): void =>
    void steps.push(
      `[${rows.map((row) => expressionText(inStyleOrder(row.values.map(bit), style), row.operators)).join(',')}]`,
    );
  write();
  while (rows.some((row) => row.values.length > 1)) {
    rows = rows.map(({ values: [first = false, second = false, ...rest], operators: [operator, ...others] }) => ({
      values: [operator === '&&' ? first && second : first || second, ...rest],
      operators: others,
    }));
    write();
  }
  return { steps, answer: steps.at(-1) ?? '' };
}

/** `a op b` may be written `b op a`; longer expressions keep their order. */
function inStyleOrder(values: readonly string[], style: Style): readonly string[] {
  return values.length === 2 && (style[0] ?? 0) < 0.5 ? values.toReversed() : values;
}

function expressionText(operands: readonly string[], operators: readonly string[]): string {
  const [first = '', second = '', third] = operands;
  if (operands.length === 1) return first;
  const inner = `${first}${operators[0]}${second}`;
  return third === undefined ? inner : `(${inner})${operators[1]}${third}`;
}

function bit(value: boolean): string {
  return value ? '1' : '0';
}
