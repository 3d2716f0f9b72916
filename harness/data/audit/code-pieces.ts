/** Text of any programming language in pieces: names, numbers, operators, single other signs. Blanks are none. */
export function codePieces(text: string): readonly string[] {
  return text.match(piece) ?? [];
}

const piece = /[\p{L}_$][\p{L}\p{N}_$]*|\p{N}+(?:\.\p{N}+)?|[<>=!&|+\-*/%^?]{1,3}|\S/gu;
