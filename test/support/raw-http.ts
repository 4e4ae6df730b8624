import { connect } from 'node:net';
import type { Role } from '../../src/platform/auth/role.js';
import { hmacHeaders } from './hmac.js';

/** Sends bytes that no HTTP client would send, and returns the complete response. */
export function rawHttp(url: string, bytes: string | Buffer): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    socket.setTimeout(5_000, () => socket.destroy(new Error('no response')));
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('close', () => resolve(Buffer.concat(chunks).toString()));
  });
}

/** The header lines of a new signature, each with its line end. */
export const signed = (role: Role, method: string): string =>
  Object.entries(hmacHeaders(role, method))
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
