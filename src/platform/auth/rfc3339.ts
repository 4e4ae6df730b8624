const FORM = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,]\d+)?(?:Z|([+-])(\d\d):(\d\d))$/;

/**
 * Parses an RFC 3339 date-time to milliseconds since the epoch, truncated to seconds; undefined if invalid. As strict
 * as Go's parser, whose reading of `X-Date` clients sign: no February 30, no second 60, no lower-case `t` or `z`.
 */
export function parseSecond(text: string): number | undefined {
  const match = FORM.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const local = new Date(0);
  local.setUTCFullYear(year, month - 1, day);
  if (local.getUTCMonth() !== month - 1 || local.getUTCDate() !== day) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  local.setUTCHours(hour, minute, second);
  const [sign, offsetHour, offsetMinute] = [match[7], Number(match[8] ?? 0), Number(match[9] ?? 0)];
  if (offsetHour > 23 || offsetMinute > 59) return undefined;
  return local.getTime() - (sign === '-' ? -1 : 1) * (offsetHour * 60 + offsetMinute) * 60_000;
}

/** `2026-01-02T03:04:05Z`: the signed form of a date-time. */
export const formatSecond = (milliseconds: number): string =>
  `${new Date(milliseconds).toISOString().slice(0, -'.000Z'.length)}Z`;
