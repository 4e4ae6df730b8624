import type { OpenAPIObject } from '@nestjs/swagger';
import { CONSUMES } from '../operation.js';

type Json = Record<string, unknown>;

interface Operation3 {
  readonly operationId?: string;
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly deprecated?: boolean;
  readonly parameters?: readonly Parameter3[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Content3 };
  readonly responses: Readonly<Record<string, { readonly description?: string; readonly content?: Content3 }>>;
  readonly [CONSUMES]?: readonly string[];
}
type Parameter3 = Json & { readonly schema?: Json };
type Content3 = Readonly<Record<string, { readonly schema?: Json }>>;

/**
 * Translates an OpenAPI 3 document into Swagger 2.0, which the generators of existing clients read. Supports only what
 * `@Operation` and `@Field` produce. Sorts keys, so that the file changes only with the API.
 */
export function toSwagger2(document: OpenAPIObject, basePath: string): Json {
  return sortKeys({
    swagger: '2.0',
    info: document.info,
    basePath,
    consumes: ['application/json'],
    produces: ['application/json'],
    paths: mapValues(document.paths, (item) => mapValues(item as Record<string, Operation3>, operation)),
    definitions: mapValues(document.components?.schemas ?? {}, (schema) => schemaOf(schema as Json)),
    securityDefinitions: {
      HMAC: { type: 'apiKey', in: 'header', name: 'Authorization' },
      jwt: { type: 'apiKey', in: 'header', name: 'Authorization' },
    },
    security: [{ HMAC: [] }, { jwt: [] }],
    tags: tagsOf(document),
  }) as Json;
}

function operation(source: Operation3): Json {
  const { operationId, summary, tags, deprecated, parameters = [], requestBody, responses } = source;
  return {
    operationId,
    summary,
    tags,
    deprecated,
    consumes: source[CONSUMES],
    produces: ['application/json'],
    parameters: [...parameters.map(parameter), ...(requestBody ? bodyParameters(requestBody) : [])],
    responses: mapValues(responses, ({ description = '', content }) => ({
      description,
      schema: contentSchema(content),
    })),
  };
}

/** In Swagger 2.0, the type is next to the name, not in a separate schema. */
function parameter({ schema = {}, ...rest }: Parameter3): Json {
  return { ...rest, ...schemaOf(schema) };
}

/** A JSON body is one parameter, which generators of Go clients name `body`; a form is one parameter per part. */
function bodyParameters({ required = false, content }: NonNullable<Operation3['requestBody']>): Json[] {
  const form = content['multipart/form-data']?.schema?.['properties'] as Record<string, Json> | undefined;
  if (!form) return [{ in: 'body', name: 'body', required, schema: contentSchema(content) }];
  return Object.keys(form).map((name) => ({ in: 'formData', name, type: 'file' }));
}

function contentSchema(content: Content3 | undefined): Json | undefined {
  const schema = content && Object.values(content)[0]?.schema;
  return schema && schemaOf(schema);
}

/** References point to `definitions`; Swagger 2.0 has neither `nullable` nor siblings of `$ref`. */
function schemaOf(schema: Json): Json {
  const { nullable: _nullable, allOf, $ref, ...rest } = schema;
  const reference = ($ref ?? (allOf as Json[] | undefined)?.[0]?.['$ref']) as string | undefined;
  if (reference !== undefined) return { $ref: reference.replace('#/components/schemas/', '#/definitions/') };
  const { properties, items, additionalProperties, required } = rest;
  return {
    ...rest,
    ...(properties !== undefined && { properties: mapValues(properties as Record<string, Json>, schemaOf) }),
    ...(items !== undefined && { items: schemaOf(items as Json) }),
    ...(isObject(additionalProperties) && { additionalProperties: schemaOf(additionalProperties) }),
    ...(Array.isArray(required) && { required: [...(required as string[])].sort() }),
  };
}

function tagsOf({ paths }: OpenAPIObject): { name: string }[] {
  const operations = Object.values(paths).flatMap((item) => Object.values(item as Record<string, Operation3>));
  return [...new Set(operations.flatMap(({ tags = [] }) => tags))].sort().map((name) => ({ name }));
}

/** The same value with the members of all objects in alphabetical order and without `undefined`. */
export function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, member]) => [key, sortKeys(member)]),
  );
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const mapValues = <T, R>(record: Readonly<Record<string, T>>, map: (value: T) => R): Record<string, R> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
