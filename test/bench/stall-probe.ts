import { performance } from 'node:perf_hooks';

/**
 * Loaded into the measured server (`--import`): reports over IPC the longest stall of the event loop, in milliseconds,
 * between `{ period }` and the next message. Each round of a timer of that many milliseconds compares the active time of the loop with the CPU
 * time of the process: on a busy computer the loop also stalls while other processes use the CPU, which no request
 * causes.
 */
let period = 0;
let worst = 0;
let active = performance.eventLoopUtilization();
let used = process.cpuUsage();
let rounds: NodeJS.Timeout | undefined;

/** Measures until `finish` and no longer, since reading the CPU time 500 times per second costs several percent. */
function watch(milliseconds: number): void {
  period = milliseconds;
  worst = 0;
  mark();
  rounds ??= setInterval(() => {
    const held = performance.eventLoopUtilization(active).active;
    const { user, system } = process.cpuUsage(used);
    worst = Math.max(worst, Math.min(held, (user + system) / 1000));
    mark();
  }, period).unref();
}

function mark(): void {
  active = performance.eventLoopUtilization();
  used = process.cpuUsage();
}

function finish(): void {
  clearInterval(rounds);
  rounds = undefined;
}

process.on('message', (message: { readonly period?: number }) => {
  if (message.period !== undefined) watch(message.period);
  // After the round that is due.
  setTimeout(() => {
    if (message.period === undefined) finish();
    process.send?.(worst);
  }, period * 3);
});
process.channel?.unref();
// The benchmark has ended without stopping this server.
process.once('disconnect', () => process.kill(process.pid));
