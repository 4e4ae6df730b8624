import { pathOfAbsolute } from './origins.js';

/**
 * The path and query of a request target. Proxies may send the target in absolute form (RFC 9112 §3.2.2).
 *
 * Clients join base path and path with two slashes, and an escaped slash separates segments in Go's router; no ID can
 * contain a NUL. Two slashes after the name of a service are an empty ID: they are kept and match no route, because the
 * next segment must not be taken for the ID (docs/reference/gardener.md#machine-controller-manager-of-january-2021:
 * `DELETE /v1/machine//free`). The query is not changed.
 */
export function normalizeTarget(target: string): string {
  const url = target.startsWith('/') ? target : (pathOfAbsolute(target) ?? target);
  const end = url.indexOf('?');
  const path = end < 0 ? url : url.slice(0, end);
  if (!UNTIDY.test(path)) return url;
  const text = path.replace(/%2f/gi, '/').replace(/%00/g, '%EF%BF%BD');
  const joined = SERVICE.exec(text)?.[0] ?? text;
  const tidy = joined.replace(/\/{2,}/g, '/') + text.slice(joined.length);
  return end < 0 ? tidy : tidy + url.slice(end);
}

/** Everything up to the name of a service. */
const SERVICE = /^.*?\/v1\/+[^/]+/;

const UNTIDY = /\/\/|%2f|%00/i;
