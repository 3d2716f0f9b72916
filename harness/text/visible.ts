/**
 * Text that others wrote, made safe to show. A terminal obeys control characters: a file of rows could colour what
 * stands below it, name the window or move the cursor. What is shown of them is how they are written in a program.
 */

/** C0 but for line break and tab, DEL, C1, what turns the direction of text, and halves of surrogate pairs. */
const controls = /[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]|\p{Cs}/gu;

/** `\x1b[31m` for the five characters that would colour the terminal. Line breaks and tabs stay. */
export function visible(text: string): string {
  return text.replaceAll(controls, (character) => {
    const code = character.charCodeAt(0).toString(16);
    return code.length > 2 ? `\\u${code.padStart(4, '0')}` : `\\x${code.padStart(2, '0')}`;
  });
}
