/** Preference pairs made of numbered text: alike in shape, different in names and numbers, as many as are asked for. */
import type { PreferencePair } from '../data/preference-pair.ts';

export function* numberedPairs(count: number): Generator<PreferencePair> {
  for (let index = 0; index < count; index++) yield numberedPair(index);
}

/** About 160 tokens of a vocabulary of 400 that was trained on such pairs. */
export function numberedPair(index: number): PreferencePair {
  const name = `${verbs[index % verbs.length]}${nouns[index % nouns.length]}${index}`;
  const limit = (index * 7) % 1009;
  const body = (operator: string): string =>
    `  let total = 0;\n${`  for (const value of values) {\n    if (value ${operator} limit) total += value * ${index % 13};\n  }\n`.repeat(
      1 + (index % 3),
    )}  return total / ${1 + (index % 17)};\n}\n`;
  return {
    id: `numbered/${index}.js:1`,
    group: `numbered/${index}`,
    prompt: `/** The part of the values above ${limit}, number ${index}. */\nfunction ${name}(values, limit = ${limit}) {\n`,
    chosen: body('>'),
    rejected: body(index % 2 === 0 ? '>=' : '<'),
    source: 'numbered',
    edits: ['operator: > -> another (line 3)'],
    language: 'javascript',
    isDescribed: true,
  };
}

const verbs = ['sum', 'count', 'mean', 'find', 'merge', 'split', 'clamp'];
const nouns = ['Values', 'Items', 'Rows', 'Parts', 'Prices', 'Weights', 'Scores', 'Lines', 'Nodes', 'Users', 'Words'];
