/** One path timed by tinybench. */
import { Bench, type Statistics } from 'tinybench';
import type { HotPath } from './hot-paths.ts';

/** Of one call, in milliseconds, every call among its samples; a quarter of `milliseconds` warms up before them. */
export async function latencyOf({ name, open }: HotPath, milliseconds: number): Promise<Statistics> {
  const { call, close } = await open();
  try {
    const bench = new Bench({
      time: milliseconds,
      warmupTime: milliseconds / 4,
      iterations: 10,
      warmupIterations: 2,
      retainSamples: true,
      throws: true,
    });
    bench.add(name, call);
    const [task] = await bench.run();
    if (task?.result.state !== 'completed') throw new Error(`${name} was not measured to its end`);
    return task.result.latency;
  } finally {
    await close?.();
  }
}
