import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestOf, fixtureTexts } from './digest.ts';
import { groups, type Group } from './groups.ts';
import { answer } from './ours.ts';
import { askRust, hasRustLibrary } from './rust-library.ts';

const file = path.join(import.meta.dirname, 'fixtures/digests.json');
const digests = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, string>>;

/** What differs, with the shortest text that shows it. */
function differences({ cases, texts }: Group, count: number, seed: number): readonly object[] {
  const chosen = texts(count, seed);
  const ours = cases.map((one) => answer(one, chosen));
  const questions = cases.map((one, index) => ({ case: one, vocabulary: ours[index]!.vocabulary }));
  const theirs = askRust(questions, chosen);
  return cases.flatMap(({ name }, index) => {
    const different = chosen.flatMap((text, at) => {
      const [our, rust] = [ours[index]!.results[at], theirs[index]![at]];
      return JSON.stringify(our) === JSON.stringify(rust) ? [] : [{ name, text, our, rust }];
    });
    return different.sort((a, b) => a.text.length - b.text.length).slice(0, 1);
  });
}

/** At least 5,000 texts a kind, shared among its cases. */
function liveCount({ cases }: Group): number {
  return Math.max(100, Math.ceil(5000 / cases.length));
}

describe('parts of tokenizer.json give what the Rust library gives', () => {
  it.each(groups)('$title', ({ cases, texts }) => {
    const chosen = texts(fixtureTexts.count, fixtureTexts.seed);
    const different = cases.filter((one) => digestOf(answer(one, chosen).results) !== digests[one.name]);
    expect(different.map(({ name }) => name)).toEqual([]);
  });

  it.skipIf(!hasRustLibrary).each(groups)(
    '$title, on other texts (skipped without HARNESS_PYTHON)',
    (group) => {
      expect(differences(group, liveCount(group), 20_261)).toEqual([]);
    },
    600_000,
  );
});
