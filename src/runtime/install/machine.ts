/** The machine that TensorFlow is installed on. */
import { isObject } from '../data/json.ts';

/** What decides which build of a library runs. `glibc` is its version, where it is the C library. */
export type Machine = {
  readonly platform: string;
  readonly arch: string;
  readonly glibc: string | undefined;
};

const glibcVersion = (): string | undefined => {
  const report: unknown = process.report.getReport();
  const header = isObject(report) ? report['header'] : undefined;
  const version = isObject(header) ? header['glibcVersionRuntime'] : undefined;
  return typeof version === 'string' ? version : undefined;
};

/** The machine that netc runs on. */
export const thisMachine = (): Machine => ({
  platform: process.platform,
  arch: process.arch,
  glibc: glibcVersion(),
});
