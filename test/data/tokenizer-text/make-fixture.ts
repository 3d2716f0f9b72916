/**
 * Writes fixtures/digests.json: what the Rust library makes of all texts, as one digest a case.
 *
 *     HARNESS_PYTHON=python3 npx tsx test/data/tokenizer-text/make-fixture.ts
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { digestOf, fixtureTexts } from './digest.ts';
import { groups } from './groups.ts';
import { answer } from './ours.ts';
import { askRust } from './rust-library.ts';

const digests: Record<string, string> = {};
for (const { title, cases, texts } of groups) {
  const chosen = texts(fixtureTexts.count, fixtureTexts.seed);
  // Only what a model must know for its tokens to be seen is taken from our own results.
  const questions = cases.map((one) => ({ case: one, vocabulary: answer(one, chosen).vocabulary }));
  askRust(questions, chosen).forEach((results, index) => {
    const { name } = cases[index] as { readonly name: string };
    if (Object.hasOwn(digests, name)) throw new Error(`two cases are called ${name}`);
    digests[name] = digestOf(results);
  });
  console.log(title, cases.length);
}
writeFileSync(path.join(import.meta.dirname, 'fixtures/digests.json'), `${JSON.stringify(digests, null, 1)}\n`);
