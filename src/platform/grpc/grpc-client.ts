import { Client, credentials } from '@grpc/grpc-js';
import type { MethodDefinition } from '@grpc/grpc-js';
import type { TlsFiles } from '../../config/tls-files.js';
import { serviceContract } from './contract.js';

export interface GrpcClientSettings {
  /** Host and port. */
  readonly address: string;
  /** If absent, the connection is not encrypted. */
  readonly tls?: TlsFiles | undefined;
}

/** Client for one gRPC service of this repository's contracts; for simulators and tests. Errors have gRPC's `code`. */
export class GrpcClient {
  private readonly client: Client;
  private readonly methods: Readonly<Record<string, MethodDefinition<object, object>>>;

  constructor({ address, tls }: GrpcClientSettings, file: string, service: string) {
    this.methods = serviceContract(file, service);
    const secure = tls ? credentials.createSsl(tls.ca, tls.key, tls.cert) : credentials.createInsecure();
    // Same as installers (docs/reference/grpc.md#listener-and-tls).
    const options = { 'grpc.keepalive_time_ms': 10_000, 'grpc.keepalive_timeout_ms': 1_000 };
    this.client = new Client(address, secure, options);
  }

  /** `deadline` is in milliseconds. */
  call<Response extends object>(name: string, request: object, deadline = 10_000): Promise<Response> {
    const { path, requestSerialize, responseDeserialize } = this.method(name);
    const options = { deadline: Date.now() + deadline };
    return new Promise((resolve, reject) => {
      this.client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, options, (error, response) =>
        error ? reject(error) : resolve(response as Response),
      );
    });
  }

  /** Resolves when the stream ends with OK; calls `onMessage` for each message. Aborting cancels the call. */
  stream(name: string, request: object, onMessage: () => void = () => {}, signal?: AbortSignal): Promise<void> {
    const { path, requestSerialize, responseDeserialize } = this.method(name);
    const call = this.client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, request);
    signal?.addEventListener('abort', () => call.cancel(), { once: true });
    return new Promise((resolve, reject) => {
      call.on('data', onMessage);
      call.on('error', reject);
      call.on('end', resolve);
    });
  }

  close(): void {
    this.client.close();
  }

  private method(name: string): MethodDefinition<object, object> {
    const method = this.methods[name];
    if (!method) throw new Error(`the service has no method ${name}`);
    return method;
  }
}
