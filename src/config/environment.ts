/** Reads typed settings from the environment and collects all violations instead of stopping at the first. */
export class Environment {
  readonly violations: string[] = [];

  constructor(private readonly variables: Readonly<Record<string, string | undefined>>) {}

  /** Empty values count as unset (docs/reference/process.md#settings). */
  text(name: string): string | undefined;
  text(name: string, otherwise: string): string;
  text(name: string, otherwise?: string): string | undefined {
    return this.variables[name]?.trim() || otherwise;
  }

  boolean(name: string, otherwise: boolean): boolean {
    const text = this.text(name);
    if (text === undefined) return otherwise;
    if (/^(1|t|true)$/i.test(text)) return true;
    if (/^(0|f|false)$/i.test(text)) return false;
    return this.refuse(name, text, 'true or false', otherwise);
  }

  integer(name: string, otherwise: number, range: { min: number; max: number }): number {
    const text = this.text(name);
    if (text === undefined) return otherwise;
    const value = Number(text);
    if (Number.isInteger(value) && value >= range.min && value <= range.max) return value;
    return this.refuse(name, text, `an integer from ${range.min} to ${range.max}`, otherwise);
  }

  /** Reads a duration in Go's notation (`30s`, `1m30s`, `250ms`, `0`); returns milliseconds. */
  duration(name: string, otherwise: number): number {
    const text = this.text(name);
    if (text === undefined) return otherwise;
    return parseDuration(text) ?? this.refuse(name, text, 'a duration such as 30s, 5m or 1h30m', otherwise);
  }

  oneOf<T extends string>(name: string, values: readonly T[], otherwise: T): T {
    const text = this.text(name);
    if (text === undefined) return otherwise;
    return values.find((value) => value === text) ?? this.refuse(name, text, `one of ${values.join(', ')}`, otherwise);
  }

  /** Reads a comma-separated list; trims entries and drops empty ones. */
  list(name: string): readonly string[] {
    return (this.text(name) ?? '')
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '');
  }

  /** Reads a JSON document; `check` returns the typed value or throws an Error that names the defect. */
  json<T>(name: string, otherwise: T, check: (value: unknown) => T): T {
    const text = this.text(name);
    if (text === undefined) return otherwise;
    try {
      return check(JSON.parse(text));
    } catch (error) {
      this.violations.push(`${name} is not valid: ${(error as Error).message}`);
      return otherwise;
    }
  }

  /** Records a violation found by the caller. */
  violation(text: string): void {
    this.violations.push(text);
  }

  private refuse<T>(name: string, value: string, wanted: string, otherwise: T): T {
    this.violations.push(`${name} is "${value}", expected ${wanted}`);
    return otherwise;
  }
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Parses a Go duration; returns milliseconds, or undefined if the text is not a duration. */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return undefined;
  return [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)].reduce(
    (sum, [, n, unit]) => sum + Number(n) * UNITS[unit!]!,
    0,
  );
}
