/** The rules for passes and protocols, and the whole parser. */
import { EOF, type IToken } from 'chevrotain';
import { replace } from '../../diagnostic/diagnostic.ts';
import type { Clause, ClauseValue, Declaration, Name, Rule } from '../../syntax/tree.ts';
import { nothingDone } from './atoms.ts';
import { Declarations } from './declarations.ts';
import type { Archipelago } from '../text/islands.ts';
import { numberOf } from '../text/literals.ts';
import type { Context } from './recovery.ts';
import * as T from '../text/tokens.ts';

/** What a rule may promise: the words before `rule`. */
export const soundnesses = ['exact', 'approximate', 'structural'] as const;
const beginsRule = T.oneOf(T.Rule, T.Soundness);
const topOnly = T.oneOf(...[T.Net, T.Import, T.Assert, T.Rewrite, T.Train, T.Eval, T.Def, EOF]);
const clauseEnd = T.oneOf(T.NewLine, T.RCurly);
const beginsClause = T.oneOf(T.Name, T.NewLine, T.RCurly);

/** The whole parser: each class adds rules to those before it, atoms first. */
export class Grammar extends Declarations {
  /** With `validate` it looks for ambiguities. That takes longer than a parse and belongs in a test. */
  constructor(validate: boolean) {
    super(T.vocabulary, { maxLookahead: 1, skipValidations: !validate, recoveryEnabled: false });
    this.performSelfAnalysis();
  }

  /** Parses a whole file. Never fails; the faults go to the context. */
  parse(context: Context, { islands, tokens }: Archipelago): readonly Declaration[] {
    this.enter(context);
    this.done = nothingDone();
    for (const island of islands) {
      this.start(island.tokens);
      this.inRule = island.inRule;
      this.land(island.tokens[0]!);
      this.done.heights.set(island.tokens[0]!, this.highest);
    }
    this.start(tokens);
    this.inRule = false;
    const declarations = this.file() ?? this.lost();
    // the tokens of a large file are most of its memory, and this parser stays
    this.start([]);
    this.leave();
    this.done = nothingDone();
    return declarations;
  }

  /** Reports an error of Chevrotain itself as a fault of the text. No rule should raise one. */
  private lost(): readonly Declaration[] {
    const token = this.errors[0]?.token ?? this.LA(1);
    const at = Number.isNaN(token.startOffset) ? this.endOfLast() : token.startOffset;
    this.complain('E0101', 'this cannot be read', { path: this.path, start: at, end: at });
    return [];
  }

  /** Parses the bracket that the input is, and keeps the result for the run around it. */
  private land(open: IToken): void {
    const { done } = this;
    if (open.tokenType === T.LParen) done.groups.set(open, this.parentheses());
    else if (open.tokenType === T.LCurly) done.groups.set(open, this.braces());
    else if (open.tokenType === T.CallOpen) done.calls.set(open, this.call());
    else if (open.tokenType === T.LSquare) done.lists.set(open, this.items());
    else if (open.tokenType === T.WithOpen) done.entries.set(open, this.entries());
    else done.clauses.set(open, this.clauses());
  }

  readonly file = this.RULE('file', (): readonly Declaration[] | undefined => {
    const found: Declaration[] = [];
    this.settle('a declaration, as in `net`, `def` or `import`', topOnly);
    this.MANY(() => {
      this.atTop();
      found.push(this.SUBRULE(this.declaration));
      this.settle('a declaration, as in `net`, `def` or `import`', topOnly);
    });
    return found;
  });

  private readonly declaration = this.RULE('declaration', (): Declaration =>
    this.OR<Declaration>([
      { ALT: () => this.SUBRULE(this.importing) },
      { ALT: () => this.SUBRULE(this.definition) },
      { ALT: () => this.SUBRULE(this.assertion) },
      { ALT: () => this.SUBRULE(this.rewriting) },
      { ALT: () => this.SUBRULE(this.protocol) },
    ]),
  );

  // passes

