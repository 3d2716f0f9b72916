/**
 * What of a download is there already. Each process writes a part of its own, named after it, so that two that fetch
 * the same file never write into one; the part of a process that has ended is taken over by renaming, which only one
 * can do.
 */
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';

export interface PartFile {
  readonly path: string;
  /** Bytes that are there. */
  size(): number;
  /** What the server called the version they are of; null = not known. */
  validator(): string | null;
  /** Forgets the bytes; those to come are of this version. */
  begin(validator: string | null): void;
  remove(): void;
}

const host = hostname().replaceAll(/[^\w-]/g, '-');

/** The part for a file, with what an ended process has left of it. */
export function partFileFor(file: string): PartFile {
  const own = `${file}.${host}-${process.pid}.part`;
  if (!existsSync(own)) takeOver(file, own);
  return {
    path: own,
    size: () => statSync(own, { throwIfNoEntry: false })?.size ?? 0,
    validator: () => (existsSync(validatorOf(own)) ? readFileSync(validatorOf(own), 'utf8') : null),
    begin: (validator) => {
      remove(own);
      if (validator !== null) writeFileSync(validatorOf(own), validator);
    },
    remove: () => remove(own),
  };
}

function validatorOf(part: string): string {
  return `${part}.version`;
}

function remove(part: string): void {
  rmSync(part, { force: true });
  rmSync(validatorOf(part), { force: true });
}

/** The largest part that is left behind becomes ours; the others go. */
function takeOver(file: string, own: string): void {
  const [largest, ...rest] = leftBehind(file).toSorted((a, b) => sizeOf(b) - sizeOf(a));
  for (const part of rest) remove(part);
  if (largest === undefined) return;
  try {
    renameSync(largest, own);
  } catch {
    // Another process took it in the meantime: this one begins anew.
    return;
  }
  if (existsSync(validatorOf(largest))) renameSync(validatorOf(largest), validatorOf(own));
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** Parts by processes of this machine that are no more. */
function leftBehind(file: string): readonly string[] {
  const folder = path.dirname(file);
  const beginning = `${path.basename(file)}.${host}-`;
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.startsWith(beginning) && /^\d+\.part$/.test(name.slice(beginning.length)))
    .filter((name) => !isRunning(Number.parseInt(name.slice(beginning.length), 10)))
    .map((name) => path.join(folder, name));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
