// The plots of the results of one release: which figures, in which order.
import { chart } from './chart.mjs';

const ALLOCATIONS = [1, 20, 50, 200].map((callers) => `allocate + free, concurrency ${callers}`);

/** `[label, section, name]` of the figures of each plot. */
const RATES = [
  ['get a machine', 'reads', 'get a machine, 20 connections'],
  ['signs of life, by 100', 'events', 'signs of life, 100 a message'],
  ['events, by 100', 'events', 'events, 100 a message'],
  ['events, one by one', 'events', 'events, one a message, 50 at a time'],
];
const PAIRS = ALLOCATIONS.map((name) => [`${name.split(' ').at(-1)} at a time`, 'allocations', name]);
const LATENCIES = [
  ['get a machine', 'reads', 'get a machine, 20 connections: one at a time, p50'],
  ['find 200 machines', 'reads', 'find by project (200 hits), p50'],
  ['list of all machines', 'reads', 'full list, p50'],
  ['list of all switches', 'stalls', 'list of switches, p50'],
  ...[1, 20, 50, 200].map((n, index) => [`allocate, ${n} at a time`, 'allocations', `${ALLOCATIONS[index]}: allocate`]),
];
const STALLS = [
  ['get, 20 connections', 'reads', 'get a machine, 20 connections'],
  ['find 200 machines', 'reads', 'find by project (200 hits), p50'],
  ['list of all machines', 'reads', 'full list, p50'],
  ...[1, 20, 50, 200].map((n, index) => [`allocations, ${n} at a time`, 'allocations', ALLOCATIONS[index]]),
  ['120 lists and checks', 'stalls', 'event loop held by 120 lists and checks together'],
];

/** Name and content of each plot. `results` are of one release, at most four. */
export function plotsOf(results) {
  const [{ product }] = results;
  const plot = (what, axis, scale, rows, barOf) =>
    chart({
      title: `${what}, ${product.name} ${product.version}`,
      ...{ axis, scale },
      series: results.map(seriesOf),
      groups: groupsOf(results, rows, barOf),
    });
  return {
    'rates.svg': plot('Requests and events per second', 'per second; mark: reference', 'log', RATES, rate),
    'allocations.svg': plot('Allocations with release per second', 'pairs per second', 'linear', PAIRS, plain),
    'latencies.svg': plot('Latency: p50 (bar) and p99 (line)', 'milliseconds', 'log', LATENCIES, latency),
    'stalls.svg': plot('Longest hold of the event loop', 'milliseconds', 'linear', STALLS, stall),
  };
}

export const seriesOf = ({ engine, machines }) => `${engine.name}, ${machines.toLocaleString('en')}`;

/** A row of a plot has a bar for each result that has its figure. */
function groupsOf(results, rows, barOf) {
  const groups = rows.map(([label, section, name]) => ({
    label,
    bars: results.flatMap(({ figures }, series) => {
      const figure = figures.find((one) => one.section === section && one.name === name);
      const bar = figure && barOf(figure);
      return bar ? [{ series, ...bar }] : [];
    }),
  }));
  const filled = groups.filter(({ bars }) => bars.length > 0);
  if (filled.length === 0) throw new Error(`none of the results has ${rows.map(([label]) => label).join(', ')}`);
  return filled;
}

const rate = ({ value, reference }) => ({ value, mark: reference?.value, text: short(value) });
const plain = ({ value }) => ({ value, text: short(value) });
const latency = ({ p50, p99 }) => p50 && { value: p50, to: p99, text: `${short(p50)} / ${short(p99)}` };
const stall = ({ stall: value }) => value && { value, text: short(value) };

const short = (value) => (value >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(2))));
