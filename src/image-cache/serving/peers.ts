import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { request as requestTls } from 'node:https';
import { after } from '../../shared/concurrency/timers.js';
import { PEER_HEADER } from '../sync/downloader.js';

/** Milliseconds that a peer has for an answer, and for which one that had none is not asked. */
const PATIENCE_MS = 2_000;
const REST_MS = 10_000;
/** Questions at a time, so that many misses do not become many connections. */
const MAX_ASKED = 64;

/** The same cache on other hosts, asked on a miss. */
export class Peers {
  private readonly resting = new Map<string, number>();
  private asked = 0;

  constructor(
    private readonly urls: readonly string[],
    private readonly now: () => number = Date.now,
  ) {}

  /**
   * The answer of the first peer that has the file (200, 206, 304, 412 or 416), its body not read yet; undefined when none has it.
   * `path` is that of the file, encoded and without leading slash; `headers` are those that decide about the answer.
   */
  async ask(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
  ): Promise<IncomingMessage | undefined> {
    if (this.asked >= MAX_ASKED) return undefined;
    this.asked++;
    try {
      for (const url of this.urls) {
        if ((this.resting.get(url) ?? 0) > this.now()) continue;
        const answer = await this.askOne(new URL(path, url), method, headers).catch(() => undefined);
        if (answer === undefined) this.resting.set(url, this.now() + REST_MS);
        else if ([200, 206, 304, 412, 416].includes(answer.statusCode ?? 0)) return answer;
        else answer.destroy();
      }
      return undefined;
    } finally {
      this.asked--;
    }
  }

  private askOne(url: URL, method: string, headers: Readonly<Record<string, string>>): Promise<IncomingMessage> {
    const send = url.protocol === 'https:' ? requestTls : request;
    return new Promise((resolve, reject) => {
      const asking = send(url, { method, agent: false, headers: { ...headers, [PEER_HEADER]: '1' } }, (answer) => {
        cancel();
        asking.setTimeout(PATIENCE_MS * 10, () => asking.destroy());
        resolve(answer);
      });
      const cancel = after(PATIENCE_MS, () => asking.destroy(new Error('no answer')), { keepsAlive: true });
      asking.once('error', (error) => (cancel(), reject(error)));
      asking.end();
    });
  }
}
