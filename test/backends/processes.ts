/** The processes of one test, found by a variable of their environment, which all descendants inherit. Linux. */
import { readFileSync, readdirSync } from 'node:fs';

export interface Found {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
  /** Of torchrun; null for all others. */
  readonly rank: number | null;
}

/** Those that are alive: what has ended and was not waited for yet is not. */
export function processesWith(mark: string): readonly Found[] {
  return readdirSync('/proc').flatMap((pid) => (/^\d+$/.test(pid) ? (foundIn(`/proc/${pid}`, mark) ?? []) : []));
}

function foundIn(folder: string, mark: string): Found | null {
  try {
    const environment = readFileSync(`${folder}/environ`, 'latin1').split('\0');
    if (!environment.includes(mark)) return null;
    const stat = readFileSync(`${folder}/stat`, 'latin1');
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z' || state === 'X') return null;
    const command = readFileSync(`${folder}/cmdline`, 'latin1').replaceAll('\0', ' ');
    const rank = environment.find((one) => one.startsWith('RANK='))?.slice('RANK='.length);
    return {
      pid: Number(folder.split('/').at(-1)),
      parent: Number(parent),
      command,
      rank: rank === undefined ? null : Number(rank),
    };
  } catch {
    return null; // it has ended meanwhile
  }
}

/** A process and all that it started, directly or not. */
export function familyOf(pid: number, all: readonly Found[]): readonly Found[] {
  const children = all.filter(({ parent }) => parent === pid).flatMap((child) => familyOf(child.pid, all));
  return [...all.filter((one) => one.pid === pid), ...children];
}
