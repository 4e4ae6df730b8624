import { Server, ServerCredentials, status as Status } from '@grpc/grpc-js';
import type {
  handleServerStreamingCall,
  handleUnaryCall,
  MethodDefinition,
  ServiceDefinition,
  UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { after } from '../../shared/concurrency/timers.js';
import { DomainError } from '../../shared/errors/domain-error.js';
import type { AppLogger } from '../../shared/app-logger.js';
import { CallAdmission } from './call-admission.js';
import type { Admitted, GrpcGate, Method } from './call-admission.js';
import { readCaller } from './caller.js';
import { messageDefinitions, requestTypes, serviceContract } from './contract.js';
import { decoder, undecoded } from './incoming.js';
import { GRPC_LIMITS, SERVER_OPTIONS } from './limits.js';
import type { GrpcLimits } from './limits.js';
import { Listener } from './listener.js';
import type { ListenerSettings } from './listener.js';
import { ReceiveLimiter } from './receive-limiter.js';
import type { RefusalVerifier } from '../store/refusal-verifier.js';
import type { GrpcService } from './operation.js';
import type { GrpcRoute, GrpcRoutes, Streaming, Unary } from './routes.js';
import { limitSessions } from './http2-sessions.js';
import { statusOf } from './status.js';
import { spans } from '../tracing/spans.js';
import { traceparentOf } from '../tracing/traceparent.js';
import { StreamRegistry } from './stream-registry.js';

/** Called for each answered unary call with the full method name, the duration in seconds and the name of the status. */
export type GrpcObserver = (method: string, seconds: number, code: string) => void;

/** Grace period for running calls after a shutdown began, in milliseconds; then they are cut off. */
const DRAIN_TIMEOUT = 5_000;

/** The gRPC server. `GrpcRegistration` adds the services of the features before it is started. */
export class GrpcServer {
  private readonly server: Server;
  private readonly listener: Listener;
  private readonly streams: StreamRegistry;
  private readonly admission: CallAdmission;
  private readonly observers: GrpcObserver[] = [];
  private running = false;

  constructor(
    settings: ListenerSettings,
    log: AppLogger,
    limits: GrpcLimits = GRPC_LIMITS,
    private readonly verifier?: RefusalVerifier,
  ) {
    const { interceptor } = new ReceiveLimiter(limits.receive);
    this.server = new Server({ ...SERVER_OPTIONS, interceptors: [interceptor] });
    // TLS is terminated in the listener, which also counts connections.
    const injector = this.server.createConnectionInjector(ServerCredentials.createInsecure());
    limitSessions(this.server);
    this.listener = new Listener(settings, limits.connections, (socket) => injector.injectConnection(socket), log);
    this.streams = new StreamRegistry(limits.streams);
    this.admission = new CallAdmission(limits, log);
  }

  observe(observer: GrpcObserver): void {
    this.observers.push(observer);
  }

  /** Sets the gate; there is only one, so a previous one is replaced. */
  setGate(gate: GrpcGate): void {
    this.admission.gate = gate;
  }

  /** Throws if a method of the contract has no handler, or if the routes refer to a method that does not exist. */
  add({ service, routes }: GrpcRoutes): void {
    const contract = serviceContract(service.file, service.name);
    const stray = [...routes.keys()].find((name) => !(name in contract));
    if (stray !== undefined) throw new Error(`${service.name} has no method ${stray}`);
    const methodOf = this.methods(contract, service);
    const definition: Record<string, MethodDefinition<Buffer, unknown>> = {};
    const implementation: UntypedServiceImplementation = {};
    for (const [name, method] of Object.entries(contract)) {
      const route = routes.get(name);
      if (route?.kind !== (method.responseStream ? 'stream' : 'unary')) {
        throw new Error(`${service.name} has no handler for ${name}`);
      }
      const { kind, handle } = route;
      const admitted = methodOf(name, route);
      implementation[name] = kind === 'unary' ? this.unary(admitted, handle) : this.streaming(admitted, handle);
      definition[name] = undecoded(method);
    }
    this.server.addService(definition, implementation);
  }

  /** Starts listening and returns the port. Rejects if the address cannot be bound. */
  async start(): Promise<number> {
    const port = await this.listener.start();
    this.running = true;
    return port;
  }

  /** Accepts no new calls, ends streams with UNAVAILABLE so that clients reconnect, and lets unary calls finish. */
  async stop(): Promise<void> {
    this.streams.end(new DomainError('unavailable', 'the server is shutting down'));
    if (!this.running) return this.server.forceShutdown();
    this.running = false;
    this.listener.stop();
    const cutOff = (): void => {
      this.server.forceShutdown();
      this.listener.destroy();
    };
    const cancel = after(DRAIN_TIMEOUT, cutOff, { keepsAlive: true });
    await new Promise<void>((resolve) => this.server.tryShutdown(() => resolve()));
    cancel();
    this.listener.destroy();
  }

  private methods(contract: ServiceDefinition, { file, name: service, checksTexts = false, subject }: GrpcService) {
    const definitions = messageDefinitions(file);
    const types = requestTypes(definitions, service);
    return (name: string, { limits = {}, rate, access, recorded }: GrpcRoute): Method => {
      const method = contract[name]!;
      const decode = decoder(method, definitions, types[name]!, limits, checksTexts);
      return { path: method.path, decode, rate, access, subject: subject ?? (() => ''), recorded };
    };
  }

  private unary(method: Method, handle: Unary) {
    const answer: handleUnaryCall<Buffer, unknown> = (call, callback) => {
      const began = performance.now();
      const caller = readCaller(call);
      const span = { name: method.path, kind: 'server', attributes: { 'rpc.system': 'grpc' } } as const;
      const [parent] = call.metadata.get('traceparent');
      const run = (request: never, { check }: Admitted): Promise<object> =>
        this.believed(() => handle(request, { caller, check }));
      void spans()
        .serve(span, traceparentOf(parent), () => this.admission.unary(method, caller, call.request, run))
        .then(
          (response) => (callback(null, response), Status.OK),
          (error: unknown) => {
            const answer = statusOf(error);
            callback(answer);
            return answer.code;
          },
        )
        .then((code) => this.answered(method.path, began, code));
    };
    return answer;
  }

  private streaming(method: Method, handle: Streaming) {
    const answer: handleServerStreamingCall<Buffer, unknown> = (call) => {
      const caller = readCaller(call);
      const run = async (request: never, { subject, check }: Admitted): Promise<void> => {
        const open = this.streams.enter(subject, caller);
        const { controller } = open;
        const { signal } = controller;
        const gone = (): void => controller.abort(new DomainError('unavailable', 'the client has disconnected'));
        call.on('cancelled', gone);
        if (call.cancelled) gone();
        try {
          // Keep-alives that the client does not read are not worth buffering.
          const send = (message: object): void => void (call.writableNeedDrain || call.write(message));
          await handle(request, { caller, check, signal, send });
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

  /** A refusal is only final when confirmed by the database. */
  private async believed<T>(handle: () => Promise<T>): Promise<T> {
    return this.verifier === undefined ? handle() : this.verifier.runVerified(handle, 'everything');
  }

  private answered(path: string, began: number, code: Status): void {
    const seconds = (performance.now() - began) / 1000;
    for (const observer of this.observers) observer(path, seconds, Status[code]);
  }
}
