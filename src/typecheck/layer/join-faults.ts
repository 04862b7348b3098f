/** What can be wrong with the branches of a join, in words. */
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { projectionOf } from '../../ops/roles.ts';
import type { Condition } from '../../ops/row.ts';
import { showAxis, showType } from '../../ops/types.ts';
import type { Context } from '../expr/context.ts';
import { shortcutFix } from './shortcut-fix.ts';
import { projected, withSize } from '../net/branch-fixes.ts';
import {
  branchLabel,
  channelsOf,
  faultSite,
  ofBranches,
  reportAt,
  type FaultSite,
  type LayerSite,
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
export const differentChannels: Words<'join channels'> = (site, { branch, first, other }, cx) =>
  error('E0204', site.span, `${site.name} joins branches of ${first} and of ${channelsOf(other)}`, {
    label: 'both need the same channels',
    labels: [
      ...branchLabel(site, 0, channelsOf(first)),
      ...branchLabel(site, branch, channelsOf(other)),
    ],
    ...projections(cx, site, branch),
  });

/** Fixes that give either branch the channels of the other; a note where no expression can be written. */
const projections = (
  cx: Context,
  site: FaultSite,
  branch: number,
): Pick<Diagnostic, 'fixes' | 'notes'> => {
  const { around } = site;
  const shortcut = shortcutFix(cx, site, branch);
  if (shortcut !== undefined) return { fixes: [shortcut], notes: [] };
  const fixes = ofBranches(site, branch, (first, other) => [
    ...projected(other, first, around),
    ...projected(first, other, around),
  ]);
  const needed = `other calls may have other channels: the shortcut needs a projection, such as a \`${projectionOf('map').name}1\` given as a parameter`;
  return { fixes, notes: around.called && fixes.length === 0 ? [needed] : [] };
};

/** Two branches whose fixed sizes differ. */
const differentSizes = (
  cx: Context,
  site: FaultSite,
  { axis, branch, first, other }: Condition,
): Diagnostic => {
  const { row, name, span, inputs, around } = site;
  const side = axis === 'h' ? 'height' : 'width';
  const shortcut = shortcutFix(cx, site, branch);
  return error(
    'E0203',
    span,
    `${name} joins branches of ${side} ${showAxis(first)} and ${showAxis(other)}`,
    {
      label: `the branches differ in ${side}`,
      labels: [0, branch].flatMap((i) => branchLabel(site, i, `gives \`${showType(inputs[i]!)}\``)),
      fixes:
        shortcut === undefined
          ? ofBranches(site, branch, (a, b) => withSize(row.name, [a, b], axis, around))
          : [shortcut],
    },
  );
};

/** Reports two branches whose fixed sizes differ. */
export const reportDisagreement = (cx: Context, site: LayerSite, condition: Condition): void =>
  reportAt(cx, site, differentSizes(cx, faultSite(cx, site), condition));
