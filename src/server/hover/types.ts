/** The types of heads and of ascriptions: what each axis is, and what all comes to. */
import { showAdmissible } from '../../report/sizes.ts';
import type { Span } from '../../syntax/source.ts';
import type { Definition, TypeExpr } from '../../syntax/tree.ts';
import type { Ground } from '../ground.ts';
import { isDefinition } from '../../typecheck/program/declarations.ts';
import { declarationOf, exprsOf, type Node } from '../tree-at.ts';
import type { About } from './about.ts';
import { aboutDefinition, aboutLayer, joined } from './layers.ts';

const touches = ({ start, end }: Span, offset: number): boolean => start <= offset && offset <= end;

/** What the axes of a map and of a vector are. */
const axisNames: { readonly [rank: number]: readonly string[] } = {
  1: ['length'],
  3: ['height', 'width', 'number of channels'],
};

type Side = 'what comes in' | 'what goes out';

/** What a place of a type is; `free` is a size of the image. */
type InType = { readonly text: string; readonly free: boolean; readonly place: Span };

/** An axis of a type, or the type itself. */
const inType = (
  { view: { locate } }: Ground,
  type: TypeExpr | undefined,
  side: Side,
  offset: number,
): InType | undefined => {
  if (type === undefined || !touches(locate(type.span), offset)) return undefined;
  const axes = type.tag === 'tensor' ? type.axes : [];
  const i = axes.findIndex(({ span }) => touches(locate(span), offset));
  const axis = axes[i];
  const name = axisNames[axes.length]?.[i];
  return axis === undefined || name === undefined
    ? { text: `the type of ${side}`, free: false, place: locate(type.span) }
    : {
        text: `the ${name} of ${side}`,
        free: axis.tag === 'chain' && side === 'what comes in',
        place: locate(axis.span),
      };
};

/** The images that the net of a definition takes, and the layers that set the bounds. */
const admissible = ({ view }: Ground, { name }: Definition): string | undefined => {
  const own = view.locate(name.span);
  const net = view.program?.nets.find(({ span }) => {
    const { path, start } = view.locate(span);
    return path === own.path && start === own.start;
  });
  if (net?.admissible === undefined) return undefined;
  const sizes = showAdmissible([net], view.sources, view.locate).trimEnd();
  return `it takes images of\n\n\`\`\`\n${sizes}\n\`\`\``;
};

/** At a type of a head, or of an ascription. */
export const typeAt = (
  ground: Ground,
  path: readonly Node[],
  offset: number,
): About | undefined => {
  const ascribed = exprsOf(path).findLast((e) => e.tag === 'ascribe');
  const d = declarationOf(path);
  const definition = d !== undefined && isDefinition(d) ? d : undefined;
  const typed = ascribed ?? definition?.signature;
  const found =
    inType(ground, typed?.input, 'what comes in', offset) ??
    inType(ground, typed?.output, 'what goes out', offset);
  // between both types it is about them both
  const whole = definition?.signature && ground.view.locate(definition.signature.span);
  if (found === undefined)
    return definition !== undefined && whole !== undefined && touches(whole, offset)
      ? { value: aboutDefinition(ground, definition), place: whole }
      : undefined;
  const { text, free, place } = found;
  const sizes =
    free && ascribed === undefined ? definition && admissible(ground, definition) : undefined;
  const about =
    ascribed === undefined
      ? definition && aboutDefinition(ground, definition)
      : aboutLayer(ground, ascribed);
  return { value: joined(text, sizes, about), place };
};
