/** How far a download is, in one line of a terminal that is drawn again; nothing where there is none. */
import { progressBar } from '../../text/index.ts';
import type { OutputStream } from '../output-stream.ts';
import { LiveLines } from './live-lines.ts';

export interface TransferLine {
  /** Bytes that are there, and of how many; null = not known. */
  readonly show: (done: number, total: number | null) => void;
  /** Takes the line away. */
  end(): void;
}

const barWidth = 20;

export function transferLine(stream: OutputStream, name: string, isWanted: boolean): TransferLine {
  if (!isWanted || stream.isTTY !== true) return { show: () => {}, end: () => {} };
  const lines = new LiveLines(stream, (line) => line);
  let shown: string | null = null;
  return {
    show: (done, total) => {
      const line = describe(name, done, total);
      // A file comes in thousands of pieces; most change nothing that is seen.
      if (line === shown) return;
      shown = line;
      lines.draw([line]);
    },
    end: () => {
      if (shown !== null) lines.draw([]);
    },
  };
}

function describe(name: string, done: number, total: number | null): string {
  if (total === null) return `${name} ${megabytes(done)} MB`;
  return `${name} ${progressBar(done, total, barWidth)} ${megabytes(done)} of ${megabytes(total)} MB`;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
