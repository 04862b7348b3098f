/** `netc check --types`: the type of each definition, before it has arguments, and of each net. */
import { showType } from '../ops/types.ts';
import type { TypedNet } from '../typecheck/net/typed.ts';
import { showValue } from '../typecheck/expr/values.ts';
import { text } from './table.ts';
import type { DefSignature } from '../typecheck/program/signatures.ts';
import type { Program } from '../typecheck/program/program.ts';

/** One line for each definition and each net, as it would be declared. */
export const typesOf = ({ signatures, nets }: Program): readonly string[] => [
  ...signatures().map(showSignature),
  ...nets.map(showNet),
];

/** The lines of `typesOf` as the text that the command prints; without definitions and nets it is empty. */
export const showTypes = (program: Program): string => text(typesOf(program));

/** A definition as it would be declared, with its type. */
export const showSignature = ({ name, parameters, result, where }: DefSignature): string => {
  const head = `def ${name}${parameters.length === 0 ? '' : `(${parameters.join(', ')})`}`;
  const conditions = where.length === 0 ? '' : ` where ${where.join(', ')}`;
  switch (result.tag) {
    case 'layer':
      return `${head} : ${showType(result.input)} -> ${showType(result.output)}${conditions}`;
    case 'value':
      return `${head} = ${showValue(result.value)}`;
    case 'open':
      return `${head}   -- checked at each use`;
  }
};

/** A net with its type. */
export const showNet = ({ name, input, output }: TypedNet): string =>
  `net ${name} : ${showType(input)} -> ${showType(output)}`;
