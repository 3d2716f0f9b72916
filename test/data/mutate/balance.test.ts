import { describe, expect, test } from 'vitest';
import { drawTilted, fitTilt, follow, noTilt, type Seen } from '../../../harness/data/mutate/balance.ts';
import { familiarFeatures, familiarSigns, nothingFamiliar, remember } from '../../../harness/data/mutate/familiar.ts';
import { measureSurface, surfaceFeatures, surfaceSigns } from '../../../harness/data/mutate/surface.ts';
import { windowsOf } from '../../../harness/data/mutate/windows.ts';
import {
  addWords,
  pairDifference,
  toSparse,
  type Differences,
} from '../../../harness/data/rankers/word-differences.ts';
import { randomStream } from '../../../harness/random/index.ts';

const allSigns = surfaceFeatures.length + familiarFeatures;
const lines = surfaceFeatures.indexOf('lines');

/** Seen is one more line or one line less, and word number 7 on the chosen or the other side. */
function item(sign: number): Seen {
  const signs = new Int8Array(allSigns);
  signs[lines] = sign;
  return { difference: { indices: Int32Array.of(7), values: Float32Array.of(sign) }, signs };
}

describe('the surface', () => {
  test('features by hand', () => {
    const value = (text: string, feature: (typeof surfaceFeatures)[number]): number | undefined =>
      measureSurface(text)[surfaceFeatures.indexOf(feature)];
    const text = "if (a1 == 10) {\n\treturn 'é' + a1;\n}";
    const features = ['characters', 'lines', 'letters', 'digits', 'spaces', '=', 'ones', 'zeros', 'quotes'] as const;
    expect(features.map((feature) => value(text, feature))).toEqual([35, 2, 10, 4, 8, 2, 3, 1, 2]);
    // if ( a1 = = 10 ) { return ' é ' + a1 ; }: 16 tokens, of which =, ', a1 occur twice.
    expect([value(text, 'tokens'), value(text, 'distinct tokens')]).toEqual([16, 13]);
    expect(value('aéa b', 'distinct characters')).toBe(4);
  });

  test('signs say what chosen has more of', () => {
    const signs = surfaceSigns('a!!', 'b!1x');
    const bySign = Object.fromEntries(surfaceFeatures.map((feature, index) => [feature, signs[index]]));
    expect(bySign).toMatchObject({ characters: -1, '!': 1, digits: -1, order: -1, lines: 0, letters: -1 });
  });
});

describe('words', () => {
  test('around the changes differ as the whole texts do', () => {
    const text = 'let a = b(c, d);\nif (a !== c) return a.length - 1;\nreturn d;\n';
    const windows = windowsOf(text);
    for (const [start, end, replacement] of [
      [4, 5, 'e'],
      [0, 0, 'x'],
      [25, 25, '!'],
      [46, 47, '2'],
      [text.length, text.length, 'end'],
      [17, 51, ''],
    ] as const) {
      const differences: Differences = new Map();
      for (const { before, after } of windows([{ start, end, replacement }])) {
        addWords(differences, before.words, 1);
        addWords(differences, after.words, -1);
      }
      const whole = pairDifference(text, text.slice(0, start) + replacement + text.slice(end));
      // The last features are the counts of the whole texts.
      const ofWords = [...whole.indices].filter((index) => index < 2 ** 21 - 4).toSorted((a, b) => a - b);
      expect([...toSparse(differences).indices].toSorted((a, b) => a - b)).toEqual(ofWords);
    }
  });

  test('are familiar when functions before had them, and not from their own', () => {
    const familiar = nothingFamiliar();
    const difference = pairDifference('go(a)', 'go(b)');
    const before = familiarSigns(difference, familiar);
    // Chosen has the new word `a`, rejected the new word `b`: as many of both.
    expect([...before].every((sign) => sign === 0)).toBe(true);
    remember(familiar, 'go(a)');
    const after = familiarSigns(difference, familiar);
    // Now `b` is new and `a` was met once, and so it is with their neighbours.
    expect(Array.from(after.slice(0, 4))).toEqual([-1, -1, 1, 1]);
  });
});

describe('the tilt', () => {
  test('draws two opposite items in the ratio of their weights', () => {
    const [up, down] = [item(1), item(-1)];
    const tilt = noTilt();
    tilt.weights.signs[lines] = 0.5;
    const random = randomStream(1, 'test');
    const drawn = Array.from({ length: 8000 }, () => drawTilted([up, down], tilt, random, 1)[0]);
    // The blank has a weight of 2 x 0.05: e^0.5 / (e^0.5 + e^-0.5 + 0.1) = 0.700, e^-0.5 -> 0.258, the blank 0.042.
    const share = (wanted: Seen | undefined): number => drawn.filter((seen) => seen === wanted).length / drawn.length;
    expect(share(up)).toBeCloseTo(0.7, 1);
    expect(share(down)).toBeCloseTo(0.258, 1);
    expect(share(undefined)).toBeCloseTo(0.042, 1);
  });

  test('is fitted so that a one-sided offer is balanced', () => {
    const offer = [item(1), item(1), item(-1), item(1)];
    const groups = Array.from({ length: 2000 }, () => offer);
    const mean = (tilt: ReturnType<typeof noTilt>): number => {
      const random = randomStream(2, 'test');
      const drawn = groups.flatMap((group) => drawTilted(group, tilt, random, 1));
      return drawn.reduce((sum, { signs }) => sum + (signs[lines] ?? 0), 0) / drawn.length;
    };
    expect(mean(noTilt())).toBeGreaterThan(0.4);
    expect(Math.abs(mean(fitTilt(groups, 1, randomStream(3, 'test'))))).toBeLessThan(0.08);
  });

  test('follows what is drawn, so that the sums stay near zero without a fit', () => {
    const offer = [item(1), item(1), item(1), item(-1)];
    const [tilt, random] = [noTilt(), randomStream(4, 'test')];
    let [sum, largest] = [0, 0];
    for (let i = 0; i < 500; i++) {
      for (const drawn of drawTilted(offer, tilt, random, 1)) {
        follow(tilt, drawn);
        sum += drawn.signs[lines] ?? 0;
      }
      largest = Math.max(largest, Math.abs(sum));
    }
    expect(largest).toBeLessThan(12);
  });
});
