/** What `netc explain` knows: operators, passes, keywords, signs and names, parameters, codes. */
import { codes } from '../diagnostic/codes.ts';
import { operatorText } from '../ops/document.ts';
import type { Answer } from '../ops/elsewhere/answer.ts';
import { answerTo } from '../ops/elsewhere/elsewhere.ts';
import { foreignRole, parameterOf, saidOfRole } from '../ops/elsewhere/parameters.ts';
import { rowOf, table, type Row } from '../ops/table.ts';
import { clauseElsewhere } from '../protocol/elsewhere/clauses.ts';
import { formsElsewhere } from '../protocol/elsewhere/forms.ts';
import { allClauses, clauseText, formText, type ClauseEntry } from '../protocol/document.ts';
import { aboutPass, declared, firstSentence, passText } from '../rewrite/document.ts';
import { passTable, type PassRow } from '../rewrite/passes.ts';
import type { Source } from '../syntax/source.ts';
import { declarations } from './declarations.ts';
import { entryText } from './document.ts';
import { defaultsOf, saidOf, signsOf } from './elsewhere.ts';
import type { Entry } from './entry.ts';
import { expressions } from './expressions.ts';
import { names } from './names.ts';
import { signs } from './signs.ts';

/** The text of a file of netc's own, by its path from the root of the package. */
export type Read = (path: string) => string;

/** Something that has a page. */
export type Topic = {
  readonly names: readonly [string, ...string[]];
  readonly about: () => string; // one line
  readonly page: () => string; // Markdown, with a heading
};

/** Topics of one kind. */
export type Chapter = { readonly title: string; readonly topics: readonly Topic[] };

const joined = (...parts: readonly string[]): string =>
  parts.filter((part) => part !== '').join('\n\n');

/** What has parameters: operators, and forms of clauses. */
type Owner = {
  readonly name: string;
  readonly params: readonly { readonly name: string; readonly doc: string }[];
};

const owners: readonly Owner[] = [...table.values(), ...allClauses.flatMap(({ row }) => row.forms)];

const ownersOf = (parameter: string): readonly string[] =>
  owners.flatMap(({ name, params }) => (params.some((p) => p.name === parameter) ? [name] : []));

/** What this word means as a parameter. */
const asParameter = (name: string): string => {
  const rows = owners.flatMap((row) => {
    const found = row.params.find((p) => p.name === name);
    return found === undefined ? [] : [`- \`${row.name}\`: ${found.doc}`];
  });
  return rows.length === 0 ? '' : ['As a parameter of', '', ...rows].join('\n');
};

const ofOperator = (row: Row): Topic => {
  const { inputs, name, doc } = row;
  return {
    names: inputs.tag === 'join' ? [inputs.sign, name] : [name],
    about: () => firstSentence(doc),
    page: () => joined(`# ${name}`, operatorText(row), asParameter(name)),
  };
};

const ofPass = (row: PassRow, read: Read): Topic => {
  const path = `passes/${row.file}`;
  const source = (): Source => ({ path, text: read(path) });
  return {
    names: [row.name],
    about: () => aboutPass(row, source()),
    page: () => joined(`# ${row.name}`, ...declared([row], source).map(passText)),
  };
};

const ofEntry = (entry: Entry): Topic => ({
  names: entry.names,
  about: () => firstSentence(entry.doc),
  page: () => joined(`# ${entry.form}`, entryText(entry), asParameter(entry.names[0])),
});

const ofClause = (entry: ClauseEntry): Topic => {
  const { word, of, row } = entry;
  const about = (form: ClauseEntry['row']['forms'][number]): string =>
    `- \`${form.name}\`: ${firstSentence(form.doc)}`;
  return {
    names: [word],
    about: () => firstSentence(row.doc),
    page: () =>
      joined(
        `# ${word}, a clause of ${of}`,
        clauseText(entry),
        row.forms.map(about).join('\n'),
        asParameter(word),
      ),
  };
};

const ofForm = (word: string, form: ClauseEntry['row']['forms'][number]): Topic => ({
  names: [form.name],
  about: () => firstSentence(form.doc),
  page: () => joined(`# ${form.name}, in ${word}`, formText(word, form), asParameter(form.name)),
});

const ofCode = ([code, title]: readonly [string, string], read: Read): Topic => ({
  names: [code],
  about: () => title,
  page: () => read(`docs/errors/${code}.md`),
});

