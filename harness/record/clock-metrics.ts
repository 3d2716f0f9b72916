/**
 * Metrics that depend on a clock or on the machine. They are recorded in `metrics`, and left out of `results`, which is
 * equal for equal work.
 */
import { dependsOnMachine, metricLookup } from '../kinds/metrics.ts';

const lookUp = metricLookup();

export const dependsOnClock = (metric: string): boolean => dependsOnMachine(lookUp(metric));
