/**
 * Least squares of L(N, D) = E + A N^-alpha + B D^-beta with A, B >= 0 and E within limits (Hoffmann et al. 2022, arXiv
 * 2203.15556, equation 2; there Huber's loss of log L over runs of very different loss, here squares of L). For fixed
 * exponents the problem is linear and convex, so the search is over the two exponents alone: a grid finds the local
 * minima, each is refined by the simplex of Nelder & Mead (1965), and the best is taken. Nothing is drawn at random.
 */
import { mean } from './interval.ts';
import type { Limits } from './power-law-search.ts';

/** Seeds of one model size N and one data size D share a place on the surface: only their mean and number count. */
export interface Place {
  readonly modelSize: number;
  readonly dataSize: number;
  readonly y: number;
  readonly weight: number;
}

export interface JointLaw {
  readonly e: number;
  readonly a: number;
  readonly alpha: number;
  readonly b: number;
  readonly beta: number;
  /** Weighted, of the means. */
  readonly squares: number;
}

const [smallestExponent, largestExponent] = [0.01, 8];
const gridSteps = 14;
const [from, to] = [Math.log(smallestExponent), Math.log(largestExponent)];
const gridStep = (to - from) / gridSteps;
const grid = Array.from({ length: gridSteps + 1 }, (_, i) => from + i * gridStep);

/** Logarithms of both exponents. */
type Exponents = readonly [number, number];
type Fit = (at: Exponents) => JointLaw;

export function searchJointLaw(places: readonly Place[], limits: Limits): JointLaw {
  const centers = [centerOf(places.map((one) => one.modelSize)), centerOf(places.map((one) => one.dataSize))] as const;
  const rows = places.map(({ modelSize, dataSize, y, weight }) => {
    return { logs: [Math.log(modelSize) - centers[0], Math.log(dataSize) - centers[1]] as const, y, weight };
  });
  const at: Fit = ([alpha, beta]) => boundedFit(rows, [Math.exp(clamped(alpha)), Math.exp(clamped(beta))], limits);
  const law = starts(at)
    .map((start) => refine(at, start))
    .reduce(better);
  return { ...law, a: law.a * Math.exp(law.alpha * centers[0]), b: law.b * Math.exp(law.beta * centers[1]) };
}

export const jointValueAt = ({ e, a, alpha, b, beta }: JointLaw, modelSize: number, dataSize: number): number =>
  e + a * modelSize ** -alpha + b * dataSize ** -beta;

/** Which bound the law touches, so that the data do not determine it; null where none. */
export function jointBoundOf({ e, a, alpha, b, beta }: JointLaw, { low, high }: Limits): string | null {
  if (a === 0) return 'it does not fall with model size';
  if (b === 0) return 'it does not fall with pairs';
  if (isBound(alpha)) return 'the exponent of model size is not determined by the data';
  if (isBound(beta)) return 'the exponent of pairs is not determined by the data';
  return e === low || e === high ? `the asymptote is at its bound of ${e}` : null;
}

const isBound = (exponent: number): boolean =>
  exponent <= smallestExponent * 1.01 || exponent >= largestExponent * 0.99;
const clamped = (log: number): number => Math.min(to, Math.max(from, log));
const centerOf = (sizes: readonly number[]): number => mean(sizes.map(Math.log));
const better = (p: JointLaw, q: JointLaw): JointLaw => (q.squares < p.squares ? q : p);

/** Half of the neighbours of a point; the others lie opposite. */
const earlier = [
  [-1, -1],
  [-1, 0],
  [-1, 1],
  [0, -1],
] as const;

/** Points of the grid that no neighbour is better than; of equal neighbours the last one. */
function starts(at: Fit): readonly Exponents[] {
  const squares = grid.map((alpha) => grid.map((beta) => at([alpha, beta]).squares));
  const valueOf = (i: number, j: number): number => squares[i]?.[j] ?? Number.POSITIVE_INFINITY;
  const isLowest = (i: number, j: number): boolean =>
    earlier.every(([di, dj]) => valueOf(i, j) <= valueOf(i + di, j + dj) && valueOf(i, j) < valueOf(i - di, j - dj));
  return grid.flatMap((alpha, i) => grid.flatMap((beta, j) => (isLowest(i, j) ? [[alpha, beta] as const] : [])));
}

interface Vertex {
  readonly at: Exponents;
  readonly law: JointLaw;
}

const iterations = 80;

/** Reflect, expand, contract or shrink, with the usual factors 1, 2, 1/2 and 1/2. */
function refine(fit: Fit, [alpha, beta]: Exponents): JointLaw {
  const vertex = (at: Exponents): Vertex => ({ at, law: fit(at) });
  let simplex = [vertex([alpha, beta]), vertex([alpha + gridStep / 2, beta]), vertex([alpha, beta + gridStep / 2])];
  for (let i = 0; i < iterations; i++) {
    simplex = simplex.toSorted((p, q) => p.law.squares - q.law.squares);
    simplex = moved(simplex as [Vertex, Vertex, Vertex], vertex);
  }
  return simplex.map(({ law }) => law).reduce(better);
}

