import { connect as connectHttp2 } from 'node:http2';
import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2';
import type { status } from '@grpc/grpc-js';

/** A gRPC message as a frame. */
export function framed(message: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** A call on a connection of its own, whose message is up to the test; destroy its session in the end. */
export async function openRawCall(port: number, path = '/api.v1.EventService/Send'): Promise<ClientHttp2Stream> {
  const session: ClientHttp2Session = connectHttp2(`http://127.0.0.1:${port}`);
  session.on('error', () => {});
  await new Promise((resolve) => session.once('connect', resolve));
  const headers = {
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
  };
  const stream = session.request(headers);
  stream.on('error', () => {});
  return stream;
}

/** How a call ends; never resolves when the server only resets it. */
export function endOf(stream: ClientHttp2Stream): Promise<{ code: status; details: string }> {
  return new Promise((resolve) => {
    const told = (headers: Record<string, unknown>): void => {
      if (headers['grpc-status'] === undefined) return;
      const details = decodeURI((headers['grpc-message'] as string | undefined) ?? '');
      resolve({ code: Number(headers['grpc-status']) as status, details });
    };
    stream.on('response', told).on('trailers', told);
    stream.resume();
  });
}
