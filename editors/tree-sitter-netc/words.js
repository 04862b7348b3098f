// Written by scripts/tree-sitter.mjs from the words of the parser; do not edit.
export const reserved = [
  'def',
  'net',
  'import',
  'rewrite',
  'rule',
  'train',
  'eval',
  'assert',
  'where',
  'with',
  'from',
  'when',
  'as',
  'also',
  'block',
  'if',
  'then',
  'else',
  'or',
  'and',
  'not',
  'x',
  '_',
];
export const soundnesses = ['exact', 'approximate', 'structural'];
/** Signs with the character that may stand for each. */
export const otherSigns = {
  '!=': '≠',
  '<=': '≤',
  '>=': '≥',
  '..': '…',
  '=>': '⇒',
  '->': '→',
};
