/**
 * The control groups that bound the memory of this process: its own and all those around it, in version 2 or 1. Inside
 * a container the outer ones cannot be seen, and their files are simply not there.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The text of a file, or null where it cannot be read. */
export type ReadText = (file: string) => string | null;

export interface MemoryGroup {
  readonly version: 1 | 2;
  readonly folder: string;
}

/** Where systems mount them. Where both versions are, only one of them has files about memory. */
const mounts = { 2: ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'], 1: ['/sys/fs/cgroup/memory'] } as const;

/** The innermost first. */
export function memoryGroups(read: ReadText = readText): readonly MemoryGroup[] {
  const lines = (read('/proc/self/cgroup') ?? '').split('\n').map((line) => /^\d+:([^:]*):(.*)$/.exec(line));
  const pathOf = (isMemory: (controllers: string) => boolean): string =>
    lines.find((line) => line !== null && isMemory(line[1] ?? ''))?.[2] ?? '/';
  const paths = {
    2: pathOf((controllers) => controllers === ''),
    1: pathOf((controllers) => controllers.split(',').includes('memory')),
  } as const;
  return ([2, 1] as const).flatMap((version) =>
    mounts[version].flatMap((mount) =>
      levels(paths[version]).map((path) => ({ version, folder: join(mount, path) }) as const),
    ),
  );
}

/** `/a/b` -> `/a/b`, `/a`, and the root. A path outside of what this process can see (`/../x`) leaves the root. */
function levels(path: string): readonly string[] {
  const names = path.split('/').filter((name) => name !== '');
  if (names.includes('..')) return [''];
  return names.map((_, index) => `/${names.slice(0, names.length - index).join('/')}`).concat('');
}

const eventFiles = { 2: 'memory.events', 1: 'memory.oom_control' } as const;

/** How many processes were ended for want of memory so far: in this process's group, else on this machine. */
export function countOomKills(read: ReadText = readText): number {
  const texts = memoryGroups(read).map(({ version, folder }) => read(join(folder, eventFiles[version])));
  const counts = [...texts, read('/proc/vmstat')].map((text) => /^oom_kill (\d+)$/m.exec(text ?? '')?.[1]);
  return Number(counts.find((count) => count !== undefined) ?? 0);
}

export function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return null;
  }
}
