/** The number that a layer is to have: behind `conv3-` and `fc-`. */
import { table } from '../../ops/table.ts';
import { isKnown } from '../../ops/types.ts';
import type { Ground } from '../ground.ts';
import { givenBy, operatorsOn } from './candidates.ts';
import { placeAt } from './layers.ts';
import { numbers } from './names.ts';
import { kinds, type Offer } from './offer.ts';

const usual = ['16', '32', '64', '128', '256', '512', '1024'];

/** Numbers of channels with what the layer would give, the likeliest first; names of numbers stand between. */
export const widthsAt = (ground: Ground, offset: number, call: string): readonly Offer[] => {
  const names = numbers(ground, offset);
  const row = table.get(call.replace(/^std\./, '').replace(/\d*(x\d+)?-$/, ''));
  const place = placeAt(ground, offset);
  if (row?.projects === undefined || place.type === undefined || !isKnown(place.type)) return names;
  const likely = operatorsOn(place).likely.flatMap(({ name, call: whole }) =>
    name === row.name ? [whole.slice(whole.lastIndexOf('-') + 1)] : [],
  );
  const all = [...new Set([...likely, ...usual])].filter((width) => /^\d+$/.test(width));
  const given = givenBy(
    ground.view,
    all.map((width) => ({ written: call + width })),
    place.type,
  );
  const offers = all.flatMap((label, i): readonly Offer[] => {
    const detail = given[i];
    return detail === undefined ? [] : [{ label, kind: kinds.value, detail }];
  });
  const first = offers.filter(({ label }) => likely.includes(label));
  return [...first, ...names, ...offers];
};
