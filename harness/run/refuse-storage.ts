/**
 * An experiment that asks for 16-bit storage on a device without it is refused before it starts: the device would
 * refuse it, too, hours later in a worker.
 */
import { deviceStorages, type Device } from '../engine/index.ts';
import type { StageConfigs } from '../plan/index.ts';
import type { PlannedStage } from '../plan/stage.ts';
import type { HalfPrecision } from '../spec/experiment-schema.ts';
import { UserError } from '../spec/user-error.ts';

/** @throws UserError (3) with every field that the device cannot follow. */
export function refuseStorage(stages: readonly PlannedStage[], device: Device): void {
  const known = deviceStorages[device];
  const refused = new Set(
    stages.flatMap((stage) =>
      askedOf(stage)
        .filter(({ storage }) => storage != null && !known.includes(storage))
        .map(({ field, storage }) => `${field} ${storage}`),
    ),
  );
  if (refused.size === 0) return;
  throw new UserError(
    `device ${device} keeps ${known.join(' and ')} only; the experiment asks for ${[...refused].join(', ')}`,
    { exitCode: 3, hint: 'Set the fields to null, or use --device cpu.' },
  );
}

interface Asked {
  readonly field: string;
  readonly storage: HalfPrecision | null | undefined;
}

function askedOf(stage: PlannedStage): readonly Asked[] {
  if (stage.kind === 'pretrain' || stage.kind === 'decay')
    return [{ field: 'pretrain.optimizer.momentStorage', storage: stage.config.optimizer.momentStorage }];
  if (stage.kind !== 'finetune') return [];
  const { optimizer, trainable }: StageConfigs['finetune']['finetune'] = stage.config.finetune;
  return [
    { field: 'finetune.optimizer.momentStorage', storage: optimizer.momentStorage },
    { field: 'finetune.trainable.frozenStorage', storage: trainable?.frozenStorage },
  ];
}
