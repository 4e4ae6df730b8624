import { HMAC_TYPES, hmacHeaders } from '../../platform/auth/hmac.js';
import type { Role } from '../../platform/auth/role.js';

/** How a caller proves who they are. */
export type Credential =
  | { readonly kind: 'hmac'; readonly role: Role; readonly key: string }
  | { readonly kind: 'token'; readonly token: string };

/** An answer of the API. */
export interface ApiAnswer {
  readonly status: number;
  readonly text: string;
  /** The server's clock in milliseconds since the epoch, to the second; undefined if it does not say. */
  readonly date: number | undefined;
  /** When the request was sent and answered, by the own clock. */
  readonly sent: number;
  readonly answered: number;
}

/** Longer answers are cut off, in bytes: the address may lead to any server. */
const MAX_ANSWER = 16 * 1024 * 1024;

/** Reads from an API that may be broken, or not be this API at all. */
export class ApiClient {
  constructor(
    /** With the base path and a slash at the end. */
    readonly url: URL,
    private readonly credential: Credential | undefined,
  ) {}

  /** Throws what `fetch` throws if there is no answer. */
  async get(path: string, signal: AbortSignal): Promise<ApiAnswer> {
    const sent = Date.now();
    const headers = { Accept: 'application/json', ...this.authorization() };
    const response = await fetch(new URL(path, this.url), { headers, signal, redirect: 'manual' });
    const answered = Date.now();
    const date = Date.parse(response.headers.get('date') ?? '');
    const text = await textOf(response);
    return { status: response.status, text, date: Number.isNaN(date) ? undefined : date, sent, answered };
  }

  /** The JSON of an answer with status 200. Throws an Error with the status otherwise. */
  async json<T>(path: string, signal: AbortSignal): Promise<T> {
    const { status, text } = await this.get(path, signal);
    if (status !== 200) throw new RefusedError(status, text);
    return JSON.parse(text) as T;
  }

  private authorization(): Record<string, string> {
    const { credential } = this;
    if (credential === undefined) return {};
    if (credential.kind === 'token') return { Authorization: `Bearer ${credential.token}` };
    return hmacHeaders(HMAC_TYPES[credential.role], credential.key, 'GET');
  }
}

/** The API answered with an error. */
export class RefusedError extends Error {
  constructor(
    readonly status: number,
    text: string,
  ) {
    super(`the server answers with ${status}: ${text.slice(0, 200)}`);
    this.name = 'RefusedError';
  }
}

async function textOf(response: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of response.body ?? []) {
    pieces.push(piece as Uint8Array);
    size += (piece as Uint8Array).length;
    if (size > MAX_ANSWER) break;
  }
  return Buffer.concat(pieces).toString('utf8');
}
