/** Normalizers that take characters out and put others in their place: `StripAccents` and `Nmt`. */
import { CodePointSet } from '../unicode/code-point-set.ts';
import { tables } from '../unicode/tables.ts';
import { characterwise, type ReadNormalizer } from './normalizer.ts';

/** Marks that are characters of their own; composed ones stay. */
export const readStripAccents: ReadNormalizer = () => {
  const marks = new RegExp(CodePointSet.read(tables.combiningMark).toClass(), 'gu');
  return characterwise((text) => text.replace(marks, ''));
};

/** Of the rules of SentencePiece's `nmt_nfkc`, those that are not Unicode's. */
export const readNmt: ReadNormalizer = () => {
  const controls = CodePointSet.range(1, 8)
    .or(CodePointSet.range(0x0e, 0x1f))
    .or(CodePointSet.of('\u000b\u007f\u008f\u009f'));
  const removed = new RegExp(controls.toClass(), 'gu');
  const spaces = /[\t\n\f\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]/g;
  return characterwise((text) => text.replace(removed, '').replace(spaces, ' '));
};
