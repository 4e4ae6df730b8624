import { Agent, request } from 'node:http';
import { hmacHeaders } from './hmac.js';

/** A request in wire form; the path is relative to the root of the server. */
export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly contentType: string;
  readonly body: string | undefined;
}

export interface Judged {
  readonly status: number;
  readonly text: string;
  /** Problems of the response; empty if there are none. */
  readonly complaint: string;
}

/** Sends a request as admin. The status must be below 500, and a refusal a JSON string with status and message. */
export async function judged(url: string, sent: WireRequest): Promise<Judged> {
  const answer = await exchange(url, sent);
  return { ...answer, complaint: complaintAbout(answer.status, answer.text) };
}

const agent = new Agent({ keepAlive: true });

/** Sends a request. Unlike `fetch`, supports a body on GET. */
function exchange(url: string, { method, path, contentType, body = '' }: WireRequest) {
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const headers = { 'content-type': contentType, ...hmacHeaders('admin', method) };
    const sent = request(url + path, { method, headers, agent }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
    });
    sent.on('error', reject);
    sent.setHeader('content-length', Buffer.byteLength(body));
    sent.end(body);
  });
}

function complaintAbout(status: number, text: string): string {
  if (status < 400) return '';
  const refusal = inner(text);
  const isWellFormed = refusal?.statuscode === status && typeof refusal.message === 'string' && refusal.message !== '';
  return status < 500 && isWellFormed ? '' : `${status} ${text}`;
}

/** Parses the object in the JSON string; undefined for anything else. */
function inner(text: string): { statuscode?: unknown; message?: unknown } | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'string' ? (JSON.parse(body) as object) : undefined;
  } catch {
    return undefined;
  }
}
