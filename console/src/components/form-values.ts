/** What the fields of a form hold, by their names. */
export type Values = Readonly<Record<string, string | boolean | readonly string[]>>;

/** The text of a field, without white space around it; empty if there is none. */
export const textIn = (values: Values, name: string): string => {
  const value = values[name];
  return typeof value === 'string' ? value.trim() : '';
};

export const flagIn = (values: Values, name: string): boolean => values[name] === true;

export const listIn = (values: Values, name: string): string[] => {
  const value = values[name];
  return Array.isArray(value) ? [...(value as readonly string[])] : [];
};

/** A number, or undefined if the field is empty. Throws if it is anything else. */
export function numberIn(values: Values, name: string): number | undefined {
  const text = textIn(values, name);
  if (text === '') return undefined;
  const number = Number(text);
  if (!Number.isInteger(number)) throw new Error(`${JSON.stringify(text)} is not a whole number`);
  return number;
}

/** A JSON text. Throws an Error that says where it is malformed. */
export function jsonIn<T>(values: Values, name: string, label: string): T | undefined {
  const text = textIn(values, name);
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    throw new Error(`${label}: ${(error as Error).message}`, { cause: error });
  }
}

/** Labels are edited as texts of the form `key=value`. */
export const labelsIn = (values: Values, name = 'labels'): Record<string, string> =>
  Object.fromEntries(
    listIn(values, name).map((text): [string, string] => {
      const [key = '', ...rest] = text.split('=');
      return [key.trim(), rest.join('=').trim()];
    }),
  );

export const labelTexts = (labels: Readonly<Record<string, string>> | null | undefined): string[] =>
  Object.entries(labels ?? {}).map(([key, value]) => (value === '' ? key : `${key}=${value}`));

export const jsonText = (value: unknown): string =>
  value === undefined || value === null ? '' : JSON.stringify(value, null, 2);
