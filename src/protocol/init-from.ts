/** `init from A { first 4 conv; last 3 fc }`: where weights are taken from, and those of which layers. */
import { error } from '../diagnostic/diagnostic.ts';
import { batchNormalisation, projectionOf } from '../ops/roles.ts';
import type { Expr } from '../syntax/tree.ts';
import { throughGroups } from '../syntax/walk.ts';
import { soleItem } from './items.ts';
import type { Reading } from './reading.ts';
import type { InitFrom } from './recipe.ts';
import type { Read, Row } from './row.ts';
import { pickedInside, selectionsIn } from './selection-read.ts';
import { showSelections } from './selection.ts';

/** `from` in an `eval`, or the value of `init from`: a path in quotes, or the name of a training. */
export const sourceIn = (
  { cx }: Pick<Reading, 'cx'>,
  expr: Expr,
): InitFrom['source'] | undefined => {
  const written = throughGroups(expr);
  if (written.tag === 'missing') return undefined;
  if (written.tag === 'string') return { tag: 'file', path: written.value };
  if (written.tag === 'chain' && written.links.length === 0)
    return { tag: 'train', name: written.word.parts.map((p) => p.text).join('.') };
  cx.report(
    error('E0925', expr.span, 'weights come from a training or from a file', {
      label: 'the name of a `train`, or a path in quotes, is needed',
    }),
  );
  return undefined;
};

const written = ({ source, selections }: InitFrom): string => {
  const from = source.tag === 'file' ? JSON.stringify(source.path) : source.name;
  return selections.length === 0 ? from : `${from} { ${showSelections(selections)} }`;
};

export const initFrom: Row<InitFrom | undefined> = {
  doc: `Takes weights from the best checkpoint of a training's newest finished run, or, in quotes, of a run by its name, or
from a file: those of all layers, or of the ones that are chosen, as in \`freeze\`. They are counted in the source net in
order of execution; each goes to the layer of the same path, and shapes must agree. Running statistics of \`${batchNormalisation.name}\` are weights of its layer.
The others begin as \`init\` says.`,
  example: 'first { first 4 conv; last 3 fc }',
  forms: [],
  takes: 'the name of a training or a path in quotes',
  fallback: () => undefined,
  read: (r): Read<InitFrom | undefined> | undefined => {
    const expr = soleItem(r);
    const source = expr && sourceIn(r, expr);
    const chosen = selectionsIn(r, pickedInside(r.clause.inner));
    if (source === undefined || expr === undefined || chosen === undefined) return undefined;
    const parts = new Map([['source', expr.span] as const, ...chosen.parts]);
    return { value: { source, selections: chosen.value }, span: r.clause.span, parts };
  },
  write: (from) => from && written(from),
  sample: (choose) =>
    choose<InitFrom | undefined>([
      undefined,
      { source: { tag: 'file', path: 'weights.safetensors' }, selections: [] },
      {
        source: { tag: 'file', path: 'weights.safetensors' },
        selections: [
          {
            others: true,
            tag: 'count',
            end: 'last',
            count: 1,
            operator: projectionOf('vector').name,
          },
        ],
      },
      {
        source: { tag: 'train', name: 'first' },
        selections: [
          {
            others: false,
            tag: 'count',
            end: 'first',
            count: 4,
            operator: projectionOf('map').name,
          },
          { others: false, tag: 'path', path: 'block3/conv2' },
        ],
      },
    ]),
};
