/** The recorded results for a command that reads them: a database of another version is built again first. */
import { collect, OtherSchema, withDatabase, type ResultsDatabase } from '../record/index.ts';
import type { CliContext } from './context.ts';

/** @throws UserError (5) where nothing was collected yet, (3) where it is to be built again and cannot be written. */
export async function readResults<T>(
  context: CliContext,
  resultsFolder: string,
  use: (database: ResultsDatabase) => Promise<T>,
): Promise<T> {
  try {
    return await withDatabase(resultsFolder, use);
  } catch (error) {
    if (!(error instanceof OtherSchema)) throw error;
    context.note(`harness: ${error.message}; building it again from the files`);
    await collect(resultsFolder);
    return withDatabase(resultsFolder, use);
  }
}
