export interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** Not inside a longer word. */
  readonly singleWord: boolean;
  /** Takes the white space before it. */
  readonly lstrip: boolean;
  readonly rstrip: boolean;
  /** Its normalized content is looked for in normalized text. */
  readonly normalized: boolean;
  readonly special: boolean;
}
