/** Tells of a step what a rival tells: milliseconds on the clock and of the processor, and the most memory so far in bytes. */
exports.told = (begin, busy) => {
  const { user, system } = process.cpuUsage(busy);
  const { maxRSS } = process.resourceUsage();
  console.log(performance.now() - begin, (user + system) / 1e3, 1024 * maxRSS);
};
