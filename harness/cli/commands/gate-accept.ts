/** `harness gate accept --reason TEXT`: the baseline that later changes are judged by. */
import { accept, findingCells, findingColumns, type Accepted } from '../../gate/index.ts';
import { plural } from '../../text/index.ts';
import type { CliContext } from '../context.ts';
import { untilStopped } from '../until-stopped.ts';

interface AcceptFlags {
  readonly reason: string;
  readonly from?: string;
  readonly out: string;
  readonly experiment?: readonly string[];
  readonly runs: number;
  readonly milliseconds: number;
  readonly json: boolean;
}

export async function gateAccept(context: CliContext, flags: AcceptFlags): Promise<void> {
  const { reason, from = null, out, experiment = [], runs, milliseconds } = flags;
  const accepted = await untilStopped(context, (signal) =>
    accept({
      folder: process.cwd(),
      reason,
      from,
      out,
      experiments: experiment,
      runs,
      milliseconds,
      now: new Date(),
      signal,
      onStep: (step) => context.note(step),
    }),
  );
  if (accepted === null) return;
  if (flags.json) return context.printJson(documentOf(accepted));
  const { changes, file, samples } = accepted;
  if (changes.length > 0) context.printTable([...findingColumns], changes.map(findingCells));
  const [{ by, reason: why } = { by: '', reason: '' }] = samples.accepted;
  context.print(
    `${file}: ${plural(samples.quality.length, 'metric')} of quality, ${plural(samples.speed.length, 'run')} of speed, ` +
      `accepted by ${by}: ${why}`,
  );
  context.print('Commit it: later changes are judged by it.');
}

function documentOf({ file, samples, changes }: Accepted): Readonly<Record<string, unknown>> {
  return {
    file,
    accepted: samples.accepted[0],
    commit: samples.commit,
    quality: samples.quality.length,
    speed: samples.speed.length,
    changes: changes.map(({ name, outcome, adjustedP }) => ({ name, outcome, adjustedP })),
  };
}
