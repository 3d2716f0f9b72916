/** The name of an experiment that a person called by its file or by its name. */
import { readValidExperiment } from '../kinds/index.ts';
import { isSpecFile } from './spec-file.ts';

/** @throws UserError (2) where a file is no experiment. */
export async function experimentNamed(subject: string): Promise<string> {
  return isSpecFile(subject) ? (await readValidExperiment(subject)).result.spec.name : subject;
}
