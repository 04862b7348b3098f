/** The beginnings of declarations and rules. */
import { kinds, type Offer } from './offer.ts';

const keywords = (all: readonly (readonly [label: string, snippet: string])[]): readonly Offer[] =>
  all.map(([label, snippet]) => ({ label, kind: kinds.keyword, snippet }));

/** Between declarations, the most common first. */
export const declarations: readonly Offer[] = keywords([
  ['net', 'net ${1:N} : [${2:224}, ${3:224}, ${4:3}] -> [${5:1000}] {\n  $0\n}'],
  ['def', 'def ${1:name}(${2:c}) = $0'],
  ['import', 'import "$0"'],
  ['assert', 'assert params(${1:N}) == $0'],
  ['train', 'train ${1:first} : ${2:N} {\n  data $0\n}'],
  ['eval', 'eval ${1:test} : ${2:N} from ${3:first} {\n  $0\n}'],
  ['rewrite', 'rewrite ${1:name} {\n  rule ${2:once}: $0\n}'],
]);

/** In a pass, the strictest first. */
export const rules: readonly Offer[] = keywords([
  ['rule', 'rule ${1:name}: ${2:pattern} => ${3:replacement}'],
  ['exact rule', 'exact rule ${1:name}: ${2:pattern} => ${3:replacement}'],
  ['approximate rule', 'approximate(${1:1e-3}) rule ${2:name}: ${3:pattern} => ${4:replacement}'],
  ['structural rule', 'structural rule ${1:name}: ${2:pattern} => ${3:replacement}'],
]);
