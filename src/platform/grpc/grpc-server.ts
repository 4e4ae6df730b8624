import { Server, ServerCredentials } from '@grpc/grpc-js';
import type {
  handleServerStreamingCall,
  handleUnaryCall,
  MethodDefinition,
  ServiceDefinition,
  UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { DomainError } from '../../shared/errors/domain-error.js';
import type { Log } from '../../shared/log.js';
import { Admission } from './admission.js';
import type { GrpcGate, Method } from './admission.js';
import { callerOf } from './caller.js';
import { messageDefinitions, requestTypes, serviceContract } from './contract.js';
import { decoder, undecoded } from './incoming.js';
import { GRPC_LIMITS, SERVER_OPTIONS } from './limits.js';
import type { GrpcLimits } from './limits.js';
import { Listener } from './listener.js';
import type { ListenerSettings } from './listener.js';
import { Reception } from './reception.js';
import type { SecondLook } from '../store/second-look.js';
import type { GrpcRoutes, Streaming, Unary } from './routes.js';
import { guardSessions } from './sessions.js';
import { statusOf } from './status.js';
import { Streams } from './streams.js';

/** Hears of each answered unary call: full method name and seconds. */
export type GrpcObserver = (method: string, seconds: number) => void;

/** Calls that are still running so long after the shutdown began are cut off, in milliseconds. */
const DRAIN_TIMEOUT = 5_000;

/** The gRPC face of the server. Features add their services while the process starts; then it is started. */
export class GrpcServer {
  private readonly server: Server;
  private readonly listener: Listener;
  private readonly streams: Streams;
  private readonly admission: Admission;
  private readonly observers: GrpcObserver[] = [];
  private running = false;

  constructor(
    settings: ListenerSettings,
    log: Log,
    limits: GrpcLimits = GRPC_LIMITS,
    private readonly look?: SecondLook,
  ) {
    const { interceptor } = new Reception(limits.reception);
    this.server = new Server({ ...SERVER_OPTIONS, interceptors: [interceptor] });
    // TLS ends in the listener, and connections are counted there.
    const injector = this.server.createConnectionInjector(ServerCredentials.createInsecure());
    guardSessions(this.server);
    this.listener = new Listener(settings, limits.connections, (socket) => injector.injectConnection(socket), log);
    this.streams = new Streams(limits.streams);
    this.admission = new Admission(limits, log);
  }

  observe(observer: GrpcObserver): void {
    this.observers.push(observer);
  }

  /** There is one gate; another takes its place. */
  admit(gate: GrpcGate): void {
    this.admission.gate = gate;
  }

  /** Throws when a method of the contract has no handler, and when something is said of a method that it lacks. */
  add({ unary = {}, streaming = {}, ...routes }: GrpcRoutes): void {
    const { service } = routes;
    const contract = serviceContract(routes.file, service);
    const named = Object.keys({ ...routes.limits, ...routes.rates, ...routes.recorded });
    const stray = named.find((name) => !(name in contract));
    if (stray !== undefined) throw new Error(`${service} has no method ${stray}`);
    const methods = this.methods(contract, routes);
    const definition: Record<string, MethodDefinition<Buffer, unknown>> = {};
    const implementation: UntypedServiceImplementation = {};
    for (const [name, method] of Object.entries(contract)) {
      const [one, many] = [unary[name], streaming[name]];
      if (one && !method.responseStream) implementation[name] = this.unary(methods(name), one);
      else if (many && method.responseStream) implementation[name] = this.streaming(methods(name), many);
      else throw new Error(`${service} has no handler for ${name}`);
      definition[name] = undecoded(method);
    }
    this.server.addService(definition, implementation);
  }

  /** Listens; resolves with the port. Rejects when the address cannot be had. */
  async start(): Promise<number> {
    const port = await this.listener.start();
    this.running = true;
    return port;
  }

  /** Takes no new calls, ends streams with UNAVAILABLE so that clients come back, and lets unary calls finish. */
  async stop(): Promise<void> {
    this.streams.end(new DomainError('unavailable', 'the server is shutting down'));
    if (!this.running) return this.server.forceShutdown();
    this.running = false;
    this.listener.stop();
    const timer = setTimeout(() => {
      this.server.forceShutdown();
      this.listener.destroy();
    }, DRAIN_TIMEOUT);
    await new Promise<void>((resolve) => this.server.tryShutdown(() => resolve()));
    clearTimeout(timer);
    this.listener.destroy();
  }

  private methods(contract: ServiceDefinition, routes: Omit<GrpcRoutes, 'unary' | 'streaming'>) {
    const definitions = messageDefinitions(routes.file);
    const types = requestTypes(definitions, routes.service);
    return (name: string): Method => {
      const method = contract[name]!;
      const limits = routes.limits?.[name] ?? {};
      const decode = decoder(method, definitions, types[name]!, limits, routes.checksTexts ?? false);
      const recorded = routes.recorded?.[name];
      return {
        path: method.path,
        decode,
        rate: routes.rates?.[name],
        subject: routes.subject ?? (() => ''),
        recorded: typeof recorded === 'function' ? recorded : () => recorded ?? false,
      };
    };
  }

  private unary(method: Method, handler: Unary<never, object>) {
    const answer: handleUnaryCall<Buffer, unknown> = (call, callback) => {
      const began = performance.now();
      const caller = callerOf(call);
      this.admission
        .unary(method, caller, call.request, (request) => this.believed(() => handler(request, caller)))
        .then(
          (response) => callback(null, response),
          (error: unknown) => callback(statusOf(error)),
        )
        .finally(() => this.answered(method.path, began));
    };
    return answer;
  }

  private streaming(method: Method, handler: Streaming<never, object>) {
    const answer: handleServerStreamingCall<Buffer, unknown> = (call) => {
      const caller = callerOf(call);
      const run = async (request: never, subject: string): Promise<void> => {
        const open = this.streams.enter(subject, caller);
        const { controller } = open;
        const { signal } = controller;
        const gone = (): void => controller.abort(new DomainError('unavailable', 'the client is gone'));
        call.on('cancelled', gone);
        if (call.cancelled) gone();
        try {
          // Keep-alives that a client does not read are not worth keeping.
          const send = (message: object): void => void (call.writableNeedDrain || call.write(message));
          await handler(request, { caller, signal, send });
        } finally {
          open.close();
        }
      };
      this.admission.streaming(method, caller, call.request, run).then(
        () => call.end(),
        (error: unknown) => void call.emit('error', statusOf(error)),
      );
    };
    return answer;
  }

  /** A refusal counts only when the database confirms it. */
  private believed<T>(handle: () => Promise<T>): Promise<T> {
    return this.look === undefined ? handle() : this.look.believe(handle, 'everything');
  }

  private answered(path: string, began: number): void {
    const seconds = (performance.now() - began) / 1000;
    for (const observer of this.observers) observer(path, seconds);
  }
}
