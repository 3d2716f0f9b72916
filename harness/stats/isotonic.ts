/** Isotonic regression, and where a monotone curve reaches a value. */

interface Block {
  level: number;
  weight: number;
  length: number;
}

/**
 * The non-decreasing values closest to the given ones in weighted squares, by pooling adjacent violators (Ayer et al.,
 * Ann. Math. Statist. 1955): neighbours that fall are replaced by their mean. Weights are positive.
 */
export function isotonic(values: readonly number[], weights: readonly number[] = values.map(() => 1)): number[] {
  if (weights.length !== values.length || weights.some((weight) => !(weight > 0)))
    throw new RangeError(
      `isotonic: one positive weight a value needed, found ${values.length} and [${weights.join()}]`,
    );
  const blocks: Block[] = [];
  for (let i = 0; i < values.length; i++) {
    blocks.push({ level: values[i] as number, weight: weights[i] as number, length: 1 });
    while (blocks.length > 1 && (blocks.at(-2) as Block).level > (blocks.at(-1) as Block).level) poolLast(blocks);
  }
  return blocks.flatMap(({ level, length }) => Array.from({ length }, () => level));
}

/** The last block becomes part of the one before it. */
function poolLast(blocks: Block[]): void {
  const last = blocks.pop() as Block;
  const before = blocks.at(-1) as Block;
  const weight = before.weight + last.weight;
  before.level = (before.level * before.weight + last.level * last.weight) / weight;
  before.weight = weight;
  before.length += last.length;
}

/** An x on a curve that is known from its smallest to its largest x only. */
export interface Reach {
  readonly x: number;
  /** `at-most`: the curve is there at its smallest x already. `more-than`: not yet at its largest. null: between. */
  readonly bound: 'at-most' | 'more-than' | null;
}

/**
 * The smallest x at which a non-decreasing curve reaches `value`, linear in log x between its points (x > 0, ascending,
 * at least one); never beyond them.
 */
export function reach(xs: readonly number[], ys: readonly number[], value: number): Reach {
  const after = ys.findIndex((y) => y >= value);
  if (after < 0) return { x: xs.at(-1) as number, bound: 'more-than' };
  if (after === 0) return { x: xs[0] as number, bound: 'at-most' };
  const [x0, x1] = [xs[after - 1], xs[after]].map((x) => Math.log(x as number)) as [number, number];
  const [y0, y1] = [ys[after - 1], ys[after]] as [number, number];
  return { x: Math.exp(x0 + ((value - y0) / (y1 - y0)) * (x1 - x0)), bound: null };
}

/** For sorting: below the curve first, beyond it last. */
export function compareReach(a: Reach, b: Reach): number {
  const rank = ({ x, bound }: Reach): number =>
    bound === null ? x : bound === 'at-most' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return rank(a) === rank(b) ? 0 : rank(a) - rank(b);
}
