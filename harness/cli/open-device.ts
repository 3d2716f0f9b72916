/** The device that a flag names; `auto` goes by what was measured on this machine, where something was. */
import { openExecutor, readSpeedRecord, type Device, type OpenedExecutor } from '../engine/index.ts';
import type { CliContext } from './context.ts';
import { cacheFolder } from './folders.ts';

/** @throws UserError (3) where the device is not there. */
export function openDevice({ host }: CliContext, device: Device | 'auto'): Promise<OpenedExecutor> {
  return openExecutor(device, readSpeedRecord(cacheFolder(host.env)));
}
