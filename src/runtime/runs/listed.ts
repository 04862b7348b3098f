/** A run as its folder and its process say it is; for whoever shows runs, without reading any. */
import type { Holder } from '../disk/lock.ts';
import type { Doing, RunRecord, State } from './record.ts';

/** A run as it is now. */
export type Listed = {
  readonly folder: string;
  readonly record: RunRecord;
  readonly state: State;
  /** the process that trains in it; a run that says it is running without one was killed */
  readonly holder: Holder | undefined;
};

/** What a run is doing now. One that says it is running, and whose process is gone, was killed. */
export const doing = ({ state: { state }, holder }: Listed): Doing | 'killed' =>
  state === 'running' && holder === undefined ? 'killed' : state;
