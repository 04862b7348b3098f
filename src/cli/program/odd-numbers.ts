/** Numbers that no sound net has, in the weights of a model. */
import { plural } from '../../numeric/figures.ts';
import type { See } from './model-files.ts';

/** Looks at weights, and says of all that were seen which have numbers that are infinite or none. */
export const oddNumbers = (): {
  readonly see: See;
  readonly told: () => string | undefined;
} => {
  const found: string[] = [];
  return {
    see: (path, { data }) => {
      const at = data.findIndex((x) => !Number.isFinite(x));
      if (at >= 0) found.push(`the weight \`${path}\` has ${data[at]} at ${at}`);
    },
    told: () => {
      const [first, ...others] = found;
      if (first === undefined) return undefined;
      const more = others.length === 0 ? '' : `, and ${plural(others.length, 'other')} like it`;
      return `warning: ${first}${more}; are these the right weights?`;
    },
  };
};
