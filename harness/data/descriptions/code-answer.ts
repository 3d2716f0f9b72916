/** What a chat model answered, as the body that was asked for. */

/**
 * The code of the first fenced block, or the whole answer where there is none; without the signature, which models
 * like to repeat. The response continues the signature, so it begins right behind it.
 */
export function bodyInAnswer(answer: string, signature: string): string {
  const code = fenced(answer);
  const start = endOfRepeated(code, signature);
  return start === null ? code : code.slice(start);
}

function fenced(answer: string): string {
  const block = /```[^\n`]*\n([\s\S]*?)(?:\n?```|$)/.exec(answer)?.[1];
  return block ?? answer;
}

/** Where the signature ends if the code has it; white space may differ. */
function endOfRepeated(code: string, signature: string): number | null {
  const wanted = signature.replaceAll(/\s+/g, '');
  if (wanted === '') return null;
  const kept: number[] = [];
  let dense = '';
  for (let at = 0; at < code.length; at++) {
    const character = code[at] as string;
    if (/\s/.test(character)) continue;
    dense += character;
    kept.push(at);
  }
  const found = dense.indexOf(wanted);
  return found === -1 ? null : (kept[found + wanted.length - 1] as number) + 1;
}
