import type { PreferencePair } from '../../../harness/data/index.ts';

/** A pair with what is told of it; its group is its id. */
export function pair(parts: Partial<PreferencePair> & Pick<PreferencePair, 'id'>): PreferencePair {
  return {
    group: parts.id,
    prompt: 'function f() {',
    chosen: '\n  return a;\n}',
    rejected: '\n  return b;\n}',
    source: 'lib/file.js:1',
    edits: [],
    ...parts,
  };
}
