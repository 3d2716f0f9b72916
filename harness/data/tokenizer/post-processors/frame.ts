/** Tokens around a text; `null` stands for the text's own. */
export type Frame = readonly (number | null)[];

/** Whether some token of the file has this id. */
export type IsToken = (id: number) => boolean;
