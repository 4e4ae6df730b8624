import { connect as connectHttp2 } from 'node:http2';
import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2';
import type { status } from '@grpc/grpc-js';

/** Frames a gRPC message. */
export function framed(message: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** A call on a separate connection; the test sends the message and must destroy the session at the end. */
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

/** Resolves to the status of a call; never resolves if the server only resets the stream. */
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
