import { connect } from 'node:net';

/** What the process gets as its first message; it is stopped by the second. */
export interface ListLoad {
  readonly url: string;
  readonly authorization: string;
  readonly paths: readonly string[];
  /** Number of callers; each requests one path after the other. */
  readonly callers: number;
}

/** What it answers first with the first list, then when it has stopped. */
export interface ListsRead {
  readonly lists: number;
  readonly error: string | undefined;
}

let [stopped, lists] = [false, 0];

/**
 * Reads lists on one connection until it is stopped, into one buffer and without looking at them: on a computer with two
 * cores, a full client would take its share from the clients that are measured.
 */
function caller({ url, authorization, paths }: ListLoad, number: number): Promise<void> {
  const { hostname, port } = new URL(url);
  /** Bytes of the body that are still to come; undefined while the head is. */
  let awaited: number | undefined;
  return new Promise((resolve, reject) => {
    const request = (): void => {
      if (stopped) return void socket.end();
      const path = paths[number++ % paths.length]!;
      socket.write(`GET ${path} HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: ${authorization}\r\n\r\n`);
    };
    const read = (length: number, buffer: Uint8Array): boolean => {
      let body = length;
      if (awaited === undefined) {
        const text = Buffer.from(buffer.buffer, buffer.byteOffset, length).toString('latin1');
        const [, size] = /^HTTP\/1\.1 200 [^]*?\r\ncontent-length: (\d+)\r\n/i.exec(text) ?? [];
        if (size === undefined) {
          socket.destroy(new Error(text.slice(0, text.indexOf('\r\n'))));
          return false;
        }
        awaited = Number(size);
        body -= text.indexOf('\r\n\r\n') + 4;
      }
      awaited -= body;
      if (awaited > 0) return true;
      awaited = undefined;
      if (++lists === 1) process.send?.({ lists, error: undefined } satisfies ListsRead);
      request();
      return true;
    };
    const socket = connect({
      host: hostname,
      port: Number(port),
      onread: { buffer: Buffer.alloc(256 * 1024), callback: read },
    });
    socket.once('connect', request).once('error', reject).once('close', resolve);
  });
}

async function run(load: ListLoad): Promise<void> {
  process.once('message', () => (stopped = true));
  const error = await Promise.all(Array.from({ length: load.callers }, (_, number) => caller(load, number))).then(
    () => undefined,
    ({ message }: Error) => message,
  );
  process.send?.({ lists, error } satisfies ListsRead, () => process.exit());
}

process.once('message', (load: ListLoad) => void run(load));
