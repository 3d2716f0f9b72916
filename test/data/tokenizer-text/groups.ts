/** The cases by kind, each with the texts that it is tried on. */
import { normalizerCases, precompiledCases, preTokenizerCases, splitCases } from './cases.ts';
import { codePointTexts } from './code-points.ts';
import type { Case } from './ours.ts';
import { characterCases, propertyCases } from './property-cases.ts';
import { randomTexts } from './random-texts.ts';
import { addedTokenCases, sequenceCases, startCases } from './whole-cases.ts';

export interface Group {
  readonly title: string;
  readonly cases: readonly Case[];
  /** `count` is how many texts a case gets where they are random. */
  readonly texts: (count: number, seed: number) => readonly string[];
}

const random = (count: number, seed: number) => ['', ...randomTexts(count, seed)];
const all = codePointTexts('');
const apart = codePointTexts('a');

export const groups: readonly Group[] = [
  { title: 'normalizers', cases: normalizerCases, texts: random },
  { title: 'Precompiled', cases: precompiledCases, texts: random },
  { title: 'Split, with every behavior', cases: splitCases, texts: random },
  { title: 'pre-tokenizers', cases: preTokenizerCases, texts: random },
  { title: 'added tokens', cases: addedTokenCases, texts: random },
  { title: 'the start of a text', cases: startCases, texts: random },
  { title: 'sequences', cases: sequenceCases, texts: random },
  { title: 'classes of patterns, on all code points', cases: propertyCases, texts: () => all },
  { title: 'kinds of characters, on all code points', cases: characterCases, texts: () => apart },
];
