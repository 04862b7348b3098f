/** The type of a command: its place in the help, its arguments and options, and its function. */
import type { Exit } from './exit.ts';
import type { Io } from './io.ts';

/** A size of an image in pixels. */
export type ImageSize = { readonly h: number; readonly w: number };

type Told = {
  readonly doc: string;
  readonly letter?: string;
  /** the flag as others have named it, where it is not written like those of netc */
  readonly spelt?: string;
};

/** `value` names what follows the option in the help. */
export type Option = Told &
  (
    | { readonly kind: 'flag' }
    | { readonly kind: 'on' } // until `--no-NAME` is given
    | { readonly kind: 'text'; readonly value: string; readonly required?: true }
    | { readonly kind: 'list'; readonly value: string } // given several times
    | { readonly kind: 'count'; readonly value: string; readonly least: number }
    | { readonly kind: 'share'; readonly value: string } // `0.95` or `95%`
    | { readonly kind: 'extent'; readonly value: string } // `256x256`, or `256` for both
    | {
        readonly kind: 'choice';
        readonly value: string;
        readonly choices: readonly string[];
        /** what choices were called in earlier versions, which scripts may still say */
        readonly formerly?: { readonly [old: string]: string };
      }
  );

/** By the names that `run` sees, in camel case; in the order of the help. */
export type Options = { readonly [name: string]: Option };

/** As it is typed: `--input`, or `--no-default-passes` for `defaultPasses`. */
export const flagOf = (name: string, { kind, spelt }: Option): string => {
  if (spelt !== undefined) return spelt;
  const words = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return kind === 'on' ? `--no-${words}` : `--${words}`;
};

type Given<O extends Option> = O extends { readonly kind: 'flag' | 'on' }
  ? boolean
  : O extends { readonly kind: 'list' }
    ? readonly string[]
    : O extends { readonly kind: 'count' | 'share' }
      ? number | undefined
      : O extends { readonly kind: 'extent' }
        ? ImageSize | undefined
        : O extends { readonly required: true }
          ? string
          : O extends { readonly choices: readonly (infer C)[] }
            ? C | undefined
            : string | undefined;

/** The options as typed by the user and read by their kinds. */
export type Values<O extends Options> = { readonly [K in keyof O]: Given<O[K]> };

/** `arguments` as commander writes them: `<file...>`, `[code]`; `name` may be two words. */
export type Command = {
  readonly name: string;
  readonly arguments: readonly string[];
  readonly summary: string;
  readonly examples: readonly string[];
  readonly options: Options;
  readonly run: (args: readonly string[], given: unknown, io: Io) => Promise<Exit>;
};

/** A row of the table; keeps the types of its options for `run`. */
export const command = <const O extends Options>(
  row: Omit<Command, 'options' | 'run'> & {
    readonly options: O;
    readonly run: (args: readonly string[], given: Values<O>, io: Io) => Promise<Exit>;
  },
): Command => ({
  ...row,
  // `commander.ts` reads every option by its kind, so the values it passes on have these types
  run: (args, given, io) => row.run(args, given as Values<O>, io),
});
