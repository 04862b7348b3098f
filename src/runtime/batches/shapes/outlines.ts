/**
 * The outlines of the set `shapes`: signed distances to them (Quilez, "2D distance functions"), negative inside. Each
 * fits closely into the circle of radius 1 around the origin; y points down.
 */
import type { ShapeName } from '../../../protocol/shapes.ts';

/** The distance of a point to an outline; where outlines are cut out of each other, a bound of it. */
export type Outline = (x: number, y: number) => number;

type Point = readonly [x: number, y: number];

const length = (x: number, y: number): number => Math.sqrt(x * x + y * y);

/** The distance to a polygon: that to its nearest edge; a point is inside if a ray to the right crosses an odd number. */
const polygon = (points: readonly Point[]): Outline => {
  const edges = points.map(([ax, ay], i) => {
    const [bx, by] = points[(i + 1) % points.length]!;
    const [dx, dy] = [bx - ax, by - ay];
    return { ax, ay, by, dx, dy, over: 1 / (dx * dx + dy * dy) };
  });
  return (x, y) => {
    let nearest = Infinity;
    let inside = false;
    for (const { ax, ay, by, dx, dy, over } of edges) {
      const [px, py] = [x - ax, y - ay];
      const along = Math.min(1, Math.max(0, (px * dx + py * dy) * over));
      const [qx, qy] = [px - dx * along, py - dy * along];
      nearest = Math.min(nearest, qx * qx + qy * qy);
      if (ay > y !== by > y && px < (dx * py) / dy) inside = !inside;
    }
    return inside ? -Math.sqrt(nearest) : Math.sqrt(nearest);
  };
};

const circle = (cx: number, cy: number, radius: number): Outline => {
  return (x, y) => length(x - cx, y - cy) - radius;
};

const box = (w: number, h: number): Outline =>
  polygon([
    [-w, -h],
    [w, -h],
    [w, h],
    [-w, h],
  ]);

/** The first where it is not in the second. */
const without = (a: Outline, b: Outline): Outline => {
  return (x, y) => Math.max(a(x, y), -b(x, y));
};

const both = (a: Outline, b: Outline): Outline => {
  return (x, y) => Math.min(a(x, y), b(x, y));
};

// cosines and sines of multiples of 36°, written out: `Math.cos` differs between versions of V8
const c36 = 0.8090169943749475;
const s36 = 0.5877852522924731;
const c72 = 0.30901699437494745;
const s72 = 0.9510565162951535;
const dent = 0.42;

/** Each class with its outline. */
export const outlines: { readonly [name in ShapeName]: Outline } = {
  circle: circle(0, 0, 0.92),
  square: box(0.7, 0.7),
  triangle: polygon([
    [0, -1],
    [0.866, 0.5],
    [-0.866, 0.5],
  ]),
  cross: both(box(0.95, 0.28), box(0.28, 0.95)),
  star: polygon([
    [0, -1],
    [dent * s36, -dent * c36],
    [s72, -c72],
    [dent * s72, dent * c72],
    [s36, c36],
    [0, dent],
    [-s36, c36],
    [-dent * s72, dent * c72],
    [-s72, -c72],
    [-dent * s36, -dent * c36],
  ]),
  ring: without(circle(0, 0, 0.95), circle(0, 0, 0.5)),
  moon: without(circle(0, 0, 0.97), circle(0.5, 0, 0.75)),
  arrow: polygon([
    [0, -1],
    [0.72, -0.15],
    [0.25, -0.15],
    [0.25, 0.95],
    [-0.25, 0.95],
    [-0.25, -0.15],
    [-0.72, -0.15],
  ]),
  heart: both(
    both(circle(-0.42, -0.3, 0.47), circle(0.42, -0.3, 0.47)),
    polygon([
      [0, -0.35],
      [0.8, -0.05],
      [0, 0.95],
      [-0.8, -0.05],
    ]),
  ),
  bar: box(0.95, 0.24),
};
