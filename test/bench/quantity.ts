/** `/s` and `bytes/s` are better when larger, all others when smaller. */
export type Unit = '/s' | 'bytes/s' | 'bytes' | 'ms' | 'µs' | '%';

/** A measured number. */
export interface Quantity {
  readonly value: number;
  readonly unit: Unit;
  /** What is counted or was measured, such as `pairs`. */
  readonly of?: string;
}

const quantity =
  (unit: Unit) =>
  (value: number, of?: string): Quantity => ({ value, unit, ...(of !== undefined && { of }) });

export const perSecond = quantity('/s');
export const bytesPerSecond = quantity('bytes/s');
export const bytes = quantity('bytes');
export const milliseconds = quantity('ms');
export const microseconds = quantity('µs');
export const percent = quantity('%');

/** Whether a larger number of this unit is an improvement. */
export const isRate = (unit: Unit): boolean => unit === '/s' || unit === 'bytes/s';

/** `1234/s pairs`, `0.35 ms`, `12.3 MB`. */
export function textOf({ value, unit, of }: Quantity): string {
  return number(value, unit) + (of === undefined ? '' : ` ${of}`);
}

function number(value: number, unit: Unit): string {
  switch (unit) {
    case '/s':
      return `${value >= 100 ? Math.round(value) : value.toFixed(1)}/s`;
    case 'bytes/s':
      return `${megabytes(value)}/s`;
    case 'bytes':
      return megabytes(value);
    case 'ms':
      return `${value >= 100 ? Math.round(value) : value.toFixed(value >= 10 ? 1 : 2)} ms`;
    case 'µs':
      return `${value.toFixed(1)} µs`;
    case '%':
      return `${Math.round(value)} %`;
  }
}

export const megabytes = (count: number): string =>
  count >= 1e5 ? `${(count / 1e6).toFixed(1)} MB` : `${(count / 1e3).toFixed(1)} kB`;
