import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { GrpcClient } from '../../../src/platform/grpc/grpc-client.js';
import { machineName, PER_PROJECT, projectName } from '../fleet/names.js';
import { projectsOf } from '../fleet/places.js';
import { bytes, bytesPerSecond, milliseconds, percent, perSecond } from '../quantity.js';
import type { Figure } from '../report.js';
import { Server } from '../server.js';

const WATCHERS = 500;
/** Watches of everything; each is some 70 MB at 10000 machines before it is complete. */
const WATCHERS_OF_ALL = 20;
/** Changes of machines per second, and how many of them share one message. */
const RATE = 1000;
const QUIET_RATE = 100;
const BATCH = 20;
/** How many messages are sent before the first of them is answered. */
const IN_FLIGHT = 20;
/** Duration of the changes in milliseconds. */
const DURATION = 10_000;
/** Timeout for readers to receive the last change, in milliseconds. */
const SETTLING = 3_000;

/** Counts the machines that a watch delivers, and the age of their newest events; keeps nothing else. */
class Reader {
  bookmarks = 0;
  bytes = 0;
  readonly delays: number[] = [];
  private rest: Buffer = Buffer.alloc(0);

  constructor(readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => this.take(chunk));
    socket.on('error', () => undefined);
  }

  static open(url: string, query: string): Reader {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.write(`GET /watch?${query} HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: ${Server.bearer}\r\n\r\n`);
    return new Reader(socket);
  }

  private take(chunk: Buffer): void {
    this.bytes += chunk.length;
    const now = Date.now();
    const text = this.rest.length > 0 ? Buffer.concat([this.rest, chunk]) : chunk;
    let end = 0;
    for (let at = text.indexOf('event: '); at >= 0; at = text.indexOf('event: ', end)) {
      const next = text.indexOf('\n\n', at);
      if (next < 0) break;
      if (text.toString('latin1', at + 7, at + 15) === 'bookmark') this.bookmarks += 1;
      const mark = text.indexOf('bench@', at);
      // The log begins with the newest event.
      if (mark >= 0 && mark < next) this.delays.push(now - Number(text.toString('latin1', mark + 6, mark + 19)));
      end = next;
    }
    this.rest = Buffer.from(text.subarray(end));
  }
}

/** What watches cost while 1000 machines change each second: 500 of one project each, and some of everything. */
export async function watches(server: Server, machines: number): Promise<Figure[]> {
  const projects = projectsOf(machines);
  const own = (watcher: number): string => `&project=${projectName(1 + (watcher % projects))}`;
  return [
    ...(await round(server, `${WATCHERS} watches of one of ${projects} projects each`, WATCHERS, projects, own, RATE)),
    ...(await round(server, `the same at ${QUIET_RATE} changes/s`, WATCHERS, projects, own, QUIET_RATE)),
    ...(await round(server, `${WATCHERS_OF_ALL} watches of all machines`, WATCHERS_OF_ALL, projects, () => '', RATE)),
  ];
}

async function round(
  server: Server,
  name: string,
  count: number,
  projects: number,
  filter: (watcher: number) => string,
  rate: number,
) {
  const readers = Array.from({ length: count }, (_, n) => Reader.open(server.url, `kinds=machine${filter(n)}`));
  await until(() => readers.every(({ bookmarks }) => bookmarks > 0));
  for (const reader of readers) [reader.bytes, reader.delays.length] = [0, 0];
  const [cpu, start] = [server.cpu, performance.now()];
  let memory = 0;
  let sent = 0;
  const stalled = await server.stallDuring(async () => {
    sent = await changes(server, projects * PER_PROJECT, rate, () => (memory = Math.max(memory, server.memory)));
    await new Promise((resolve) => setTimeout(resolve, SETTLING));
  });
  const elapsed = performance.now() - start;
  const used = (server.cpu - cpu) / 1000 / elapsed;
  for (const { socket } of readers) socket.destroy();
  const delays = Float64Array.from(readers.flatMap((reader) => reader.delays)).sort();
  const at = (share: number): number => delays[Math.floor((delays.length - 1) * share)] ?? NaN;
  const received = readers.reduce((sum, reader) => sum + reader.bytes, 0);
  return [
    {
      what: `${name}: delay`,
      value: milliseconds(at(0.5)),
      latency: { p50: at(0.5), p99: at(0.99) },
      stall: stalled,
      reference: perSecond((sent / DURATION) * 1000, 'changes'),
    },
    {
      what: `${name}: delivered`,
      value: perSecond((delays.length / elapsed) * 1000),
      reference: bytesPerSecond((received / elapsed) * 1000),
    },
    { what: `${name}: CPU`, value: percent(used * 100) },
    { what: `${name}: memory`, value: bytes(memory) },
  ] satisfies Figure[];
}

/** Sends events of machines at a fixed rate, or as fast as the server accepts them; returns how many it has accepted. */
async function changes(server: Server, machines: number, rate: number, each: () => void): Promise<number> {
  const client = new GrpcClient({ address: server.grpc }, 'api/v1/event.proto', 'api.v1.EventService');
  const start = performance.now();
  let [messages, taken] = [0, 0];
  const pending = new Set<Promise<void>>();
  while (performance.now() - start < DURATION) {
    const due = Math.ceil(((performance.now() - start) / 1000) * (rate / BATCH));
    if (pending.size >= IN_FLIGHT) messages = due;
    for (; messages < due; messages++) {
      const names = Array.from({ length: BATCH }, (_, n) => machineName(((messages * BATCH + n) * 7) % machines));
      const message = `bench@${Date.now()}`;
      const events = Object.fromEntries(names.map((name) => [name, { event: 'Planned Reboot', message }]));
      const call: Promise<void> = client.call<{ events: number }>('Send', { events }).then(({ events: count }) => {
        taken += Number(count);
        pending.delete(call);
      });
      pending.add(call);
    }
    each();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await Promise.all(pending);
  client.close();
  return taken;
}

async function until(check: () => boolean): Promise<void> {
  for (const end = performance.now() + 120_000; !check(); await new Promise((resolve) => setTimeout(resolve, 20))) {
    if (performance.now() > end) throw new Error('the watches did not become complete');
  }
}
