/**
 * Whether a folder lies on another machine, by the number that statfs(2) gives for the sort of file system. Leases need
 * an atomic rename and rmdir of it (decision 037): file servers have them, object stores mounted as files have not.
 */
import { statfsSync } from 'node:fs';

const slow = 'stages that start and end often wait for it';
const unsure =
  'it may be an object store, without the atomic rename that results rely on: a local disk is safe, and `rsync` after it';

/** linux/magic.h, and the kernels of those that are not in it. */
const known: ReadonlyMap<number, string> = new Map([
  [0x6969, `a network file system (NFS): ${slow}`],
  [0x517b, `a network file system (SMB): ${slow}`],
  [0xff534d42, `a network file system (SMB): ${slow}`],
  [0xfe534d42, `a network file system (SMB): ${slow}`],
  [0x0bd00bd0, `a network file system (Lustre): ${slow}`],
  [0x47504653, `a network file system (GPFS): ${slow}`],
  [0x19830326, `a network file system (BeeGFS): ${slow}`],
  [0x00c36400, `a network file system (Ceph): ${slow}`],
  [0x5346414f, `a network file system (AFS): ${slow}`],
  [0x01021997, `a file system of the host (9p): ${slow}`],
  [0x65735546, `a file system in user space (FUSE): ${unsure}`],
]);

/** What to know of it; null where the disk is this machine's own, or it cannot be told. */
export function sharedFileSystem(
  folder: string,
  typeOf = (place: string): number => statfsSync(place).type,
): string | null {
  if (process.platform !== 'linux') return null;
  return known.get(typeOf(folder) >>> 0) ?? null;
}
