/** Texts of tokens -> texts that, joined, are the decoded text. */
export type Decoder = (tokens: readonly string[]) => readonly string[];
