/** A part of a text on its way to the tokens. */
export interface Piece {
  readonly text: string;
  /**
   * How many code units at the start of `text` stand for the first character of the whole text as it was before it was
   * normalized. 0: the piece is not the start of the text, which `prepend_scheme: first` of Metaspace asks for.
   */
  readonly startLength: number;
}

/** The part of a piece between two offsets in code units. */
export function cutPiece(piece: Piece, start: number, end: number): Piece {
  return {
    text: piece.text.slice(start, end),
    startLength: Math.min(Math.max(piece.startLength - start, 0), end - start),
  };
}
