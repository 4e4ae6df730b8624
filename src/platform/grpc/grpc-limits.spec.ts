import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { status } from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/support/eventually.js';
import { endOf, framed, openRawCall } from '../../../test/support/raw-grpc.js';
import { MemoryLogger } from '../../shared/app-logger.js';
import { GrpcClient } from './grpc-client.js';
import { GrpcServer } from './grpc-server.js';
import { GRPC_LIMITS } from './limits.js';
import type { GrpcLimits } from './limits.js';
import { grpcRoutes } from '../../../test/support/grpc-routes.js';
import type { GrpcRoute, GrpcRoutes, Stream } from './routes.js';
import { STREAM_WINDOW } from './http2-sessions.js';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

const MANY = 1_000_000;
const UNLIMITED: GrpcLimits = {
  ...GRPC_LIMITS,
  callsPerSecond: MANY,
};

async function serve(routes: readonly GrpcRoutes[], limits: Partial<GrpcLimits> = {}) {
  const log = new MemoryLogger();
  const server = new GrpcServer({ host: '127.0.0.1', port: 0 }, log, { ...UNLIMITED, ...limits });
  for (const each of routes) server.add(each);
  const port = await server.start();
  open.push({ close: () => server.stop() });
  return { log, port, address: `127.0.0.1:${port}` };
}

type Send = (request: { events: Record<string, object> }) => Promise<object>;
const events = (handle: Send, parts: Pick<GrpcRoute, 'limits' | 'rate'> = {}): GrpcRoutes =>
  grpcRoutes(
    { file: 'api/v1/event.proto', name: 'api.v1.EventService' },
    { Send: { ...parts, kind: 'unary', handle } },
  );
const waits = (handle: (request: object, stream: Stream<object>) => Promise<void>): GrpcRoutes =>
  grpcRoutes(
    {
      file: 'v1/wait.proto',
      name: 'v1.Wait',
      subject: ({ machineID }: { machineID: string }) => machineID,
    },
    { Wait: { kind: 'stream', handle } },
  );
const untilAborted = (_: object, { signal }: Stream<object>): Promise<void> =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));

const opened = (client: GrpcClient): GrpcClient => (open.push(client), client);
const eventClient = (address: string) =>
  opened(new GrpcClient({ address }, 'api/v1/event.proto', 'api.v1.EventService'));
const waitClient = (address: string) => opened(new GrpcClient({ address }, 'v1/wait.proto', 'v1.Wait'));
const exhausted = (details: string) => ({
  code: status.RESOURCE_EXHAUSTED,
  details: expect.stringContaining(details) as string,
});
const some = (count: number) => ({
  events: Object.fromEntries(Array.from({ length: count }, (_, i) => [`m${i}`, {}])),
});

/** A call of Send whose message is controlled by the test. */
async function openCall(port: number, path?: string) {
  const call = await openRawCall(port, path);
  open.push({ close: () => call.session?.destroy() });
  return call;
}

describe('message limits', () => {
  it('reject a message that is too long or has too many elements before decoding it', async () => {
    let handled = 0;
    const limits = { bytes: 2000, elements: { 'EventServiceSendRequest.events': 5 } };
    const { address } = await serve([events(async () => ({ events: ++handled }), { limits })]);
    const client = eventClient(address);
    const refused = (details: string) => ({
      code: status.INVALID_ARGUMENT,
      details: expect.stringContaining(details) as string,
    });
    await expect(client.call('Send', some(6))).rejects.toMatchObject(refused('events has more than 5 elements'));
    const long = { events: { m1: { message: 'x'.repeat(3000) } } };
    await expect(client.call('Send', long)).rejects.toMatchObject(refused('EventService/Send takes at most 2000'));
    const text = { events: { m1: { message: 'x'.repeat(1100) } } };
    await expect(client.call('Send', text)).rejects.toMatchObject(refused('events[0].value.message has 1100 bytes'));
    await client.call('Send', some(5));
    expect(handled).toBe(1);
  });

  it('make the library reject messages above the maximum of the server', async () => {
    const { address } = await serve([events(async () => ({}))]);
    const large = { events: { m1: { message: 'x'.repeat(3 * 1024 * 1024) } } };
    await expect(eventClient(address).call('Send', large)).rejects.toMatchObject({ code: status.RESOURCE_EXHAUSTED });
  });

  it.each([
    ['not a protocol buffer', [0xff, 0xff]],
    ['a field of the wrong type', [0x08, 0x01]],
    ['truncated', [0x0a, 0x10, 0x0a]],
  ])('report a client error for a message that is %s', async (_, bytes) => {
    const { port } = await serve([events(async () => ({}))]);
    const call = await openCall(port);
    call.end(framed(Buffer.from(bytes)));
    const { code } = await endOf(call);
    expect([status.INVALID_ARGUMENT, status.OK]).toContain(code);
  });
});

