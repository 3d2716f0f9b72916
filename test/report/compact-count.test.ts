import { describe, expect, it } from 'vitest';
import { compactCount } from '../../harness/report/format.ts';

describe('counts on an axis', () => {
  it.each([
    [512, '512'],
    [1024, '1k'],
    [24_576, '24k'],
    [1000, '1k'],
    [1500, '1.5k'],
    [2_097_152, '2M'],
    [33_694_720, '33.7M'],
  ])('writes %i as %s', (value, text) => expect(compactCount(value)).toBe(text));
});
