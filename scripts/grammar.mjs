// Writes grammar/net.ebnf from the parser. test/parser/parse.test.ts fails while it is out of date.
import { writeFile } from 'node:fs/promises';
import { exportsOf, inRoot } from './sources.mjs';

const { grammarText } = await exportsOf('src/parser/grammar/ebnf.ts');
await writeFile(inRoot('grammar/net.ebnf'), grammarText());
