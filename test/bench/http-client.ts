import * as http from 'node:http';
import * as https from 'node:https';

/** Bytes of a response that are kept at most. */
const MAX_KEPT = 512e6;
/** Milliseconds without a byte after which a request fails. */
const SILENCE = 60_000;

/** A response with another status than the caller expects. */
export class StatusError extends Error {
  constructor(
    request: string,
    readonly status: number,
    answer = '',
  ) {
    super(`${request}: ${status} ${answer}`.trimEnd());
    this.name = 'StatusError';
  }
}

/** Sends HTTP requests over keep-alive connections. */
export class HttpClient {
  private readonly agent: http.Agent;
  private readonly request: typeof http.request;

  /** `url` has no slash at its end. `headers` are computed for each request. */
  constructor(
    readonly url: string,
    private readonly headers: (method: string) => Record<string, string> = () => ({}),
  ) {
    const { Agent, request } = url.startsWith('https:') ? https : http;
    this.agent = new Agent({ keepAlive: true });
    this.request = request;
  }

  /** Returns the body of a 2xx response; throws StatusError with the body of any other. */
  async ok(method: string, path: string, body?: object): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let length = 0;
    const status = await this.send(method, path, body, (chunk) => {
      length += chunk.length;
      if (length <= MAX_KEPT) chunks.push(chunk);
    });
    if (length > MAX_KEPT) throw new Error(`${method} ${path}: ${length} bytes, more than ${MAX_KEPT}`);
    const answer = Buffer.concat(chunks);
    if (status >= 200 && status < 300) return answer;
    throw new StatusError(`${method} ${path}`, status, answer.toString('utf8', 0, 300));
  }

  /** Returns the status of any response; the body is sent unchanged. */
  status(method: string, path: string, content: string | undefined): Promise<number> {
    return this.exchange(method, path, content, () => undefined);
  }

  /** Reads a 200 response without keeping it; returns its length in bytes. Throws StatusError for any other. */
  async drain(method: string, path: string, body?: object): Promise<number> {
    let length = 0;
    const status = await this.send(method, path, body, (chunk) => (length += chunk.length));
    if (status === 200) return length;
    throw new StatusError(`${method} ${path}`, status);
  }

  /** Resolves to the status when the response is complete. */
  private send(method: string, path: string, body: object | undefined, read: (chunk: Buffer) => void): Promise<number> {
    return this.exchange(method, path, body === undefined ? undefined : JSON.stringify(body), read);
  }

  private exchange(
    method: string,
    path: string,
    content: string | undefined,
    read: (chunk: Buffer) => void,
  ): Promise<number> {
    const headers = {
      ...this.headers(method),
      ...(content === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(content) }),
    };
    return new Promise((resolve, reject) => {
      const options = { method, headers, agent: this.agent, timeout: SILENCE };
      const sent = this.request(this.url + path, options, (response) => {
        response.on('data', read);
        response.on('end', () => resolve(response.statusCode ?? 0));
        response.on('error', reject);
      });
      sent.on('timeout', () => sent.destroy(new Error(`${method} ${path}: no answer within ${SILENCE / 1000} s`)));
      sent.on('error', reject);
      sent.end(content);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
