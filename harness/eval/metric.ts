import type { Metric } from './item.ts';

export function evalMetric(name: string, value: number): Metric {
  return { name: `eval/${name}`, value };
}
