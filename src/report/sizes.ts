/** `netc check --sizes`: the images each net takes with its weights, and the layers that set the bounds. */
import { lineStarts, positionAt, type Span, type Sources } from '../syntax/source.ts';
import { showSizes, type Sizes } from '../size/sizes.ts';
import type { Narrowing, TypedNet } from '../typecheck/net/typed.ts';
import { columns, lines } from './table.ts';

/** A feature of a set of sizes: its start, its end, or the residues it leaves out. */
type Feature = { readonly name: string; readonly of: (s: Sizes) => string };

const least = (s: Sizes): number | undefined => (s.tag === 'from' ? s.lo : s.ranges[0]?.[0]);
const greatest = (s: Sizes): number | undefined =>
  s.tag === 'from' ? undefined : s.ranges[s.ranges.length - 1]?.[1];

const features: readonly Feature[] = [
  { name: 'smallest', of: (s) => String(least(s) ?? '') },
  { name: 'largest', of: (s) => String(greatest(s) ?? '') },
  {
    name: 'only some',
    of: (s) =>
      s.tag === 'from'
        ? s.modulus === 1
          ? ''
          : `${s.modulus} ${s.residues.join(' ')}`
        : s.ranges.length > 1
          ? JSON.stringify(s.ranges)
          : '',
  },
];

/** The layers that set the features: for each the last layer that moved it. */
const settersOf = (
  narrowings: readonly Narrowing[],
): readonly { readonly feature: string; readonly setter: Narrowing }[] =>
  features.flatMap(({ name, of }) => {
    const setter = narrowings.filter((n) => of(n.before) !== of(n.after)).at(-1);
    const final = narrowings.at(-1);
    return setter === undefined || final === undefined || of(final.after) === ''
      ? []
      : [{ feature: name, setter }];
  });

const placeIn =
  (sources: Sources, locate: (place: Span) => Span) =>
  (span: Span): string => {
    const { path, start } = locate(span);
    const text = sources.get(path)?.text;
    if (text === undefined) return path;
    const { line, character } = positionAt(lineStarts(text), start);
    return `${path}:${line + 1}:${character + 1}`;
  };

/** The text in place of sizes: a faulty net takes images too, but we cannot tell which. */
const withoutSizes = ({ input }: TypedNet): string =>
  input.tag === 'vector' ? 'takes no images' : 'not checked';

/**
 * A row for height and one for width of each net, or one for both if they are equal, with the layers that set the
 * bounds and their places.
 */
export const showAdmissible = (
  nets: readonly TypedNet[],
  sources: Sources,
  locate: (place: Span) => Span,
): string => {
  const place = placeIn(sources, locate);
  const rows = nets.flatMap((net) => {
    const { admissible } = net;
    if (admissible === undefined) return [[net.name, withoutSizes(net)]];
    const axes = (['h', 'w'] as const).map((axis) => {
      const own = admissible.narrowings.filter((n) => n.axis === axis);
      const setters = settersOf(own).map(
        ({ feature, setter }) => `${feature}: ${setter.op} ${place(setter.span)}`,
      );
      return { name: axis === 'h' ? 'height' : 'width', set: showSizes(admissible[axis]), setters };
    });
    const [h, w] = axes;
    const alike = JSON.stringify([h!.set, h!.setters]) === JSON.stringify([w!.set, w!.setters]);
    return (alike ? [{ ...h!, name: 'height, width' }] : axes).flatMap(
      ({ name, set, setters: [first = '', ...others] }, i) => [
        [i === 0 ? net.name : '', name, set, first],
        ...others.map((setter) => ['', '', '', setter]),
      ],
    );
  });
  return lines(...columns(rows));
};
