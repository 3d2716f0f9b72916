/** `harness bench micro`: times of the hot paths outside the engine. */
import { benchMicro } from '../../bench/index.ts';
import type { CliContext } from '../context.ts';

interface BenchMicroFlags {
  readonly milliseconds: number;
  readonly json: boolean;
}

export async function benchMicroCommand(
  context: CliContext,
  { milliseconds, json }: BenchMicroFlags,
  ...names: readonly string[]
): Promise<void> {
  const result = await benchMicro({ milliseconds, names });
  if (json) return context.printJson({ ...result });
  const rows = result.times.map(({ name, work, medianMs, p99Ms, marginPercent, samples }) => [
    name,
    (1000 * medianMs).toFixed(1),
    (1000 * p99Ms).toFixed(1),
    `${marginPercent.toFixed(1)} %`,
    samples,
    work,
  ]);
  const right = (name: string) => ({ name, align: 'right' as const });
  const columns = ['path', right('median us'), right('p99 us'), right('mean +-'), right('calls'), 'one call'];
  context.printTable(columns, rows);
  context.print(`${result.machine}, Node ${result.node}, ${milliseconds} ms a path`);
}
