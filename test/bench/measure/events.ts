import { serviceContract } from '../../../src/platform/grpc/contract.js';
import type { Effort } from '../effort.js';
import { machineName } from '../fleet/names.js';
import { closedLoop, Samples } from '../load.js';
import { perSecond } from '../quantity.js';
import { RawGrpc } from '../raw-grpc.js';
import type { Figure } from '../report.js';
import type { Server } from '../server.js';
import type { RawWrites } from './raw-writes.js';

/** Events in one message, as sent by the switches of a partition. */
const BATCH = 100;
/** Connections, one per partition. */
const SENDERS = 4;
/** Messages in flight per connection. */
const CONCURRENCY = 50;

/** Period of the probe of stalls, in milliseconds: too long to slow the server down. */
const PROBE = 20;

/** Rates at which the boot service accepts events of machines, one by one and in batches, and heartbeats. */
export async function events(server: Server, raw: RawWrites, allocated: number, { writes }: Effort): Promise<Figure[]> {
  const { path, requestSerialize, responseDeserialize } = serviceContract('api/v1/event.proto', 'api.v1.EventService')[
    'Send'
  ]!;
  const clients = Array.from({ length: SENDERS }, (_, at) => new RawGrpc(server.grpc, path, addressOf(at)));
  const send = async (number: number, batch: number, event: string): Promise<void> => {
    const names = Array.from({ length: batch }, (_, index) => machineName((number * batch + index) % allocated));
    const events = Object.fromEntries(names.map((name) => [name, { event, message: 'benchmark' }]));
    const answer = responseDeserialize(await clients[number % SENDERS]!.call(requestSerialize({ events }))) as {
      readonly events: number;
    };
    if (answer.events !== batch) throw new Error(`${answer.events} of ${batch} events were stored`);
  };
  const round = async (what: string, concurrency: number, batch: number, event: string): Promise<Figure> => {
    const samples = new Samples();
    const load = () => closedLoop(concurrency, { milliseconds: writes }, (n) => send(n, batch, event), samples);
    const stall = await server.stallDuring(load, PROBE);
    if (samples.errors.length > 0) throw new Error(`${what}: ${samples.errors[0]}`);
    const [rate, durable] = [samples.rate * batch, raw.get(CONCURRENCY)!];
    const reference = perSecond(durable, 'durable writes');
    return { what, value: perSecond(rate), latency: samples.latency, stall, reference };
  };
  const figures = [
    await round(`signs of life, ${BATCH} a message`, SENDERS, BATCH, 'Alive'),
    await round(`events, ${BATCH} a message`, SENDERS, BATCH, 'Planned Reboot'),
    await round(`events, one a message, ${CONCURRENCY} at a time`, CONCURRENCY, 1, 'Planned Reboot'),
  ];
  for (const client of clients) client.close();
  return figures;
}

/** Partitions have addresses of their own, and the server limits the calls of each; other systems have one loopback address. */
const addressOf = (sender: number): string | undefined =>
  process.platform === 'linux' ? `127.0.0.${2 + sender}` : undefined;
