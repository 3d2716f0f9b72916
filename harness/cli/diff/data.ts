/** The data behind two stages: which of it is the same, byte by byte, although other stages made it. */
import { readDone, stageFolder } from '../../store/index.ts';
import type { StagePair } from './config.ts';

export interface DataOfBoth extends StagePair {
  /** Outputs whose bytes differ or that one of them lacks; none = other settings, and the same data. */
  readonly different: readonly string[];
}

const dataKinds: ReadonlySet<string> = new Set(['corpus', 'tokenizer', 'descriptions', 'completions', 'pairs', 'task']);

/** Only of stages that are done. */
export function diffData(resultsFolder: string, pairs: readonly StagePair[]): readonly DataOfBoth[] {
  return pairs.flatMap((pair) => {
    if (!dataKinds.has(pair.kind)) return [];
    const [a, b] = [digestsOf(resultsFolder, pair.a), digestsOf(resultsFolder, pair.b)];
    if (a === null || b === null) return [];
    const files = [...new Set([...a.keys(), ...b.keys()])];
    return [{ ...pair, different: files.filter((file) => a.get(file) !== b.get(file)) }];
  });
}

/** Output -> sha256; null where the stage is not done. */
function digestsOf(resultsFolder: string, id: string): ReadonlyMap<string, string> | null {
  const done = readDone(stageFolder(resultsFolder, id), id);
  if (done === null || 'damaged' in done) return null;
  return new Map(done.outputs.map(({ file, sha256 }) => [file, sha256]));
}
