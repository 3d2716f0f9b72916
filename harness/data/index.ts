/** The public face of the data room: corpora, pairs, tokenizer, encoded files, task datasets. */
export { installCorpus } from './corpus/install-corpus.ts';
export { corpusLockDigest } from './corpus/manifest.ts';
export { readCorpus, type Corpus, type CorpusPackage } from './corpus/read-corpus.ts';
export type { CorpusFunction } from './corpus/corpus-function.ts';
