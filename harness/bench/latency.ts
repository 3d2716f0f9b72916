/** One path timed by tinybench. */
import { Bench, type Statistics } from 'tinybench';
import type { HotPath } from './hot-paths.ts';

export interface Latency {
  /** Of one call, in milliseconds, every call among its samples. */
  readonly wall: Statistics;
  /**
   * Milliseconds that one call computes, on the mean, the threads of the process together. Waiting is not in it, nor
   * what other programs do meanwhile.
   */
  readonly cpuMs: number;
}

export interface LatencyOptions {
  /** A quarter as long warms up before them. */
  readonly milliseconds: number;
  readonly leastCalls: number;
}

export async function latencyOf(
  { name, open }: HotPath,
  { milliseconds, leastCalls }: LatencyOptions,
): Promise<Latency> {
  const { call, close } = await open();
  const cpu = new CpuClock();
  try {
    const bench = new Bench({
      time: milliseconds,
      warmupTime: milliseconds / 4,
      iterations: leastCalls,
      warmupIterations: 2,
      retainSamples: true,
      throws: true,
      setup: () => cpu.start(),
      teardown: () => cpu.stop(),
    });
    bench.add(name, call);
    const [task] = await bench.run();
    if (task?.result.state !== 'completed') throw new Error(`${name} was not measured to its end`);
    const { latency: wall } = task.result;
    return { wall, cpuMs: cpu.milliseconds / wall.samplesCount };
  } finally {
    await close?.();
  }
}

/** The last phase counts: warming up comes before it. */
class CpuClock {
  milliseconds = 0;
  #started: NodeJS.CpuUsage | undefined;

  start(): void {
    this.#started = process.cpuUsage();
  }

  stop(): void {
    const { user, system } = process.cpuUsage(this.#started);
    this.milliseconds = (user + system) / 1000;
  }
}
