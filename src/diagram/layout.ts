/** Coordinates for every box, frame, line and label of a diagram: one fold over its parts, top down. */
import { box, frame, type Arranged, type Drawing, type Pen } from './arrange.ts';
import { columns } from './arrange-columns.ts';
import { fork } from './arrange-fork.ts';
import { sequence } from './arrange-sequence.ts';
import type { Diagram, Part } from './diagram.ts';

const arrange = (part: Part): Arranged => {
  switch (part.tag) {
    case 'node':
      return box(part.node);
    case 'fork':
      return fork(part.branches, part.join, arrange);
    case 'group':
      return frame(part.group, arrange(part.body));
    case 'sequence':
      return sequence(part.parts, arrange);
    case 'keep':
    case 'recall':
    case 'side':
      return sequence([part], arrange);
  }
};

/** `axis`: the x of the line from the input to the output. */
export type Layout = Drawing & {
  readonly width: number;
  readonly height: number;
  readonly axis: number;
};

/** With its top left corner at 0, 0. */
export const layout = (diagram: Diagram): Layout => {
  const pen: Pen = {
    boxes: [],
    frames: [],
    routes: [],
    labels: [],
    kept: new Map(),
    lanes: new Map(),
  };
  const { left, right, height, place } = columns(
    diagram.body.tag === 'sequence' ? diagram.body.parts : [diagram.body],
    arrange,
  );
  place(left, 0, { from: diagram.nodes[0]!, kind: 'flow', points: [] }, pen);
  const { boxes, frames, labels } = pen;
  // the input has no incoming line
  const routes = pen.routes.slice(1);
  return { boxes, frames, labels, routes, width: left + right, height, axis: left };
};
