import { connect } from 'node:tls';
import * as grpc from '@grpc/grpc-js';
import * as protoLoader from '@grpc/proto-loader';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Certificates } from '../../../test/support/certificates.js';
import { installed } from '../../../test/support/installed.js';
import { DomainError, notFound } from '../../shared/errors/domain-error.js';
import type { ErrorKind } from '../../shared/errors/domain-error.js';
import { MemoryLog } from '../../shared/log.js';
import type { Caller } from './caller.js';
import { GrpcClient } from './grpc-client.js';
import { GrpcServer } from './grpc-server.js';
import type { TlsFiles } from '../../config/tls-files.js';
import type { GrpcLimits } from './limits.js';
import type { ListenerSettings } from './listener.js';
import type { GrpcRoutes } from './routes.js';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

function deferred() {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve: () => resolve() };
}

interface Sent {
  readonly events: Record<string, { time: unknown; event: string; message: string }>;
}

type Send = (request: Sent) => Promise<object>;

const eventRoutes = (Send: Send): GrpcRoutes => ({
  file: 'api/v1/event.proto',
  service: 'api.v1.EventService',
  unary: { Send },
});

async function serve(routes: GrpcRoutes, settings: Partial<ListenerSettings> = {}, limits?: GrpcLimits) {
  const log = new MemoryLog();
  const server = new GrpcServer({ host: '127.0.0.1', port: 0, ...settings }, log, limits);
  server.add(routes);
  const port = await server.start();
  open.push({ close: () => server.stop() });
  return { server, log, port, address: `127.0.0.1:${port}` };
}

function client(address: string, file: string, service: string, tls?: TlsFiles): GrpcClient {
  const made = new GrpcClient({ address, tls }, file, service);
  open.push(made);
  return made;
}

const eventClient = (address: string, tls?: TlsFiles) =>
  client(address, 'api/v1/event.proto', 'api.v1.EventService', tls);

describe('the gRPC server', () => {
  it('serves what a foreign client sends, and measures it', async () => {
    const requests: Sent[] = [];
    const { address, server } = await serve(eventRoutes(async (request) => (requests.push(request), { events: 1 })));
    const observed: string[] = [];
    server.observe((method, seconds) => observed.push(`${method} ${seconds >= 0}`));
    const definition = protoLoader.loadSync('api/v1/event.proto', { keepCase: true, includeDirs: ['proto'] });
    const { api } = grpc.loadPackageDefinition(definition) as never as {
      api: { v1: { EventService: grpc.ServiceClientConstructor } };
    };
    const foreign = new api.v1.EventService(address, grpc.credentials.createInsecure());
    open.push(foreign);
    const response = await new Promise((resolve, reject) => {
      const request = { events: { m1: { event: 'Alive', message: 'hi' } } };
      foreign['Send']!(request, (error: Error | null, value: unknown) => (error ? reject(error) : resolve(value)));
    });
    expect(response).toMatchObject({ events: expect.objectContaining({ low: 1 }) as object });
    expect(requests).toMatchObject([{ events: { m1: { event: 'Alive', message: 'hi', time: null } } }]);
    expect(observed).toEqual(['/api.v1.EventService/Send true']);
  });

  it.each([
    ['not-found', grpc.status.NOT_FOUND],
    ['malformed', grpc.status.INVALID_ARGUMENT],
    ['invalid', grpc.status.FAILED_PRECONDITION],
    ['conflict', grpc.status.ABORTED],
    ['unavailable', grpc.status.UNAVAILABLE],
    ['internal', grpc.status.INTERNAL],
  ] as const)('answers %s with code %d and the message', async (kind: ErrorKind, code) => {
    const { address } = await serve(
      eventRoutes(async () => {
        throw new DomainError(kind, 'because');
      }),
    );
    await expect(eventClient(address).call('Send', {})).rejects.toMatchObject({ code, details: 'because' });
  });

  it('keeps bugs to itself and to the log', async () => {
    const { address, log } = await serve(
      eventRoutes(() => {
        throw new Error('secret detail');
      }),
    );
    const failure = { code: grpc.status.INTERNAL, details: 'internal error' };
    await expect(eventClient(address).call('Send', {})).rejects.toMatchObject(failure);
    expect(log.lines).toEqual(['gRPC /api.v1.EventService/Send failed']);
  });

  it('refuses text that no database takes', async () => {
    const { address } = await serve(eventRoutes(async () => ({ events: 0 })));
    const send = (events: object) => eventClient(address).call('Send', { events });
    const refused = { code: grpc.status.INVALID_ARGUMENT };
    await expect(send({ m1: { event: 'Alive\0' } })).rejects.toMatchObject(refused);
    await expect(send({ 'm\0': { event: 'Alive' } })).rejects.toMatchObject(refused);
  });

  it('refuses services with a method that nobody handles', () => {
    const server = new GrpcServer({ host: '127.0.0.1', port: 0 }, new MemoryLog());
    const routes = { file: 'api/v1/event.proto', service: 'api.v1.EventService' };
    expect(() => server.add(routes)).toThrow('no handler for Send');
    expect(() => server.add({ ...routes, service: 'api.v1.Nothing' })).toThrow('api.v1.Nothing');
  });

  it('says which address is taken', async () => {
    const { port } = await serve(eventRoutes(async () => ({})));
    const second = new GrpcServer({ host: '127.0.0.1', port }, new MemoryLog());
    await expect(second.start()).rejects.toMatchObject({ code: 'EADDRINUSE', port });
  });
});

