/** What can be wrong with the shapes at a layer, in words: the one place where a fault becomes prose. */
import { error, replace, type Diagnostic, type Fix } from '../../diagnostic/diagnostic.ts';
import { flattening, meanOfMap } from '../../ops/roles.ts';
import type { ShapeFault } from '../../ops/row.ts';
import { numberOf, showType, type TensorType } from '../../ops/types.ts';
import { gcd } from '../../size/integers.ts';
import { pixelsOf } from '../net/costs.ts';
import type { Span } from '../../syntax/source.ts';
import type { Context } from '../expr/context.ts';
import { channelsMade, madeHere, vectorMade } from '../net/trail.ts';
import {
  channelsOf,
  faultSite,
  reportAt,
  type FaultOf,
  type FaultSite,
  type FaultTag,
  type LayerSite,
  type Words,
} from './fault-site.ts';
import { insertedBefore, mayTakeVector } from '../net/inserted.ts';
import { differentChannels, differentRanks } from './join-faults.ts';

const vectorWanted: Words<'rank'> = ({ name, span, trail, around }, { found }) =>
  error('E0201', span, `${name} needs a vector, and its input is \`${showType(found)}\``, {
    label: `expects \`[_]\`, gets \`${showType(found)}\``,
    labels: madeHere(trail),
    notes: [
      `\`${flattening.name}\` makes a vector of a map, and \`${meanOfMap.name}\` takes its mean over height and width`,
    ],
    fixes: insertedBefore(around.text, span, toVector(found)),
  });

/** The layer that makes a vector of this map: the length of all its numbers must be known. */
const toVector = (found: TensorType): string =>
  (found.tag === 'map' && pixelsOf(found) === undefined ? meanOfMap : flattening).name;

const mapWanted: Words<'rank'> = ({ name, span, trail }, { found }) =>
  error('E0201', span, `${name} needs a map, and its input is \`${showType(found)}\``, {
    label: `expects \`[_, _, _]\`, gets \`${showType(found)}\``,
    labels: vectorMade(trail),
  });

/** The divisors of a number in order, found in the time of its root: a program may ask for two thousand million channels. */
const divisorsOf = (n: number): readonly number[] => {
  const small: number[] = [];
  for (let d = 1; d * d <= n; d++) if (n % d === 0) small.push(d);
  return [...small, ...small.map((d) => n / d).reverse()];
};

