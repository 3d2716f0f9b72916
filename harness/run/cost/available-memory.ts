/**
 * Memory that processes of ours may take: what the system says is available, or what is left of the limit of a control
 * group, this process's own or one around it, where that is smaller (containers, batch systems).
 */
import { join } from 'node:path';
import { freemem, totalmem } from 'node:os';
import { memoryGroups, readText, type MemoryGroup, type ReadText } from './control-groups.ts';

export interface AvailableMemory {
  readonly bytes: number;
  /** Where the number comes from. */
  readonly source: string;
}

export function availableMemory(read: ReadText = readText): AvailableMemory {
  const kilobytes = /^MemAvailable:\s+(\d+) kB$/m.exec(read('/proc/meminfo') ?? '')?.[1];
  const system: AvailableMemory =
    kilobytes === undefined
      ? { bytes: freemem(), source: 'free memory' }
      : { bytes: Number(kilobytes) * 1024, source: 'available memory' };
  const groups = memoryGroups(read).flatMap((group) => leftOf(group, read) ?? []);
  return [system, ...groups].reduce((least, one) => (one.bytes < least.bytes ? one : least));
}

const files = {
  2: { limit: 'memory.max', used: 'memory.current', cache: /^inactive_file (\d+)$/m },
  1: { limit: 'memory.limit_in_bytes', used: 'memory.usage_in_bytes', cache: /^total_inactive_file (\d+)$/m },
} as const;

/** The limit less what is used, page cache that can be dropped not counted; null where there is no limit. */
function leftOf({ version, folder }: MemoryGroup, read: ReadText): AvailableMemory | null {
  const { limit, used, cache } = files[version];
  const bytes = Number(read(join(folder, limit)) ?? NaN);
  // "max", or version 1's largest number: no limit.
  if (!Number.isFinite(bytes) || bytes > totalmem()) return null;
  const droppable = Number(cache.exec(read(join(folder, 'memory.stat')) ?? '')?.[1] ?? 0);
  const left = bytes - Number(read(join(folder, used)) ?? 0) + droppable;
  return { bytes: Math.max(0, left), source: `the memory limit of the control group ${folder}` };
}
