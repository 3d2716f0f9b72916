/** The log file of a slot: what its processes print, stage after stage. */
import { appendFileSync, closeSync, openSync, readSync, statSync } from 'node:fs';

const tailLines = 20;
const tailBytes = 64 * 1024;

/** Writes a heading, and returns where the stage's own lines begin. */
export function beginLog(file: string, heading: string): number {
  appendFileSync(file, `--- ${new Date().toISOString()} ${heading}\n`);
  return statSync(file).size;
}

/** The end of what was printed since `offset`. */
export function lastLinesOf(file: string, offset: number): readonly string[] {
  const start = Math.max(offset, statSync(file).size - tailBytes);
  const chunk = Buffer.alloc(tailBytes);
  const descriptor = openSync(file, 'r');
  const length = readSync(descriptor, chunk, 0, tailBytes, start);
  closeSync(descriptor);
  return chunk
    .toString('utf8', 0, length)
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-tailLines);
}
