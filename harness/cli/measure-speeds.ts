/** Times a step on every device that is here and keeps the record, by which `auto` chooses from then on. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { measureDevices } from '../bench/index.ts';
import { speedRecordFile, type SpeedRecord } from '../engine/index.ts';
import type { CliContext } from './context.ts';
import { cacheFolder } from './folders.ts';

/** @throws UserError (3) where no device takes the step. */
export async function measureSpeeds(context: CliContext): Promise<void> {
  const { record, failed } = await measureDevices(new Date(), (device) =>
    context.note(`measuring ${device}: a training step of 5.26 M parameters`),
  );
  for (const { device, reason } of failed) context.note(`${device} could not take the step: ${reason}`);
  const file = keepRecord(cacheFolder(context.host.env), record);
  const speeds = record.speeds.map(
    ({ device, pairsPerSecond }) => `${device} ${pairsPerSecond.toPrecision(3)} pairs/s`,
  );
  context.note(`${speeds.join(', ')}; kept in ${file}`);
}

/** The file. */
function keepRecord(folder: string, record: SpeedRecord): string {
  const file = speedRecordFile(folder);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `${JSON.stringify(record, null, 2)}\n`);
  return file;
}
