/** Training and scoring by PyTorch, as jobs in files: `job.json` and its data in, events and tensors out. */
import { costOf } from '../../model/index.ts';
import type { ScoredQuestion } from '../../score/index.ts';
import { oneRank, type RanksSpec } from '../../spec/experiment-schema.ts';
import type { Compute } from '../../stages/index.ts';
import type { StageExecution } from '../../store/index.ts';
import { jobRunners } from './run-job.ts';
import { checkByTorch } from './saved-check.ts';
import { scoreByTorch } from './score-job.ts';
import { trainByTorch } from './train-job.ts';

export function torchCompute(execution: StageExecution): Compute {
  const { alone, together } = jobRunners(execution);
  const { ranks = oneRank } = execution;
  return {
    device: 'torch',
    train: (place, run) => trainByTorch(place, run, together),
    scorer: (place, model) => (questions) =>
      scoreByTorch({ place, ...model, questions }, isSmall(questions, ranks) ? alone : together),
    savedCheck: (model) => (costOf(model).paramsTotal > mostCheckedByUs ? checkByTorch(execution) : null),
  };
}

/** Parameters: our own engine would need 4 bytes each, and minutes on a processor. Its check compares two engines. */
const mostCheckedByUs = 1e9;

/** Responses that one process has scored before several have started. */
const fewResponses = 256;

/** A sharded model fits into no process alone. */
function isSmall(questions: readonly ScoredQuestion[], { torch }: RanksSpec): boolean {
  const responses = questions.reduce((sum, question) => sum + question.responses.length, 0);
  return torch.sharding === 'replicated' && responses <= fewResponses;
}
