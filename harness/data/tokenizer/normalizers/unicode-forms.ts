/** `NFC`, `NFD`, `NFKC` and `NFKD`. */
import type { ReadNormalizer } from './normalizer.ts';

const beyondAscii = /[^\0-\x7f]/;

export function readForm(form: 'NFC' | 'NFD' | 'NFKC' | 'NFKD'): ReadNormalizer {
  return () =>
    ({ text, startLength }) =>
      beyondAscii.test(text)
        ? { text: text.normalize(form), startLength: text.slice(0, startLength).normalize(form).length }
        : { text, startLength };
}
