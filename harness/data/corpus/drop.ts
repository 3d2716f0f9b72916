/** Counts one thing left out under its reason. */
export type Drop = (reason: string) => void;
