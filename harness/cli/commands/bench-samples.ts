/**
 * `harness bench samples`: speed of hot paths and whole steps, and scores of recorded experiments, stored with the
 * identity of the machine for `harness gate`.
 */
import { takeSamples, withStoredRuns, writeSamples, type Samples } from '../../gate/index.ts';
import { plural } from '../../text/index.ts';
import type { CliContext } from '../context.ts';
import { loadPlan } from '../load-plan.ts';
import { untilStopped } from '../until-stopped.ts';

interface BenchSamplesFlags {
  readonly results?: string;
  readonly experiment?: readonly string[];
  readonly runs: number;
  readonly milliseconds: number;
  readonly out?: string;
  readonly json: boolean;
}

export async function benchSamplesCommand(context: CliContext, flags: BenchSamplesFlags): Promise<void> {
  const experiments = await Promise.all((flags.experiment ?? []).map(named));
  const { runs, milliseconds } = flags;
  const samples = await untilStopped(context, (signal) =>
    takeSamples({
      folder: process.cwd(),
      resultsFolder: context.resultsFolder(flags.results),
      experiments,
      runs,
      milliseconds,
      signal,
      onStep: (step) => context.note(step),
    }),
  );
  if (samples === null) return;
  if (flags.out !== undefined) writeSamples(flags.out, withStoredRuns(flags.out, samples));
  if (flags.json) return context.printJson({ ...samples });
  printSamples(context, samples);
  if (flags.out !== undefined) context.print(`kept in ${flags.out}`);
}

async function named(spec: string): Promise<{ readonly name: string; readonly spec: string }> {
  const { plan } = await loadPlan(spec, []);
  return { name: plan.experiment, spec };
}

function printSamples(context: CliContext, { speed, quality }: Samples): void {
  const paths = speed[0]?.times ?? [];
  const right = (name: string) => ({ name, align: 'right' }) as const;
  context.printTable(
    ['path', right('median ms of the first run'), right('calls a run'), 'one call'],
    paths.map(({ name, work, calls, ms }) => [name, (ms[Math.floor(ms.length / 2)] ?? 0).toPrecision(4), calls, work]),
  );
  for (const { condition, metric, seeds, missing } of quality)
    context.print(`${condition}: ${metric} of ${plural(seeds.length, 'seed')}, ${missing.length} without a score`);
  const machine = speed[0]?.machine;
  if (machine !== undefined)
    context.print(`${machine.cpuModel}, ${machine.cores} cores, Node ${machine.node}, ${machine.engine}`);
}
