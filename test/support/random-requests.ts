import fc from 'fast-check';

/** As much of a Swagger 2.0 document as is needed to make requests from it. */
export interface SwaggerDocument {
  readonly paths: Record<string, Record<string, SwaggerOperation>>;
  readonly definitions: Record<string, SwaggerSchema>;
}
interface SwaggerOperation {
  readonly operationId: string;
  readonly consumes: readonly string[];
  readonly parameters: readonly (SwaggerSchema & { name: string; in: string; schema?: SwaggerSchema })[];
}
interface SwaggerSchema {
  readonly type?: string;
  readonly format?: string;
  readonly $ref?: string;
  readonly enum?: readonly string[];
  readonly items?: SwaggerSchema;
  readonly properties?: Record<string, SwaggerSchema>;
  readonly additionalProperties?: SwaggerSchema;
}

export interface RandomRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string | undefined;
}

/** Every operation of the document. */
export const operationsOf = ({ paths }: SwaggerDocument) =>
  Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );

/** Requests for one operation: well-typed ones with odd values, ill-typed ones, and plain nonsense. */
export function randomRequest(
  document: SwaggerDocument,
  { method, path, operation }: ReturnType<typeof operationsOf>[number],
): fc.Arbitrary<RandomRequest> {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!);
  const segments = fc.tuple(...names.map(() => oddText.map((text) => escaped(text) || '-')));
  const query = operation.parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name);
  const queries = fc.tuple(...query.map((name) => oddText.map((text) => `${name}=${escaped(text)}`)));
  const schema = operation.parameters.find((parameter) => parameter.in === 'body')?.schema;
  return fc
    .record({ segments, queries, body: bodyOf(document, method, schema) })
    .map(({ segments, queries, body }) => ({
      method,
      path:
        names.reduce((result, name, at) => result.replace(`{${name}}`, segments[at]!), path) + `?${queries.join('&')}`,
      body,
    }));
}

function bodyOf(document: SwaggerDocument, method: string, schema: SwaggerSchema | undefined) {
  const anything = fc.oneof(
    fc.json(),
    fc.string(),
    fc.constantFrom('', 'null', '[]', '{}', '{"id":', '[[[[[[', '{"__proto__":{}}'),
  );
  if (!schema) return method === 'GET' ? fc.constant(undefined) : fc.oneof(fc.constant(undefined), anything);
  const shaped = valueOf(document, schema, 0).map((value) => JSON.stringify(value) ?? 'null');
  return fc.oneof({ weight: 4, arbitrary: shaped }, { weight: 1, arbitrary: anything });
}

/** A value for the schema; now and then one of another type, at any depth. */
function valueOf(document: SwaggerDocument, schema: SwaggerSchema, depth: number): fc.Arbitrary<unknown> {
  const wrong = fc.jsonValue({ maxDepth: 2 });
  return fc.oneof(
    { weight: 15, arbitrary: typedValue(document, schema, depth) },
    { weight: 1, arbitrary: wrong },
    { weight: 1, arbitrary: fc.constant(null) },
  );
}

function typedValue(document: SwaggerDocument, schema: SwaggerSchema, depth: number): fc.Arbitrary<unknown> {
  if (schema.$ref) return typedValue(document, document.definitions[schema.$ref.replace('#/definitions/', '')]!, depth);
  if (schema.properties) {
    if (depth > 5) return fc.constant({});
    const members = Object.entries(schema.properties);
    const values = members.map(([name, member]) => [name, valueOf(document, member, depth + 1)] as const);
    return fc.record(Object.fromEntries(values), { requiredKeys: [] });
  }
  switch (schema.type) {
    case 'array':
      return fc.array(valueOf(document, schema.items ?? {}, depth + 1), { maxLength: 3 });
    case 'object':
      return fc.dictionary(oddText, valueOf(document, schema.additionalProperties ?? { type: 'string' }, depth + 1), {
        maxKeys: 3,
      });
    case 'boolean':
      return fc.boolean();
    case 'integer':
    case 'number':
      return fc.oneof(
        fc.integer(),
        fc.constantFrom(0, -1, 255, 2 ** 31, 2 ** 32, 2 ** 53, 2 ** 64, -(2 ** 63), 1.5, 1e300),
      );
    default:
      return textOf(schema);
  }
}

function textOf({ format, enum: values = [] }: SwaggerSchema): fc.Arbitrary<string> {
  if (format === 'date-time') {
    return fc.constantFrom('0001-01-01T00:00:00Z', '2026-01-02T03:04:05Z', '9999-12-31T23:59:59Z', 'yesterday', '');
  }
  return values.length > 0 ? fc.oneof(fc.constantFrom(...values), oddText) : oddText;
}

/** Texts that mean something somewhere, and texts that mean nothing anywhere. */
const oddText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ maxLength: 10 }),
  fc.constantFrom(
    ...[
      '',
      ' ',
      '.',
      '..',
      '../..',
      '/',
      '%',
      '__proto__',
      'constructor',
      'toString',
      'hasOwnProperty',
      'true',
      '0',
      '-1',
    ],
    ...[
      '10.0.0.0/8',
      '10.0.0.1',
      '10.0.0.0/33',
      '0.0.0.0/0',
      '::/0',
      '2001:db8::1',
      'fe80::1%eth0',
      '999.1.1.1',
      '::ffff:1.2.3.4',
    ],
    ...['ubuntu-20.04', 'ubuntu-99999999999999999999.1', '>= 1.0, < 2', '*', 'aa:bb:cc:dd:ee:ff', 'a'.repeat(300)],
    ...[
      '00000000-0000-0000-0000-000000000001',
      'Ethernet0',
      'swp1s0',
      'http://127.0.0.1:1/x',
      'file:///etc/passwd',
      'ON',
      'private',
    ],
    ...['$(reboot)', "'; drop table x; --", '{{7*7}}', '\u0000', '\ud800', 'é', '漢字', 'metal:machine'],
  ),
);

/** Lone surrogates cannot be escaped. */
const escaped = (text: string): string => encodeURIComponent(text.replace(/\p{Surrogate}/gu, ''));
