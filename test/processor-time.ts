/** Milliseconds of the processor that some work takes: other processes may be running, and a clock would count them. */
export const processorTime = (work: () => void): number => {
  const begin = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1000;
};
