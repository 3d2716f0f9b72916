/** A folder that is whole or absent is made in a staging folder beside it, and renamed. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';

const stagingPrefix = '.installing-';

/** A new staging folder; those of installs that were interrupted are removed. */
export function stageIn(folder: string): string {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder).filter((entry) => entry.startsWith(stagingPrefix)))
    if (!isRunning(Number(name.split('-')[1]))) rmSync(path.join(folder, name), { recursive: true, force: true });
  return mkdtempSync(path.join(folder, `${stagingPrefix}${process.pid}-`));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
