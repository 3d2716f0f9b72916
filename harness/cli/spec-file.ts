/** An experiment is called by its file or, once it is on record, by its name: a file by its ending. */
export const isSpecFile = (subject: string): boolean => /\.ya?ml$/.test(subject);
