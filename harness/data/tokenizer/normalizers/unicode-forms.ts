/**
 * `NFC`, `NFD`, `NFKC` and `NFKD` by the Unicode version of the Rust library. Normalization of a character never changes
 * once Unicode has it, so JavaScript's own is right for all that the library knows; whatever else a newer engine may
 * decompose, reorder or compose is kept out of its sight.
 */
import type { Piece } from '../piece.ts';
import { CodePointSet } from '../unicode/code-point-set.ts';
import { tables } from '../unicode/tables.ts';
import type { Normalizer } from './normalizer.ts';

export type Form = 'NFC' | 'NFD' | 'NFKC' | 'NFKD';

const beyondAscii = /[^\0-\x7f]/;

/** Runs that normalization may change. Composition takes in the character before them. */
const runs: Readonly<Record<Form, RegExp>> = {
  NFD: runOf(tables.notNfd),
  NFKD: runOf(tables.notNfd),
  NFC: runOf(tables.notNfc, tables.composing),
  NFKC: runOf(tables.notNfkc, tables.composing),
};

function runOf(changing: string, before?: string): RegExp {
  const run = `${CodePointSet.read(changing).toClass()}+`;
  return new RegExp(before === undefined ? run : `${CodePointSet.read(before).toClass()}?${run}`, 'gu');
}

export function toForm(form: Form): Normalizer {
  return (piece) => (beyondAscii.test(piece.text) ? normalized(piece, form) : piece);
}

function normalized({ text, startLength }: Piece, form: Form): Piece {
  const change = (part: string) => part.replace(runs[form], (run) => run.normalize(form));
  return { text: change(text), startLength: startLength === 0 ? 0 : change(text.slice(0, startLength)).length };
}
