/** Whether pictures, as the recipe makes them, are what the net takes. */
import { error, replace, warning, type Diagnostic, type Fix } from '../diagnostic/diagnostic.ts';
import type { Extent } from '../ops/params.ts';
import { extentOf, showType } from '../ops/types.ts';
import { contains, near, showSizes } from '../size/sizes.ts';
import type { Span } from '../syntax/source.ts';
import type { Recipe } from './recipe.ts';
import type { ByWord } from './clauses.ts';
import { cropIn, fixedFrame, sizeOfSet } from './frame.ts';
import { channelsIn, type Subject } from './subject.ts';
import { extent } from './takes.ts';

type Trained = Subject<ByWord>;

const show = ({ h, w }: Extent): string => `${h}x${w}`;

/** The label at the net of the declaration, where the fault is written elsewhere. */
const trainedHere = ({ at, net }: Trained) => ({
  span: at,
  message: `\`${net.name}\` takes \`${showType(net.input)}\``,
});

/** `crop-224`, `crop(192x256, pad = 4)` */
const cropText = (size: Extent, pad: number): string => {
  if (pad === 0 && size.h === size.w) return `crop-${size.h}`;
  const padded = pad === 0 ? '' : `, pad = ${pad}`;
  return `crop(${extent.write(size)}${padded})`;
};

/** E0928 for a net that takes vectors, where the set has pictures. */
const vectorFault = (s: Trained, data: Recipe['data']): Diagnostic | undefined => {
  if (s.net.input.tag !== 'vector' || data.tag === 'arrays') return undefined;
  return error('E0928', s.at, `\`${s.net.name}\` takes vectors, and \`${data.tag}\` has pictures`, {
    label: `takes \`${showType(s.net.input)}\``,
    labels: [{ span: s.place('data', data.tag) ?? s.at, message: 'pictures' }],
    notes: [
      'a net for pictures takes a map and flattens it: `net N : [28, 28, 1] -> … { flatten; …`',
    ],
  });
};

/** E0928 for a picture that is scaled behind the cut, and so has not the size that was cut. */
const orderFault = (s: Trained, augment: Recipe['augment']): Diagnostic | undefined => {
  const tags = augment.map(({ tag }) => tag);
  const [crop, rescale] = [tags.indexOf('crop'), tags.indexOf('rescale')];
  const place = s.place('augment', 'rescale');
  if (crop < 0 || rescale < crop || place === undefined) return undefined;
  return error('E0928', place, 'a picture is scaled before a piece is cut out, not after', {
    label: 'stands behind `crop`',
    labels: [{ span: s.place('augment', 'crop') ?? s.at, message: 'the piece has its size here' }],
  });
};

/** E0928 for a piece that is larger than the pictures that it is cut out of. */
const largerFault = (s: Trained, data: Recipe['data'] | undefined): Diagnostic | undefined => {
  const augment = s.value('augment') ?? [];
  const crop = cropIn(augment);
  const place = s.place('augment', 'crop size');
  if (crop === undefined || place === undefined) return undefined;
  const rescale = augment.find((step) => step.tag === 'rescale');
  const whole = data && sizeOfSet(data);
  const from = rescale && { h: rescale.from, w: rescale.from };
  const least = from ?? whole;
  const fits = (a: number, b: number): boolean => a <= b + 2 * crop.pad;
  if (least === undefined || (fits(crop.size.h, least.h) && fits(crop.size.w, least.w)))
    return undefined;
  const size = rescale === undefined ? show(least) : `${least.h} at the shorter side`;
  const source =
    rescale === undefined ? s.place('data', data?.tag) : s.place('augment', 'rescale to');
  const padded = crop.pad === 0 ? '' : `, and ${crop.pad} more at each side`;
  return error('E0928', place, `pictures have ${size}${padded}: \`${show(crop.size)}\` is larger`, {
    label: 'does not fit into each picture',
    labels: source === undefined ? [] : [{ span: source, message: `here they get ${size}` }],
  });
};

/** E0928 for pieces of a size that the net does not take. */
const cropFault = (s: Trained): Diagnostic | undefined => {
  const { net } = s;
  const crop = cropIn(s.value('augment') ?? []);
  const place = s.place('augment', 'crop size');
  if (crop === undefined || place === undefined || net.input.tag !== 'map') return undefined;
  const whole = s.place('augment', 'crop') ?? place;
  const fixTo = (size: Extent): Fix => {
    const text = cropText(size, crop.pad);
    return replace(`write \`${text}\``, whole, text);
  };
  const frame = fixedFrame(net);
  if (frame !== undefined) {
    if (frame.h === crop.size.h && frame.w === crop.size.w) return undefined;
    return error(
      'E0928',
      place,
      `\`${net.name}\` takes pictures of ${show(frame)}, not of ${show(crop.size)}`,
      {
        label: `\`${extent.write(frame)}\` is needed`,
        labels: [trainedHere(s)],
        fixes: [fixTo(frame)],
      },
    );
  }
  return inadmissible(s, crop.size, place, fixTo);
};

