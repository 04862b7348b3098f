/** `views`: how pictures are looked at when a net is measured. */
import type { View } from '../evaluation.ts';
import { form, required, type Form } from '../form.ts';
import { extent } from '../takes.ts';

/** A way to look, or that each picture is looked at from both sides. */
export type ViewPart = View | { readonly tag: 'flip' };

const alone = (name: 'center' | 'dense' | 'flip', doc: string, example: string): Form<ViewPart> =>
  form({
    name,
    doc,
    example,
    params: {},
    make: (): ViewPart => ({ tag: name }),
    parts: (made) => (made.tag === name ? { args: {} } : undefined),
  });

export const viewParts: readonly Form<ViewPart>[] = [
  alone('center', "A piece of the net's size from the middle, as `netc run` takes it.", 'center'),
  alone(
    'dense',
    `The whole picture: the net, made convolutional by \`fc_to_conv\`, gives scores at every place, which are averaged
before the softmax (Simonyan and Zisserman 2015, section 3.2).`,
    'dense; flip',
  ),
  form({
    name: 'crops',
    doc: `A regular grid of so many pieces of the net's size, from corner to corner; their posteriors are averaged.
\`crops-5x5; flip\` is 50 views at each scale (Szegedy et al. 2015).`,
    example: 'crops-5x5; flip',
    params: { grid: required(extent, 'rows and columns of the grid') },
    make: (args): ViewPart => ({ tag: 'crops', ...args }),
    parts: (made) => (made.tag === 'crops' ? { args: made } : undefined),
  }),
  alone(
    'flip',
    'Each view also with left and right exchanged; posteriors are averaged.',
    'dense; flip',
  ),
];
