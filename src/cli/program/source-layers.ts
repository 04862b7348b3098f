/** Nets whose weights go to another framework must have the layers of a source: a pass may have made others. */
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { graphOfNet } from '../../build/build.ts';
import { sourceOf, type TypedNet } from '../../typecheck/net/typed.ts';
import { passesOfNet } from '../../typecheck/net/variants.ts';
import { weightsOf } from '../../rewrite/match/read-weights.ts';

/** The fault of a net that a pass gave layers with weights of their own (E0501); undefined where weights are the source's. */
export const madeByPass = (file: string, net: TypedNet): Diagnostic | undefined => {
  const source = sourceOf(net);
  const own = new Set(weightsOf(graphOfNet(source)).map((w) => w.path));
  const fresh = weightsOf(graphOfNet(net)).find((w) => !own.has(w.path));
  const pass =
    passesOfNet(net).find(({ name }) => name.text === fresh?.madeBy?.pass) ?? passesOfNet(net)[0];
  if (source === net || fresh === undefined || pass === undefined) return undefined;
  const { name } = net;
  return error(
    'E0501',
    net.span,
    `\`${name}\` has layers that \`${source.name}\` does not have, so its weights cannot be exported as those of \`${source.name}\``,
    {
      label: `the pass \`${pass.name.text}\` makes \`${fresh.path}\``,
      notes: [
        `\`netc dump --after rewrite ${file} --net ${name} --no-default-passes\` prints the net that the pass left`,
        `\`netc weights rewrite ${file} --net ${name} --no-default-passes\` writes its weights: export these`,
      ],
    },
  );
};
