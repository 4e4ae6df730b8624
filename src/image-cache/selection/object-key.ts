/** Longest path and longest part of one, in bytes: what S3 and file systems allow. */
const MAX_KEY = 1024;
const MAX_SEGMENT = 200;

/** What a part of a path must not have: NUL and other control characters, and what a file system reads as a separator. */
// eslint-disable-next-line no-control-regex
const UNUSABLE = /[\u0000-\u001f\u007f\\/]/;

/** The suffix of checksum files. */
export const CHECKSUM_SUFFIX = '.md5';

/**
 * The path of a URL without its leading slash, decoded: the key of an object in the store and the path of the file below
 * the folder of its cache. The host does not count. Undefined when the URL cannot be parsed, has no path, names a
 * checksum file, or has a path that does not lead to a file below a folder (`..`, empty parts, control characters).
 */
export function keyOfUrl(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, pathname } = new URL(url);
  return protocol === 'http:' || protocol === 'https:' ? keyOfPath(pathname) : undefined;
}

/** The same for the path of a request, which may name a checksum file. */
export function keyOfPath(path: string, allowChecksum = false): string | undefined {
  const segments = decoded(path)?.replace(/^\//, '').split('/');
  if (segments === undefined || !segments.every(isUsable)) return undefined;
  const key = segments.join('/');
  if (Buffer.byteLength(key) > MAX_KEY) return undefined;
  return key.endsWith(CHECKSUM_SUFFIX) && !allowChecksum ? undefined : key;
}

const isUsable = (segment: string): boolean =>
  segment !== '' &&
  segment !== '.' &&
  segment !== '..' &&
  !UNUSABLE.test(segment) &&
  Buffer.byteLength(segment) <= MAX_SEGMENT;

/** An encoded slash stays encoded: it is part of a name, which no file can have. */
function decoded(path: string): string | undefined {
  try {
    return /%2f/i.test(path) ? undefined : decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

/** The path of a URL for a key. */
export const pathOfKey = (key: string): string => key.split('/').map(encodeURIComponent).join('/');
