import fc from 'fast-check';
import type { WireRequest } from './judged-request.js';
import { oddNumber, oddText, oddTime } from './odd-texts.js';

/** The parts of a Swagger 2.0 document that are needed to generate requests. */
export interface SwaggerDocument {
  readonly paths: Record<string, Record<string, SwaggerOperation>>;
  readonly definitions: Record<string, SwaggerSchema>;
}
interface SwaggerOperation {
  readonly operationId: string;
  readonly parameters: readonly (SwaggerSchema & { name: string; in: string; schema?: SwaggerSchema })[];
  readonly responses: Readonly<Record<string, { readonly schema?: SwaggerSchema }>>;
}
export interface SwaggerSchema {
  readonly type?: string;
  readonly format?: string;
  readonly $ref?: string;
  readonly enum?: readonly string[];
  readonly required?: readonly string[];
  readonly items?: SwaggerSchema;
  readonly properties?: Record<string, SwaggerSchema>;
  readonly additionalProperties?: SwaggerSchema;
}

/** Values that exist on the server, by a pattern for the names of the fields that they are used in. */
export type Known = readonly (readonly [RegExp, readonly string[]])[];

interface Context {
  readonly document: SwaggerDocument;
  readonly known: Known;
  /** First segment of the path after /v1: the kind of entity that a field `id` refers to. */
  readonly entity: string;
}

export interface RandomOperation {
  readonly method: string;
  readonly path: string;
  readonly operation: SwaggerOperation;
}

/** All operations of the document. */
export const operationsOf = ({ paths }: SwaggerDocument): RandomOperation[] =>
  Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );

/** Requests for one operation: well-typed ones with odd values, ill-typed ones, and garbage. */
export function randomRequest(
  document: SwaggerDocument,
  { method, path, operation: { parameters } }: RandomOperation,
  known: Known,
): fc.Arbitrary<WireRequest> {
  const context = { document, known, entity: path.split('/')[2] ?? '' };
  const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!);
  const segments = fc.tuple(...names.map((name) => textOf(context, {}, name).map((text) => escaped(text) || '-')));
  const query = parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name);
  const pairs = fc.tuple(...query.map((name) => oddText.map((text) => `${name}=${escaped(text)}`)));
  const content = contentOf(context, method, parameters);
  return fc.tuple(segments, pairs, content).map(([values, search, sent]) => {
    const filled = names.reduce((result, name, at) => result.replace(`{${name}}`, () => values[at]!), path);
    return { method, path: `${filled}?${search.join('&')}`, ...sent };
  });
}

/** A body for the operation that matches its schema; undefined if it has no body. */
export function bodyOfSchema(document: SwaggerDocument, { path, operation }: RandomOperation, known: Known) {
  const schema = operation.parameters.find((parameter) => parameter.in === 'body')?.schema;
  return schema && typedValue({ document, known, entity: path.split('/')[2] ?? '' }, schema, '', 0);
}

/** Lone surrogates cannot be escaped. */
const escaped = (text: string): string => encodeURIComponent(text.replace(/\p{Surrogate}/gu, ''));

function contentOf(context: Context, method: string, parameters: SwaggerOperation['parameters']) {
  const file = parameters.find((parameter) => parameter.in === 'formData');
  const json = bodyOf(context, method, parameters.find((parameter) => parameter.in === 'body')?.schema);
  const asJson = json.map((body) => ({ contentType: 'application/json', body }));
  return file ? fc.oneof({ weight: 3, arbitrary: formOf(file.name) }, { weight: 1, arbitrary: asJson }) : asJson;
}

/** Forms with a file: complete ones, ones with an additional part, and truncated ones. */
function formOf(part: string): fc.Arbitrary<{ contentType: string; body: string }> {
  const name = fc.oneof(
    { weight: 3, arbitrary: fc.constant(part) },
    { weight: 1, arbitrary: fc.string({ unit: 'grapheme' }) },
  );
  const end = fc.oneof(
    { weight: 3, arbitrary: fc.constant('--') },
    { weight: 1, arbitrary: fc.constantFrom('', '-', 'x') },
  );
  const boundary = fc.constantFrom('b', 'b', 'b', 'other', '');
  return fc.tuple(name, oddText, end, boundary).map(([called, content, closing, announced]) => ({
    contentType: `multipart/form-data; boundary=${announced}`,
    body: `--b\r\nContent-Disposition: form-data; name="${called}"; filename="f"\r\n\r\n${content}\r\n--b${closing}\r\n`,
  }));
}

function bodyOf(context: Context, method: string, schema: SwaggerSchema | undefined) {
  const broken = fc.constantFrom('', 'null', '[]', '{}', '{"id":', '[[[[[[', '{"__proto__":{}}');
  const anything = fc.oneof(fc.json(), fc.string(), broken);
  if (!schema) return method === 'GET' ? fc.constant(undefined) : fc.oneof(fc.constant(undefined), anything);
  const shaped = typedValue(context, schema, '', 0).map((value) => JSON.stringify(value) ?? 'null');
  return fc.oneof({ weight: 6, arbitrary: shaped }, { weight: 1, arbitrary: anything });
}

/** A value for the schema; occasionally one of another type, at any depth. */
function valueOf(context: Context, schema: SwaggerSchema, name: string, depth: number): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 30, arbitrary: typedValue(context, schema, name, depth) },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
    { weight: 1, arbitrary: fc.constant(null) },
  );
}

function typedValue(context: Context, schema: SwaggerSchema, name: string, depth: number): fc.Arbitrary<unknown> {
  const { $ref, properties, items = {}, additionalProperties = { type: 'string' } } = schema;
  if ($ref) return typedValue(context, context.document.definitions[$ref.replace('#/definitions/', '')]!, name, depth);
  if (properties) return depth > 5 ? fc.constant({}) : recordOf(context, properties, depth);
  switch (schema.type) {
    case 'array':
      return fc.array(valueOf(context, items, name, depth + 1), { maxLength: 3 });
    case 'object':
      return fc.dictionary(oddText, valueOf(context, additionalProperties, '', depth + 1), { maxKeys: 3 });
    case 'boolean':
      return fc.boolean();
    case 'integer':
    case 'number':
      return oddNumber;
    default:
      return textOf(context, schema, name);
  }
}

function recordOf(context: Context, properties: Record<string, SwaggerSchema>, depth: number) {
  const members = Object.entries(properties).map(
    ([name, schema]) => [name, valueOf(context, schema, name, depth + 1)] as const,
  );
  return fc.record(Object.fromEntries(members), { requiredKeys: [] });
}

function textOf({ known, entity }: Context, schema: SwaggerSchema, name: string): fc.Arbitrary<string> {
  if (schema.format === 'date-time') return oddTime;
  const field = name === 'id' ? `${entity}id` : name;
  const values = [...(schema.enum ?? []), ...known.flatMap(([pattern, texts]) => (pattern.test(field) ? texts : []))];
  if (values.length === 0) return oddText;
  return fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...values) }, { weight: 1, arbitrary: oddText });
}