describe('caller limits', () => {
  it('limit the events per second of a caller', async () => {
    const units = ({ events }: { events: object }): number => Object.keys(events).length;
    const rate = { what: 'events', perSecond: 10, units };
    const { address, log } = await serve([events(async () => ({}), { rate })]);
    const client = eventClient(address);
    await client.call('Send', some(60));
    await client.call('Send', some(30));
    await expect(client.call('Send', some(30))).rejects.toMatchObject(exhausted('more than 10 events per second'));
    await client.call('Send', some(1));
    expect(log.lines).toEqual([
      expect.stringMatching(/^gRPC \/api.v1.EventService\/Send from 127.0.0.1:\d+ was refused: /),
    ]);
  });

  it('limit the calls per second of a caller', async () => {
    const { address } = await serve([events(async () => ({})), waits(async () => undefined)], { callsPerSecond: 1 });
    const client = eventClient(address);
    for (let i = 0; i < 10; i++) await client.call('Send', {});
    await expect(client.call('Send', {})).rejects.toMatchObject(exhausted('more than 1 calls per second'));
    await expect(waitClient(address).stream('Wait', {})).rejects.toMatchObject(exhausted('calls per second'));
  });

  it.each([
    ['calls', { calls: { total: 2, each: 2 } }],
    ['calls of one caller', { calls: { total: 9, each: 2 } }],
    ['bytes', { bytes: { total: 2048, each: MANY } }],
    ['bytes of one caller', { bytes: { total: MANY, each: 2048 } }],
  ])('limit concurrent %s', async (_, limits) => {
    const release: (() => void)[] = [];
    const { address } = await serve([events(() => new Promise((resolve) => release.push(() => resolve({}))))], limits);
    const client = eventClient(address);
    const first = [client.call('Send', {}), client.call('Send', {})];
    await eventually('two are in progress', async () => release.length === 2);
    await expect(client.call('Send', {})).rejects.toMatchObject(exhausted('too many calls are in progress'));
    for (const each of release) each();
    await Promise.all(first);
    const again = client.call('Send', {});
    await eventually('the next one is in progress', async () => release.length === 3);
    release[2]!();
    await again;
  });

  it('report a timeout to the caller', async () => {
    let finish = (): void => {};
    const slow = events(() => new Promise((resolve) => (finish = () => resolve({}))));
    const { address } = await serve([slow], { answerTimeout: 50 });
    await expect(eventClient(address).call('Send', {})).rejects.toMatchObject({
      code: status.UNAVAILABLE,
      details: '/api.v1.EventService/Send is not finished after 0.05 s; it may still complete',
    });
    finish();
  });
});

describe('waiting calls', () => {
  const streams = { total: 6, perCaller: 5, perSubject: 3, perSubjectAndCaller: 2 };
  const waiting = (client: GrpcClient, machineID: string): Promise<number> =>
    client.stream('Wait', { machineID }).then(
      () => status.OK,
      ({ code }: { code: number }) => code,
    );

  it('replace the oldest call of the same machine and caller', async () => {
    let count = 0;
    const { address } = await serve([waits((request, stream) => (count++, untilAborted(request, stream)))], {
      streams,
    });
    const client = waitClient(address);
    const calls = [waiting(client, 'm1')];
    await eventually('the first waits', async () => count === 1);
    calls.push(waiting(client, 'm1'));
    await eventually('the second waits', async () => count === 2);
    calls.push(waiting(client, 'm1'));
    expect(await calls[0]).toBe(status.UNAVAILABLE);
    const others = ['m2', 'm3', 'm4'].map((id) => waiting(client, id));
    await eventually('the others wait', async () => count === 6);
    expect(await waiting(client, 'm5')).toBe(status.RESOURCE_EXHAUSTED);
    void [...calls, ...others];
  });

  it('are removed when their connection ends', async () => {
    const { address } = await serve([waits(untilAborted)], { streams: { ...streams, perCaller: 2 } });
    for (let round = 0; round < 4; round++) {
      const client = new GrpcClient({ address }, 'v1/wait.proto', 'v1.Wait');
      const calls = [waiting(client, 'm1'), waiting(client, 'm2')];
      client.close();
      await new Promise((resolve) => setImmediate(resolve));
      void calls;
    }
    const client = waitClient(address);
    await eventually('there is room again', async () => {
      const abort = new AbortController();
      const ended = client
        .stream('Wait', { machineID: 'm3' }, undefined, abort.signal)
        .catch((error: { code: number }) => error.code);
      setTimeout(() => abort.abort(), 100);
      return (await ended) === status.CANCELLED;
    });
  });
});