describe('streams', () => {
  const waitRoutes = (Wait: NonNullable<GrpcRoutes['streaming']>[string]): GrpcRoutes => ({
    file: 'v1/wait.proto',
    service: 'v1.Wait',
    streaming: { Wait },
  });
  const waitClient = (address: string) => client(address, 'v1/wait.proto', 'v1.Wait');

  it('send messages and end with OK', async () => {
    const { address } = await serve(waitRoutes(async (_request, stream) => [1, 2, 3].forEach(() => stream.send({}))));
    let messages = 0;
    await waitClient(address).stream('Wait', { machineID: 'm1' }, () => messages++);
    expect(messages).toBe(3);
  });

  it('end with the code of the error', async () => {
    const { address } = await serve(waitRoutes(() => Promise.reject(notFound('machine', 'm1'))));
    await expect(waitClient(address).stream('Wait', {})).rejects.toMatchObject({ code: grpc.status.NOT_FOUND });
  });

  it('tell the handler that the client is gone', async () => {
    const gone = deferred();
    const { address } = await serve(
      waitRoutes(async (_request, stream) => {
        stream.send({});
        await new Promise<void>((resolve) => stream.signal.addEventListener('abort', () => resolve()));
        gone.resolve();
      }),
    );
    const abort = new AbortController();
    const stream = waitClient(address).stream('Wait', {}, () => abort.abort(), abort.signal);
    await expect(stream).rejects.toMatchObject({ code: grpc.status.CANCELLED });
    await gone.promise;
  });

  it('end with UNAVAILABLE when the server stops, which does not take long', async () => {
    const started = deferred();
    const { address, server } = await serve(
      waitRoutes(async (_request, { signal }) => {
        started.resolve();
        await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
      }),
    );
    const ended = expect(waitClient(address).stream('Wait', {})).rejects.toMatchObject({
      code: grpc.status.UNAVAILABLE,
    });
    await started.promise;
    const began = Date.now();
    await server.stop();
    expect(Date.now() - began).toBeLessThan(2000);
    await ended;
  });
});

describe.skipIf(!installed('gRPC with mutual TLS', 'openssl'))('with mutual TLS', () => {
  const [made, stranger] = [new Certificates(), new Certificates()];
  beforeAll(() => {
    made.make('fra');
    stranger.make('fra');
  });
  const refused = { code: grpc.status.UNAVAILABLE };
  const serveTls = () =>
    serve(
      eventRoutes(async () => ({ events: 5 })),
      { tls: made.files('server') },
    );

  it('serves clients with a certificate of its authority, and knows their names', async () => {
    const callers: Caller[] = [];
    const routes: GrpcRoutes = {
      file: 'api/v1/event.proto',
      service: 'api.v1.EventService',
      unary: { Send: async (_: object, caller: Caller) => (callers.push(caller), { events: 5 }) },
    };
    const { address } = await serve(routes, { tls: made.files('server') });
    expect(await eventClient(address, made.files('fra')).call('Send', {})).toMatchObject({ events: 5 });
    expect(callers).toEqual([
      {
        name: 'fra',
        certificate: expect.stringMatching(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/) as string,
        address: '127.0.0.1',
        peer: expect.stringMatching(/^127\.0\.0\.1:\d+$/) as string,
      },
    ]);
  });

  it.each<[string, () => TlsFiles | undefined]>([
    ['of another authority', () => ({ ...stranger.files('fra'), ca: made.files('fra').ca })],
    ['of a server', () => made.files('server')],
    ['of none: no TLS at all', () => undefined],
  ])('refuses a client with the certificate %s', async (_, files) => {
    const { address } = await serveTls();
    await expect(eventClient(address, files()).call('Send', {}, 3000)).rejects.toMatchObject(refused);
  });

  it('refuses a client without a certificate, and says so in the log', async () => {
    const { address, log } = await serveTls();
    const anonymous = new grpc.Client(address, grpc.credentials.createSsl(made.files('fra').ca));
    open.push(anonymous);
    const call = new Promise((resolve, reject) =>
      anonymous.makeUnaryRequest(
        '/api.v1.EventService/Send',
        () => Buffer.alloc(0),
        (bytes) => bytes,
        {},
        { deadline: Date.now() + 3000 },
        (error, value) => (error ? reject(error) : resolve(value)),
      ),
    );
    await expect(call).rejects.toMatchObject(refused);
    expect(log.lines.join()).toMatch(/refused a TLS connection of 127\.0\.0\.1: .*peer did not return a certificate/);
  });

  it.each([
    ['TLSv1.1', undefined],
    ['TLSv1.2', 'TLSv1.2'],
    ['TLSv1.3', 'TLSv1.3'],
  ] as const)('of clients that speak %s gets %s', async (version, expected) => {
    const { port } = await serveTls();
    const { ca, cert, key } = made.files('fra');
    const versions = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' };
    const socket = connect({
      host: '127.0.0.1',
      port,
      servername: 'localhost',
      ca,
      cert,
      key,
      ALPNProtocols: ['h2'],
      ...versions,
    });
    const spoken = await new Promise((resolve) => {
      socket.on('secureConnect', () => resolve(socket.getProtocol()));
      socket.on('error', () => resolve(undefined));
    });
    socket.destroy();
    expect(spoken).toBe(expected);
  });

  it('refuses a server of another authority, as clients', async () => {
    const { address } = await serveTls();
    await expect(eventClient(address, stranger.files('fra')).call('Send', {}, 3000)).rejects.toMatchObject(refused);
  });
});
