/** Work of one key after the other: what begins later must not end earlier. */
export type InTurn = (key: string, work: () => Promise<void>) => Promise<void>;

/** Work that begins when the work before it of its key is over, whether that went well or not. */
export const inTurn = (): InTurn => {
  const latest = new Map<string, Promise<void>>();
  return (key, work) => {
    const own = (latest.get(key) ?? Promise.resolve()).then(work, work);
    latest.set(key, own);
    const forget = (): void => {
      if (latest.get(key) === own) latest.delete(key);
    };
    own.then(forget, forget);
    return own;
  };
};
