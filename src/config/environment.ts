/** Reads typed settings from the environment and collects every violation instead of stopping at the first. */
export class Environment {
  readonly violations: string[] = [];

  constructor(private readonly variables: Readonly<Record<string, string | undefined>>) {}

  /** Empty values count as unset (reference/40 §5.2). */
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

  /** A duration as Go writes it (`30s`, `1m30s`, `250ms`, `0`), in milliseconds. */
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

  /** A comma-separated list; blanks around entries and empty entries are dropped. */
  list(name: string): readonly string[] {
    return (this.text(name) ?? '')
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '');
  }

  /** A JSON document; `check` returns the typed value or throws a text that says what is wrong. */
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

  /** Records a violation that concerns more than the form of one value. */
  violation(text: string): void {
    this.violations.push(text);
  }

  private refuse<T>(name: string, value: string, wanted: string, otherwise: T): T {
    this.violations.push(`${name} is "${value}", expected ${wanted}`);
    return otherwise;
  }
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds of a Go duration text, or undefined when it is none. */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return undefined;
  return [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)].reduce(
    (sum, [, n, unit]) => sum + Number(n) * UNITS[unit!]!,
    0,
  );
}
