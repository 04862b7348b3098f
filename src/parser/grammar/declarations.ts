/** What programs declare: imports, definitions, nets and assertions. */
import { replace } from '../../diagnostic/diagnostic.ts';
import { span } from '../../syntax/source.ts';
import type { Declaration, Expr, Name, Parameter, Signature } from '../../syntax/tree.ts';
import { docAbove } from './docs.ts';
import { Expressions, type Definition } from './expressions.ts';
import * as T from '../text/tokens.ts';

/** The rules of declarations that hold layers or name files; passes and protocols stand in `grammar.ts`. */
export abstract class Declarations extends Expressions {
  /** The comment right above what begins at `start`. */
  protected docFor(start: number): string {
    if (this.RECORDING_PHASE || this.context === undefined) return '';
    return docAbove(this.context.source.text, this.context.comments, start);
  }

  /** `import "resnet.net"`, `… as r`, `… (stage, bottleneck)` */
  protected readonly importing = this.RULE('importing', (): Declaration => {
    const { startOffset } = this.CONSUME(T.Import);
    const file = this.need(1, T.Text, 'the path of a file, as in `"resnet.net"`');
    const path = this.ACTION(() => ({
      text: this.stringFrom(file).value,
      span: this.placeOf(file),
    }));
    let as: Name | undefined;
    let picked: Name[] | undefined;
    this.OPTION(() => {
      this.OR([
        {
          ALT: () => {
            this.CONSUME(T.As);
            as = this.needName(1, 'a name after `as`');
          },
        },
        {
          ALT: () => {
            this.CONSUME(T.LParen);
            picked = [this.needName(2, 'a name that the file declares')];
            this.MANY(() => {
              this.CONSUME(T.Comma);
              picked?.push(this.needName(3, 'a name that the file declares'));
            });
            this.close(1, T.RParen, '`,` or `)`');
          },
        },
      ]);
    });
    return {
      tag: 'import',
      path,
      ...(as === undefined ? {} : { as }),
      ...(picked === undefined ? {} : { picked }),
      span: this.since(startOffset),
    };
  });

  /** `def` and `net`: `= f; g` or `{ … }`, either with its `where` */
  protected readonly definition = this.RULE('definition', (): Definition => {
    const keyword = this.OR([
      { ALT: () => this.CONSUME(T.Def) },
      { ALT: () => this.CONSUME(T.Net) },
    ]);
    const tag = keyword.tokenType === T.Net ? 'net' : 'def';
    const doc = this.docFor(keyword.startOffset);
    const name = this.needName(1, `a name after \`${tag}\``);
    const parameters = this.OPTION(() => this.SUBRULE(this.parameters)) ?? [];
    const signature = this.OPTION1(() => this.SUBRULE(this.signature));
    const body = this.bounded(
      this.body(),
      this.OPTION2(() => this.SUBRULE(this.where)),
    );
    return {
      tag,
      name,
      parameters,
      ...(signature === undefined ? {} : { signature }),
      body,
      doc,
      span: this.since(keyword.startOffset),
    };
  });

  private body(): Expr {
    if (!this.RECORDING_PHASE && !this.at(T.Equals, T.LCurly)) {
      const end = this.endOfLast();
      const equals = replace('write `=`', span(this.path, end, end), ' =');
      this.expected(
        '`=` or `{` and the definition',
        this.at(T.Colon) ? 'a type begins with `[`, or is `_`' : undefined,
        T.is(this.LA(1), T.Name, T.Qualified, T.LParen) ? [equals] : [],
      );
      return this.hole();
    }
    return this.OR1<Expr>([
      {
        ALT: () => {
          this.CONSUME(T.Equals);
          return this.SUBRULE(this.sequence);
        },
      },
      { ALT: () => this.SUBRULE(this.braces) },
    ]);
  }

  private readonly parameters = this.RULE('parameters', (): readonly Parameter[] => {
    const found: Parameter[] = [];
    this.CONSUME(T.ParametersOpen);
    this.OPTION(() => {
      found.push(this.SUBRULE(this.parameter));
      this.MANY(() => {
        this.CONSUME(T.Comma);
        found.push(this.SUBRULE1(this.parameter));
      });
    });
    this.close(1, T.RParen, '`,` or `)`');
    if (this.RECORDING_PHASE) return found;
    for (const parameter of found.slice(0, -1))
      if (parameter.tag === 'rest')
        this.complain('E0101', `\`..${parameter.name.text}\` must come last`, parameter.span);
    return found;
  });

  private readonly parameter = this.RULE('parameter', (): Parameter => {
    const start = this.startOfNext();
    if (!this.RECORDING_PHASE && !this.at(T.DotDot, T.Key, T.Name)) {
      const name = this.needName(9, 'a parameter, as in `c`, `stride = 1` or `..p`');
      this.settle('`,` or `)`');
      return { tag: 'parameter', name, span: name.span };
    }
    const parameter = this.OR<Parameter>([
      {
        ALT: () => {
          this.CONSUME(T.DotDot);
          const name = this.needName(1, 'a name after `..`');
          return { tag: 'rest', name, span: this.since(start) };
        },
      },
      {
        ALT: () => {
          const name = this.nameOf(this.CONSUME(T.Key));
          this.need(1, T.Equals, '`=`');
          const value = this.SUBRULE(this.sequence);
          return { tag: 'parameter', name, default: value, span: this.since(start) };
        },
      },
      {
        ALT: () => {
          const name = this.nameOf(this.CONSUME2(T.Name));
          return { tag: 'parameter', name, span: name.span };
        },
      },
    ]);
    this.settle('`,` or `)`');
    return parameter;
  });

  private readonly signature = this.RULE('signature', (): Signature => {
    const { startOffset } = this.CONSUME(T.TypeColon);
    const input = this.SUBRULE(this.type);
    const output = this.OPTION(() => {
      this.CONSUME(T.Arrow);
      return this.SUBRULE1(this.type);
    });
    const span = this.since(startOffset);
    return output === undefined ? { input, span } : { input, output, span };
  });

  protected readonly assertion = this.RULE('assertion', (): Declaration => {
    const { startOffset } = this.CONSUME(T.Assert);
    const doc = this.docFor(startOffset);
    const value = this.SUBRULE(this.infix);
    const condition = this.bounded(
      value,
      this.OPTION(() => this.SUBRULE(this.where)),
    );
    return { tag: 'assert', condition, doc, span: this.since(startOffset) };
  });
}
