/** Whether a net can look at pictures of the scales of an evaluation. */
import { error, type Diagnostic } from '../diagnostic/diagnostic.ts';
import { near } from '../size/sizes.ts';
import type { Measure, View } from './evaluation.ts';
import { fixedFrame } from './frame.ts';
import type { Subject } from './subject.ts';

/** The least side that a view needs; undefined where the net does not tell. */
const leastFor = ({ net }: Subject<Measure>, view: View): number | undefined => {
  const frame = fixedFrame(net);
  if (view.tag !== 'dense') return frame && Math.max(frame.h, frame.w);
  // made convolutional, a net takes whatever is not smaller than the least that its weights admit
  const { admissible } = net;
  if (admissible === undefined) return undefined;
  const [h, w] = [leastIn(admissible.h), leastIn(admissible.w)];
  return h === undefined || w === undefined ? undefined : Math.max(h, w);
};

const leastIn = (sizes: Parameters<typeof near>[0]): number | undefined => near(sizes, 0).above;

/** E0936 for scales that are too small, and E0939 for pieces of a net that has no size of its own. */
export const scaleFaults = (s: Subject<Measure>): readonly Diagnostic[] => {
  const { net, at } = s;
  const views = s.value('views')?.of ?? [];
  if (net.input.tag !== 'map') return [];
  const piece = views.find((v) => v.tag !== 'dense');
  if (piece !== undefined && fixedFrame(net) === undefined)
    return [
      error(
        'E0936',
        s.place('views', piece.tag) ?? at,
        `\`${net.name}\` takes pictures of any size, so a piece has none`,
        {
          label: 'pieces are as large as what the net takes',
          labels: [{ span: at, message: 'measured here' }],
          notes: ['`dense` looks at the whole picture'],
        },
      ),
    ];
  const needs = views.flatMap((view) => {
    const least = leastFor(s, view);
    return least === undefined ? [] : [{ view, least }];
  });
  return (s.value('scales') ?? []).flatMap((scale, i) => {
    const short = needs.find(({ least }) => scale < least);
    const place = s.place('scales', String(i));
    if (short === undefined) return [];
    const of = `${short.view.tag === 'dense' ? 'made convolutional, ' : ''}\`${net.name}\``;
    return [
      error(
        'E0936',
        place ?? at,
        `${of} takes pictures of ${short.least} or more, not of ${scale}`,
        {
          label: place === undefined ? `the training scales to ${scale}` : 'too small',
          labels: place === undefined ? [] : [{ span: at, message: 'measured here' }],
        },
      ),
    ];
  });
};
