/** The way of `weights import` and `weights export` to numeric/figures.ts. */
export { bytes, grouped, plural } from '../numeric/figures.ts';
