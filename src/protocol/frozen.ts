/** Whether a net has the layers that a training freezes, and others to train. */
import * as E from 'fp-ts/lib/Either.js';
import { error, replace, warning, type Diagnostic } from '../diagnostic/diagnostic.ts';
import type { ByWord } from './clauses.ts';
import { chosenBy, missText, selectedBy } from './selection.ts';
import type { Subject } from './subject.ts';
import { weightedIn } from './weights.ts';

/** E0958 where layers cannot be frozen, W0959 where they stay as they are drawn. */
export const freezeFaults = ({ net, value, place }: Subject<ByWord>): readonly Diagnostic[] => {
  const selections = value('freeze') ?? [];
  const at = place('freeze');
  const layers = weightedIn(net);
  if (layers === undefined || at === undefined) return [];
  const misses = selections.flatMap((selection, i): readonly Diagnostic[] => {
    const chosen = selectedBy(selection, layers);
    if (E.isRight(chosen)) return [];
    const span = place('freeze', `selection ${i}`) ?? at;
    const { message, label, instead } = missText(net.name, chosen.left);
    return [
      error('E0958', span, message, {
        label,
        labels: [{ span: net.span, message: `\`${net.name}\` is declared here` }],
        fixes: instead === undefined ? [] : [replace(`write \`${instead}\``, span, instead)],
      }),
    ];
  });
  if (misses.length > 0) return misses;
  if (chosenBy(selections, layers).size === layers.length)
    return [
      error('E0958', at, `nothing is left to train: all layers of \`${net.name}\` are frozen`, {
        label: 'these are all that have weights',
        notes: ['leave out what is to be trained, as in `freeze all but last 1 fc`'],
      }),
    ];
  return value('init from') !== undefined || place('init from') !== undefined
    ? []
    : [
        warning('W0959', at, 'frozen layers stay as they are drawn', {
          label: 'no `init from` says what they begin with',
          notes: ['`init from` takes weights of another training, or of a file'],
        }),
      ];
};
