/** `BertNormalizer` (Devlin et al. 2018). */
import type { FeatureReader } from '../feature-reader.ts';
import { lazy } from '../lazy.ts';
import { CodePointSet } from '../unicode/code-point-set.ts';
import { tables } from '../unicode/tables.ts';
import { whiteSpace } from '../white-space.ts';
import { toLowercase } from './lowercase.ts';
import { characterwise, type Normalizer } from './normalizer.ts';
import { toForm } from './unicode-forms.ts';

const removed = lazy(() => new RegExp(CodePointSet.read(tables.bertRemoved).toClass(), 'gu'));
const space = lazy(() => new RegExp(whiteSpace().toClass(), 'gu'));
const chinese = lazy(() => new RegExp(CodePointSet.read(tables.bertChinese).toClass(), 'gu'));
const accents = lazy(() => new RegExp(CodePointSet.read(tables.bertAccent).toClass(), 'gu'));

export function readBert(reader: FeatureReader): Normalizer {
  const cleans = reader.flag('clean_text');
  const spacesChinese = reader.flag('handle_chinese_chars');
  const lowers = reader.flag('lowercase');
  const strips = reader.raw('strip_accents') === null ? lowers : reader.flag('strip_accents');
  const steps: Normalizer[] = [];
  if (cleans) steps.push(characterwise((text) => text.replace(removed(), '').replace(space(), ' ')));
  if (spacesChinese) steps.push(characterwise((text) => text.replace(chinese(), ' $& ')));
  if (strips)
    steps.push(
      toForm('NFD'),
      characterwise((text) => text.replace(accents(), '')),
    );
  if (lowers) steps.push(characterwise(toLowercase));
  return (piece) => steps.reduce((changed, step) => step(changed), piece);
}
