export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
}

/** Definitions of an API document by name. */
export type Definitions = Readonly<Record<string, Schema>>;

/**
 * Reads an answer as the strictest of the clients does (reference/50 §1.4): every required member there and not null, no
 * null in a list, every value of its type and among the listed ones. Members that the document does not have are ignored,
 * optional ones may be null. Returns what that client would raise, in words.
 */
export function misfits(definitions: Definitions, schema: Schema, value: unknown, at = ''): string[] {
  const resolved = schema.$ref ? definitions[schema.$ref.replace('#/definitions/', '')]! : schema;
  const { type, items, properties, additionalProperties: values } = resolved;
  if (type === 'array') {
    if (!Array.isArray(value)) return [`${at} is ${JSON.stringify(value)}, not a list`];
    return value.flatMap((element: unknown) => misfits(definitions, items!, element, `${at}[]`));
  }
  if (properties || values || type === 'object') return ofObject(definitions, resolved, value, at);
  const wrong = WRONG[type ?? '']?.(value) || (resolved.enum && !resolved.enum.includes(value as string));
  return wrong ? [`${at} is ${JSON.stringify(value)}`] : [];
}

const WRONG: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value !== 'string',
  boolean: (value) => typeof value !== 'boolean',
  number: (value) => typeof value !== 'number',
  integer: (value) => !Number.isSafeInteger(value),
};

function ofObject(definitions: Definitions, schema: Schema, value: unknown, at: string): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [`${at} is ${JSON.stringify(value)}, not an object`];
  }
  const { properties = {}, required = [], additionalProperties: values } = schema;
  const members = value as Record<string, unknown>;
  const missing = required.filter((name) => members[name] === undefined || members[name] === null);
  const given = Object.entries(members).filter(([, member]) => member !== undefined && member !== null);
  return [
    ...missing.map((name) => `${at}.${name} is missing`),
    ...given.flatMap(([name, member]) => {
      const known = properties[name] ?? values;
      return known ? misfits(definitions, known, member, `${at}.${name}`) : [];
    }),
  ];
}
