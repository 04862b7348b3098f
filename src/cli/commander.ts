/** The table of commands as a program of commander, which reads the arguments and writes the help. */
import { Command as Commander, CommanderError, InvalidArgumentError, Option } from 'commander';
import { flagOf, type Command, type ImageSize, type Option as OptionRow } from './host/command.ts';
import { commands } from './commands.ts';
import { Bug } from '../diagnostic/bug.ts';
import { exit, type Exit } from './host/exit.ts';
import { version } from './host/home.ts';
import type { Io } from './host/io.ts';
import { reportingFailure } from './program/failing.ts';
import { lines } from '../report/table.ts';
import { guarded } from '../runtime/disk/guard.ts';

const count =
  (least: number) =>
  (text: string): number => {
    const n = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(n) || n < least)
      throw new InvalidArgumentError(`Expected an integer of at least ${least}.`);
    return n;
  };

const share = (text: string): number => {
  const match = /^(\d+(?:\.\d+)?)(%?)$/.exec(text);
  const n = Number(match?.[1]) / (match?.[2] === '%' ? 100 : 1);
  if (match === null || n > 1)
    throw new InvalidArgumentError('Expected a share from 0 to 1, such as 0.95 or 95%.');
  return n;
};

const extent = (text: string): ImageSize => {
  const match = /^(\d{1,9})(?:x(\d{1,9}))?$/.exec(text);
  const h = Number(match?.[1]);
  const w = Number(match?.[2] ?? match?.[1]);
  if (match === null || h === 0 || w === 0)
    throw new InvalidArgumentError('Expected height x width, such as 256x256.');
  return { h, w };
};

const optionOf = (name: string, row: OptionRow): Option => {
  const value = 'value' in row ? ` <${row.value}>` : '';
  const letter = row.letter === undefined ? '' : `-${row.letter}, `;
  const option = new Option(`${letter}${flagOf(name, row)}${value}`, row.doc);
  switch (row.kind) {
    case 'flag':
      return option.default(false, 'no');
    case 'on':
      return option; // commander's own default for `--no-…` is true
    case 'text':
      return option; // a required option is checked later, so that misspelt options are reported first
    case 'list':
      return option
        .default([], 'none')
        .argParser((text: string, before: readonly string[]) => [...before, text]);
    case 'count':
      return option.argParser(count(row.least));
    case 'share':
      return option.argParser(share);
    case 'extent':
      return option.argParser(extent);
    case 'choice':
      option.description = `${row.doc} (${row.choices.join(', ')})`;
      return withFormer(option.choices(row.choices), row.formerly ?? {});
  }
};

/** Takes the former names of choices too. */
const withFormer = (option: Option, formerly: { readonly [old: string]: string }): Option => {
  const read = option.parseArg;
  if (read === undefined) throw new Bug('an option with choices reads its argument');
  return option.argParser((text: string, before) => read(formerly[text] ?? text, before));
};

const examples = (all: readonly string[]): string =>
  lines('Examples:', ...all.map((e) => `  ${e}`));

/** Adds the possible values to commander's message that a value is missing. */
const withChoices = (message: string): string => {
  const [, flag] =
    /^error: option '(?:-\w, )?(--[\w-]+) <\w+>' argument missing/.exec(message) ?? [];
  const choices = commands
    .flatMap((row) => Object.entries(row.options))
    .flatMap(([name, row]) =>
      row.kind === 'choice' && flagOf(name, row) === flag ? [row.choices] : [],
    );
  return choices[0] === undefined
    ? message
    : message.replace('argument missing', `argument missing: ${choices[0].join(' or ')}`);
};

/** Adds where a clause of a recipe is said, to commander's message that `train` has no such option and none like it. */
const withClauses = (message: string): string =>
  message.startsWith('error: unknown option') && !message.includes('(Did you mean')
    ? `${message}(a clause of the recipe is set by \`--set\`, as in \`--set batch=64\`)\n`
    : message;

/** Settings that subcommands inherit when they are made. */
const base = (io: Io, argv: readonly string[]): Commander =>
  new Commander('netc')
    .exitOverride()
    .configureOutput({
      writeOut: io.out,
      writeErr: io.err,
      outputError: (message, write) => {
        const said = withChoices(message);
        write(argv[0] === 'train' ? withClauses(said) : said);
      },
      getOutHasColors: () => io.colour.out,
      getErrHasColors: () => io.colour.err,
    })
    .configureHelp({ optionDescription: ({ description }) => description })
    .showSuggestionAfterError();

