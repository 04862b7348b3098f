/** Numbers one behind the other; where there is one list only, that list itself if it is of float32. */
export const joined = (lists: readonly (Float32Array | Float64Array)[]): Float32Array => {
  const [first, ...others] = lists;
  if (first instanceof Float32Array && others.length === 0) return first;
  const all = new Float32Array(lists.reduce((n, list) => n + list.length, 0));
  let at = 0;
  for (const list of lists) {
    all.set(list, at);
    at += list.length;
  }
  return all;
};
