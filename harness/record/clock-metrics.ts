/**
 * Metrics that depend on a clock. They are recorded in `metrics`, and left out of `results`, which is equal for equal
 * work. Stages of this program state no such metric: their speed is in `progress` events. A program that trains for
 * them may state its speed under one of these names.
 */
export const clockMetrics: readonly string[] = ['train/tokens_per_second'];
