/** What conditions of a request are compared with. */
export interface Representation {
  /** Strong, in quotes. */
  readonly etag: string;
  /** Milliseconds. */
  readonly modified: number;
  /** Bytes. */
  readonly size: number;
}

/** Headers of a request that decide about its answer. */
export type ConditionHeaders = Readonly<
  Partial<
    Record<
      'if-match' | 'if-none-match' | 'if-modified-since' | 'if-unmodified-since' | 'if-range' | 'range',
      string | undefined
    >
  >
>;

/** The status of the answer, and for 200 and 206 the bytes from `start` up to, without, `end`. */
export type Outcome =
  { readonly status: 200 | 206; readonly start: number; readonly end: number } | { readonly status: 304 | 412 | 416 };

/**
 * Evaluates conditions and range of a GET or HEAD request (RFC 9110, sections 13.2.2 and 14.2). Several ranges at a time
 * get the whole file, which is allowed and which no installer asks for.
 */
export function evaluate(headers: ConditionHeaders, file: Representation): Outcome {
  const status = precondition(headers, file);
  if (status !== undefined) return { status };
  const whole = { status: 200, start: 0, end: file.size } as const;
  if (headers.range === undefined || !rangeApplies(headers['if-range'], file)) return whole;
  return rangeOf(headers.range, file.size) ?? whole;
}

function precondition(headers: ConditionHeaders, file: Representation): 304 | 412 | undefined {
  const { 'if-match': match, 'if-none-match': noneMatch } = headers;
  if (match !== undefined) {
    if (!lists(match, file.etag, false)) return 412;
  } else if (seconds(file.modified) > time(headers['if-unmodified-since'], Infinity)) return 412;
  if (noneMatch !== undefined) return lists(noneMatch, file.etag, true) ? 304 : undefined;
  return seconds(file.modified) <= time(headers['if-modified-since'], -Infinity) ? 304 : undefined;
}

/** An `If-Range` of another version makes the answer whole. */
function rangeApplies(condition: string | undefined, file: Representation): boolean {
  if (condition === undefined || condition === file.etag) return true;
  return !condition.includes('"') && time(condition, NaN) === seconds(file.modified);
}

/** Undefined for a header that is not a single range of bytes, which is ignored. */
function rangeOf(header: string, size: number): Outcome | undefined {
  const match = /^bytes=\s*(\d{0,15})-(\d{0,15})\s*$/.exec(header);
  if (match === null || (match[1] === '' && match[2] === '')) return undefined;
  const [, first = '', last = ''] = match;
  if (first === '') {
    const length = Math.min(Number(last), size);
    return length === 0 ? { status: 416 } : { status: 206, start: size - length, end: size };
  }
  const start = Number(first);
  const end = last === '' ? size : Math.min(Number(last) + 1, size);
  if (last !== '' && Number(last) < start) return undefined;
  return start >= size ? { status: 416 } : { status: 206, start, end };
}

/** Whether a list of entity tags has this one; weak ones count for caches, not for ranges and `If-Match`. */
function lists(header: string, etag: string, weakly: boolean): boolean {
  if (header.trim() === '*') return true;
  return header.split(',').some((tag) => (weakly ? tag.trim().replace(/^W\//, '') : tag.trim()) === etag);
}

/** HTTP dates have seconds. */
const seconds = (milliseconds: number): number => Math.floor(milliseconds / 1000);

/** Seconds of an HTTP date; a date that cannot be read counts as absent. */
function time(date: string | undefined, otherwise: number): number {
  const milliseconds = Date.parse(date ?? '');
  return Number.isFinite(milliseconds) ? seconds(milliseconds) : otherwise;
}
