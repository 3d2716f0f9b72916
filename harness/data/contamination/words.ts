/**
 * Texts in the form in which questions are compared. Two questions that differ in a number are two questions, so
 * numbers and signs of arithmetic stay.
 */

/** Words and signs: Unicode NFKC, lower case, punctuation out. `-`, `/` and `&` between letters are punctuation. */
export function normalizedWords(text: string): readonly string[] {
  return text.normalize('NFKC').toLowerCase().match(wordOrSign) ?? [];
}

const wordOrSign = /[\p{L}\p{M}\p{N}]+|[+=<>%^|]|(?<!\*)\*(?!\*)|(?<!\p{L})[-/&]|[-/&](?!\p{L})/gu;

/** The whole text with its punctuation: Unicode NFKC, lower case, one blank between words. */
export function normalizedText(text: string): string {
  return text.normalize('NFKC').toLowerCase().trim().replaceAll(/\s+/g, ' ');
}
