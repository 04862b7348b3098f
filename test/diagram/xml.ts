/** A parser of the XML that is drawn: enough to say whether it is well formed, and to find things in it. */
export type Element = {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly Element[];
  readonly text: string;
};

const entities: { readonly [name: string]: string } = { amp: '&', lt: '<', gt: '>', quot: '"' };

/** Throws where the text is not well formed. */
export const parseXml = (text: string): Element => {
  let at = 0;
  const fail = (what: string): never => {
    throw new Error(`${what} at ${at}: ${JSON.stringify(text.slice(at, at + 40))}`);
  };
  const match = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text) ?? undefined;
    if (found !== undefined) at += found[0].length;
    return found;
  };
  const plain = (raw: string): string => {
    if (
      /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(raw) ||
      /\p{Surrogate}/u.test(raw)
    )
      fail('a character that XML cannot hold');
    return raw.replace(/&([^;]*);?/g, (_, name: string) => entities[name] ?? fail(`&${name}`));
  };
  const element = (): Element => {
    const open = match(/<([a-z]+)/y) ?? fail('no element');
    const attributes = new Map<string, string>();
    for (
      let a = match(/\s+([a-zA-Z-]+)="([^"<]*)"/y);
      a;
      a = match(/\s+([a-zA-Z-]+)="([^"<]*)"/y)
    ) {
      if (attributes.has(a[1]!)) fail(`${a[1]} twice`);
      attributes.set(a[1]!, plain(a[2]!));
    }
    const name = open[1]!;
    if (match(/\/>/y)) return { name, attributes, children: [], text: '' };
    if (!match(/>/y)) fail('an element that does not end');
    const children: Element[] = [];
    let inside = '';
    while (!match(new RegExp(`</${name}>`, 'y'))) {
      const words = match(/[^<]+/y);
      if (words) inside += plain(words[0]);
      else children.push(element());
    }
    return { name, attributes, children, text: inside };
  };
  const root = element();
  match(/\s*/y);
  if (at < text.length) fail('text behind the end');
  return root;
};

export const all = (root: Element): readonly Element[] => [root, ...root.children.flatMap(all)];
