// Writes editors/vscode/syntaxes/net.tmLanguage.json from the tables of the language. test/editor/textmate.test.ts fails
// while it is out of date.
import { writeFile } from 'node:fs/promises';
import { exportsOf, inRoot } from './sources.mjs';

const { textmateGrammar } = await exportsOf('src/editor/textmate.ts');
await writeFile(inRoot('editors/vscode/syntaxes/net.tmLanguage.json'), textmateGrammar());
