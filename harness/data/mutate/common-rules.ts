/** The rules that hold in every language, with their weights: how often people and weak models make such a mistake. */
import type { Rule } from './language-edits.ts';
import { awaitEdits, droppedArgumentEdits, returnEdits, swappedArgumentEdits } from './rules/call-rules.ts';
import { branchEdits, droppedOperandEdits, negationEdits } from './rules/condition-rules.ts';
import { booleanEdits, emptyEdits, numberEdits, offByOneEdits, stringEdits } from './rules/literal-rules.ts';
import {
  oppositeEdits,
  selfEdits,
  swappedVariableEdits,
  wrongCalleeEdits,
  wrongMemberEdits,
  wrongVariableEdits,
} from './rules/name-rules.ts';
import {
  accumulationEdits,
  arithmeticEdits,
  boundaryEdits,
  directionEdits,
  equalityEdits,
  logicalEdits,
  swappedOperandEdits,
} from './rules/operator-rules.ts';
import {
  droppedGuardEdits,
  droppedStatementEdits,
  jumpEdits,
  movedStatementEdits,
  swappedStatementEdits,
} from './rules/statement-rules.ts';

export const commonRules: readonly Rule[] = [
  { weight: 3, editsAt: wrongVariableEdits },
  { weight: 2, editsAt: swappedVariableEdits },
  { weight: 3, editsAt: wrongMemberEdits },
  { weight: 1, editsAt: wrongCalleeEdits },
  { weight: 2, editsAt: oppositeEdits },
  { weight: 1, editsAt: selfEdits },
  { weight: 3, editsAt: swappedArgumentEdits },
  { weight: 1, editsAt: droppedArgumentEdits },
  { weight: 2, editsAt: awaitEdits },
  { weight: 0.5, editsAt: returnEdits },
  { weight: 2, editsAt: boundaryEdits },
  { weight: 1, editsAt: directionEdits },
  { weight: 2, editsAt: equalityEdits },
  { weight: 2, editsAt: logicalEdits },
  { weight: 2, editsAt: arithmeticEdits },
  { weight: 1, editsAt: accumulationEdits },
  { weight: 1, editsAt: swappedOperandEdits },
  { weight: 2, editsAt: negationEdits },
  { weight: 2, editsAt: droppedOperandEdits },
  { weight: 2, editsAt: branchEdits },
  { weight: 2, editsAt: numberEdits },
  { weight: 2, editsAt: offByOneEdits },
  { weight: 1, editsAt: booleanEdits },
  { weight: 0.5, editsAt: emptyEdits },
  { weight: 1, editsAt: stringEdits },
  { weight: 2, editsAt: droppedGuardEdits },
  { weight: 2, editsAt: droppedStatementEdits },
  { weight: 1, editsAt: swappedStatementEdits },
  { weight: 2, editsAt: movedStatementEdits },
  { weight: 1, editsAt: jumpEdits },
];
