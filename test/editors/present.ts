/** Programs that a machine may lack: what needs one is left out there, and says so. */
import { spawnSync } from 'node:child_process';

/** The first line that a program says of its version. Undefined, with a notice, where there is no such program. */
export const present = (program: string, needs: string): string | undefined => {
  const { error, stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  if (error === undefined) return stdout.split('\n')[0];
  console.warn(`left out: ${needs} needs \`${program}\`, which is not on this machine`);
  return undefined;
};
