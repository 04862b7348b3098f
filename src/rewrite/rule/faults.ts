/** The faults of rules in words: the one place that chooses their codes. */
import { error, hint, replace, type Diagnostic, type Fix } from '../../diagnostic/diagnostic.ts';
import { near } from '../../diagnostic/suggest.ts';
import { exampleLayer } from '../../ops/roles.ts';
import type { Span } from '../../syntax/source.ts';
import type { Name, Rule, TakenOver } from '../../syntax/tree.ts';
import type { Context } from '../../typecheck/expr/context.ts';

/** Something that only programs have (E0818). */
export const notInRules = (cx: Context, span: Span, what: string): void =>
  cx.report(
    error('E0818', span, `${what} has no meaning in a rule`, {
      label: 'a rule is made of operators, joins and `..f`',
    }),
  );

/** A name that is bound already (E0310). */
export const twice = (cx: Context, name: string, span: Span): void =>
  cx.report(error('E0310', span, `\`${name}\` appears twice in this rule`));

const meant = (name: string, known: readonly string[], span: Span) => {
  const [first] = near(name, known);
  const fixes = first === undefined ? [] : [replace(`write \`${first}\``, span, first)];
  return { said: first === undefined ? undefined : `did you mean \`${first}\`?`, fixes };
};

const listed = (names: readonly string[]): string =>
  [...new Set(names)].map((n) => `\`${n}\``).join(', ');

/** A name that only the right side has; `pattern` is the side that would have to bind it. */
export const unbound = (
  cx: Context,
  span: Span,
  name: string,
  known: Iterable<string>,
  pattern: Span,
  kind = 'name',
): void => {
  const all = [...known];
  const { said, fixes } = meant(name, all, span);
  const names = listed(all);
  cx.report(
    error('E0813', span, `the pattern binds no ${kind} \`${name}\``, {
      label: said ?? 'unbound',
      labels: [{ span: pattern, message: names === '' ? 'binds nothing' : `binds ${names}` }],
      fixes,
    }),
  );
};

/** A name or a part of the pattern that the other side forgets. */
export const dropped = (
  cx: Context,
  span: Span,
  replacement: Span,
  what: string,
  advice: string,
  fixes: readonly Fix[] = [],
): void =>
  cx.report(
    error('E0812', span, `the replacement drops ${what}`, {
      label: 'bound here and never used',
      labels: [{ span: replacement, message: 'not used here' }],
      notes: [advice],
      fixes,
    }),
  );

/** A new layer without `with`; `like` names a matched layer whose weights may have been meant. */
export const withoutWeights = (
  cx: Context,
  span: Span,
  row: string,
  names: readonly string[],
  like: string | undefined,
): void => {
  const entries = (of: (n: string) => string) => names.map((n) => `${n} = ${of(n)}`).join(', ');
  const behind = { ...span, start: span.end };
  cx.report(
    error('E0814', span, `the rule does not say where the weights of \`${row}\` come from`, {
      label: `\`with { ${entries(() => '…')} }\` is needed`,
      notes: ['only a `structural rule` may make layers with fresh weights'],
      fixes:
        like === undefined
          ? []
          : [
              replace(
                `take those of \`${like}\``,
                behind,
                ` with { ${entries((n) => `${like}.${n}`)} }`,
              ),
            ],
    }),
  );
};

/** `k.kernal`, or `with { kernal = … }` */
export const noSuchWeight = (
  cx: Context,
  span: Span,
  row: string,
  name: string,
  names: readonly string[],
): void => {
  const { said, fixes } = meant(name, names, span);
  cx.report(
    error('E0813', span, `\`${row}\` has no weight \`${name}\``, {
      label: said ?? 'not a weight of this layer',
      notes: [names.length === 0 ? `\`${row}\` has no weights at all` : `it has ${listed(names)}`],
      fixes,
    }),
  );
};

/** Why the rules of another pass are not there. */
const whyNot = {
  unknown: 'no pass of this file has this name',
  round: 'it takes over the rules of this one',
  many: 'with these a file would have too many rules',
} as const;

