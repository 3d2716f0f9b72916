/** Bytes of a file as text. */

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** null for bytes that are no text of UTF-8: a NUL byte is how git itself tells. */
export function decodeText(bytes: Uint8Array): string | null {
  if (bytes.includes(0)) return null;
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}
