/** Curves as SVG that a page contains: its style sheet colours them, so they follow its light and its dark. */
import { xml } from '../../diagram/escape.ts';

/** A point of a curve: steps that are done, and a value. */
export type Point = readonly [step: number, value: number];

/** A curve; its class in the style sheet is `curve-KIND`. */
export type Curve = {
  readonly name: string;
  readonly kind: 'training' | 'validation' | 'faint';
  readonly points: readonly Point[];
  /** whether each point is marked, and says its value to whoever points at it */
  readonly marked: boolean;
};

/** A chart. Values that are not finite are left out, and the line has a gap there. */
export type Chart = {
  readonly title: string;
  readonly curves: readonly Curve[];
  readonly show: (value: number) => string;
  /** bounds that the scale has at least */
  readonly from?: number;
  readonly to?: number;
};

const [width, height] = [400, 220];
const margin = { left: 50, right: 12, top: 12, bottom: 40 };

/** About so many round numbers from `low` to `high`: multiples of 1, 2 or 5 times a power of ten. */
export const ticks = (low: number, high: number, about = 5): readonly number[] => {
  const span = high - low;
  if (!(span > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(span / about));
  const step = [1, 2, 5, 10].map((k) => k * power).find((s) => span / s <= about)!;
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  // each is rounded to the digits that the step has
  return Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(12)));
};

/** At most so many points, each the mean of those that it stands for. */
export const thinned = (points: readonly Point[], most: number): readonly Point[] => {
  if (points.length <= most) return points;
  const each = points.length / most;
  return Array.from({ length: most }, (_, i) => {
    const part = points.slice(Math.floor(i * each), Math.floor((i + 1) * each));
    const mean = (k: 0 | 1): number => part.reduce((sum, p) => sum + p[k], 0) / part.length;
    return [mean(0), mean(1)];
  });
};

/** The curve without its noise: each value the mean of those up to `reach` before and behind it, so it does not lag. */
export const smoothed = (points: readonly Point[], reach: number): readonly Point[] =>
  points.map(([step, value], i): Point => {
    if (!Number.isFinite(value)) return [step, value];
    // as many before as behind, so that the ends of a slope stay where they are
    const near = Math.min(reach, i, points.length - 1 - i);
    const values = points
      .slice(i - near, i + near + 1)
      .map(([, other]) => other)
      .filter(Number.isFinite);
    return [step, values.reduce((sum, n) => sum + n, 0) / values.length];
  });

const isFinitePoint = ([step, value]: Point): boolean =>
  Number.isFinite(step) && Number.isFinite(value);

type Scale = (n: number) => number;

const scale =
  (from: readonly [number, number], to: readonly [number, number]): Scale =>
  (n) => {
    const [a, b] = from;
    const share = b === a ? 0.5 : (n - a) / (b - a);
    return Number((to[0] + share * (to[1] - to[0])).toFixed(1));
  };

/** The line of a curve, which begins anew behind a value that is not finite. */
const pathOf = (points: readonly Point[], x: Scale, y: Scale): string => {
  let pen = 'M';
  let path = '';
  for (const point of points)
    if (!isFinitePoint(point)) pen = 'M';
    else {
      path += `${pen}${x(point[0])} ${y(point[1])}`;
      pen = 'L';
    }
  return path;
};

const curveText = (curve: Curve, chart: Chart, x: Scale, y: Scale): string => {
  const { kind, points, marked, name } = curve;
  const line = `<path class="curve-${kind}" d="${pathOf(points, x, y)}"/>`;
  if (!marked) return line;
  const marks = points.filter(isFinitePoint).map(([step, value]) => {
    const told = `${name} ${chart.show(value)} after step ${Math.round(step)}`;
    return `<circle class="mark-${kind}" cx="${x(step)}" cy="${y(value)}" r="3"><title>${xml(told)}</title></circle>`;
  });
  return line + marks.join('');
};

/** The SVG of a chart, its legend beside its title; says so where there is nothing to draw. */
export const chartSvg = (chart: Chart): string => {
  const all = chart.curves.flatMap(({ points }) => points.filter(isFinitePoint));
  const heading = `<figcaption><b>${xml(chart.title)}</b>${legend(chart)}</figcaption>`;
  if (all.length === 0)
    return `<figure>${heading}<p class="nothing">nothing was measured yet</p></figure>`;
  const bounds = (k: 0 | 1, ...others: readonly (number | undefined)[]): [number, number] => {
    const values = others.filter((n) => n !== undefined);
    return all.reduce<[number, number]>(
      ([low, high], point) => [Math.min(low, point[k]), Math.max(high, point[k])],
      [Math.min(Infinity, ...values), Math.max(-Infinity, ...values)],
    );
  };
  const steps = bounds(0, 0);
  const values = bounds(1, chart.from, chart.to);
  const x = scale(steps, [margin.left, width - margin.right]);
  const y = scale(values, [height - margin.bottom, margin.top]);
  const rows = ticks(...values).map(
    (n) =>
      `<path class="grid" d="M${margin.left} ${y(n)}H${width - margin.right}"/>` +
      `<text class="tick" x="${margin.left - 8}" y="${y(n) + 4}" text-anchor="end">${xml(chart.show(n))}</text>`,
  );
  const columns = ticks(...steps).map(
    (n) => `<text class="tick" x="${x(n)}" y="${height - 20}" text-anchor="middle">${n}</text>`,
  );
  const unit = `<text class="tick" x="${width - margin.right}" y="${height - 5}" text-anchor="end">steps</text>`;
  const curves = chart.curves.map((curve) => curveText(curve, chart, x, y));
  return (
    `<figure>${heading}<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${xml(chart.title)} by steps">` +
    `${rows.join('')}${columns.join('')}${unit}${curves.join('')}</svg></figure>`
  );
};

const legend = ({ curves }: Chart): string =>
  curves
    .filter(({ kind }) => kind !== 'faint')
    .map(({ name, kind }) => `<span class="key key-${kind}">${xml(name)}</span>`)
    .join('');
