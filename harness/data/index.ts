/** The public face of the data room: corpora, pairs, tokenizer, encoded files, task datasets. */
export { installCorpus } from './corpus/install-corpus.ts';
export { corpusLockDigest, corpusPackages } from './corpus/manifest.ts';
export { readCorpus, type Corpus } from './corpus/read-corpus.ts';
export type { CorpusPackage } from './corpus/read-corpus.ts';
export type { CorpusFunction, FunctionChange, PromptedFunction } from './corpus/corpus-function.ts';
export type { SourceFile } from './corpus/source-file.ts';
export type { Completion } from './completion.ts';
export { allRows } from './all-rows.ts';
export { natureOfFile, type FileNature } from './file-nature.ts';
export { readJsonObject } from './read-json-object.ts';
export type { Rows, StoredRows } from './rows.ts';
export { trainBpe, trainBpeOn } from './tokenizer/train-bpe.ts';
export { loadTokenizer, type Tokenizer } from './tokenizer/load-tokenizer.ts';
export { openTokenizer } from './tokenizer/open-tokenizer.ts';
export { readTokenizerConfig, sentencePieceHint } from './tokenizer/read-tokenizer-config.ts';
export { templateWithEnd, withResponseEnd } from './response-end.ts';
export { tokenizerOnDemand, type TokenizerOnDemand } from './tokenizer-on-demand.ts';
export { namedToken, tokenTable, type TokenTable } from './tokenizer/token-table.ts';
export { encoderVersion, rowsVersion } from './reading-versions.ts';
export { loadHuggingFaceTokenizer, type HuggingFaceTokenizer } from './tokenizer/hugging-face-tokenizer.ts';
export type { TokenizerJson } from './tokenizer/tokenizer-json.ts';
export { cutReasons, dropReasons } from './encode/context-fitter.ts';
export { fitRow, rowLength, type Fit, type FitOptions, type FitOutcome, type TokenRow } from './encode/fit-context.ts';
export {
  encodePairs,
  encodePrompt,
  encodeQuestions,
  encodeRendered,
  encodeResponse,
  type ContextOptions,
} from './encode/encode.ts';
export type { ChatTemplate } from './chat/chat-template.ts';
export { openTokenizerTemplate } from './chat/open-tokenizer-template.ts';
export type { ChatReading } from './preferences/question.ts';
export {
  conversationOf,
  promptOf,
  type Conversation,
  type ConversationRow,
  type Said as ChatSaid,
} from './chat/conversation.ts';
export { isDialogueText, splitDialogues } from './chat/dialogue-text.ts';
export { ChatProblem, looksLikeMessages, readMessages, type ChatMessage, type Messages } from './chat/messages.ts';
export { renderConversation, renderWhole } from './chat/render-conversation.ts';
export { configWithTemplates, templateFile, templateFiles, tokenizerTemplates } from './chat/template-files.ts';
export { TokenTotals } from './encode/token-totals.ts';
export {
  readFunctions,
  readPairs,
  readQuestions,
  storedCompletions,
  storedFunctions,
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
export { openEncodedPairs, type EncodedPairs, type PairTokenCounts } from './storage/pair-tokens.ts';
export { storedPairShards } from './storage/pair-texts.ts';
export { PairWriter, writePairShards, type PairWriterOptions, type WrittenPairs } from './storage/pair-writer.ts';
export type { ShardLimits } from './storage/pair-shards.ts';
export { generateTask, type GeneratedTaskOptions } from './tasks/generate-task.ts';
export { generatedFamilies, type GeneratedFamily } from './tasks/families.ts';
export {
  gsm8kDigest,
  gsm8kPools,
  gsm8kReferences,
  gsm8kTask,
  type Gsm8kPool,
  type Gsm8kTaskOptions,
} from './tasks/gsm8k-task.ts';
export { gsm8kTextDigest, gsm8kTexts } from './tasks/gsm8k-text.ts';
export { humanEvalTask, type HumanEvalTaskOptions } from './tasks/humaneval-task.ts';
export { mathDigest, mathReferences, mathSections, mathTask, type MathTaskOptions } from './tasks/math-task.ts';
export { shepherdPairs, shepherdTask, type ShepherdTaskOptions } from './tasks/shepherd-task.ts';
export { isWithinSource } from './tasks/solved-task.ts';
export {
  logiqaDigest,
  logiqaTests,
  readLogiqa,
  readLogiqaFile,
  readLsat,
  readReclor,
  type LogiqaFile,
} from './tasks/choice-rows.ts';
export { choiceTask, type ChoiceQuestion, type ChoiceTaskOptions } from './tasks/multiple-choice.ts';
export { answeredPairs, type AnsweredOptions, type Side } from './pairs/answered-pairs.ts';
export { continuationPairs, type ContinuationOptions, type TextDocument } from './pairs/continuation-pairs.ts';
export { mixedPairs, type MixedPart } from './pairs/mixed-pairs.ts';
export { fillTemplate, placesOf } from './descriptions/fill-template.ts';
export { promptPlaces, usualPrompt, withPrompt } from './descriptions/prompt.ts';
export { namedSignature, type NamedSignature } from './descriptions/function-name.ts';
export { bodyInAnswer } from './descriptions/code-answer.ts';
export { gradeCandidates, voteAnswers, type AnswerGrader } from './grading/grade-candidates.ts';
export { MathAnswers } from './grading/math-answers.ts';
export type {
  Candidate,
  CandidateQuestion,
  DropCounts,
  EncodedPair,
  EncodedQuestion,
  PreferencePair,
  TaskData,
} from './preference-pair.ts';
export {
  lastingRankers,
  rankerAccuracy,
  rankerKey,
  rankerResults,
  trivialRankers,
  type RankerResult,
  type TrivialRanker,
} from './tasks/trivial-rankers.ts';
export { formOf, mostRenamed, noveltyOf, type Novelty } from './tasks/novelty.ts';
export {
  datasetDigest,
  datasetNames,
  loadDatasetManifest,
  type DatasetFile,
  type DatasetManifest,
} from './datasets/manifest.ts';
export {
  bringDatasetFile,
  cachedDatasetFile,
  fetchDatasetFile,
  mirroredDatasetFile,
  type FetchedFile,
  type FetchOptions,
} from './datasets/fetch-file.ts';
export { fileDigest } from './datasets/file-digest.ts';
export { fetchModel, type FetchedModel } from './hub/fetch-model.ts';
export { commitPattern, hubFolder, modelPattern, modelsVariable, type HubModel } from './hub/hub-model.ts';
export { usualNames, type FieldName, type FieldNames } from './preferences/fields.ts';
export { preferencePairs, type PreferencePairsOptions } from './preferences/preference-pairs.ts';
export type { BenchmarkFormat, BenchmarkQuestion, BenchmarkResponse } from './benchmarks/benchmark-format.ts';
export { benchmarkTask, type BenchmarkTaskOptions } from './benchmarks/benchmark-task.ts';
export { judgeBenchFormat } from './benchmarks/judgebench.ts';
export { ppeCorrectnessFormat, ppeHumanFormat } from './benchmarks/ppe.ts';
export { processBenchFormat } from './benchmarks/processbench.ts';
export { readBenchmark, type BenchmarkFile } from './benchmarks/read-benchmark.ts';
export { priorSetFormat, rewardBenchFormat } from './benchmarks/rewardbench.ts';
export { rewardBench2Format } from './benchmarks/rewardbench2.ts';
export { rmBenchFormat } from './benchmarks/rm-bench.ts';
export { preferenceTask, type PreferenceTaskOptions } from './preferences/preference-task.ts';
export { placeOf, readRows, rowsOrProblems } from './row-files/row-file.ts';
export type { BrokenRow, PlacedOddity, ReadRow } from './row-files/read-row.ts';
export { otherFile, type RowSource } from './row-files/row-source.ts';
export { BadRows, describeUnclear } from './row-files/bad-rows.ts';
export { dropReason, unclearIn, type ReadNames } from './row-files/unclear.ts';
export { KeyTable } from './storage/key-table.ts';
export { nameIn, writtenNumber } from './row-files/written-number.ts';
export { folderDigest, folderProblem, readFolder, type FolderFiles, type FolderOptions } from './corpus/read-folder.ts';
export { cutCorpus, type CutFiles, type CutIo, type CutOptions, type PackageTotals } from './corpus/cut-corpus.ts';
export { requireFunctions } from './corpus/empty-corpus.ts';
export { fileSorts, type FileSort } from './corpus/file-filters.ts';
export { licensesOf, type Licenses, type ProjectFiles } from './corpus/license.ts';
export { permissiveLicenses } from './corpus/spdx.ts';
export type { Language, Unit } from './language/language.ts';
export { languageNamed, languageOf, languages } from './language/languages.ts';
export { patternProblem } from './corpus/glob.ts';
export {
  addedFaults,
  codeFaults,
  codeSignals,
  signalsOf,
  type CodeFault,
  type CodeSignals,
} from './code-signals/code-signals.ts';
export type { CodeReader, FunctionCode } from './code-signals/function-code.ts';
export { openCode } from './code-signals/open-code.ts';
export {
  fitCopyRanker,
  fitLinearRanker,
  type LinearRanker,
  type LinearRankerOptions,
  type RankedPair,
} from './rankers/linear-ranker.ts';
export { askEndpoint, endpointDigest, type EndpointAnswers } from './endpoint/ask-endpoint.ts';
export type {
  Asked,
  Completion as EndpointCompletion,
  EndpointCounts,
  EndpointIo,
  EndpointOptions,
} from './endpoint/options.ts';
export { readCommit, type GitOptions, type GitSource } from './git/git-files.ts';
export { cloneProblem, commitDigest, commitProblem, historyProblem, type GitProblem } from './git/repository.ts';
export { changeReasons } from './git/commit-reasons.ts';
export { readHistory, type HistoryOptions, type HistorySource } from './git/read-history.ts';
export { readCollection, type CollectionOptions } from './collection/read-collection.ts';
export type { CollectionSource } from './collection/opened-file.ts';
export { shapeNames, shapes, usualSourceNames, type SourceFieldName } from './collection/shapes.ts';
export { commitPairs } from './git/commit-pairs.ts';
export { humanEvalDigest, humanEvalPools, readHumanEval } from './verified/humaneval.ts';
export { readCandidateFiles, usualCandidateNames, type CandidateFieldName } from './verified/own-candidates.ts';
export { verifiedPairs } from './verified/verified-pairs.ts';
export type { Audit, AuditedShare, Judgement, RankerAudit, SetAudit, Spread } from './audit/audit.ts';
export { auditPairs, type AuditOptions } from './audit/audit-pairs.ts';
export { readPairsFile, type PairsOfFile } from './audit/pairs-file.ts';
export { readTests, type ProblemTests } from './audit/execution-judge.ts';
export { openSandbox, type Sandbox } from './audit/run-program.ts';
export { sampledPairs } from './audit/sample.ts';
export { mustWithhold, withheldPair } from './audit/withheld.ts';
export type {
  Contamination,
  EvaluationQuestion,
  Overlap,
  Sameness,
  TrainingSource,
  TrainingText,
} from './contamination/contamination.ts';
export { findContamination, unaccepted } from './contamination/find-contamination.ts';
export { withoutOverlaps } from './contamination/without-overlaps.ts';
export { contaminationError } from './contamination/contaminated-error.ts';
