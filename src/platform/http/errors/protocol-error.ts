/**
 * A request that is refused at the HTTP level, before any use case runs: unknown path, wrong method, wrong media type.
 */
export class ProtocolError extends Error {
  constructor(
    readonly status: number,
    message: string,
    /** Time after which the request may be retried, in seconds. */
    readonly retryAfter?: number,
  ) {
    super(message);
    this.name = 'ProtocolError';
  }
}

/**
 * The messages of the router's refusals, which clients of the v1 API know (docs/reference/http.md#content-negotiation).
 */
export const pageNotFound = (): ProtocolError => new ProtocolError(404, '404: Page Not Found');
export const methodNotAllowed = (): ProtocolError => new ProtocolError(405, '405: Method Not Allowed');
export const notAcceptable = (available: readonly string[]): ProtocolError =>
  new ProtocolError(406, `406: Not Acceptable\n\nAvailable representations: ${available.join(', ')}`);
export const unsupportedMediaType = (): ProtocolError => new ProtocolError(415, '415: Unsupported Media Type');
export const bodyTooLarge = (limit: number): ProtocolError =>
  new ProtocolError(413, `413: Request Entity Too Large\n\nthe body exceeds the limit of ${limit} bytes`);
export const requestTimeout = (what: string): ProtocolError =>
  new ProtocolError(408, `408: Request Timeout\n\n${what}`);
