/** How a stage calls the kinds of its experiment. */
import type { KindIo } from '../kinds/index.ts';
import type { StageDescription } from '../store/index.ts';
import type { StageContext } from './stage-kind.ts';

export function kindIo({ cacheFolder, emit }: Pick<StageContext, 'cacheFolder' | 'emit'>): KindIo {
  return {
    cacheFolder,
    mirrorFolder: process.env['HARNESS_DATA_MIRROR'] ?? null,
    download: true,
    note: (text) => emit({ kind: 'note', text }),
  };
}

/** A section of the config with its locations, which are no part of the config because they are no identity. */
export function located<Config extends object, Section extends keyof Config & string>(
  { config, locations = {} }: Pick<StageDescription, 'locations'> & { readonly config: Config },
  section: Section,
): NonNullable<Config[Section]> {
  const written = config[section];
  if (written === null || written === undefined) throw new Error(`the config has no ${section}`);
  return { ...written, ...locations[section] };
}