  private readonly rewriting = this.RULE('rewriting', (): Declaration => {
    const { startOffset } = this.CONSUME(T.Rewrite);
    const doc = this.docFor(startOffset);
    const name = this.needName(1, 'a name after `rewrite`');
    const when = this.OPTION(() => {
      this.CONSUME(T.When);
      return this.needName(2, '`inference` after `when`');
    });
    const taken = this.OPTION1(() => {
      this.CONSUME(T.With);
      return this.needName(3, 'the name of a pass after `with`');
    });
    const rules: Rule[] = [];
    const isOpen = this.need(1, T.RuleOpen, '`{` and the rules').image !== '';
    this.settleRules(isOpen);
    this.MANY(() => {
      rules.push(this.SUBRULE(this.rule));
      this.settleRules(isOpen);
    });
    if (isOpen) this.close(1, T.RCurly, 'a rule or `}`');
    else this.skip(topOnly);
    return {
      tag: 'rewrite',
      name,
      ...(when === undefined ? {} : { when }),
      ...(taken === undefined ? {} : { with: taken }),
      rules,
      doc,
      span: this.since(startOffset),
    };
  });
  private settleRules(isOpen: boolean): void {
    const ends = (token: IToken): boolean =>
      beginsRule(token) || token.tokenType === T.RCurly || (!isOpen && topOnly(token));
    this.settle('`rule` or `}`', ends);
  }

  private readonly rule = this.RULE('rule', (): Rule => {
    const start = this.startOfNext();
    const doc = this.docFor(start);
    const stated = this.OPTION(() => this.SUBRULE(this.soundness));
    this.CONSUME(T.Rule);
    const name = this.needName(1, 'a name after `rule`', 'a rule is written `rule name: f => g`');
    this.need(1, T.Colon, '`:`', 'a rule is written `rule name: f => g`');
    this.inRule = true;
    const pattern = this.SUBRULE(this.sequence);
    this.need(1, T.FatArrow, '`=>` and the replacement');
    const body = this.SUBRULE1(this.sequence);
    const replacement = this.bounded(
      body,
      this.OPTION1(() => this.SUBRULE(this.where)),
    );
    this.inRule = false;
    const span = this.since(start);
    return { ...(stated ?? { soundness: 'exact' }), name, pattern, replacement, doc, span };
  });

  /** `structural`, `approximate(1e-3)` */
  private readonly soundness = this.RULE('soundness', (): Pick<Rule, 'soundness' | 'tolerance'> => {
    const token = this.CONSUME(T.Soundness);
    const number = this.OPTION(() => {
      this.CONSUME(T.LParen);
      const written = this.need(1, T.Numeral, 'a tolerance, as in `approximate(1e-3) rule`');
      this.close(1, T.RParen, '`)`');
      return written;
    });
    return this.ACTION(() => this.stated(this.soundnessOf(token), number));
  });
  private stated(
    soundness: Rule['soundness'],
    number: IToken | undefined,
  ): Pick<Rule, 'soundness' | 'tolerance'> {
    if (number === undefined || number.image === '') return { soundness };
    const span = this.placeOf(number);
    if (soundness === 'approximate')
      return { soundness, tolerance: { value: numberOf(number.image).value, span } };
    this.complain('E0101', 'only an `approximate` rule has a tolerance', span);
    return { soundness };
  }
  private soundnessOf(token: IToken): Rule['soundness'] {
    const known = soundnesses.find((word) => word === token.image);
    if (known !== undefined) return known;
    this.complain(
      'E0101',
      `a rule is \`exact\`, \`approximate\` or \`structural\`, not \`${token.image}\``,
      this.placeOf(token),
    );
    return 'exact';
  }

  // protocols

