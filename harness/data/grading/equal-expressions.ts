/**
 * Whether two LaTeX expressions have the same value: symbolically where the engine sees it, else at fixed points. Two
 * different analytic expressions agree at a point that has nothing to do with them only by a rare chance, so a few
 * points decide (Schwartz, J. ACM 27(4), 1980).
 */
import type { EngineExpression, MathEngine } from './math-engine.ts';
import type { Relation, Verdict } from './compare-answers.ts';

/** Values that variables take, each its own: no small integers or fractions, positive and negative. */
const points: readonly (readonly number[])[] = [
  [1.370_159, 2.718_641, 0.591_337, 3.317_029, 1.902_713, 0.773_411, 2.239_117, 1.104_371],
  [0.413_897, 1.618_203, 2.924_811, 0.857_233, 3.741_027, 1.290_833, 0.670_619, 2.511_403],
  [2.193_049, 0.301_957, 1.447_163, 2.685_317, 0.529_847, 3.120_931, 1.733_899, 0.912_377],
  [-1.259_931, 2.071_543, -0.683_177, 1.523_719, -2.802_637, 0.477_901, -1.811_483, 3.402_911],
  [-0.351_427, -1.902_133, 1.205_941, -2.407_871, 0.719_303, -3.010_717, 2.660_179, -0.938_243],
];
/** Points where both are defined that decide. */
const enoughPoints = 2;
/** Relative difference that float64 arithmetic may leave. */
const tolerance = 1e-9;

const constants: ReadonlySet<string> = new Set([
  'Pi',
  'ExponentialE',
  'ImaginaryUnit',
  'PositiveInfinity',
  'NegativeInfinity',
  'ComplexInfinity',
]);

/** null: one of them is not read, or has no value at any of the points. */
export function equalExpressions(engine: MathEngine, a: string, b: string, relation: Relation): Verdict {
  // Parsing declares symbols: `p(x)` would make a function of p for the answers that come after.
  engine.pushScope();
  try {
    return compareIn(engine, a, b, relation);
  } finally {
    engine.popScope();
  }
}

function compareIn(engine: MathEngine, a: string, b: string, relation: Relation): Verdict {
  const [left, right] = [engine.parse(a), engine.parse(b)];
  if (!left.isValid || !right.isValid) return null;
  if (relation === 'proportional') return areProportional(left, right);
  if (left.isSame(right)) return true;
  if ([left, right].some(isDrawn)) return null;
  const symbols = symbolsOf(left, right);
  const byPoints = symbols.length === 0 ? sameNumber(left, right) : sameAtPoints(left, right, symbols);
  return byPoints ?? left.isEqual(right) ?? null;
}

/** The engine may take an integral by random points: its value is not the same each time. */
function isDrawn({ json }: EngineExpression): boolean {
  return /"(?:N?Integrate|Random\w*)"/.test(JSON.stringify(json));
}

function symbolsOf(...expressions: readonly EngineExpression[]): readonly string[] {
  const all = expressions.flatMap(({ symbols }) => [...symbols]).filter((name) => !constants.has(name));
  return [...new Set(all)].toSorted();
}

function sameNumber(a: EngineExpression, b: EngineExpression): Verdict {
  const [x, y] = [a.N(), b.N()];
  if (isFinite(x) && isFinite(y)) return isClose(x, y);
  if (isFinite(x) || isFinite(y)) return isNumber(x) && isNumber(y) ? false : null;
  if (!isNumber(x) || !isNumber(y)) return null;
  // Beyond float64, or infinite: then a quotient tells.
  const quotient = a.div(b).N();
  return isFinite(quotient) ? Math.abs(quotient.re - 1) <= tolerance && quotient.im === 0 : x.re === y.re;
}

function sameAtPoints(a: EngineExpression, b: EngineExpression, symbols: readonly string[]): Verdict {
  const isComplex = [a, b].some(({ json }) => JSON.stringify(json).includes('Complex'));
  let agreed = 0;
  for (const [x, y] of valuesAt(a, b, symbols)) {
    if (!isFinite(x) || !isFinite(y) || (!isComplex && (x.im !== 0 || y.im !== 0))) continue;
    if (!isClose(x, y)) return false;
    agreed += 1;
  }
  return agreed >= enoughPoints ? true : null;
}

/** Whether `a = 0` and `b = 0` have one solution set, because one side is the other times a number. */
function areProportional(a: EngineExpression, b: EngineExpression): Verdict {
  const symbols = symbolsOf(a, b);
  if (symbols.length === 0) return null;
  const quotients = [...valuesAt(a, b, symbols)]
    .filter(([x, y]) => isFinite(x) && isFinite(y))
    .map(([x, y]) => x.re / y.re);
  const [first] = quotients;
  if (first === undefined || quotients.length < enoughPoints || !Number.isFinite(first)) return null;
  return quotients.every((quotient) => Math.abs(quotient - first) <= tolerance * Math.abs(first));
}

function* valuesAt(
  a: EngineExpression,
  b: EngineExpression,
  symbols: readonly string[],
): Generator<readonly [EngineExpression, EngineExpression]> {
  for (const values of points) {
    const at = Object.fromEntries(
      symbols.map((name, s) => [name, (values[s % values.length] ?? 1) * (1 + Math.floor(s / values.length))]),
    );
    yield [a.subs(at).N(), b.subs(at).N()];
  }
}

const isFinite = ({ re, im }: EngineExpression): boolean => Number.isFinite(re) && Number.isFinite(im);
const isNumber = ({ re, im }: EngineExpression): boolean => !Number.isNaN(re) && !Number.isNaN(im);

function isClose(a: EngineExpression, b: EngineExpression): boolean {
  const size = Math.max(1e-12, Math.hypot(a.re, a.im), Math.hypot(b.re, b.im));
  return Math.hypot(a.re - b.re, a.im - b.im) <= tolerance * size;
}