/** What is typed behind each option of a command that takes one value, as it is parsed. */
const valuesOf = (
  made: Commander,
  { options }: Command,
): ReadonlyMap<string, readonly string[]> => {
  const typed = new Map<string, string[]>();
  for (const [name, row] of Object.entries(options)) {
    if (row.kind === 'list' || !('value' in row)) continue;
    const flag = flagOf(name, row);
    made.on(`option:${flag.replace(/^--/, '')}`, (text: string) =>
      typed.set(flag, [...(typed.get(flag) ?? []), text]),
    );
  }
  return typed;
};

const declare = (parent: Commander, name: string, row: Command, act: Act, io: Io): void => {
  const made = parent
    .command(name)
    .description(row.summary)
    .addHelpText('before', examples(row.examples));
  for (const argument of row.arguments) made.argument(argument);
  for (const [option, spec] of Object.entries(row.options)) made.addOption(optionOf(option, spec));
  const typed = valuesOf(made, row);
  made.action(async () => {
    for (const [flag, values] of typed)
      if (values.length > 1)
        made.error(
          `error: ${flag} is given ${values.length === 2 ? 'twice' : `${values.length} times`}, and takes one value: choose one of ${values.join(' and ')}`,
        );
    for (const [option, spec] of Object.entries(row.options))
      if (
        spec.kind === 'text' &&
        spec.required === true &&
        made.getOptionValue(option) === undefined
      )
        made.error(`error: \`${name}\` needs ${flagOf(option, spec)} <${spec.value}>: ${spec.doc}`);
    const args = made.processedArgs.flat().filter((a) => typeof a === 'string');
    const forced = made.getOptionValue('force') === true;
    const run = (): Promise<Exit> => row.run(args, made.opts(), io);
    act(await guarded(forced, () => reportingFailure(io, run)));
  });
};

/** Commands that share their first word. */
const groupOf = (parent: Commander, name: string): Commander => {
  const shown = commands.filter((row) => row.name.startsWith(`${name} `));
  return parent
    .command(name)
    .description(groupDocs[name] ?? '')
    .addHelpText('before', examples(shown.flatMap((row) => row.examples.slice(0, 1))));
};

type Act = (code: Exit) => void;

/** Runs the command of these arguments (without node and script) and returns its exit code. */
export const main = async (argv: readonly string[], io: Io): Promise<Exit> => {
  let code: Exit = exit.fine;
  const act: Act = (result) => {
    code = result;
  };
  const program = base(io, argv)
    .description('A compiler for .net, a typed language for convolutional networks.')
    .version(version(), '-V, --version')
    .addHelpText(
      'before',
      examples([
        'netc check examples/vgg.net',
        'netc summary examples/vgg.net --net D',
        'netc compile examples/vgg.net --net D -o build',
      ]),
    );
  const groups = new Map<string, Commander>();
  for (const row of commands) {
    const [first, second] = row.name.split(' ');
    if (first === undefined) continue;
    if (second === undefined) declare(program, first, row, act, io);
    else {
      const group = groups.get(first) ?? groupOf(program, first);
      groups.set(first, group);
      declare(group, second, row, act, io);
    }
  }
  // not before: commands would inherit it
  program.showHelpAfterError('(`netc --help` lists the commands)');
  for (const [name, group] of groups)
    group.showHelpAfterError(`(\`netc help ${name}\` lists its commands)`);
  try {
    await program.parseAsync(helpLast(argv), { from: 'user' });
    return code;
  } catch (thrown) {
    // commander has reported the mistake already
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? exit.fine : exit.usage;
    throw thrown;
  }
};

/**
 * Rewrites `help weights init` to `weights init --help`. The words of an unknown command stay, so that it is reported
 * with a similar name.
 */
const helpLast = (argv: readonly string[]): readonly string[] => {
  if (argv[0] !== 'help') return argv;
  const [first, second] = argv.slice(1);
  if (first === undefined || first === 'help') return ['--help'];
  const begins = commands.map((row) => row.name.split(' ')).filter(([name]) => name === first);
  if (begins.length === 0) return [first];
  const known =
    second === undefined || begins.some(([, name]) => name === undefined || name === second);
  return known ? [...argv.slice(1), '--help'] : [first, second];
};

const groupDocs: { readonly [name: string]: string } = {
  weights: 'make and look at weight files',
  data: 'look at data sets',
};
