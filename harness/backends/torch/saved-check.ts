/** Whether a model was saved well, asked of a Python that never held it. */
import { mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { checkProbes, probeQuestions, savedModel, type SavedModelCheck, type StagePlace } from '../../stages/index.ts';
import type { StageExecution } from '../../store/index.ts';
import { jobRunners } from './run-job.ts';
import { scoreByTorch } from './score-job.ts';

export function checkByTorch(execution: StageExecution): SavedModelCheck {
  return {
    check: async ({ folder, taskFolder }) => {
      const fresh = jobRunners(execution);
      const place = placeOfCheck(mkdtempSync(path.join(folder, 'check-')), execution);
      try {
        const questions = probeQuestions(taskFolder);
        const rewards = await scoreByTorch({ place, ...savedModel(folder), questions }, fresh.together);
        checkProbes(folder, rewards, 'torch');
      } finally {
        fresh.close();
        rmSync(place.folder, { recursive: true, force: true });
      }
    },
  };
}

/** As probes are taken: in float32. */
function placeOfCheck(folder: string, execution: StageExecution): StagePlace {
  return { folder, execution, numerics: 'float32', signal: new AbortController().signal, emit: () => {} };
}
