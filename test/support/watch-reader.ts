import { hmacHeaders } from './hmac.js';
import type { Role } from '../../src/platform/auth/role.js';

/** An event of a watch as it came over the wire. */
export interface WatchEvent {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: { readonly kind?: string; readonly id?: string; readonly object?: unknown; readonly reason?: string };
}

/** Reads a watch and keeps everything: each event, and the objects that follow from them. */
export class WatchReader {
  readonly events: WatchEvent[] = [];
  readonly comments: string[] = [];
  objects = new Map<string, unknown>();
  cursor: string | undefined;
  ended = false;
  private readonly abort = new AbortController();

  private constructor(
    readonly status: number,
    readonly headers: Headers,
    readonly body: string,
  ) {}

  /** Starts to read `path` (without base path); resolves with the headers of the response, or the whole refusal. */
  static async open(
    url: string,
    path: string,
    credential: Role | Record<string, string> = 'viewer',
  ): Promise<WatchReader> {
    const own = typeof credential === 'string' ? hmacHeaders(credential, 'GET') : credential;
    const abort = new AbortController();
    const response = await fetch(`${url}${path}`, {
      headers: { accept: 'text/event-stream', ...own },
      signal: abort.signal,
    });
    const isWatch = response.status === 200;
    const reader = new WatchReader(response.status, response.headers, isWatch ? '' : await response.text());
    abort.signal.addEventListener('abort', () => (reader.ended = true));
    reader.abort.signal.addEventListener('abort', () => abort.abort());
    if (isWatch) void reader.consume(response.body!);
    return reader;
  }

  close(): void {
    this.abort.abort();
  }

  /** Names of the events so far, with kinds and ids of objects. */
  get story(): string[] {
    return this.events.map(({ event, data }) => (data.kind ? `${event} ${data.kind}/${data.id}` : event));
  }

  /** Whether the state was complete since the last reset. */
  get isComplete(): boolean {
    const names = this.events.map(({ event }) => event);
    return names.lastIndexOf('bookmark') > names.lastIndexOf('reset');
  }

  private async consume(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let rest = '';
    try {
      for await (const chunk of stream as unknown as AsyncIterable<Uint8Array>) {
        const blocks = (rest + decoder.decode(chunk, { stream: true })).split('\n\n');
        rest = blocks.pop()!;
        for (const block of blocks) this.take(block);
      }
    } catch {
      // The connection was cut.
    }
    this.ended = true;
  }

  private take(block: string): void {
    const fields = new Map(block.split('\n').map((line) => line.split(/: (.*)/s, 2) as [string, string]));
    if (fields.has('')) return void this.comments.push(fields.get('')!);
    const event = fields.get('event')!;
    const data = JSON.parse(fields.get('data')!) as WatchEvent['data'];
    this.events.push({ event, id: fields.get('id'), data });
    this.cursor = fields.get('id') ?? this.cursor;
    const name = `${data.kind}/${data.id}`;
    if (event === 'reset') this.objects.clear();
    else if (event === 'put') this.objects.set(name, data.object);
    else if (event === 'removed') this.objects.delete(name);
  }
}
