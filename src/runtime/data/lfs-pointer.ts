/** Git LFS keeps large files elsewhere, and in their place a few lines of text that name them. */

const firstLine = new TextEncoder().encode('version https://git-lfs.github.com/spec/v1');

/** So many bytes at the beginning of a file decide. */
export const pointerBytes = firstLine.length;

/** Whether a file that begins so is a pointer. */
export const isLfsPointer = (head: Uint8Array): boolean =>
  head.length >= pointerBytes && firstLine.every((byte, i) => head[i] === byte);

/** What is wrong with such a file, and the next step. */
export const lfsPointer = {
  what: 'it is a Git LFS pointer, a few lines that stand for the file',
  note: 'fetch the file itself with `git lfs pull`',
};
