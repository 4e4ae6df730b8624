import { renewIfDue } from '../oidc/renewal.js';
import { basePath } from './base-path.js';
import { creates, IdempotencyKeys } from './idempotency-keys.js';
import type { paths } from './schema.js';
import { session } from './session.js';

/** A refusal of the server, with its reason. */
export class ApiError extends Error {
  constructor(
    /** 0 = the server could not be reached. */
    readonly status: number,
    message: string,
    /** In the server's log and in the audit trail. */
    readonly requestId: string | undefined = undefined,
  ) {
    super(message);
  }
}

type Method = 'get' | 'put' | 'post' | 'delete';
type PathsOf<M extends Method> = { [P in keyof paths]: paths[P][M] extends object ? P : never }[keyof paths];
type Json<T> = T extends { content: { 'application/json': infer R } } ? R : unknown;
type Result<P extends keyof paths, M extends Method> = paths[P][M] extends { responses: infer R }
  ? Json<R[keyof R & (200 | 201)]>
  : never;
type Body<P extends keyof paths, M extends Method> = paths[P][M] extends { requestBody: infer B } ? Json<B> : never;

interface Options<B> {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: B;
  readonly signal?: AbortSignal;
}

/**
 * Calls an operation of the API document; paths, bodies and results are typed by it. Throws ApiError.
 *
 *     await api('post', '/v1/machine/{id}/power/on', { path: { id }, body: {} })
 */
export function api<M extends Method, P extends PathsOf<M>>(
  method: M,
  path: P,
  options: Options<Body<P, M>> = {},
): Promise<Result<P, M>> {
  const filled = String(path).replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(options.path?.[name] ?? ''),
  );
  return call<Result<P, M>>(method, filled.slice(1), options);
}

const keys = new IdempotencyKeys();

/** Calls a route that the document leaves out because it is not part of v1; `path` is relative to the base path. */
export async function call<T>(method: Method, path: string, options: Omit<Options<unknown>, 'path'> = {}): Promise<T> {
  const query = Object.entries(options.query ?? {}).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  const suffix = query.length > 0 ? `?${new URLSearchParams(query).toString()}` : '';
  const body = options.body === undefined ? undefined : JSON.stringify(options.body);
  const request = `${method} ${path}${suffix} ${body}`;
  const key = creates(method, path) ? keys.of(request) : undefined;
  const response = await fetch(`${basePath}${path}${suffix}`, {
    method: method.toUpperCase(),
    headers: {
      ...(await authorization()),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(key !== undefined && { 'idempotency-key': key }),
    },
    body,
    signal: options.signal,
  }).catch((cause: unknown) => {
    if (options.signal?.aborted) throw cause;
    throw new ApiError(0, 'the server cannot be reached');
  });
  const text = await response.text();
  if (key !== undefined) keys.answered(request, key, response.status);
  if (response.ok) return (text === '' ? undefined : JSON.parse(text)) as T;
  throw new ApiError(response.status, messageOf(text), response.headers.get('x-request-id') ?? undefined);
}

/** The credential of a request; renews the token first if it is about to end. */
export async function authorization(): Promise<Record<string, string>> {
  await renewIfDue();
  const token = session.get()?.token;
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

/** Errors are a JSON string that contains an object (docs/reference/http.md#error-body). */
export function messageOf(text: string): string {
  try {
    const outer: unknown = JSON.parse(text);
    const inner: unknown = typeof outer === 'string' ? JSON.parse(outer) : outer;
    const { message } = inner as { message?: unknown };
    return typeof message === 'string' ? message : text;
  } catch {
    return text;
  }
}
