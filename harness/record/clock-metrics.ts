/**
 * Metrics that depend on a clock or on the machine. They are recorded in `metrics`, and left out of `results`, which is
 * equal for equal work. Stages of this program state no such metric: their speed is in `progress` events. A program
 * that trains for them may state its speed under one of these names.
 */
const clockMetrics: ReadonlySet<string> = new Set(['train/tokens_per_second']);

export const dependsOnClock = (metric: string): boolean => clockMetrics.has(metric);
