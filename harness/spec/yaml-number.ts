/**
 * Numbers that YAML reads otherwise than most people expect. Spellings that YAML leaves as text (`1_000`, `0b1`,
 * `1:30`) are not handled here: the schema refuses text where a number belongs.
 */
import type { ProblemWords } from './problem.ts';

/** What is wrong with a number as written; null where its value is the one everybody expects (`0x10`, `.5`, `1e3`). */
export function numberFault(written: string, value: number): ProblemWords | null {
  if (/^[-+]?0\d/.test(written)) return leadingZero(written, value);
  if (/inf|nan/i.test(written)) return { expected: 'a finite number', found: written };
  return outOfRange(written, value);
}

/** Numbers that a 64-bit float cannot hold as written. */
function outOfRange(written: string, value: number): ProblemWords | null {
  if (!Number.isFinite(value))
    return { expected: 'a number up to about 1.8e308', found: `${written}, which is larger` };
  if (value === 0 && /[1-9]/.test(mantissa(written)))
    return { expected: 'a number that is not rounded to 0', found: `${written}, which is too small` };
  const isWhole = /^[-+]?\d+$|^0[xo]/.test(written);
  return isWhole && !Number.isSafeInteger(value) ? roundedInteger(written, value) : null;
}

function roundedInteger(written: string, value: number): ProblemWords {
  return {
    expected: `a whole number up to ${Number.MAX_SAFE_INTEGER}`,
    found: `${written}, which is rounded to ${value}`,
    suggestion: `write "${written}" in quotes where text is meant`,
  };
}

/** YAML 1.1 reads `010` as octal 8, YAML 1.2 as 10; so it is refused. */
function leadingZero(written: string, value: number): ProblemWords {
  const digits = written.replace(/^[-+]?0+(?=\d)/, '');
  const plain = `${written.startsWith('-') ? '-' : ''}${digits}`;
  const octal = /^0[0-7]+$/.test(written) ? Number.parseInt(written, 8) : value;
  const asOctal = octal === value ? '' : `, 0o${digits} for octal ${octal}`;
  return {
    expected: 'a number without a leading zero',
    found: `${written}, which YAML reads as ${value}`,
    suggestion: `write ${plain}${asOctal}, or "${written}" in quotes for text`,
  };
}

function mantissa(written: string): string {
  return written.startsWith('0x') ? written.slice(2) : (written.split(/e/i)[0] ?? '');
}
