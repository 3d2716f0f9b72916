/**
 * Bundles: an experiment in one archive for reviewers, from which its report is made again without training anything.
 *
 *     contents.ts        what goes in, and under which name
 *     crate.ts           what it is and where it comes from, as RO-Crate metadata with a digest of every file
 *     archive.ts         zip, written and read
 *     write-bundle.ts    `harness bundle`
 *     verify-bundle.ts   `harness verify --bundle`
 */
export { writeBundle, type WrittenBundle } from './write-bundle.ts';
export { verifyBundle, type BundleVerification, type BundledFile } from './verify-bundle.ts';
