/**
 * Expand products of brackets: `d-(a-b)*c` -> `d-(a*c-b*c)` -> `d-a*c+b*c`. Words: variables and signs.
 * Misreadings exchange two variables or two signs, so the copied shape is never wrong, only what stands where.
 */
import type { RandomStream } from '../../random/index.ts';
import { letters, wordReader, type Family, type Frame, type Question, type Style, type Word } from './problem.ts';

/** Products, each a list of bracket sizes: [[2, 1], [1]] is `(v+v)*v+v`. */
type Shape = readonly (readonly number[])[];

const shapes: readonly (readonly Shape[])[] = [
  [
    [[1], [2]],
    [[2], [1]],
  ],
  [
    [[2, 1], [1]],
    [[1], [2, 1]],
    [[1, 2], [1]],
    [[1], [1, 2]],
  ],
  [
    [[2, 2]],
    [
      [2, 1],
      [2, 1],
    ],
  ],
  [
    [[2, 2], [1]],
    [[1], [2, 2]],
  ],
  [
    [
      [2, 2],
      [2, 1],
    ],
    [
      [2, 1],
      [2, 2],
    ],
  ],
];

interface Term {
  readonly isNegative: boolean;
  readonly factors: readonly string[];
}
interface Variable {
  readonly isNegative: boolean;
  readonly name: string;
}
interface Product {
  readonly isNegative: boolean;
  readonly brackets: readonly (readonly Variable[])[];
}

/** A summand as text. */
interface Part {
  readonly isNegative: boolean;
  readonly text: string;
}

export const algebra: Family = {
  // 6 to 32 forms.
  formsApartFrom: null,
  sample(stream: RandomStream, difficulty: number): Frame {
    const shape = stream.pick(shapes[difficulty - 1] ?? []);
    return { words: drawWords(stream, shape), read: (words) => toQuestion(readProducts(shape, words)) };
  },
};

function drawWords(stream: RandomStream, shape: Shape): Word[] {
  const names = stream.shuffled(letters);
  const words: Word[] = [];
  const sign = (): void => void words.push({ kind: 'sign', text: stream.pick(['+', '-']) });
  for (const [p, sizes] of shape.entries()) {
    if (p > 0) sign();
    for (const size of sizes) {
      for (let v = 0; v < size; v++) {
        if (v > 0) sign();
        words.push({ kind: 'variable', text: names.pop() ?? 'a' });
      }
    }
  }
  return words;
}

function readProducts(shape: Shape, words: readonly string[]): Product[] {
  const next = wordReader(words);
  return shape.map((sizes, p) => ({
    isNegative: p > 0 && next() === '-',
    brackets: sizes.map((size) =>
      Array.from({ length: size }, (_, v): Variable => ({ isNegative: v > 0 && next() === '-', name: next() })),
    ),
  }));
}

function toQuestion(products: readonly Product[]): Question {
  const prompt = sum(products.map(asWritten));
  const terms = products.flatMap(expand);
  const answer = canonical(terms);
  return {
    prompt,
    solve: (style) => {
      const first = distributed(products, style);
      const last = expanded(terms, style);
      return { steps: first === prompt ? [last] : [first, last], answer };
    },
  };
}

function asWritten({ isNegative, brackets }: Product): Part {
  return { isNegative, text: brackets.map(bracketText).join('*') };
}

/** The terms and their factors sorted: equal for equal sums. */
function canonical(terms: readonly Term[]): string {
  return terms
    .map((term) => `${term.isNegative ? '-' : '+'}${term.factors.toSorted().join('')}`)
    .toSorted()
    .join('');
}

function expand(product: Product): Term[] {
  let terms: Term[] = [{ isNegative: product.isNegative, factors: [] }];
  for (const bracket of product.brackets) {
    terms = terms.flatMap((term) =>
      bracket.map((variable) => ({
        isNegative: term.isNegative !== variable.isNegative,
        factors: [...term.factors, variable.name],
      })),
    );
  }
  return terms;
}

/** The line before the last: each product's first binomial multiplied out, its own sign still outside. */
function distributed(products: readonly Product[], style: Style): string {
  return sum(
    products.map((product) => {
      const parts = firstMultipliedOut(product, style);
      if (parts === null) return asWritten(product);
      return { isNegative: product.isNegative, text: products.length > 1 ? `(${sum(parts)})` : sum(parts) };
    }),
  );
}

/** One part for each variable of the first bracket that has several; null where none has. */
function firstMultipliedOut({ brackets }: Product, style: Style): Part[] | null {
  const binomial = brackets.findIndex((bracket) => bracket.length > 1);
  if (binomial === -1) return null;
  return (brackets[binomial] ?? []).map(({ isNegative, name }) => {
    const factors = brackets.map((bracket, b) => (b === binomial ? name : bracketText(bracket)));
    return { isNegative, text: factorText(factors, style) };
  });
}

/** The last line: all brackets multiplied out. */
function expanded(terms: readonly Term[], style: Style): string {
  return sum(
    inStyleOrder(terms, style).map(({ isNegative, factors }) => ({ isNegative, text: factorText(factors, style) })),
  );
}

/**
 * Natural order, or (for half of all styles) shuffled with a positive term in front, so that the length does not depend
 * on the order.
 */
function inStyleOrder(terms: readonly Term[], style: Style): Term[] {
  if ((style[0] ?? 0) < 0.5) return [...terms];
  const keyed = terms
    .map((term, t) => ({ term, key: style[(t % 8) + 2] ?? 0 }))
    .toSorted((a, b) => a.key - b.key)
    .map((entry) => entry.term);
  const lead = keyed.findIndex((term) => !term.isNegative);
  return lead <= 0 ? keyed : [keyed[lead] as Term, ...keyed.slice(0, lead), ...keyed.slice(lead + 1)];
}

function factorText(factors: readonly string[], style: Style): string {
  return ((style[1] ?? 0) < 0.5 ? factors : factors.toReversed()).join('*');
}

function bracketText(bracket: readonly Variable[]): string {
  const text = sum(bracket.map((variable) => ({ isNegative: variable.isNegative, text: variable.name })));
  return bracket.length > 1 ? `(${text})` : text;
}

function sum(parts: readonly Part[]): string {
  return parts.map((part, p) => `${part.isNegative ? '-' : p > 0 ? '+' : ''}${part.text}`).join('');
}
