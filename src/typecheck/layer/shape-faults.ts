/** What can be wrong with the shapes at a layer, in words: the one place where they become prose. */
import { error, replace, type Diagnostic, type Label } from '../../diagnostic/diagnostic.ts';
import { Bug } from '../../diagnostic/bug.ts';
import type { Args } from '../../ops/params.ts';
import type { Condition, ShapeFault } from '../../ops/row.ts';
import { flattening, meanOfMap, projectionOf } from '../../ops/roles.ts';
import type { Row } from '../../ops/table.ts';
import { extentOf, showAxis, showType, type TensorType } from '../../ops/types.ts';
import type { Span } from '../../syntax/source.ts';
import { callLabels, type Context } from '../expr/context.ts';
import { projected, withSize } from '../net/branch-fixes.ts';
import type { Around } from '../net/branch-words.ts';
import { lookup } from '../expr/scope.ts';
import { channelsMade, traceOf, vectorMade, type Trail } from '../net/trail.ts';
import type { Typed } from '../net/typed.ts';
import type { Scope } from '../expr/values.ts';

/** A branch of a join as it was checked, or the place of a layer. */
type Branch = Pick<Typed, 'span'> | Typed;

/** The layer in question. */
export type Site = {
  readonly row: Row;
  readonly span: Span;
  readonly inputs: readonly TensorType[];
  /** the branches of a join, else the layer itself */
  readonly branches: readonly Branch[];
  readonly trail: Trail;
  /** what names mean where a join stands */
  readonly scope?: Scope;
};

const channelsOf = (n: number): string => `${n} channel${n === 1 ? '' : 's'}`;

const quoted = (row: Row): string =>
  row.inputs.tag === 'join' ? `\`${row.inputs.sign}\`` : `\`${row.name}\``;

const report = (cx: Context, site: Site, d: Diagnostic, labels: readonly Label[] = []): void =>
  cx.report({
    ...d,
    labels: [...d.labels, ...labels, ...callLabels(cx)],
    notes: [...traceOf(site.trail, cx.text), ...d.notes],
  });

/** The period of sizes that cannot be followed is infinite where it has no number. */
export const tooRarely = (span: Span, period: number): Diagnostic =>
  error(
    'E0214',
    span,
    Number.isFinite(period)
      ? `these sizes repeat only every ${period} pixels, too rarely to be followed`
      : 'these sizes repeat too rarely to be followed',
    { notes: ['fix the size of the input'] },
  );

export const reportShapeFault = (cx: Context, site: Site, fault: ShapeFault): void => {
  const { row, span, inputs } = site;
  const [input] = inputs;
  if (input === undefined) throw new Bug(`${row.name} without input`);
  const name = quoted(row);
  switch (fault.tag) {
    case 'rank': {
      const needsVector = fault.needs === 'vector';
      report(
        cx,
        site,
        error(
          'E0201',
          span,
          `${name} needs a ${fault.needs}, and its input is \`${showType(fault.found)}\``,
          {
            label: `expects \`${needsVector ? '[_]' : '[_, _, _]'}\`, gets \`${showType(fault.found)}\``,
            notes: needsVector
              ? [
                  `\`${flattening.name}\` makes a vector of a map, and \`${meanOfMap.name}\` takes its mean over height and width`,
                ]
              : [],
            fixes: needsVector
              ? [
                  replace(
                    `\`${flattening.name}\` before it`,
                    { ...span, end: span.start },
                    `${flattening.name}; `,
                    'certain',
                  ),
                ]
              : [],
          },
        ),
        needsVector ? [] : vectorMade(site.trail),
      );
      return;
    }
    case 'groups':
      report(
        cx,
        site,
        error(
          'E0205',
          span,
          `${fault.groups} groups do not divide the ${fault.channels} channels that ${fault.side === 'input' ? 'come in' : 'go out'}`,
          { label: `${fault.channels} is no multiple of ${fault.groups}` },
        ),
      );
      return;
    case 'channels': {
      const written = cx.text(span);
      const stem = /^[A-Za-z_.]+/.exec(written)?.[0] ?? row.name;
      report(
        cx,
        site,
        error(
          'E0210',
          span,
          `${name} expects ${channelsOf(fault.expected)}, but its input has ${fault.found}`,
          {
            label: `expects \`[_, _, ${fault.expected}]\`, gets \`${showType(input)}\``,
            fixes: [
              // in a definition another call may have other channels
              ...(cx.calls.length > 0
                ? []
                : [replace(`write \`${stem}-${fault.found}\``, span, `${stem}-${fault.found}`)]),
              replace(`write \`${stem}\`, which takes the channels as they come`, span, stem),
            ],
          },
        ),
        channelsMade(site.trail, fault.found),
      );
      return;
    }
    case 'cut':
      report(
        cx,
        site,
        error(
          'E0211',
          span,
          `the cut ${fault.from}..${fault.to} does not lie in the ${fault.channels} channels`,
          {
            label: `0..${fault.channels} is all of them`,
          },
        ),
        channelsMade(site.trail, fault.channels),
      );
      return;
    case 'pool padding':
      report(
        cx,
        site,
        error(
          'E0212',
          span,
          `padding ${fault.padding} is not smaller than the window ${fault.window} of ${name}`,
          {
            label: 'some windows would see no pixel',
          },
        ),
      );
      return;
    case 'join rank':
      report(
        cx,
        site,
        error(
          'E0201',
          site.branches[fault.branch]?.span ?? span,
          `${name} joins \`${showType(fault.first)}\` with \`${showType(fault.other)}\``,
          { label: `this branch gives \`${showType(fault.other)}\`` },
        ),
        firstBranch(site, showType(fault.first)),
      );
      return;
    case 'join channels':
      report(
        cx,
        site,
        error(
          'E0204',
          span,
          `${name} joins branches of ${fault.first} and of ${channelsOf(fault.other)}`,
          {
            label: 'both need the same channels',
            labels: [
              ...firstBranch(site, channelsOf(fault.first)),
              ...branchLabel(site, fault.branch, channelsOf(fault.other)),
            ],
            ...projections(cx, site, fault.branch),
          },
        ),
      );
      return;
    case 'free':
      report(
        cx,
        site,
        error(
          'E0208',
          span,
          `${name} makes a vector whose length depends on the image: \`${showType(fault.input)}\``,
          {
            label: 'weights behind it could not have one shape',
            notes: [
              'fix the size of the input, as in `[224, 224, 3]`',
              `or take the mean over height and width with \`${meanOfMap.name}\``,
              'or keep the fixed size and let the pass `fc_to_conv` make convolutions of the fully connected layers',
            ],
            fixes: [
              replace(`\`${meanOfMap.name}\` instead of \`${row.name}\``, span, meanOfMap.name),
            ],
          },
        ),
      );
      return;
    case 'too long':
      report(cx, site, tooRarely(span, fault.period));
      return;
  }
};

