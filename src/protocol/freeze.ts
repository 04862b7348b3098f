/** `freeze first 10 conv`: layers that take no part in training, and stay as they begin. */
import { error } from '../diagnostic/diagnostic.ts';
import { batchNormalisation, projectionOf } from '../ops/roles.ts';
import { valuesOf } from './items.ts';
import type { Read, Row } from './row.ts';
import { pickedValues, selectionsIn } from './selection-read.ts';
import { showSelections, type Selection } from './selection.ts';

export const freeze: Row<readonly Selection[]> = {
  doc: `Layers that stay as they begin: the first or last ones of an operator in order of execution, those \`within\` a path,
or \`all but\` these; several between \`;\`. They get no gradient, the optimizer keeps nothing of them, and nothing is computed
on the way back below the lowest layer that is trained. \`${batchNormalisation.name}\` among them takes its running statistics, which stay too;
what has no weights is never frozen, so dropout goes on as in training.`,
  example: 'first 10 conv; within "block5/conv1"',
  forms: [],
  takes:
    'layers with weights, by `first` or `last` with a number and an operator, by `within` a path, or `all but` these',
  fallback: () => [],
  read: (r): Read<readonly Selection[]> | undefined => {
    const values = valuesOf(r);
    if (values.length === 0) r.cx.report(error('E0923', r.clause.span, '`freeze` needs a value'));
    const read = selectionsIn(r, pickedValues(values));
    return read === undefined || values.length === 0 ? undefined : { ...read, span: r.clause.span };
  },
  write: (all) => (all.length === 0 ? undefined : showSelections(all)),
  sample: (choose) =>
    choose<readonly Selection[]>([
      [],
      [
        {
          others: false,
          tag: 'count',
          end: 'first',
          count: 10,
          operator: projectionOf('map').name,
        },
      ],
      [
        { others: false, tag: 'path', path: 'block3/conv2' },
        {
          others: false,
          tag: 'count',
          end: 'last',
          count: 3,
          operator: projectionOf('vector').name,
        },
      ],
      [
        {
          others: true,
          tag: 'count',
          end: 'last',
          count: 1,
          operator: projectionOf('vector').name,
        },
      ],
      [{ others: true, tag: 'path', path: 'head' }],
    ]),
};
