/**
 * What is known of the pairs that a trial is pretrained on: how often chosen is really better, and what a ranker that
 * reads nothing reaches on the held-out ones. A leaf of the trial: nothing waits for it.
 */
import path from 'node:path';
import { auditPairs, sampledPairs, type Audit } from '../data/index.ts';
import { recordedOutputs } from '../store/index.ts';
import type { AuditConfig } from './configs.ts';
import { emitCounts, inputFolder, writeJson } from './stage-files.ts';
import type { StageContext, StageEnd, StageKind } from './stage-kind.ts';
import { pairsOfStage } from './stored-pairs.ts';
import { readTokenizer } from './tokenizer.ts';
import { expectedPairs, plainWork } from './work-context.ts';

export const audit: StageKind<AuditConfig> = {
  kind: 'audit',
  version: 1,
  toleratesDiverged: false,
  fixedSeconds: 1,
  work: async (stage, _, context) => plainWork('audit', { pairsMade: expectedPairs(stage, context).pairs }),
  run: auditStage,
};

async function auditStage({ stage, folder, inputFolders, emit }: StageContext<AuditConfig>): Promise<StageEnd> {
  const { sample, shown, seed } = stage.config;
  const pairs = pairsOfStage(inputFolder(inputFolders, 'pairs'));
  const tokenizer = readTokenizer(inputFolder(inputFolders, 'tokenizer'));
  const found = await auditPairs({ ...pairs, tokenizer, seed, sample, execution: null });
  writeJson(path.join(folder, recordedOutputs.audit), found);
  writeJson(path.join(folder, recordedOutputs.shownPairs), await sampledPairs(pairs.trained, shown, seed));
  emitCounts(emit, 'audit', metricsOf(found));
  return { outcome: { kind: 'completed' }, outputs: [recordedOutputs.audit, recordedOutputs.shownPairs] };
}

/** A share that cannot be told is left out: it must not pass for 0. */
function metricsOf({ trained, heldOut, split, rankers, isSolvedByTrivialRanker }: Audit): Record<string, number> {
  const { described, undescribed } = trained.strata;
  const judged = trained.judgements.flatMap(({ by, agreement }): readonly (readonly [string, number])[] =>
    agreement === null
      ? []
      : [
          [`agreement by ${by}`, agreement.share],
          [`told by ${by}`, agreement.n],
        ],
  );
  return {
    pairs: trained.pairs,
    'held out pairs': heldOut.pairs,
    groups: trained.groups,
    'identical pairs': trained.identical,
    'empty sides': trained.emptyChosen + trained.emptyRejected,
    'duplicate pairs': trained.duplicates,
    'groups on both sides of the split': split.sameGroup,
    'responses on both sides of the split': split.sameResponse,
    ...(described + undescribed > 0 && { 'described share': described / (described + undescribed) }),
    ...Object.fromEntries(judged),
    ...(trained.editDistance !== null && { 'mean edit distance': trained.editDistance.mean }),
    ...Object.fromEntries(rankers.map(({ name, share }) => [`ranker ${name}`, share])),
    ...(rankers[0] !== undefined && {
      'best ranker': rankers[0].share,
      'is solved by trivial ranker': isSolvedByTrivialRanker ? 1 : 0,
    }),
  };
}
