/**
 * Memory that processes of ours may take: what the system says is available, or what is left of the control group's
 * limit where there is a smaller one (containers).
 */
import { readFileSync } from 'node:fs';
import { freemem, totalmem } from 'node:os';

export interface AvailableMemory {
  readonly bytes: number;
  /** Where the number comes from. */
  readonly source: string;
}

export function availableMemory(read: (file: string) => string | null = readText): AvailableMemory {
  const kilobytes = /^MemAvailable:\s+(\d+) kB$/m.exec(read('/proc/meminfo') ?? '')?.[1];
  const system: AvailableMemory =
    kilobytes === undefined
      ? { bytes: freemem(), source: 'free memory' }
      : { bytes: Number(kilobytes) * 1024, source: 'available memory' };
  return [system, ...groupMemory(read)].reduce((least, one) => (one.bytes < least.bytes ? one : least));
}

/** cgroup version 2, then 1. */
const groupFiles = [
  {
    limit: '/sys/fs/cgroup/memory.max',
    used: '/sys/fs/cgroup/memory.current',
    cache: /^inactive_file (\d+)$/m,
    stat: '/sys/fs/cgroup/memory.stat',
  },
  {
    limit: '/sys/fs/cgroup/memory/memory.limit_in_bytes',
    used: '/sys/fs/cgroup/memory/memory.usage_in_bytes',
    cache: /^total_inactive_file (\d+)$/m,
    stat: '/sys/fs/cgroup/memory/memory.stat',
  },
] as const;

/** The limit less what is used, page cache that can be dropped not counted. */
function groupMemory(read: (file: string) => string | null): readonly AvailableMemory[] {
  return groupFiles.flatMap(({ limit, used, cache, stat }) => {
    const bytes = Number(read(limit) ?? NaN);
    // "max", or version 1's largest number: no limit.
    if (!Number.isFinite(bytes) || bytes > totalmem()) return [];
    const droppable = Number(cache.exec(read(stat) ?? '')?.[1] ?? 0);
    const left = bytes - Number(read(used) ?? 0) + droppable;
    return [{ bytes: Math.max(0, left), source: 'the memory limit of this control group' }];
  });
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return null;
  }
}
