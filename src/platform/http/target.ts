import { pathOfAbsolute } from './origins.js';

/**
 * The path and query of a request target. Proxies may send the target in absolute form (RFC 9112 §3.2.2).
 *
 * Clients join base path and path with two slashes, and an escaped slash separates segments in Go's router; a NUL can
 * be part of no id. Two slashes behind the name of a service are an empty id: they stay, no route has one, and the segment
 * behind it must not become one (reference/50 §5.2: `DELETE /v1/machine//free`). The query stays as it is.
 */
export function tidyTarget(target: string): string {
  const url = target.startsWith('/') ? target : (pathOfAbsolute(target) ?? target);
  const end = url.indexOf('?');
  const path = end < 0 ? url : url.slice(0, end);
  if (!UNTIDY.test(path)) return url;
  const text = path.replace(/%2f/gi, '/').replace(/%00/g, '%EF%BF%BD');
  const joined = SERVICE.exec(text)?.[0] ?? text;
  const tidy = joined.replace(/\/{2,}/g, '/') + text.slice(joined.length);
  return end < 0 ? tidy : tidy + url.slice(end);
}

/** All up to the name of a service. */
const SERVICE = /^.*?\/v1\/+[^/]+/;

const UNTIDY = /\/\/|%2f|%00/i;
