/**
 * Why a stage failed. `user`: the input is wrong, and running it again gives the same. `oom`: memory was exhausted.
 * `timeout`, `stuck`: it was ended for taking too long, or for making no progress. `infrastructure`: killed, disk full,
 * a download that broke off. `bug`: ours.
 */
export const errorClasses = ['user', 'oom', 'timeout', 'stuck', 'infrastructure', 'bug'] as const;
export type ErrorClass = (typeof errorClasses)[number];

/** Trouble of the machine or of the moment: the same command may well succeed. */
export const isMachineTrouble = (errorClass: ErrorClass): boolean => errorClass !== 'user' && errorClass !== 'bug';
