/** Counts and what is counted. */

/** 24576 -> `24,576`. Own code, not the locale of the machine. */
export function count(value: number): string {
  return String(value).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

/**
 * `1 seed`, `2 seeds`, `0 stages`; a plural that is not the noun with an s is given: `plural(2, 'entry', 'entries')`.
 */
export function plural(value: number, noun: string, nouns = `${noun}s`): string {
  return `${count(value)} ${value === 1 ? noun : nouns}`;
}