describe('connection limits', () => {
  const raw = (port: number): Promise<Socket> =>
    new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => resolve(socket)).on('error', reject);
      open.push({ close: () => socket.destroy() });
    });
  const closed = (socket: Socket): Promise<boolean> =>
    eventually('it is closed', async () => socket.resume().destroyed);

  it('close excess connections and serve later ones', async () => {
    const { port, address, log } = await serve([events(async () => ({ events: 1 }))], {
      connections: { total: 3, each: 3 },
    });
    const idle = [await raw(port), await raw(port), await raw(port)];
    expect(await closed(await raw(port))).toBe(true);
    expect(log.lines).toEqual([expect.stringContaining('too many open connections')]);
    for (const each of idle) each.destroy();
    await eventually('there is room again', async () =>
      eventClient(address)
        .call('Send', {}, 1000)
        .then(
          () => true,
          () => false,
        ),
    );
  });

  it('close connections that do not speak HTTP/2', async () => {
    const { port } = await serve([events(async () => ({}))]);
    const socket = await raw(port);
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(await closed(socket)).toBe(true);
  });
});

describe('incoming messages', () => {
  const receive = { reading: { total: 2, each: 2 }, opened: { total: 4, each: 4 }, timeout: 300 };

  it('end their call if they do not arrive in time', async () => {
    const { port } = await serve([events(async () => ({}))], { receive });
    const call = await openCall(port);
    call.write(framed(Buffer.alloc(100)).subarray(0, 20));
    expect(await endOf(call)).toMatchObject({
      code: status.DEADLINE_EXCEEDED,
      details: 'the message did not arrive within 0.3 s',
    });
  });

  it('are limited in number; excess ones are refused, and later ones served after the timeout', async () => {
    const { port } = await serve([events(async () => ({}))], { receive: { ...receive, timeout: 2000 } });
    const slow = await Promise.all([1, 2, 3, 4, 5, 6].map(() => openCall(port)));
    const codes = (await Promise.all(slow.map(endOf))).map(({ code }) => status[code]).sort();
    expect(codes).toEqual([
      ...Array<string>(4).fill('DEADLINE_EXCEEDED'),
      ...Array<string>(2).fill('RESOURCE_EXHAUSTED'),
    ]);
    const next = await openCall(port);
    next.end(framed(Buffer.alloc(0)));
    expect((await endOf(next)).code).toBe(status.OK);
  });

  it('take little memory while they are queued', async () => {
    const { port } = await serve([events(async () => ({}))], { receive: { ...receive, timeout: 60_000 } });
    const [first] = [await openCall(port)];
    await eventually(
      'the window is small',
      async () => first.session?.remoteSettings.initialWindowSize === STREAM_WINDOW,
    );
  });

  it.each([
    ['refused', { receive: { ...receive, opened: { total: 0, each: 0 } } }, '/api.v1.EventService/Send'],
    ['late', { receive: { ...receive, timeout: 50 } }, '/api.v1.EventService/Send'],
    ['of an unknown method', {}, '/api.v1.EventService/Nothing'],
  ])('end when %s, even if the client does not end the call', async (_, limits, path) => {
    const { port } = await serve([events(async () => ({}))], limits);
    const call = await openCall(port, path);
    call.resume();
    await eventually('the call is closed', async () => call.destroyed);
  });

  it('are queued and all processed', async () => {
    const { port } = await serve([events(async () => ({}))], {
      receive: { ...receive, timeout: 5000, opened: { total: 100, each: 100 } },
    });
    const calls = await Promise.all(Array.from({ length: 50 }, () => openCall(port)));
    for (const call of calls) call.end(framed(Buffer.alloc(0)));
    expect((await Promise.all(calls.map(endOf))).map(({ code }) => code)).toEqual(calls.map(() => status.OK));
  });

  it('free capacity when their callers disconnect', async () => {
    const { port } = await serve([events(async () => ({}))], { receive: { ...receive, timeout: 60_000 } });
    for (let round = 0; round < 5; round++) {
      const calls = await Promise.all([1, 2, 3, 4].map(() => openCall(port)));
      calls[0]!.session!.destroy();
      for (const call of calls) call.session?.destroy();
    }
    await eventually('there is room', async () => {
      const call = await openCall(port);
      call.end(framed(Buffer.alloc(0)));
      return (await endOf(call)).code === status.OK;
    });
  });
});