/** The numbers of groups nearest to one that is written, below and above, that divide what comes in and goes out. */
const dividing = ({ input, span, around }: FaultSite, groups: number): readonly Fix[] => {
  const written = /^[\w.]*?-([\d_]+)[^(]*\([^]*?\bgroups\s*=\s*([\d_]+)\b/d.exec(around.text(span));
  const place = written?.indices?.[2];
  const channels = input.tag === 'map' ? numberOf(input.c) : undefined;
  // in a definition another call may have other channels
  if (place === undefined || channels === undefined || around.called) return [];
  const all = divisorsOf(gcd(channels, Number(written![1]!.replaceAll('_', ''))));
  const near = [all.findLast((d) => d < groups), all.find((d) => d > groups)];
  const at = { ...span, start: span.start + place[0], end: span.start + place[1] };
  return near.flatMap((d) =>
    d === undefined ? [] : [replace(`write \`groups = ${d}\``, at, String(d))],
  );
};

const indivisible: Words<'groups'> = (site, { groups, channels, side }) => {
  const { span, trail } = site;
  const way = side === 'input' ? 'come in' : 'go out';
  return error(
    'E0205',
    span,
    `${groups} groups do not divide the ${channels} channels that ${way}`,
    {
      label: `${channels} is not a multiple of ${groups}`,
      labels: side === 'input' ? channelsMade(trail, channels) : [],
      fixes: dividing(site, groups),
    },
  );
};

const otherChannels: Words<'channels'> = (site, { expected, found }) => {
  const { row, name, span, input, trail, around } = site;
  const stem = /^[A-Za-z_.]+/.exec(around.text(span))?.[0] ?? row.name;
  const here = replace(`write \`${stem}-${found}\``, span, `${stem}-${found}`);
  const anywhere = replace(`write \`${stem}\`, which takes the channels as they come`, span, stem);
  return error(
    'E0210',
    span,
    `${name} expects ${channelsOf(expected)}, but its input has ${found}`,
    {
      label: `expects \`[_, _, ${expected}]\`, gets \`${showType(input)}\``,
      labels: channelsMade(trail, found),
      // in a definition another call may have other channels
      fixes: around.called ? [anywhere] : [here, anywhere],
    },
  );
};

const otherSize: Words<'size'> = ({ name, span, input, trail }, { axis, expected, found }) => {
  const along = axis === 'h' ? 'height' : 'width';
  return error(
    'E0216',
    span,
    `${name} takes the ${along} ${expected} alone, and its input has ${found}`,
    {
      label: `expects \`${axis === 'h' ? `[${expected}, _, _]` : `[_, ${expected}, _]`}\`, gets \`${showType(input)}\``,
      labels: madeHere(trail),
    },
  );
};

const cutOutside: Words<'cut'> = ({ span, trail }, { from, to, channels }) =>
  error('E0211', span, `the cut ${from}..${to} does not lie in the ${channels} channels`, {
    label: `0..${channels} are all of them`,
    labels: channelsMade(trail, channels),
  });

const paddedAway: Words<'pool padding'> = ({ name, span, around }, { padding, window }) => {
  const dashed = /^([\w.]+)-(\d+)$/.exec(around.text(span));
  const strided = dashed && `${dashed[1]!}/${dashed[2]!}`;
  return error(
    'E0212',
    span,
    `padding ${padding} is not smaller than the window ${window} of ${name}`,
    {
      label: 'some windows would see no pixel',
      notes: strided === null ? [] : ['a stride is written behind `/`'],
      fixes: strided === null ? [] : [replace(`write \`${strided}\``, span, strided)],
    },
  );
};

const lengthUnknown: Words<'free'> = ({ row, name, span, trail, around }, { input }) =>
  error(
    'E0208',
    span,
    `${name} makes a vector whose length depends on the image: \`${showType(input)}\``,
    {
      label: 'the weights after it would have no fixed shape',
      labels: madeHere(trail),
      notes: [
        'fix the size of the input, as in `[224, 224, 3]`',
        `or take the mean over height and width with \`${meanOfMap.name}\``,
        'or fix the size and turn the fully connected layers into convolutions with the pass `fc_to_conv`',
      ],
      fixes: mayTakeVector(around.text, span)
        ? [replace(`write \`${meanOfMap.name}\` instead of \`${row.name}\``, span, meanOfMap.name)]
        : [],
    },
  );

/** The report for sizes of too long a period (E0214); the period is Infinity if we cannot name it. */
export const tooRarely = (span: Span, period: number): Diagnostic =>
  error(
    'E0214',
    span,
    Number.isFinite(period)
      ? `these sizes repeat only every ${period} pixels, a longer period than netc follows`
      : 'these sizes repeat with too long a period',
    { notes: ['fix the size of the input'] },
  );

/** Every fault that a shape rule finds, by its tag. */
const words: { readonly [T in FaultTag]: Words<T> } = {
  rank: (site, fault, cx) => (fault.needs === 'vector' ? vectorWanted : mapWanted)(site, fault, cx),
  groups: indivisible,
  channels: otherChannels,
  size: otherSize,
  cut: cutOutside,
  'pool padding': paddedAway,
  'join rank': differentRanks,
  'join channels': differentChannels,
  free: lengthUnknown,
  'too long': ({ span }, { period }) => tooRarely(span, period),
};

const inWords = <T extends FaultTag>(cx: Context, site: FaultSite, fault: FaultOf<T>): Diagnostic =>
  words[fault.tag](site, fault, cx);

/** Reports the fault that the shape rule of a layer found in its inputs. */
export const reportShapeFault = (cx: Context, site: LayerSite, fault: ShapeFault): void =>
  reportAt(cx, site, inWords<FaultTag>(cx, faultSite(cx, site), fault));