/** @param simplex The best first. */
function moved([best, middle, worst]: [Vertex, Vertex, Vertex], vertex: (at: Exponents) => Vertex): Vertex[] {
  const center = between(best.at, middle.at, 0.5);
  const along = (share: number): Vertex => vertex(between(center, worst.at, share));
  const isBelow = (p: Vertex, q: Vertex): boolean => p.law.squares < q.law.squares;
  const reflected = along(-1);
  if (isBelow(reflected, best)) {
    const expanded = along(-2);
    return [best, middle, isBelow(expanded, reflected) ? expanded : reflected];
  }
  if (isBelow(reflected, middle)) return [best, middle, reflected];
  const contracted = along(isBelow(reflected, worst) ? -0.5 : 0.5);
  if (isBelow(contracted, worst)) return [best, middle, contracted];
  return [best, ...[middle, worst].map(({ at }) => vertex(between(best.at, at, 0.5)))];
}

const between = (p: Exponents, q: Exponents, share: number): Exponents => [
  p[0] + share * (q[0] - p[0]),
  p[1] + share * (q[1] - p[1]),
];

interface Row {
  /** Of N and D, around their means. */
  readonly logs: Exponents;
  readonly y: number;
  readonly weight: number;
}

/** E, A and B: a number where a bound holds it, null where it is free. */
type Face = readonly [number | null, number | null, number | null];

/** The optimum of a convex problem: the free one where it is feasible, else the best feasible one of the faces. */
function boundedFit(rows: readonly Row[], exponents: Exponents, limits: Limits): JointLaw {
  const columns = columnsOf(rows, exponents);
  const system = normalEquations(rows, columns);
  const [alpha, beta] = exponents;
  const lawOn = (face: Face): readonly JointLaw[] => {
    const solution = solveOn(face, system);
    if (solution === null || !isFeasible(solution, limits)) return [];
    const [e, a, b] = solution;
    return [{ e, a, alpha, b, beta, squares: squaresOf(rows, columns, solution) }];
  };
  const [free] = lawOn([null, null, null]);
  return free ?? boundFaces(limits).flatMap(lawOn).reduce(better);
}

/** N^-alpha and D^-beta of each row. */
interface Columns {
  readonly u: Float64Array;
  readonly v: Float64Array;
}

function columnsOf(rows: readonly Row[], [alpha, beta]: Exponents): Columns {
  const [u, v] = [new Float64Array(rows.length), new Float64Array(rows.length)];
  for (let i = 0; i < rows.length; i++) {
    const { logs } = rows[i] as Row;
    u[i] = Math.exp(-alpha * logs[0]);
    v[i] = Math.exp(-beta * logs[1]);
  }
  return { u, v };
}

function squaresOf(rows: readonly Row[], { u, v }: Columns, [e, a, b]: Solution): number {
  let sum = 0;
  for (let i = 0; i < rows.length; i++) {
    const { y, weight } = rows[i] as Row;
    sum += weight * (y - e - a * (u[i] as number) - b * (v[i] as number)) ** 2;
  }
  return sum;
}

type Solution = readonly [number, number, number];

function boundFaces({ low, high }: Limits): readonly Face[] {
  const asymptotes = [null, ...[low, high].filter(Number.isFinite)];
  return asymptotes.flatMap((e) => [null, 0].flatMap((a) => [null, 0].map((b): Face => [e, a, b]))).slice(1);
}

const isFeasible = ([e, a, b]: Solution, { low, high }: Limits): boolean => a >= 0 && b >= 0 && e >= low && e <= high;

interface System {
  readonly matrix: readonly (readonly number[])[];
  readonly right: readonly number[];
}

function normalEquations(rows: readonly Row[], { u, v }: Columns): System {
  let [one, ofU, ofV, uu, uv, vv, y1, yu, yv] = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < rows.length; i++) {
    const [{ y, weight }, ui, vi] = [rows[i] as Row, u[i] as number, v[i] as number];
    one += weight;
    ofU += weight * ui;
    ofV += weight * vi;
    uu += weight * ui * ui;
    uv += weight * ui * vi;
    vv += weight * vi * vi;
    y1 += weight * y;
    yu += weight * y * ui;
    yv += weight * y * vi;
  }
  const matrix = [
    [one, ofU, ofV],
    [ofU, uu, uv],
    [ofV, uv, vv],
  ];
  return { matrix, right: [y1, yu, yv] };
}

/** null where the free ones are not determined. */
function solveOn(face: Face, { matrix, right }: System): Solution | null {
  const free = [0, 1, 2].filter((j) => face[j] === null);
  const held = (k: number): number =>
    face.reduce<number>((sum, value, j) => sum + (value ?? 0) * ((matrix[k] as readonly number[])[j] as number), 0);
  const rows = free.map((k) => [
    ...free.map((j) => (matrix[k] as readonly number[])[j] as number),
    (right[k] as number) - held(k),
  ]);
  const solved = eliminate(rows);
  if (solved === null) return null;
  return [0, 1, 2].map((j) => face[j] ?? (solved[free.indexOf(j)] as number)) as unknown as Solution;
}

/** Gauss with the largest pivot; each row ends with its right side. */
function eliminate(rows: number[][]): readonly number[] | null {
  const size = rows.length;
  for (let i = 0; i < size; i++) {
    const pivot = rows
      .slice(i)
      .reduce((best, row) => (Math.abs(row[i] as number) > Math.abs(best[i] as number) ? row : best));
    if (Math.abs(pivot[i] as number) < 1e-12) return null;
    rows.splice(rows.indexOf(pivot), 1);
    rows.splice(i, 0, pivot);
    for (const row of rows)
      if (row !== pivot) {
        const factor = (row[i] as number) / (pivot[i] as number);
        for (let j = i; j <= size; j++) row[j] = (row[j] as number) - factor * (pivot[j] as number);
      }
  }
  return rows.map((row, i) => (row[size] as number) / (row[i] as number));
}
