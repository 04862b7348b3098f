/**
 * Arguments of other frameworks: what each name means (its role), and how its value is written in netc. Values are
 * source text, so that `c` or `4*k` may stand where a number may.
 */
import { toTheStride } from './transposed.ts';

/** What an argument says. Most roles are parameters of netc's operators; `roles` lists the others. */
export type Role = string;

const roleNames: readonly (readonly [role: Role, names: string])[] = [
  ['size', 'kernelsize kernel poolsize ksize window windowsize filtersize'],
  [
    'out',
    'filters outchannels outfeatures units numoutput nbfilter numfilters nfilters outputchannels',
  ],
  ['in', 'inchannels infeatures inputdim inplanes'],
  ['stride', 'strides subsample'],
  ['pad', 'padding bordermode pads'],
  ['dilation', 'dilationrate dilations'],
  ['groups', 'group numgroups'],
  ['bias', 'usebias biasterm hasbias'],
  ['multiplier', 'depthmultiplier channelmultiplier'],
  ['expected', 'numfeatures numchannels normalizedshape'],
  ['eps', 'epsilon'],
  ['alpha', 'negativeslope slope'],
  ['rate', 'p dropoutratio dropoutrate probability'],
  ['scale', 'scalefactor'],
  ['method', 'mode interpolation'],
  ['ceil', 'ceilmode'],
  ['include_pad', 'countincludepad'],
  ['activation', 'activation act nonlinearity activationfn activationlayer'],
  ['norm', 'normlayer'],
  ['slopes', 'numparameters'],
  ['one', 'beta'],
  ['whole', 'outputsize'],
  ['tanh', 'approximate'],
  ['added', 'outputpadding'],
  ['nothing', 'maxvalue threshold offset'],
  ['last', 'axis dim dataformat'],
  ['zeros', 'paddingmode'],
  ['switch', 'inplace'],
  ['behindBatch', 'startdim'],
  ['toTheEnd', 'enddim'],
  ['wanted', 'affine elementwiseaffine trackrunningstats center'],
  ['unwanted', 'alignedcorners aligncorners returnindices antialias keepdims keepdim'],
  [
    'unused',
    'name seed trainable device dtype inputshape sharedaxes ' +
      'kernelinitializer biasinitializer weightfiller biasfiller kernelregularizer biasregularizer ' +
      'activityregularizer kernelconstraint biasconstraint depthwiseinitializer pointwiseinitializer ' +
      'betainitializer gammainitializer movingmeaninitializer movingvarianceinitializer gammaregularizer ' +
      'betaregularizer weightsinitializer alphainitializer',
  ],
];

const byName: ReadonlyMap<string, Role> = new Map(
  roleNames.flatMap(([role, names]) => names.split(' ').map((name) => [name, role] as const)),
);

/** Every name that parameters have in other frameworks, folded. */
export const foreignParameters: readonly string[] = [...byName.keys()];

/** What a name means that parameters have in other frameworks only. */
export const foreignRole = (name: string): Role | undefined =>
  byName.get(name.toLowerCase().replaceAll('_', ''));

/** Whether a parameter is called so only in other frameworks. */
export const isForeign = (name: string): boolean => foreignRole(name) !== undefined;

/** What a parameter of another framework means; undefined for a name that none has. */
export const roleOf = (name: string): Role | undefined =>
  foreignRole(name) ?? (Object.hasOwn(values, name) ? name : undefined);

/** `(3, 3)` and `[3, 3]` as `3`, `(3, 5)` as `3x5`; anything else as it is. */
const pairOf = (text: string): string => {
  const [, a, b] = /^[([]\s*(\d+)\s*(?:,\s*(\d+)\s*)?,?\s*[)\]]$/.exec(text) ?? [];
  if (a === undefined) return text;
  return b === undefined || a === b ? a : `${a}x${b}`;
};