/** Parameters that are not the name of something else. */
const parameters = (taken: readonly Topic[]): readonly Topic[] => {
  const known = new Set(taken.flatMap(calledIn));
  const all = new Set(owners.flatMap(({ params }) => params.map((p) => p.name)));
  return [...all]
    .filter((name) => !known.has(name))
    .map((name) => ({
      names: [name],
      about: () => `a parameter of ${ownersOf(name).join(', ')}`,
      page: () => joined(`# ${name}`, asParameter(name)),
    }));
};

/** Everything, in the order in which it is listed. `read` is asked when a topic is. */
export const chapters = (read: Read): readonly Chapter[] => {
  const language = [...declarations, ...expressions, ...signs, ...names].map(ofEntry);
  const operators = [...table.values()].map(ofOperator);
  const clauses = allClauses.flatMap((entry) => [
    ofClause(entry),
    ...entry.row.forms.map((form) => ofForm(entry.word, form)),
  ]);
  return [
    { title: 'Operators', topics: operators },
    { title: 'Passes', topics: passTable.map((row) => ofPass(row, read)) },
    { title: 'Keywords, signs and names', topics: language },
    { title: 'Clauses of train and eval', topics: clauses },
    { title: 'Parameters', topics: parameters([...operators, ...language, ...clauses]) },
    { title: 'Codes', topics: Object.entries(codes).map((row) => ofCode(row, read)) },
  ];
};

/** Every name of a topic. */
export const calledIn = ({ names }: Topic): readonly string[] => names;

/** A word without what paper notation adds to it, or the module before it: `conv3-64/2`, `std.conv`. */
const bare = (asked: string): string =>
  asked.replace(/^std\./, '').replace(/^([A-Za-z_]\w*?)(\d+(x\d+)?)?([-/(].*)?$/, '$1');

/** The page for a word of another framework: what netc has for it. */
const ofAnswer = (
  asked: string,
  answer: Answer,
  called: (name: string) => readonly Topic[],
): Topic => ({
  names: [asked],
  about: () => saidOf(answer),
  page: () =>
    joined(
      `# ${asked}, in other frameworks`,
      saidOf(answer),
      defaultsOf(answer),
      answer.tag === 'operator' ? ofOperator(rowOf(answer.op)).page() : '',
      ...signsOf(answer).flatMap((sign) => called(sign).map((topic) => topic.page())),
    ),
});

/** The page for a parameter of another framework: what netc calls it. */
const ofForeignParameter = (asked: string): Topic | undefined => {
  const role = foreignRole(asked);
  if (role === undefined) return undefined;
  const own = parameterOf(role, (name) => ownersOf(name).length > 0);
  const says = `In other frameworks it is a parameter; ${saidOfRole(role, own)}.`;
  return {
    names: [asked],
    about: () => says,
    page: () => joined(`# ${asked}`, says, own === undefined ? '' : asParameter(own)),
  };
};

/** The pages for a word that recipes have elsewhere, such as `ReduceLROnPlateau` or `lr`. */
const ofRecipes = (
  asked: string,
  word: string,
  called: (name: string) => readonly Topic[],
): readonly Topic[] => {
  const clause = clauseElsewhere(word);
  const answers = [
    ...formsElsewhere(word),
    ...(clause === undefined ? [] : [['train', clause] as const]),
  ];
  return answers.map(([of, { write, says }]): Topic => {
    const text = says ?? `netc writes \`${write}\``;
    const pages = write === undefined ? [] : called(bare(write)).map((topic) => topic.page());
    return {
      names: [asked],
      about: () => text,
      page: () => joined(`# ${asked}, in other frameworks`, `In \`${of}\`: ${text}.`, ...pages),
    };
  });
};

/** The topics of a name; several where a word has several meanings. Words of other frameworks are known, too. */
export const topicsOf = (all: readonly Chapter[], asked: string): readonly Topic[] => {
  const topics = all.flatMap((chapter) => chapter.topics);
  const called = (name: string): readonly Topic[] =>
    topics.filter((topic) => calledIn(topic).some((n) => n.toLowerCase() === name.toLowerCase()));
  const exact = topics.filter((topic) => calledIn(topic).includes(asked));
  if (exact.length > 0) return exact;
  const word = asked.slice(asked.lastIndexOf('.') + 1);
  const answer = answerTo(word);
  const found = called(asked);
  const own = found.length > 0 ? found : called(bare(asked));
  if (answer !== undefined) {
    // the page of its operator is part of the answer
    const others = own.filter((t) => answer.tag !== 'operator' || !calledIn(t).includes(answer.op));
    return [ofAnswer(asked, answer, called), ...others];
  }
  if (own.length > 0) return own;
  const foreign = ofForeignParameter(asked);
  return foreign === undefined ? ofRecipes(asked, word, called) : [foreign];
};
