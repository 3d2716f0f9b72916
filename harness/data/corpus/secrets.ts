/**
 * Whether a text holds a key or a password that opens something. A small set of rules with few false alarms, not a
 * scanner: tokens whose form their issuer published, private keys, and random strings given to a telling name.
 */

/** Forms that issuers document. What stands behind `(?!` are their own examples. */
const tokens: readonly RegExp[] = [
  // AWS access key.
  /\b(?:AKIA|ASIA)(?![A-Z0-9]*EXAMPLE)[A-Z2-7]{16}\b/,
  // Google API key.
  /\bAIza[0-9A-Za-z_-]{35}(?![0-9A-Za-z_-])/,
  // GitHub: personal, OAuth, user, server and refresh tokens; fine-grained tokens.
  /\bgh[pousr]_[0-9A-Za-z]{36}\b/,
  /\bgithub_pat_[0-9A-Za-z]{22}_[0-9A-Za-z]{59}\b/,
  // GitLab, npm, PyPI.
  /\bglpat-[0-9A-Za-z_-]{20}\b/,
  /\bnpm_[0-9A-Za-z]{36}\b/,
  /\bpypi-AgEIcHlwaS5vcmc[0-9A-Za-z_-]{50,}/,
  // Slack: tokens and webhooks.
  /\bxox[abeoprs]-[0-9]{8,}-[0-9A-Za-z-]{16,}/,
  /hooks\.slack\.com\/services\/T[0-9A-Z]{8,}\/B[0-9A-Z]{8,}\/[0-9A-Za-z]{24}/,
  // Stripe and OpenAI, Hugging Face.
  /\b[rs]k_live_[0-9A-Za-z]{24,}/,
  /\bsk-(?:proj-)?[0-9A-Za-z]{20}T3BlbkFJ[0-9A-Za-z]{20}/,
  /\bhf_[A-Za-z]{34}\b/,
];

/** With a line of the key: the header alone stands in every program that reads keys. */
const privateKey = /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----(?:\\n|[\s"'+,])*[0-9A-Za-z+/]{40,}/;

/** A quoted string without spaces, given to a name that says what it is for. */
const assigned =
  /(?:secret|token|api_?key|access_?key|private_?key|auth_?key|passwd|password|credential)\w{0,20}["'`]?\]?\s*(?::\s*str\s*)?[:=]\s*[rb]?["'`]([0-9A-Za-z+/=_.~-]{20,200})["'`]/gi;

const placeholder = /example|sample|dummy|placeholder|changeme|your|test|fake|mock|x{4}|0{6}|1234|abcd|\.{3}/i;

/** Bits a character below which a string is words rather than random. Hexadecimal has 4 at most. */
const minEntropy = 3.6;

export function holdsSecret(text: string): boolean {
  if (tokens.some((token) => token.test(text)) || privateKey.test(text)) return true;
  for (const [, value = ''] of text.matchAll(assigned)) if (isRandom(value)) return true;
  return false;
}

/** Letters and digits in no order that anyone would write. */
function isRandom(value: string): boolean {
  if (!/\d/.test(value) || !/[A-Za-z]/.test(value) || placeholder.test(value)) return false;
  // Names in parts (`oauth2_client_credentials`, `sha256.v1`) are words, whatever their digits.
  const longest = Math.max(...value.split(/[_.~-]/).map((part) => part.length));
  return longest >= 16 && (value.match(/\d/g) ?? []).length >= 3 && entropy(value) >= minEntropy;
}

/** Shannon entropy of its characters, in bits a character. */
function entropy(value: string): number {
  const counts = new Map<string, number>();
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / value.length) * Math.log2(count / value.length);
  return bits;
}
