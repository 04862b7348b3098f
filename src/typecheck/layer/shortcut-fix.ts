/**
 * A shortcut that does not fit the other branch of its sum at some calls of a definition: the definition gets a parameter
 * for it, and those calls a projection. The shortcut of the other calls stays as it is.
 */
import type { Edit, Fix } from '../../diagnostic/diagnostic.ts';
import { identity, projectionOf } from '../../ops/roles.ts';
import type { Span } from '../../syntax/source.ts';
import type { Definition } from '../../syntax/tree.ts';
import type { Context } from '../expr/context.ts';
import { areApart, isInside, strideBetween } from '../net/branch-fixes.ts';
import { channelsWritten } from '../net/branch-words.ts';
import type { Typed } from '../net/typed.ts';
import { ofBranches, type FaultSite, type Pair } from './fault-site.ts';

const NAME = 'shortcut';

/** The parameter that a branch consists of, where its default is the identity. */
const parameterOf = (definition: Definition, written: string, text: Context['text']): boolean =>
  definition.parameters.some(
    (p) =>
      p.tag === 'parameter' &&
      p.name.text === written &&
      p.default !== undefined &&
      text(p.default.span) === identity.name,
  );

/**
 * Behind the last parameter, or behind the name of a definition without parameters. None beside a rest: the parameter
 * would take an argument that went to it.
 */
const newParameter = ({ name, parameters }: Definition): Edit | undefined => {
  const declared = `${NAME} = ${identity.name}`;
  const last = parameters.at(-1);
  const behind = ({ end, path }: Span): Span => ({ path, start: end, end });
  if (last === undefined) return { span: behind(name.span), newText: `(${declared})` };
  return last.tag === 'rest' ? undefined : { span: behind(last.span), newText: `, ${declared}` };
};

/** `basic-32/2` with one more argument; undefined for what is not a word with arguments. */
const withArgument = (call: Span, written: string, argument: string): Edit | undefined => {
  if (!/^[\w.]+([-/]\w+)*(\([^()]*\))?$/.test(written)) return undefined;
  const isCall = written.endsWith(')');
  const at = isCall ? call.end - 1 : call.end;
  const isEmpty = /\(\s*\)$/.test(written);
  const newText = isCall ? `${isEmpty ? '' : ', '}${argument}` : `(${argument})`;
  return { span: { ...call, start: at, end: at }, newText };
};

/** What a call gives the first parameter: `c` of `basic-c/2` and of `basic(c, 2)`. */
const firstGiven = (written: string): string | undefined =>
  /^[\w.]+[-(](\w+)(?!\s*=)/.exec(written)?.[1];

/** The channels of the projection, as the call may write them: a number of this call, or its own argument. */
const channelsAt = (
  definition: Definition,
  like: Typed,
  channels: number,
  site: FaultSite,
  call: { readonly written: string; readonly nested: boolean },
): string | undefined => {
  if (!call.nested) return String(channels);
  const inBody = channelsWritten(like, channels, site.around);
  const isFirst = definition.parameters[0]?.name.text === inBody;
  return isFirst ? firstGiven(call.written) : undefined;
};

/**
 * The fix for a sum in a definition, one of whose branches is the identity and needs other channels or another stride at
 * this call; undefined where there is no such fix.
 */
export const shortcutFix = (cx: Context, site: FaultSite, pair: Pair): Fix | undefined => {
  const under = cx.calls[cx.calls.length - 1];
  const definition = under?.definition;
  if (under === undefined || definition?.tag !== 'def' || site.row.stacks === true)
    return undefined;
  if (!isInside(site.span, definition.span)) return undefined;
  const { text } = site.around;
  const [fix] = ofBranches(site, pair, (first, other): readonly Fix[] => {
    const isShortcut = (typed: Typed): boolean =>
      typed.tag === 'op' &&
      typed.op === identity.name &&
      (text(typed.span) === identity.name || parameterOf(definition, text(typed.span), text));
    const short = [first, other].find(isShortcut);
    const like = short === first ? other : first;
    const { output } = like;
    if (short === undefined || output.tag === 'unknown' || typeof output.c !== 'number') return [];
    const written = text(under.span);
    const call = { written, nested: cx.calls.length > 1 };
    const channels = channelsAt(definition, like, output.c, site, call);
    if (channels === undefined) return [];
    const ratio = strideBetween(short.output, output);
    if (ratio === 1 && areApart(short.output, output)) return [];
    const name = site.around.operator(
      projectionOf(output.tag === 'vector' ? 'vector' : 'map').name,
    );
    const projection =
      output.tag === 'vector'
        ? `${name}-${channels}`
        : `${name}1-${channels}${ratio === 1 ? '' : `/${ratio}`}`;
    const parameter = text(short.span) === identity.name ? NAME : text(short.span);
    const argument = withArgument(under.span, written, `${parameter} = ${projection}`);
    if (argument === undefined) return [];
    const called = `\`${definition.name.text}\``;
    const declared = newParameter(definition);
    return parameter === text(short.span)
      ? [
          {
            title: `give ${called} a projection as \`${parameter}\``,
            edits: [argument],
            applicability: 'likely',
          },
        ]
      : declared === undefined
        ? []
        : [
            {
              title: `give ${called} a parameter \`${NAME} = ${identity.name}\`, with a projection where one is needed`,
              edits: [declared, { span: short.span, newText: NAME }, argument],
              applicability: 'likely',
            },
          ];
  });
  return fix;
};
