import { performance } from 'node:perf_hooks';

/**
 * Loaded into the measured server (`--import`): tells over IPC how long the event loop was held at worst, in milliseconds,
 * since it was last told to `reset`. Each round of a short timer compares how long the loop was active with the processor
 * time that the process used: on a busy computer the loop also stands still while others have the processor, which is no
 * request's fault.
 */
const PERIOD = 2;

let worst = 0;
let active = performance.eventLoopUtilization();
let used = process.cpuUsage();

setInterval(() => {
  const held = performance.eventLoopUtilization(active).active;
  const { user, system } = process.cpuUsage(used);
  worst = Math.max(worst, Math.min(held, (user + system) / 1000));
  active = performance.eventLoopUtilization();
  used = process.cpuUsage();
}, PERIOD).unref();

process.on('message', (message) => {
  // Behind the round that is due.
  setTimeout(() => {
    process.send?.(worst);
    if (message === 'reset') worst = 0;
  }, PERIOD * 3);
});
process.channel?.unref();
