/** What can be wrong with the branches of a join, in words. */
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { joinOf, projectionOf } from '../../ops/roles.ts';
import type { Condition } from '../../ops/row.ts';
import { showAxis, showType } from '../../ops/types.ts';
import type { Context } from '../expr/context.ts';
import { shortcutFix } from './shortcut-fix.ts';
import { projected, widened, withSize } from '../net/branch-fixes.ts';
import {
  branchLabel,
  channelsOf,
  faultSite,
  ofBranches,
  reportAt,
  type FaultSite,
  type LayerSite,
  type Pair,
  type Words,
} from './fault-site.ts';

/** A branch gives a vector where the first gives a map, or the reverse. */
export const differentRanks: Words<'join rank'> = (site, { branch, first, other }) =>
  error(
    'E0201',
    site.branches[branch]?.span ?? site.span,
    `${site.name} joins \`${showType(first)}\` with \`${showType(other)}\``,
    {
      label: `this branch gives \`${showType(other)}\``,
      labels: branchLabel(site, 0, showType(first)),
    },
  );

/** A branch has other channels than the first. */
export const differentChannels: Words<'join channels'> = (site, { branch }, cx) => {
  const channels = site.inputs.map((type) => (type.tag === 'unknown' ? 'unknown' : type.c));
  const [usual, odd] = oddOneOut(channels, branch);
  const [first, other] = [channels[usual], channels[odd]].map((c) =>
    typeof c === 'number' ? c : 0,
  );
  return error(
    'E0204',
    site.span,
    `${site.name} joins branches of ${first!} and of ${channelsOf(other!)}`,
    {
      label: `${channels.length > 2 ? 'all' : 'both'} need the same channels`,
      labels: [
        ...branchLabel(site, usual, channelsOf(first!)),
        ...branchLabel(site, odd, unlike(channels, odd, channelsOf(other!))),
      ],
      ...projections(cx, site, [usual, odd]),
    },
  );
};

/** Of three branches or more, one that differs from all others, which agree, is the one to look at. */
const oddOneOut = <A>(values: readonly A[], branch: number): Pair =>
  isAlone(values, 0) ? [1, 0] : [0, branch];

/** Whether all values but one are the same, and more than one. */
const isAlone = <A>(values: readonly A[], odd: number): boolean => {
  const others = values.filter((_, i) => i !== odd);
  return others.length > 1 && others.every((value) => value === others[0]);
};

const unlike = <A>(values: readonly A[], odd: number, words: string): string =>
  isAlone(values, odd) ? `${words}, unlike the other branches` : words;

/** A map of one channel does not gate the channels of another: `*` spreads a vector over pixels, and nothing else. */
const gate = (site: FaultSite, pair: Pair): Pick<Diagnostic, 'fixes' | 'notes'> | undefined => {
  if (site.row !== joinOf('*')) return undefined;
  const single = pair.find((i) => channelsAt(site, i) === 1);
  const wide = pair.find((i) => i !== single);
  if (single === undefined || wide === undefined) return undefined;
  return {
    notes: [
      '`*` multiplies maps channel by channel, and a vector with every pixel; one channel is not spread over the others',
    ],
    fixes: ofBranches(site, [single, wide], (narrow, other) => widened(narrow, other, site.around)),
  };
};

const channelsAt = ({ inputs }: FaultSite, branch: number): number | undefined => {
  const type = inputs[branch];
  return type === undefined || type.tag === 'unknown' || typeof type.c !== 'number'
    ? undefined
    : type.c;
};

/** Fixes that give either branch the channels of the other; a note where no expression can be written. */
const projections = (
  cx: Context,
  site: FaultSite,
  pair: Pair,
): Pick<Diagnostic, 'fixes' | 'notes'> => {
  const { around } = site;
  const gated = gate(site, pair);
  if (gated !== undefined) return gated;
  const shortcut = shortcutFix(cx, site, pair);
  if (shortcut !== undefined) return { fixes: [shortcut], notes: [] };
  const isOdd = site.inputs.length > 2;
  const fixes = ofBranches(site, pair, (first, other) => [
    ...projected(other, first, around),
    // the branches that agree stay as they are
    ...(isOdd ? [] : projected(first, other, around)),
  ]);
  const needed = `other calls may have other channels: the shortcut needs a projection, such as a \`${projectionOf('map').name}1\` given as a parameter`;
  return { fixes, notes: around.called && fixes.length === 0 ? [needed] : [] };
};

/** Two branches whose fixed sizes differ. */
const differentSizes = (cx: Context, site: FaultSite, { axis, branch }: Condition): Diagnostic => {
  const { row, name, span, inputs, around } = site;
  const side = axis === 'h' ? 'height' : 'width';
  const sizes = inputs.map((type) => (type.tag === 'map' ? showAxis(type[axis]) : ''));
  const pair = oddOneOut(sizes, branch);
  const shortcut = shortcutFix(cx, site, pair);
  return error(
    'E0203',
    span,
    `${name} joins branches of ${side} ${sizes[pair[0]]!} and ${sizes[pair[1]]!}`,
    {
      label: `the branches differ in ${side}`,
      labels: [
        ...branchLabel(site, pair[0], `gives \`${showType(inputs[pair[0]]!)}\``),
        ...branchLabel(
          site,
          pair[1],
          unlike(sizes, pair[1], `gives \`${showType(inputs[pair[1]]!)}\``),
        ),
      ],
      fixes:
        shortcut === undefined
          ? ofBranches(site, pair, (a, b) => withSize(row.name, [a, b], axis, around))
          : [shortcut],
    },
  );
};

/** Reports two branches whose fixed sizes differ. */
export const reportDisagreement = (cx: Context, site: LayerSite, condition: Condition): void =>
  reportAt(cx, site, differentSizes(cx, faultSite(cx, site), condition));