const unquoted = (text: string): string => /^(["'])(.*)\1$/.exec(text)?.[2] ?? text;

/** Whether a text can stand for a number: a literal, a name, or arithmetic of them. */
const isNumber = (text: string): boolean => /^[\w.+\-*/ ()]+$/.test(text) && text !== 'None';
const isExtent = (text: string): boolean => /^\d+x\d+$/.test(text) || isNumber(text);

const flag = (text: string): string | undefined =>
  /^(true|1)$/i.test(text) ? 'true' : /^(false|0)$/i.test(text) ? 'false' : undefined;

/** Nothing is written for a value that says what netc does anyway. */
const nothing = '';

/** `(1, 2)` pads rows by 1 and columns by 2; netc lists top, bottom, left and right. */
const padding = (text: string): string | undefined => {
  const word = unquoted(text).toLowerCase();
  if (word === 'same' || word === 'valid' || word === 'half') return word;
  const pair = pairOf(text);
  const [, h, w] = /^(\d+)x(\d+)$/.exec(pair) ?? [];
  if (h !== undefined && w !== undefined) return `[${h}, ${h}, ${w}, ${w}]`;
  return isNumber(pair) || /^\[[\d, ]+\]$/.test(pair) ? pair : undefined;
};

/** Of the four sides: left, right, top, bottom. */
const border = (text: string): string | undefined => {
  const [, l, r, t, b] = /^[([]\s*(\d+),\s*(\d+),\s*(\d+),\s*(\d+)\s*[)\]]$/.exec(text) ?? [];
  if (l === undefined) return isNumber(text) ? text : undefined;
  return `[${t}, ${b}, ${l}, ${r}]`;
};

/** `((top, bottom), (left, right))`, `(rows, columns)` or one number. */
const frame = (text: string): string | undefined => {
  const flat = text.replaceAll(/[()[\]\s]/g, '').split(',');
  const [a, b, c, d] = flat;
  if (flat.some((n) => !/^\w+$/.test(n))) return undefined;
  if (flat.length === 1) return a;
  if (flat.length === 2) return a === b ? a : `[${a}, ${a}, ${b}, ${b}]`;
  return flat.length === 4 ? `[${a}, ${b}, ${c}, ${d}]` : undefined;
};

const only =
  (accepted: RegExp) =>
  (text: string): string | undefined =>
    accepted.test(unquoted(text)) ? nothing : undefined;

const number = (text: string): string | undefined => (isNumber(text) ? text : undefined);
const extent = (text: string): string | undefined =>
  isExtent(pairOf(text)) ? pairOf(text) : undefined;

/** 1 − m, without the noise of binary fractions. */
const complement = (text: string): string | undefined =>
  /^(0?\.\d+|[01]|1\.0*)$/.test(text)
    ? String(Number((1 - Number(text)).toPrecision(12)))
    : undefined;

/** How a value of each role is written; `''` for one that says what netc does, undefined for one that it cannot do. */
const values: { readonly [role: Role]: (text: string) => string | undefined } = {
  size: extent,
  out: number,
  in: () => nothing,
  stride: (text) => (text === 'None' ? nothing : extent(text)),
  pad: padding,
  dilation: extent,
  groups: number,
  bias: flag,
  multiplier: number,
  expected: (text) => (/^[\w.]+$/.test(text) ? text : undefined),
  eps: number,
  momentum: number,
  kept: complement,
  alpha: number,
  share: number,
  beta: number,
  k: number,
  rate: number,
  scale: (text) => (/^(\d+|[A-Za-z_]\w*)$/.test(pairOf(text)) ? pairOf(text) : undefined),
  factor: (text) => (isNumber(text) ? text.replace(/^(\d+)\s*\//, '$1.0/') : undefined),
  method: (text) =>
    /^(nearest|bilinear)$/.test(unquoted(text).toLowerCase())
      ? unquoted(text).toLowerCase()
      : undefined,
  ceil: (text) => ({ true: 'ceil', false: nothing })[flag(text) ?? ''],
  round: number,
  include_pad: flag,
  border,
  frame,
  by: number,
  range: (text) => text,
  channels: number,
  units: number,
  slopes: () => nothing,
  first_slope: only(/^0?\.25$/),
  one: only(/^1(\.0*)?$/),
  norm: only(/^(\w+\.)*BatchNorm2d$/),
  whole: (text) => only(/^1$/)(pairOf(text)),
  tanh: (text) =>
    ({ tanh: 'true', none: nothing, true: 'true', false: nothing })[unquoted(text).toLowerCase()],
  added: (text) => (text === 'None' || text === toTheStride ? toTheStride : extent(text)),
  nothing: only(/^(None|0|0\.0)$/),
  target: only(/^None$/),
  last: only(/^(-1|1|3|None|channels_last)$/),
  channelAxis: only(/^(-1|3)$/),
  zeros: only(/^zeros$/),
  wanted: only(/^(True|true)$/),
  unwanted: only(/^(False|false|None)$/),
  unused: () => nothing,
  // a name is the input of `F.relu(x)` and of `torch.flatten(x, 1)`
  switch: only(/^(true|false|[a-z_]\w*)$/i),
  behindBatch: only(/^(1|[a-z_]\w*)$/i),
  toTheEnd: only(/^-?1$/),
  activation: (text) => text,
};

/** What to say of a parameter of another framework, given the one that netc has for it. */
export const saidOfRole = (role: Role | undefined, own: string | undefined): string => {
  if (role === 'in') return 'netc takes the channels as they come';
  if (role === 'activation') return 'an activation is a layer of its own';
  return own === undefined ? 'netc has no such parameter' : `netc writes \`${own}\``;
};

/** A value as netc writes it for a role; `''` where nothing need be written, undefined where netc has no such thing. */
export const valueOf = (role: Role, text: string): string | undefined =>
  values[role]?.(text.trim());

/** The parameter of an operator that has a role, given the names of its parameters. */
export const parameterOf = (
  role: Role,
  has: (parameter: string) => boolean,
): string | undefined => {
  const names: { readonly [role: Role]: readonly string[] } = {
    out: ['channels', 'units'],
    expected: ['channels'],
    kept: ['momentum'],
    share: ['alpha'],
    ceil: ['round'],
    tanh: ['approximate'],
    border: ['by'],
    frame: ['by'],
  };
  return (names[role] ?? [role]).find(has);
};