/** What a branch suggests, when it is one that was checked. */
const typedBranch = <A>(
  site: Site,
  branch: number,
  suggest: (typed: Typed) => readonly A[],
): readonly A[] => {
  const of = site.branches[branch];
  return of !== undefined && 'tag' in of ? suggest(of) : [];
};

const aroundOf = (cx: Context, { scope }: Site): Around => ({
  text: cx.text,
  called: cx.calls.length > 0,
  numberOf: (name) => {
    const found = scope && lookup(scope, name);
    const value = found?.tag === 'entry' ? found.entry.value() : undefined;
    return value?.tag === 'number' ? value.value : undefined;
  },
});

/** Either branch with the channels of the other; what is left to say where no expression says them. */
const projections = (
  cx: Context,
  site: Site,
  branch: number,
): Pick<Diagnostic, 'fixes' | 'notes'> => {
  const around = aroundOf(cx, site);
  const fixes = typedBranch(site, 0, (first) =>
    typedBranch(site, branch, (other) => [
      ...projected(other, first, around),
      ...projected(first, other, around),
    ]),
  );
  const needed = `other calls may have other channels: the shortcut needs a projection, such as a \`${projectionOf('map').name}1\` given as a parameter`;
  return { fixes, notes: around.called && fixes.length === 0 ? [needed] : [] };
};

const branchLabel = (site: Site, branch: number, message: string): readonly Label[] => {
  const of = site.branches[branch];
  return of === undefined ? [] : [{ span: of.span, message }];
};
const firstBranch = (site: Site, message: string): readonly Label[] =>
  branchLabel(site, 0, message);

/** Two branches whose fixed sizes differ. */
export const reportDisagreement = (cx: Context, site: Site, condition: Condition): void => {
  const axis = condition.axis === 'h' ? 'height' : 'width';
  const [first, other] = [site.inputs[0]!, site.inputs[condition.branch]!];
  report(
    cx,
    site,
    error(
      'E0203',
      site.span,
      `${quoted(site.row)} joins branches of ${axis} ${showAxis(condition.first)} and ${showAxis(condition.other)}`,
      {
        label: `the branches differ in ${axis}`,
        labels: [
          ...firstBranch(site, `gives \`${showType(first)}\``),
          ...branchLabel(site, condition.branch, `gives \`${showType(other)}\``),
        ],
        fixes: typedBranch(site, 0, (a) =>
          typedBranch(site, condition.branch, (b) =>
            withSize(site.row.name, [a, b], condition.axis, aroundOf(cx, site)),
          ),
        ),
      },
    ),
  );
};

/** A layer whose own output would have no pixel. */
export const reportEmpty = (cx: Context, site: Site, args: Args, output: TensorType): void => {
  const [input] = site.inputs;
  if (output.tag !== 'map' || input?.tag !== 'map') throw new Bug('only a map can be empty');
  const side = (extentOf(output.h) ?? 1) < 1 ? 'h' : 'w';
  const field = site.row.field(args);
  const written = cx.text(site.span);
  const padded = written.replace(/\(pad = (valid|0)\)$/, '');
  const fixes = [
    ...(padded === written ? [] : [replace(`write \`${padded}\`, which pads`, site.span, padded)]),
    ...(site.row.averages === true
      ? [
          replace(
            `write \`${meanOfMap.name}\`, the mean of whatever is left`,
            site.span,
            meanOfMap.name,
          ),
        ]
      : []),
  ];
  const window = field === 'whole' ? 1 : field[side].span;
  const small = extentOf(input[side]) ?? 0;
  const word = side === 'h' ? 'height' : 'width';
  report(
    cx,
    site,
    error(
      'E0202',
      site.span,
      window > small
        ? `the window of ${quoted(site.row)} is larger than its input \`${showType(input)}\``
        : `${quoted(site.row)} leaves nothing of its input \`${showType(input)}\``,
      {
        label:
          window > small
            ? `needs a ${word} of ${window}, gets ${small}`
            : `would give a ${word} of ${showAxis(output[side])}`,
        notes: ['a larger input, or fewer strides and pools before it, would leave more'],
        fixes,
      },
    ),
  );
};

export const reportTooLarge = (cx: Context, site: Site, output: TensorType): void =>
  report(
    cx,
    site,
    error(
      'E0213',
      site.span,
      `${quoted(site.row)} gives \`${showType(output)}\`, more than 2147483647 numbers`,
      {
        label: 'too large for one tensor',
      },
    ),
  );
