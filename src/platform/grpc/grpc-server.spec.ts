import { connect } from 'node:tls';
import * as grpc from '@grpc/grpc-js';
import * as protoLoader from '@grpc/proto-loader';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Certificates } from '../../../test/support/certificates.js';
import { installed } from '../../../test/support/installed.js';
import { DomainError, notFound } from '../../shared/errors/domain-error.js';
import type { ErrorKind } from '../../shared/errors/domain-error.js';
import { MemoryLogger } from '../../shared/app-logger.js';
import type { GrpcCaller } from './caller.js';
import { GrpcClient } from './grpc-client.js';
import { GrpcServer } from './grpc-server.js';
import type { TlsFiles } from '../../config/tls-files.js';
import type { GrpcLimits } from './limits.js';
import type { ListenerSettings } from './listener.js';
import { grpcRoutes } from '../../../test/support/grpc-routes.js';
import type { GrpcRoutes, Streaming, UnaryCall } from './routes.js';

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

const EVENTS = { file: 'api/v1/event.proto', name: 'api.v1.EventService' };
const eventRoutes = (handle: Send): GrpcRoutes => grpcRoutes(EVENTS, { Send: { kind: 'unary', handle } });

async function serve(routes: GrpcRoutes, settings: Partial<ListenerSettings> = {}, limits?: GrpcLimits) {
  const log = new MemoryLogger();
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

describe('GrpcServer', () => {
  it('serves a standard gRPC client, and measures its calls', async () => {
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
  ] as const)('maps %s errors to status code %d with the message', async (kind: ErrorKind, code) => {
    const { address } = await serve(
      eventRoutes(async () => {
        throw new DomainError(kind, 'because');
      }),
    );
    await expect(eventClient(address).call('Send', {})).rejects.toMatchObject({ code, details: 'because' });
  });

  it('reveals unexpected errors in the log only', async () => {
    const { address, log } = await serve(
      eventRoutes(() => {
        throw new Error('secret detail');
      }),
    );
    const failure = { code: grpc.status.INTERNAL, details: 'internal error' };
    await expect(eventClient(address).call('Send', {})).rejects.toMatchObject(failure);
    expect(log.lines).toEqual(['gRPC /api.v1.EventService/Send failed']);
  });

  it('rejects text that databases cannot store', async () => {
    const { address } = await serve(eventRoutes(async () => ({ events: 0 })));
    const send = (events: object) => eventClient(address).call('Send', { events });
    const refused = { code: grpc.status.INVALID_ARGUMENT };
    await expect(send({ m1: { event: 'Alive\0' } })).rejects.toMatchObject(refused);
    await expect(send({ 'm\0': { event: 'Alive' } })).rejects.toMatchObject(refused);
  });

  it('rejects services with an unhandled method', () => {
    const server = new GrpcServer({ host: '127.0.0.1', port: 0 }, new MemoryLogger());
    expect(() => server.add(grpcRoutes(EVENTS, {}))).toThrow('no handler for Send');
    expect(() => server.add(grpcRoutes({ ...EVENTS, name: 'api.v1.Nothing' }, {}))).toThrow('api.v1.Nothing');
    const stream = { kind: 'stream', handle: async () => undefined } as const;
    expect(() => server.add(grpcRoutes(EVENTS, { Send: stream }))).toThrow('no handler for Send');
    expect(() => server.add(grpcRoutes(EVENTS, { Receive: stream }))).toThrow('no method Receive');
  });

  it('reports an address that is already in use', async () => {
    const { port } = await serve(eventRoutes(async () => ({})));
    const second = new GrpcServer({ host: '127.0.0.1', port }, new MemoryLogger());
    await expect(second.start()).rejects.toMatchObject({ code: 'EADDRINUSE', port });
  });
});

describe('streams', () => {
  const waitRoutes = (handle: Streaming): GrpcRoutes =>
    grpcRoutes({ file: 'v1/wait.proto', name: 'v1.Wait' }, { Wait: { kind: 'stream', handle } });
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

  it('notify the handler when the client disconnects', async () => {
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

  it('end with UNAVAILABLE when the server is stopped, which does not wait for them', async () => {
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
    await server.stop();
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
    const callers: GrpcCaller[] = [];
    const handle = async (_: object, { caller }: UnaryCall) => (callers.push(caller), { events: 5 });
    const routes = grpcRoutes(EVENTS, { Send: { kind: 'unary', handle } });
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
    ['missing, without TLS', () => undefined],
  ])('rejects a client with a certificate %s', async (_, files) => {
    const { address } = await serveTls();
    await expect(eventClient(address, files()).call('Send', {}, 3000)).rejects.toMatchObject(refused);
  });

  it('rejects a client without a certificate and logs it', async () => {
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
    expect(log.lines.join()).toMatch(/refused a TLS connection from 127\.0\.0\.1: peer did not return a certificate$/);
  });

  it.each([
    ['TLSv1.1', undefined],
    ['TLSv1.2', 'TLSv1.2'],
    ['TLSv1.3', 'TLSv1.3'],
  ] as const)('lets clients that speak %s negotiate %s', async (version, expected) => {
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

  it('clients reject a server with a certificate of another authority', async () => {
    const { address } = await serveTls();
    await expect(eventClient(address, stranger.files('fra')).call('Send', {}, 3000)).rejects.toMatchObject(refused);
  });
});
