/** Text from elsewhere as it can be shown in a terminal: nothing in it acts on the terminal, or cannot be seen. */

/** Controls, format characters, separators other than the space, unassigned code points, private use. */
const invisible = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu;
const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

export function escaped(text: string): string {
  return text.replaceAll(invisible, (character) => short[character] ?? codeOf(character)).replaceAll(' ', '␣');
}

function codeOf(character: string): string {
  const code = (character.codePointAt(0) as number).toString(16);
  return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`;
}
