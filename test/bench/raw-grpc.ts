import { connect } from 'node:net';
import type { Socket } from 'node:net';

/** Types and flags of HTTP/2 frames (RFC 9113 §6). */
const [DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE] = [0, 1, 3, 4, 6, 7, 8] as const;
const [END_STREAM, ACK, END_HEADERS] = [1, 1, 4] as const;

/** Length of a frame's header, and of what precedes a message of gRPC, in bytes. */
const [FRAME, PREFIX] = [9, 5];

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

/** Indexes of names in the static table of HPACK (RFC 7541 appendix A). */
const [AUTHORITY, PATH, CONTENT_TYPE] = [1, 4, 31] as const;

/** `:method: POST` and `:scheme: http`, which the static table has with their values. */
const POST_HTTP = Buffer.from([0x83, 0x86]);

/** The largest window of a connection that servers start with, in bytes. */
const [FIRST_WINDOW, LARGEST_WINDOW] = [65_535, 0x7fff_ffff];

interface Call {
  readonly resolve: (message: Buffer) => void;
  readonly reject: (error: Error) => void;
  message?: Buffer;
}

/**
 * Unary calls of one gRPC method over one connection without TLS, with messages that are encoded already. The library takes more
 * CPU time for a call than the server that is measured. Requests must fit into the windows of the server.
 */
export class RawGrpc {
  private readonly socket: Socket;
  private readonly headers: Buffer;
  private readonly calls = new Map<number, Call>();
  private nextStream = 1;
  private unread: Buffer = Buffer.alloc(0);
  private unsent: Buffer[] = [];

  /** `address` is host and port, `path` that of the method, `from` the local address. */
  constructor(address: string, path: string, from: string | undefined) {
    const { hostname: host, port } = new URL(`http://${address}`);
    this.headers = Buffer.concat([
      POST_HTTP,
      header(PATH, path),
      header(AUTHORITY, address),
      header(CONTENT_TYPE, 'application/grpc'),
      header('te', 'trailers'),
    ]);
    this.socket = connect({
      host,
      port: Number(port),
      ...(from !== undefined && { localAddress: from }),
      noDelay: true,
    });
    this.socket.on('data', (bytes) => this.read(bytes));
    this.socket.on('close', () => this.fail(new Error('the connection was closed')));
    this.socket.on('error', (error) => this.fail(error));
    const window = Buffer.alloc(4);
    window.writeUInt32BE(LARGEST_WINDOW - FIRST_WINDOW);
    this.socket.write(Buffer.concat([Buffer.from(PREFACE), frame(SETTINGS, 0, 0), frame(WINDOW_UPDATE, 0, 0, window)]));
  }

  /** Resolves with the encoded response; rejects if the call fails, without telling why. */
  call(message: Buffer): Promise<Buffer> {
    const stream = this.nextStream;
    this.nextStream += 2;
    const prefix = Buffer.alloc(PREFIX);
    prefix.writeUInt32BE(message.length, 1);
    this.send(frame(HEADERS, END_HEADERS, stream, this.headers), frame(DATA, END_STREAM, stream, prefix, message));
    return new Promise((resolve, reject) => this.calls.set(stream, { resolve, reject }));
  }

  close(): void {
    this.socket.destroy();
  }

  /** Writes once per round of the event loop. */
  private send(...frames: readonly Buffer[]): void {
    if (this.unsent.length === 0) {
      setImmediate(() => this.socket.write(Buffer.concat(this.unsent.splice(0))));
    }
    this.unsent.push(...frames);
  }

  private read(bytes: Buffer): void {
    const all = this.unread.length === 0 ? bytes : Buffer.concat([this.unread, bytes]);
    let at = 0;
    while (all.length - at >= FRAME) {
      const end = at + FRAME + all.readUIntBE(at, 3);
      if (all.length < end) break;
      const [type, flags, stream] = [all[at + 3]!, all[at + 4]!, all.readUInt32BE(at + 5)];
      this.receive(type, flags, stream, all.subarray(at + FRAME, end));
      at = end;
    }
    this.unread = all.subarray(at);
  }

  private receive(type: number, flags: number, stream: number, payload: Buffer): void {
    if (type === SETTINGS && (flags & ACK) === 0) return this.send(frame(SETTINGS, ACK, 0));
    if (type === PING && (flags & ACK) === 0) return this.send(frame(PING, ACK, 0, payload));
    if (type === GOAWAY) return this.fail(new Error('the server ends the connection'));
    const call = this.calls.get(stream);
    if (!call) return;
    if (type === DATA) call.message = Buffer.from(payload.subarray(PREFIX));
    const isEnd = type === RST_STREAM || ((type === HEADERS || type === DATA) && (flags & END_STREAM) !== 0);
    if (!isEnd) return;
    this.calls.delete(stream);
    if (call.message) call.resolve(call.message);
    else call.reject(new Error('a call failed'));
  }

  private fail(error: Error): void {
    for (const { reject } of this.calls.values()) reject(error);
    this.calls.clear();
  }
}

function frame(type: number, flags: number, stream: number, ...payload: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(FRAME);
  head.writeUIntBE(
    payload.reduce((sum, { length }) => sum + length, 0),
    0,
    3,
  );
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, ...payload]);
}

/** A header field without indexing and Huffman code, by the index of its name or by its name (RFC 7541 §6.2.2). */
function header(name: number | string, value: string): Buffer {
  const named =
    typeof name === 'string'
      ? Buffer.from(`\0${String.fromCharCode(name.length)}${name}`)
      : Buffer.from(name < 15 ? [name] : [15, name - 15]);
  return Buffer.concat([named, Buffer.from([value.length]), Buffer.from(value)]);
}
