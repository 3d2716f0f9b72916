/** Runs a training loop to its end and keeps all it said. */
import type { TrainEvent, TrainOptions, TrainResult } from '../../harness/train/index.ts';
import { trainLoop } from '../../harness/train/index.ts';

export async function collect(options: TrainOptions): Promise<{
  readonly events: readonly TrainEvent[];
  readonly result: TrainResult;
  readonly metric: (step: number, name: string) => number | undefined;
}> {
  const loop = trainLoop(options);
  const events: TrainEvent[] = [];
  let next = await loop.next();
  for (; !next.done; next = await loop.next()) events.push(next.value);
  const values = new Map(
    events.flatMap((event) => (event.kind === 'metric' ? [[`${event.step} ${event.name}`, event.value] as const] : [])),
  );
  return { events, result: next.value, metric: (step, name) => values.get(`${step} ${name}`) };
}
