/**
 * `NFC`, `NFD`, `NFKC` and `NFKD` by the Unicode version of the Rust library. Normalization of a character never
 * changes once Unicode has it, so JavaScript's own is right for all that the library knows; whatever else a newer
 * engine may decompose, reorder or compose is kept out of its sight.
 */
import type { Piece } from '../piece.ts';
import { lazy } from '../lazy.ts';
import { CodePointSet } from '../unicode/code-point-set.ts';
import { tables } from '../unicode/tables.ts';
import { formChanges, type Form, type Knowledge } from './form-changes.ts';
import { startAfter, type Normalizer } from './normalizer.ts';

const beyondAscii = /[^\0-\x7f]/;

const composing = lazy(() => CodePointSet.read(tables.composing));
const notNfd = lazy(() => CodePointSet.read(tables.notNfd));

/** Characters that normalization may change, alone or after others. */
const changing: Readonly<Record<Form, () => CodePointSet>> = {
  NFD: notNfd,
  NFKD: notNfd,
  NFC: lazy(() => CodePointSet.read(tables.notNfc)),
  NFKC: lazy(() => CodePointSet.read(tables.notNfkc)),
};

const pointOf = (character: string): number => character.codePointAt(0) as number;

const known: Knowledge = {
  decomposes: (character) => notNfd().has(pointOf(character)),
  // Of the parts of a decomposition only nonstarters are in this set.
  isNonstarter: (character) => notNfd().has(pointOf(character)) && character.normalize('NFKD') === character,
  composes: (character) => composing().has(pointOf(character)),
};

export function toForm(form: Form): Normalizer {
  const run = `${changing[form]().toClass()}+`;
  // Composition takes in the character before a run, which may first lose a mark of its own: Ľ and a cedilla are Ļ and
  // a caron.
  const before = composing().or(notNfd()).toClass();
  const pattern = new RegExp(form.endsWith('C') ? `${before}?${run}` : run, 'gu');
  return (piece) => {
    if (!beyondAscii.test(piece.text)) return piece;
    const text = piece.text.replace(pattern, (run) => run.normalize(form));
    return { text, startLength: normalizedStart(piece, form) };
  };
}

function normalizedStart(piece: Piece, form: Form): number {
  const { text, startLength } = piece;
  if (startLength <= 0) return startLength;
  let end = startLength;
  while (end < text.length && changing[form]().has(text.codePointAt(end) as number))
    end += (text.codePointAt(end) as number) > 0xffff ? 2 : 1;
  return startAfter(formChanges(text.slice(0, end), form, known), piece);
}
