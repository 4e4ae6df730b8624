import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import type {
  handleServerStreamingCall,
  handleUnaryCall,
  MethodDefinition,
  UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { DomainError, isDomainError } from '../../shared/errors/domain-error.js';
import type { Log } from '../../shared/log.js';
import type { GrpcSettings } from '../../config/listener-settings.js';
import type { SecondLook } from '../store/second-look.js';
import { serviceContract } from './contract.js';
import { checkReceived } from './received.js';
import type { GrpcRoutes, Streaming, Unary } from './routes.js';
import { statusOf } from './status.js';

/** Hears of each answered unary call: full method name and seconds. */
export type GrpcObserver = (method: string, seconds: number) => void;

/** Hears of the end of a call: gRPC status code, and what went wrong. */
export type GrpcEnd = (code: number, error?: string) => void;

/** Asked before a unary call is handled, by full method name and address of the caller. Rejecting refuses the call. */
export type GrpcGate = (method: string, peer: string) => Promise<GrpcEnd | undefined>;

/**
 * Idle connections are pinged every five seconds (reference/40 §4.1), so that dead machines are noticed. The answer has
 * more time than there: a pause of this process must not look like the death of all its clients.
 */
const KEEPALIVE = {
  'grpc.keepalive_time_ms': 5_000,
  'grpc.keepalive_timeout_ms': 5_000,
  'grpc.keepalive_permit_without_calls': 1,
};

/** Calls that are still running so long after the shutdown began are cut off, in milliseconds. */
const DRAIN_TIMEOUT = 5_000;

/** The gRPC face of the server. Features add their services while the process starts; then it is started. */
export class GrpcServer {
  private readonly server = new Server(KEEPALIVE);
  private readonly streams = new Set<AbortController>();
  private readonly observers: GrpcObserver[] = [];
  private gate: GrpcGate = () => Promise.resolve(undefined);
  private running = false;

  constructor(
    private readonly settings: GrpcSettings,
    private readonly log: Log,
    private readonly look?: SecondLook,
  ) {}

  observe(observer: GrpcObserver): void {
    this.observers.push(observer);
  }

  /** There is one gate; another takes its place. */
  admit(gate: GrpcGate): void {
    this.gate = gate;
  }

  /** Throws when a method of the contract has no handler. */
  add({ file, service, unary = {}, streaming = {} }: GrpcRoutes): void {
    const contract = serviceContract(file, service);
    const implementation: UntypedServiceImplementation = {};
    for (const [name, method] of Object.entries(contract)) {
      const [one, many] = [unary[name], streaming[name]];
      if (one && !method.responseStream) implementation[name] = this.unary(method, one);
      else if (many && method.responseStream) implementation[name] = this.streaming(method, many);
      else throw new Error(`${service} has no handler for ${name}`);
    }
    this.server.addService(contract, implementation);
  }

  /** Listens; resolves with the port. Rejects when it is taken or the certificates are wrong. */
  start(): Promise<number> {
    const { host, port, tls } = this.settings;
    const credentials = tls
      ? ServerCredentials.createSsl(tls.ca, [{ cert_chain: tls.cert, private_key: tls.key }], true)
      : ServerCredentials.createInsecure();
    const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
    return new Promise((resolve, reject) => {
      this.server.bindAsync(address, credentials, (error, bound) => {
        if (error) return reject(bindError(error, address, port));
        this.running = true;
        resolve(bound);
      });
    });
  }

  /** Takes no new calls, ends streams with UNAVAILABLE so that clients come back, and lets unary calls finish. */
  async stop(): Promise<void> {
    const reason = new DomainError('unavailable', 'the server is shutting down');
    for (const stream of this.streams) stream.abort(reason);
    if (!this.running) return this.server.forceShutdown();
    this.running = false;
    const timer = setTimeout(() => this.server.forceShutdown(), DRAIN_TIMEOUT);
    await new Promise<void>((resolve) => this.server.tryShutdown(() => resolve()));
    clearTimeout(timer);
  }

  private unary({ path }: MethodDefinition<unknown, unknown>, handler: Unary<never, object>) {
    const answer: handleUnaryCall<unknown, object> = (call, callback) => {
      const began = performance.now();
      this.admitted(path, call.getPeer(), () =>
        this.handle(() => this.believed(() => handler(received(call.request))), path),
      )
        .then(
          (response) => callback(null, response),
          (error: unknown) => callback(statusOf(error)),
        )
        .finally(() => this.answered(path, began));
    };
    return answer;
  }

  private streaming({ path }: MethodDefinition<unknown, unknown>, handler: Streaming<never, object>) {
    const answer: handleServerStreamingCall<unknown, object> = (call) => {
      const controller = new AbortController();
      this.streams.add(controller);
      call.on('cancelled', () => controller.abort(new DomainError('unavailable', 'the client is gone')));
      const stream = { signal: controller.signal, send: (message: object) => void call.write(message) };
      this.handle(() => handler(received(call.request), stream), path)
        .then(
          () => call.end(),
          (error: unknown) => void call.emit('error', statusOf(error)),
        )
        .finally(() => this.streams.delete(controller));
    };
    return answer;
  }

  private async admitted<T>(method: string, peer: string, handle: () => Promise<T>): Promise<T> {
    const end = await this.gate(method, peer);
    try {
      const response = await handle();
      end?.(status.OK);
      return response;
    } catch (error) {
      const { code, details } = statusOf(error);
      end?.(code, details);
      throw error;
    }
  }

  private believed<T>(handle: () => Promise<T>): Promise<T> {
    return this.look === undefined ? handle() : this.look.believe(handle, 'everything');
  }

  /** Also catches what a handler throws at once, and logs bugs. */
  private async handle<T>(call: () => Promise<T>, path: string): Promise<T> {
    try {
      return await call();
    } catch (error) {
      if (!isDomainError(error)) this.log.warn(`gRPC ${path} failed`, error instanceof Error ? error.stack : error);
      throw error;
    }
  }

  private answered(path: string, began: number): void {
    const seconds = (performance.now() - began) / 1000;
    for (const observer of this.observers) observer(path, seconds);
  }
}

/** Looks like the error of any other server that cannot listen. */
function bindError(cause: Error, address: string, port: number): Error {
  const code = /\bE[A-Z]{4,}\b/.exec(cause.message)?.[0];
  const error = new Error(`gRPC cannot listen on ${address}: ${cause.message}`, { cause });
  return Object.assign(error, code && { code, syscall: 'listen', port });
}

/** The request as the handler declares it: that its contract and its types agree is the handler's promise. */
function received(request: unknown): never {
  checkReceived(request);
  return request as never;
}