/** E0928 for a size that a net of free size does not admit. */
const inadmissible = (
  s: Trained,
  size: Extent,
  place: Span,
  fixTo?: (size: Extent) => Fix,
): Diagnostic | undefined => {
  const { net } = s;
  const { admissible } = net;
  if (admissible === undefined || net.input.tag !== 'map') return undefined;
  const allowed = {
    h: (n: number) => contains(admissible.h, n) && n === (fixed(net.input, 'h') ?? n),
    w: (n: number) => contains(admissible.w, n) && n === (fixed(net.input, 'w') ?? n),
  };
  if (allowed.h(size.h) && allowed.w(size.w)) return undefined;
  const nearest = (axis: 'h' | 'w'): number | undefined => {
    if (allowed[axis](size[axis])) return size[axis];
    const own = fixed(net.input, axis);
    const { below, above } = near(admissible[axis], size[axis]);
    return own ?? above ?? below;
  };
  const [h, w] = [nearest('h'), nearest('w')];
  return error('E0928', place, `\`${net.name}\` does not take pictures of ${show(size)}`, {
    label: 'does not fit the net',
    labels: [trainedHere(s)],
    notes: [
      `it takes pictures of height ${showSizes(admissible.h)} and width ${showSizes(admissible.w)}`,
    ],
    fixes: h === undefined || w === undefined || fixTo === undefined ? [] : [fixTo({ h, w })],
  });
};

const fixed = (input: Trained['net']['input'], axis: 'h' | 'w'): number | undefined =>
  input.tag === 'map' ? extentOf(input[axis]) : undefined;

/** E0928 where a net takes any size, and nothing says which it is to be. */
const openFault = (s: Trained, data: Recipe['data'] | undefined): Diagnostic | undefined => {
  const { net, at } = s;
  const augment = s.value('augment');
  if (net.input.tag !== 'map' || fixedFrame(net) !== undefined) return undefined;
  if (data === undefined || augment === undefined || cropIn(augment) !== undefined)
    return undefined;
  const size = sizeOfSet(data);
  if (size !== undefined) return inadmissible(s, size, at);
  return error(
    'E0928',
    at,
    `\`${net.name}\` takes pictures of any size, and those of a batch must have one`,
    {
      label: 'of which size?',
      notes: [
        data.tag === 'arrays'
          ? 'say it in the recipe, as in `augment crop-32`, or in the net, `net N : [32, 32, 3] -> …`'
          : 'say it in the recipe, as in `augment rescale(256); crop-224`',
      ],
    },
  );
};

/** E0929 for pixels that become other channels than the net takes. */
const channelFault = (s: Trained, data: Recipe['data'] | undefined): Diagnostic | undefined => {
  const { net, at } = s;
  const needed = channelsIn(net);
  const input = s.value('input');
  if (needed === undefined || input === undefined || data === undefined) return undefined;
  if (data.tag === 'arrays' || net.input.tag !== 'map') return undefined;
  const given = input.order === 'grey' ? 1 : 3;
  if (given === needed) return shiftFault(s, input);
  const place = s.place('input', input.order);
  const meant = needed === 1 ? 'grey' : needed === 3 ? 'rgb' : undefined;
  const plural = (n: number): string => (n === 1 ? '1 channel' : `${n} channels`);
  if (place === undefined || meant === undefined)
    return error(
      'E0929',
      at,
      `\`${net.name}\` takes ${plural(needed)}, and pictures have 3, or 1 in grey`,
      {
        label: plural(needed),
      },
    );
  const name = { ...place, end: place.start + input.order.length };
  return error(
    'E0929',
    place,
    `\`${input.order}\` gives ${plural(given)}, and \`${net.name}\` takes ${needed}`,
    {
      label: plural(given),
      labels: [trainedHere(s)],
      fixes: [replace(`write \`${meant}\``, name, meant)],
    },
  );
};

const shiftFault = (s: Trained, input: Recipe['input']): Diagnostic | undefined => {
  const place = s.place('augment', 'rgb_shift');
  const shift = s.value('augment')?.some(({ tag }) => tag === 'rgb_shift');
  if (input.order !== 'grey' || shift !== true || place === undefined) return undefined;
  return error('E0929', place, '`rgb_shift` is about three colours, and these pictures are grey', {
    label: 'has no meaning for one channel',
    labels: [trainedHere(s)],
  });
};

/** W0953 for means and deviations of pixels from 0 to 1, as torchvision has them, where pixels are 0 to 255. */
const scaleFault = (s: Trained): Diagnostic | undefined => {
  const input = s.value('input');
  const place = s.place('input', input?.order);
  if (input === undefined || place === undefined || s.value('data')?.tag === 'arrays')
    return undefined;
  const { scale, mean, std, order } = input;
  const isSmall = (numbers: Recipe['input']['mean']): boolean =>
    numbers !== 'data' && numbers.length > 0 && numbers.every((n) => Math.abs(n) < 1);
  if (scale !== 1 || !(isSmall(std) && (isSmall(mean) || mean.length === 0))) return undefined;
  const written = s.cx.text(place);
  const better = `${order}(scale = 1.0/255, ${written.slice(written.indexOf('(') + 1)}`;
  return warning(
    'W0953',
    place,
    'deviations below 1 are of pixels from 0 to 1, and these are 0 to 255',
    {
      label: 'becomes numbers of up to a thousand',
      notes: ['pixels are multiplied with such a factor first'],
      fixes: written.includes('(') ? [replace(`write \`${better}\``, place, better)] : [],
    },
  );
};

/** What is wrong with the pictures: their sizes first, then their channels. */
export const pictureFaults = (s: Trained): readonly Diagnostic[] => {
  const data = s.value('data');
  const vector = data && vectorFault(s, data);
  if (vector !== undefined) return [vector];
  const augment = s.value('augment') ?? [];
  const size = orderFault(s, augment) ?? cropFault(s) ?? largerFault(s, data) ?? openFault(s, data);
  return [size, channelFault(s, data), scaleFault(s)].flatMap((fault) => fault ?? []);
};