/** `rewrite b with a`, where the rules of `a` cannot be had. */
export const notTakenOver = (
  cx: Context,
  { text, span, fault }: TakenOver,
  pass: Name,
  passes: readonly string[],
): void => {
  const why = fault ?? 'unknown';
  const { said, fixes } = meant(text, why === 'unknown' ? passes : [], span);
  const code = why === 'unknown' ? 'E0801' : why === 'round' ? 'E0308' : 'E0402';
  cx.report(
    error(code, span, `\`${pass.text}\` cannot take over the rules of \`${text}\``, {
      label: pass.text === text ? 'this is the pass itself' : (said ?? whyNot[why]),
      fixes,
      notes:
        why === 'unknown'
          ? [
              '`rewrite b with a { … }` has the rules of `a`, a pass of the same file, before its own',
              ...(said === undefined
                ? [
                    `a pass of another file is applied before it: \`${pass.text}(${text}(N))\`, or \`--pass ${text} --pass ${pass.text}\``,
                  ]
                : []),
            ]
          : [],
    }),
  );
};

/** A pattern without a layer: it would match at every value of a net, again and again. */
export const matchesEverything = (cx: Context, { pattern }: Rule): void =>
  cx.report(
    error('E0817', pattern.span, 'this pattern names no layer and matches everything', {
      label: 'matches at every place of every net',
      notes: [`name at least one layer, as in \`${exampleLayer}; ..f\``],
    }),
  );

/** `behind` is the place after the name of the pass. */
export const atInferenceOnly = (cx: Context, span: Span, layer: string, behind: Span): void =>
  cx.report(
    error('E0819', span, `\`${layer}\` computes something else in training`, {
      label: 'so this rule holds at inference only',
      notes: ['write `rewrite … when inference { … }`, or `structural rule` if the net may change'],
      fixes: [
        replace('write `when inference` behind the name of the pass', behind, ' when inference'),
      ],
    }),
  );

/** A fault of one instance of a rule: found while it is applied or verified. */
export const weightFault = (
  span: Span,
  message: string,
  notes: readonly string[] = [],
): Diagnostic => error('E0815', span, message, { notes });

/** Both sides have types, and not the same (E0811). */
export const typeFault = (rule: Rule, before: string, after: string): Diagnostic =>
  error('E0811', rule.replacement.span, `the sides of \`${rule.name.text}\` have different types`, {
    label: `the replacement gives \`${after}\``,
    labels: [{ span: rule.pattern.span, message: `the pattern gives \`${before}\`` }],
  });

/** `span` is the part of the replacement that does not fit. */
export const illTyped = (rule: Rule, span: Span, message: string): Diagnostic =>
  error('E0811', span, `the replacement of \`${rule.name.text}\` is not a network: ${message}`, {
    label: message,
    labels: [{ span: rule.pattern.span, message: 'for a match of this pattern' }],
  });

/** The replacement refuses images that the pattern takes. */
export const fewerImages = (rule: Rule, before: string, after: string): Diagnostic =>
  error(
    'E0811',
    rule.replacement.span,
    `the replacement of \`${rule.name.text}\` takes fewer images than the pattern`,
    {
      label: `takes ${after}`,
      labels: [{ span: rule.pattern.span, message: `takes ${before}` }],
    },
  );

/** A net on which a pass that was asked for would take too long. */
export const tooLong = (span: Span, pass: string, times: number, layers: number): Diagnostic =>
  error('E0402', span, `the pass \`${pass}\` has too much to do on a net of ${layers} layers`, {
    label: `stopped after ${times} applications`,
    notes: ['the net compiles without it'],
  });

/** A net on which a default pass has been stopped; what it has done so far stays. */
export const leftUnfinished = (
  span: Span,
  pass: string,
  times: number,
  layers: number,
): Diagnostic =>
  hint('E0402', span, `\`${pass}\` is left unfinished on a net of ${layers} layers`, {
    label: `stopped after ${times} applications`,
    notes: [
      'the net computes the same, and may be slower',
      "`--no-default-passes` leaves out netc's default passes",
    ],
  });

/** Shortens a path. A layer made from another is named after it, so an endless pass makes names of any length. */
const ends = (path: string): string =>
  path.length <= 60 ? path : `${path.slice(0, 30)}…${path.slice(-29)}`;

/** `last` are rules that matched near the end, and where. */
export const endless = (
  span: Span,
  pass: string,
  times: number,
  last: readonly { readonly rule: Span; readonly name: string; readonly layer: string }[],
): Diagnostic =>
  error('E0816', span, `the pass \`${pass}\` does not end`, {
    label: `stopped after ${times} applications`,
    labels: last
      .filter(({ name }, i) => last.findIndex((other) => other.name === name) === i)
      .map(({ rule, name, layer }) => ({
        span: rule,
        message: `\`${name}\` was among the last to match, at \`${ends(layer)}\``,
      })),
    notes: ['one of its rules matches what it makes, or two undo each other'],
  });
