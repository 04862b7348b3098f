/** Text that keeps its meaning inside another notation. */

/** Characters that XML 1.0 forbids even escaped: control characters and halves of surrogate pairs. */
const unprintable =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const entities: { readonly [c: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** For text and attributes of XML. */
export const xml = (text: string): string =>
  text.replace(unprintable, '\ufffd').replace(/[&<>"]/g, (c) => entities[c]!);

/** A quoted string of DOT; a line break becomes its `\n`. */
export const quoted = (text: string): string =>
  `"${text
    .replace(unprintable, '\ufffd')
    .replace(/[\\"]/g, '\\$&')
    .replace(/\r\n|\r|\n/g, '\\n')}"`;

/** A quoted string of Mermaid, which reads entities, HTML and Markdown inside. */
export const mermaidText = (text: string): string =>
  `"${text
    .replace(unprintable, '\ufffd')
    .replace(/\s+/g, ' ')
    .replace(/["#%&<>`\\*[\]{}|;]/g, (c) => `#${c.codePointAt(0)!};`)}"`;

/** The text of a comment of Mermaid: one line, which must not be a directive. */
export const mermaidComment = (text: string): string =>
  text.replace(unprintable, '\ufffd').replace(/[\s{}%]+/g, ' ');
