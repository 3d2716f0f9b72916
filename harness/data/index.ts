/** The public face of the data room: corpora, pairs, tokenizer, encoded files, task datasets. */
export { installCorpus } from './corpus/install-corpus.ts';
export { corpusLockDigest, corpusPackages } from './corpus/manifest.ts';
export { readCorpus, type Corpus } from './corpus/read-corpus.ts';
export type { CorpusPackage } from './corpus/read-corpus.ts';
export type { CorpusFunction, FunctionChange, PromptedFunction } from './corpus/corpus-function.ts';
export type { SourceFile } from './corpus/source-file.ts';
export type { Completion } from './completion.ts';
export { allRows } from './all-rows.ts';
export type { Rows, StoredRows } from './rows.ts';
export { trainBpe } from './tokenizer/train-bpe.ts';
export { loadTokenizer, type Tokenizer } from './tokenizer/load-tokenizer.ts';
export { openTokenizer } from './tokenizer/open-tokenizer.ts';
export { namedToken, tokenTable, type TokenTable } from './tokenizer/token-table.ts';
export { loadHuggingFaceTokenizer, type HuggingFaceTokenizer } from './tokenizer/hugging-face-tokenizer.ts';
export type { TokenizerJson } from './tokenizer/tokenizer-json.ts';
export { encodePairs, encodePrompt, encodeQuestions, encodeResponse } from './encode/encode.ts';
export {
  readFunctions,
  readPairs,
  readQuestions,
  storedCompletions,
  storedFunctions,
  storedPairs,
  storedPrompted,
  writeFunctions,
  writePairs,
  writeQuestions,
} from './encode/json-lines.ts';
export {
  readEncodedPairs,
  readEncodedQuestions,
  writeEncodedPairs,
  writeEncodedQuestions,
} from './encode/token-file.ts';
export { fitBalance, mutatePairs, type MutateOptions } from './mutate/mutate-pairs.ts';
export { generateTask, type GeneratedTaskOptions } from './tasks/generate-task.ts';
export { generatedFamilies, type GeneratedFamily } from './tasks/families.ts';
export {
  gsm8kDigest,
  gsm8kPools,
  gsm8kTask,
  isWithinSource,
  type Gsm8kPool,
  type Gsm8kTaskOptions,
} from './tasks/gsm8k-task.ts';
export { answeredPairs, type AnsweredOptions, type Side } from './pairs/answered-pairs.ts';
export { mixedPairs, type MixedPart } from './pairs/mixed-pairs.ts';
export { fillTemplate, placesOf } from './descriptions/fill-template.ts';
export { promptPlaces, usualPrompt, withPrompt } from './descriptions/prompt.ts';
export { namedSignature, type NamedSignature } from './descriptions/function-name.ts';
export { bodyInAnswer } from './descriptions/code-answer.ts';
export type { AnswerReader } from './tasks/gsm8k-rows.ts';
export type {
  Candidate,
  CandidateQuestion,
  DropCounts,
  EncodedPair,
  EncodedQuestion,
  PreferencePair,
  TaskData,
} from './preference-pair.ts';
export { rankerAccuracy, trivialRankers, type TrivialRanker } from './tasks/trivial-rankers.ts';
export {
  datasetDigest,
  datasetNames,
  loadDatasetManifest,
  type DatasetFile,
  type DatasetManifest,
} from './datasets/manifest.ts';
export { fetchDatasetFile, type FetchOptions } from './datasets/fetch-file.ts';
export { fileDigest } from './datasets/file-digest.ts';
export { usualNames, type FieldName, type FieldNames } from './preferences/fields.ts';
export { preferencePairs, type PreferencePairsOptions } from './preferences/preference-pairs.ts';
export { preferenceTask, type PreferenceTaskOptions } from './preferences/preference-task.ts';
export { readRows, rowFileNames, rowFormat, type FileRow } from './preferences/row-file.ts';
export { folderDigest, folderProblem, readFolder, type FolderOptions } from './corpus/read-folder.ts';
export { patternProblem } from './corpus/glob.ts';
export {
  addedFaults,
  codeFaults,
  codeSignals,
  signalsOf,
  type CodeFault,
  type CodeSignals,
} from './code-signals/code-signals.ts';
export { openCode, type CodeReader, type FunctionCode } from './code-signals/function-code.ts';
export {
  fitLinearRanker,
  type LinearRanker,
  type LinearRankerOptions,
  type RankedPair,
} from './audit/linear-ranker.ts';
export { askEndpoint, endpointDigest, type EndpointAnswers } from './endpoint/ask-endpoint.ts';
export type {
  Asked,
  Completion as EndpointCompletion,
  EndpointCounts,
  EndpointIo,
  EndpointOptions,
} from './endpoint/options.ts';
