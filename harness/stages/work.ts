/** Work: what the seconds of a stage grow with. */
export const workUnits = [
  /** Matrix products, forward and backward. */
  'gigaflops',
  /** Values read and written by the operations of a program, counted from its graph. */
  'gigabytes',
  /** Operations of the programs that run. */
  'operations',
  'pairsMade',
  'functionsMade',
  'functionsRead',
  /** By a model of 0.1 M parameters; larger ones count a token as more, by the time that it takes them. */
  'tokensWritten',
] as const;

export type WorkUnit = (typeof workUnits)[number];
export type Work = Readonly<Partial<Record<WorkUnit, number>>>;

export function repeatedWork(work: Work, times: number): Work {
  return Object.fromEntries(Object.entries(work).map(([unit, amount]) => [unit, amount * times]));
}

export function totalWork(works: readonly Work[]): Work {
  const sum: Record<string, number> = {};
  for (const work of works) for (const [unit, amount] of Object.entries(work)) sum[unit] = (sum[unit] ?? 0) + amount;
  return sum;
}
