/** Whether clauses about steps go together: a schedule with what it watches, parts with the batch that comes in them. */
import { error, replace, warning, type Diagnostic, type Fix } from '../diagnostic/diagnostic.ts';
import type { Span } from '../syntax/source.ts';
import type { ByWord } from './clauses.ts';
import type { Data } from './recipe.ts';
import type { Subject } from './subject.ts';

/** W0940 for a batch that comes in more parts than it has pictures. */
export const partsFault = (s: Subject<ByWord>): readonly Diagnostic[] => {
  const [batch, parts] = [s.value('batch'), s.value('accumulate')];
  const place = s.place('accumulate');
  if (batch === undefined || parts === undefined || place === undefined || parts <= batch)
    return [];
  const given = s.place('batch');
  return [
    warning(
      'W0940',
      place,
      `a batch of ${batch} comes in ${parts} parts: ${parts - batch} of them would be empty`,
      {
        label: 'parts of a batch',
        labels: given === undefined ? [] : [{ span: given, message: 'pictures of a batch' }],
        notes: ['`batch` counts the pictures before the weights move, of all parts together'],
        fixes: [replace(`write \`accumulate ${batch}\``, place, `accumulate ${batch}`)],
      },
    ),
  ];
};

/** E0934 for a plateau that has nothing to watch. */
export const validationFault = (s: Subject<ByWord>): readonly Diagnostic[] => {
  const [data, schedule] = [s.value('data'), s.value('schedule')];
  if (data === undefined || schedule?.shape.tag !== 'plateau') return [];
  const isThere = data.tag === 'shapes' ? data.validation > 0 : data.validation !== undefined;
  const place = s.place('schedule', 'plateau');
  const source = s.place('data', data.tag);
  if (isThere || place === undefined || source === undefined) return [];
  return [
    error('E0934', place, '`plateau` watches validation, and no pictures are kept apart for it', {
      label: 'nothing to watch',
      labels: [{ span: source, message: 'has no validation' }],
      notes: [keptApart(data), '`step` and `cosine` need no validation'],
      fixes: validationFixes(s, data, source),
    }),
  ];
};

/** How pictures of this set are kept apart. */
const keptApart = (data: Data): string => {
  switch (data.tag) {
    case 'shapes':
      return '`validation` says how many others are drawn to validate with';
    case 'cifar10':
    case 'cifar100':
    case 'mnist':
      return '`validation = usual` takes the files that the set keeps apart';
    case 'imagefolder':
    case 'webdataset':
    case 'arrays':
      return '`validation = 0.1` keeps a tenth apart, and a path in quotes names others';
  }
};

const validationFixes = (s: Subject<ByWord>, data: Data, source: Span): readonly Fix[] => {
  const given = s.place('data', `${data.tag} validation`);
  const isGiven = given !== undefined && given !== s.place('data');
  if (data.tag === 'shapes')
    return isGiven ? [replace('write `validation = 500`', given, 'validation = 500')] : [];
  const text =
    data.tag === 'cifar10' || data.tag === 'cifar100' || data.tag === 'mnist' ? 'usual' : '0.1';
  const argument = `validation = ${text}`;
  if (isGiven) return [replace(`write \`${argument}\``, given, argument)];
  return s.cx.text(source).endsWith(')')
    ? [
        replace(
          `add \`${argument}\``,
          { ...source, start: source.end - 1, end: source.end - 1 },
          `, ${argument}`,
        ),
      ]
    : [];
};
