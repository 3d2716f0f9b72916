/**
 * What the contents of files are read as. Each stands in the digests of files that come from elsewhere and rises
 * whenever the same files mean something else, so that stages made before are not taken for those of now.
 */

/** Of tokenizers. 2: an encoder of our own, exact where `@huggingface/tokenizers` was not. */
export const encoderVersion = 2;

/** Of rows. 2: NaN and halves of surrogate pairs in a field that is read are refused; they were altered. */
export const rowsVersion = 2;
