import { Agent, request } from 'node:http';
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { after } from '../../shared/concurrency/timers.js';
import { BmcError } from '../bmc/bmc-driver.js';
import { parseBoundedObject } from './bounded-json.js';
import type { RedfishObject } from './bounded-json.js';
import { labelOf } from './certificate-trust.js';
import type { CertificateTrust, BmcEndpoint } from './certificate-trust.js';

/** Maximum size of a response in bytes. Real resources have a few hundred KiB at most. */
const MAX_BYTES = 2 * 1024 * 1024;
const MAX_HEADER_BYTES = 16 * 1024;

export interface HttpsRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Path with query, on this BMC. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: RedfishObject | undefined;
}

export interface HttpsResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Undefined if the response has no body that is a JSON object. */
  readonly body: RedfishObject | undefined;
}

/**
 * One keep-alive connection to a BMC, over which requests are sent one at a time. Responses are bounded in bytes,
 * nesting and time; redirects are not followed.
 */
export class HttpsConnection {
  private readonly agent: Agent;

  constructor(
    private readonly endpoint: BmcEndpoint,
    trust: CertificateTrust,
    private readonly timeoutMs: number,
  ) {
    this.agent = new TrustedAgent(trust, endpoint, timeoutMs);
  }

  get label(): string {
    return labelOf(this.endpoint);
  }

  /**
   * Resolves to the response, whatever its status. A reading request on a connection that the BMC has closed meanwhile is
   * sent again. Rejects with BmcError.
   */
  async send(message: HttpsRequest): Promise<HttpsResponse> {
    try {
      return await this.exchange(message);
    } catch (error) {
      if (!(error instanceof StaleConnection) || message.method === 'PATCH' || message.method === 'POST') throw error;
      return this.exchange(message);
    }
  }

  private exchange({ method, path, headers = {}, body }: HttpsRequest): Promise<HttpsResponse> {
    const content = body === undefined ? undefined : JSON.stringify(body);
    const { host, port } = this.endpoint;
    return new Promise((resolve, reject) => {
      const outgoing: ClientRequest = request(
        {
          host,
          port,
          method,
          path,
          agent: this.agent,
          maxHeaderSize: MAX_HEADER_BYTES,
          headers: {
            Host: this.label,
            Accept: 'application/json',
            'Accept-Encoding': 'identity',
            'OData-Version': '4.0',
            ...(content !== undefined && {
              'Content-Type': 'application/json',
              'Content-Length': String(Buffer.byteLength(content)),
            }),
            ...headers,
          },
        },
        (response) => {
          void this.read(response)
            .then(resolve, fail)
            .finally(() => cancel());
        },
      );
      let isLate = false;
      const onLate = (): void => {
        isLate = true;
        outgoing.destroy(this.late());
      };
      const cancel = after(this.timeoutMs, onLate, { keepsAlive: true });
      const fail = (error: Error): void => {
        cancel();
        const isStale = outgoing.reusedSocket && (error as NodeJS.ErrnoException).code === 'ECONNRESET';
        reject(isLate ? this.late() : isStale ? new StaleConnection(this.label) : this.failure(error));
      };
      outgoing.on('error', fail);
      outgoing.end(content);
    });
  }

  close(): void {
    this.agent.destroy();
  }

  private async read(response: IncomingMessage): Promise<HttpsResponse> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    try {
      for await (const chunk of response as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        if (bytes > MAX_BYTES) throw new BmcError('refused', `BMC ${this.label} sent more than ${MAX_BYTES} bytes`);
        chunks.push(chunk);
      }
    } catch (error) {
      response.destroy();
      throw error;
    }
    const body = parseBoundedObject(Buffer.concat(chunks).toString('utf8'));
    return { status: response.statusCode ?? 0, headers: response.headers, body };
  }

  private failure(error: Error): BmcError {
    if (error instanceof BmcError) return error;
    const { code } = error as NodeJS.ErrnoException;
    return new BmcError('unreachable', `the connection to BMC ${this.label} failed: ${code ?? 'unknown error'}`);
  }

  private late(): BmcError {
    return new BmcError('timeout', `BMC ${this.label} did not answer within ${this.timeoutMs} ms`);
  }
}

/** The BMC has closed the idle connection when the request was sent. */
class StaleConnection extends BmcError {
  constructor(label: string) {
    super('unreachable', `BMC ${label} has closed the connection`);
  }
}

/** Hands a socket to the HTTP client only after its certificate has been accepted. */
class TrustedAgent extends Agent {
  constructor(
    private readonly trust: CertificateTrust,
    private readonly endpoint: BmcEndpoint,
    private readonly timeoutMs: number,
  ) {
    super({ keepAlive: true, maxSockets: 1 });
  }

  override createConnection(
    _options: unknown,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined {
    this.trust.connect(this.endpoint, this.timeoutMs).then(
      (socket) => callback?.(null, socket),
      (error: Error) => callback?.(error, undefined as unknown as Duplex),
    );
    return undefined;
  }
}
