const UNITS = ['', 'k', 'm', 'g', 't'];

/** Bytes of a size such as `10G` (decimal), `10Gi` (binary) or `1024`, or undefined for any other text. */
export function parseByteSize(text: string): number | undefined {
  const match = /^(\d{1,15}(?:\.\d{1,3})?)\s*([kmgt]?)(i?)b?$/i.exec(text);
  if (match === null || (match[3] !== '' && match[2] === '')) return undefined;
  const [, number, unit = '', binary] = match;
  const bytes = Math.round(Number(number) * (binary ? 1024 : 1000) ** UNITS.indexOf(unit.toLowerCase()));
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** A size in decimal units, with three digits: `1.50 GB`. */
export function formatByteSize(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), 4);
  const number = bytes / 1000 ** power;
  return `${power === 0 ? bytes : number.toFixed(number < 10 ? 2 : number < 100 ? 1 : 0)} ${['B', 'kB', 'MB', 'GB', 'TB'][power]!}`;
}
