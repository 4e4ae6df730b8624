import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import { readRecordings, type Recorded } from '../../src/import/verify/recorded-answers.js';
import { HMAC_TYPES, signHmac } from '../../src/platform/auth/hmac.js';

/** How an answer goes wrong. */
export type Fault = 'slow' | 'unavailable' | 'broken off' | 'cut';

const SLOW_MS = 1_500;

/** A stand-in for the old server: gives its recorded answers under a base path, to requests that its admin has signed. */
export class OldServer {
  /** Requests so far, by path. */
  readonly asked = new Map<string, number>();
  /** When its answers were recorded, in milliseconds since the epoch. */
  readonly time: number;
  private readonly answers = new Map<string, Recorded[]>();
  private readonly faults: { readonly path: RegExp; readonly fault: Fault; left: number }[] = [];
  private readonly server: Server = createServer((request, response) => void this.answer(request, response));

  private constructor(
    folder: string,
    private readonly adminKey: string,
  ) {
    const recordings = readRecordings(folder).filter(({ file }) => !file.endsWith('-stale.json'));
    this.time = recordings[0]!.time;
    for (const recorded of recordings.flatMap(({ answers }) => answers)) {
      const key = `${recorded.question.method} ${recorded.question.path}`;
      this.answers.set(key, [...(this.answers.get(key) ?? []), recorded]);
    }
  }

  static async start(folder: string, adminKey: string): Promise<OldServer> {
    const old = new OldServer(folder, adminKey);
    old.server.listen(0, '127.0.0.1');
    await once(old.server, 'listening');
    return old;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as { port: number }).port}/metal`;
  }

  /** Lets the next `times` answers to paths like this go wrong. */
  spoil(path: RegExp, fault: Fault, times: number): void {
    this.faults.push({ path, fault, left: times });
  }

  /** Forgets faults and counts. */
  reset(): void {
    this.faults.length = 0;
    this.asked.clear();
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const path = request.url ?? '';
    this.asked.set(path, (this.asked.get(path) ?? 0) + 1);
    if (!this.isSigned(request)) return void response.writeHead(403).end('"forbidden"');
    const text = Buffer.concat(chunks).toString();
    const found = this.find(request.method ?? '', path.replace(/^\/metal/, ''), text ? JSON.parse(text) : undefined);
    if (!found) return void response.writeHead(501).end('"not recorded"');
    const body = JSON.stringify(found.answer.body ?? null);
    const fault = this.faults.find((one) => one.left > 0 && one.path.test(path));
    if (fault) return this.goWrong(response, body, fault);
    response.writeHead(found.answer.status, { 'Content-Type': 'application/json' }).end(body);
  }

  private goWrong(response: ServerResponse, body: string, fault: { readonly fault: Fault; left: number }): void {
    fault.left--;
    const half = body.slice(0, body.length / 2);
    const faults: Record<Fault, () => void> = {
      slow: () => void setTimeout(() => response.writeHead(200).end(body), SLOW_MS),
      unavailable: () => void response.writeHead(503).end('"overloaded"'),
      'broken off': () => {
        response.writeHead(200, { 'Content-Length': body.length });
        response.write(half, () => response.destroy());
      },
      cut: () => void response.writeHead(200).end(half),
    };
    faults[fault.fault]();
  }

  private isSigned({ headers, method = '' }: IncomingMessage): boolean {
    const [date, salt] = [String(headers['x-date']), String(headers['x-data-salt'])];
    return headers.authorization === `${HMAC_TYPES.admin} ${signHmac(this.adminKey, { date, method, salt })}`;
  }

  private find(method: string, path: string, body: unknown): Recorded | undefined {
    return this.answers
      .get(`${method} ${path}`)
      ?.find(({ question }) => isDeepStrictEqual(question.body ?? {}, body ?? {}));
  }
}