  /** `train` and `eval` */
  private readonly protocol = this.RULE('protocol', (): Declaration => {
    const keyword = this.OR([
      { ALT: () => this.CONSUME(T.Train) },
      { ALT: () => this.CONSUME(T.Eval) },
    ]);
    const tag = keyword.tokenType === T.Eval ? 'eval' : 'train';
    const start = keyword.startOffset;
    const doc = this.docFor(start);
    const name = this.needName(
      1,
      `a name after \`${tag}\``,
      tag === 'train' ? 'as in `train first : NET { data shapes }`' : undefined,
    );
    const net = this.OPTION(() => {
      this.CONSUME(T.Colon);
      return this.SUBRULE(this.infix);
    });
    const from = this.OPTION1(() => {
      this.CONSUME(T.From);
      return this.SUBRULE1(this.infix);
    });
    const inherited = this.OPTION2(() => {
      this.CONSUME(T.Inherit);
      return this.needWord(2, `the name of another \`${tag}\` after \`with\``);
    });
    const clauses = this.OPTION3(() => this.SUBRULE(this.clauses)) ?? [];
    const body = this.OPTION4(() => {
      this.CONSUME(T.Equals);
      return this.SUBRULE2(this.infix);
    });
    if (tag === 'train') this.unfinished(name, clauses.length === 0, body !== undefined);
    return {
      tag,
      name,
      ...(net === undefined ? {} : { net }),
      ...(from === undefined ? {} : { from }),
      ...(inherited === undefined ? {} : { with: inherited }),
      clauses,
      ...(body === undefined ? {} : { body }),
      doc,
      span: this.since(start),
    };
  });

  /** What stands behind a training that is written otherwise: `train a for N {`, or clauses without braces. */
  private unfinished({ text }: Name, isBare: boolean, isValue: boolean): void {
    if (this.RECORDING_PHASE || !isBare || !this.at(T.Name, T.LParen, T.ClauseOpen)) return;
    if (isValue) return this.ignore(); // the checker says that `=` is to be `:`
    const { start, end } = this.here();
    const isBelow = /\n/.test(this.textOf({ ...this.here(), start: this.endOfLast(), end: start }));
    const word = this.textOf({ ...this.here(), start, end });
    this.report(
      'E0101',
      isBelow
        ? `the clauses of \`${text}\` stand in braces: \`train ${text} : NET { ${word} …\``
        : `a training is written \`train ${text} : NET { … }\``,
    );
  }

  private readonly clauses = this.RULE('clauses', (): readonly Clause[] => {
    const found: Clause[] = [];
    const done = this.take(this.done.clauses, this.CONSUME(T.ClauseOpen));
    this.unlessDone(done, () => {
      this.settle('the word of a clause, as in `batch 256`', beginsClause);
      this.OPTION(() => found.push(this.SUBRULE(this.clause)));
      this.MANY(() => {
        this.CONSUME(T.NewLine);
        found.push(this.SUBRULE1(this.clause));
      });
    });
    this.close(1, T.RCurly, 'a clause or `}`');
    return done ?? found;
  });

  /** `augment rescale(256..512); flip`, `init from A { first 4 conv }` */
  private readonly clause = this.RULE('clause', (): Clause => {
    const start = this.startOfNext();
    const words = [this.needName(1, 'the word of a clause, as in `batch 256`')];
    this.OPTION(() => words.push(this.nameOf(this.CONSUME(T.From))));
    if (!this.RECORDING_PHASE && this.at(T.Equals, T.Colon, T.TypeColon)) this.noSign(words[0]!);
    const values: ClauseValue[] = [];
    this.OPTION1(() => {
      values.push(this.SUBRULE(this.clauseValue));
      this.MANY(() => {
        this.OR([{ ALT: () => this.CONSUME(T.Semi) }, { ALT: () => this.CONSUME(T.Comma) }]);
        values.push(this.SUBRULE1(this.clauseValue));
      });
    });
    const inner = this.OPTION2(() => this.SUBRULE(this.clauses)) ?? [];
    this.settle('`;` or the end of the clause', clauseEnd);
    return { words, values, inner, span: this.around(start, words[0]!) };
  });

  /** Skips the sign in `batch = 256`, a habit from other languages. */
  private noSign(word: Name): void {
    const place = this.here();
    const message = `a clause is a word and its values; write \`${word.text} …\` without \`${this.LA(1).image}\``;
    this.report('E0101', message, place, [replace('take it out', place, '', 'certain')]);
    this.SKIP_TOKEN();
  }

  /** One expression, or several side by side, as in `first 4 conv`. */
  private readonly clauseValue = this.RULE('clauseValue', (): ClauseValue => {
    const start = this.startOfNext();
    const items = [this.SUBRULE(this.infix)];
    this.MANY(() => items.push(this.SUBRULE1(this.infix)));
    return { items, span: this.around(start, items[0]!) };
  });
}
