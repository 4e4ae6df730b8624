import { definedFields } from '../../shared/entity.js';
import { applyDecorators, Controller, HttpCode, SetMetadata } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import {
  ApiBody,
  ApiConsumes,
  ApiExtension,
  ApiExtraModels,
  ApiOperation,
  ApiQuery,
  ApiResponse,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import type { Role } from '../auth/role.js';
import { HttpErrorResponse } from './error-response.js';

export interface OperationOptions {
  /** The operationId, from which client generators derive method names. */
  readonly id: string;
  /**
   * Who may call it (docs/reference/authentication.md#roles): a role, `any` authenticated user of the provider tenant,
   * or `open`.
   */
  readonly role: Role | 'any' | 'open';
  /**
   * On routes with role `any`: reduces the response, or each element of a list, for callers without a role; undefined
   * omits the element. If absent, these callers get the full response.
   */
  outline?(answer: object): object | undefined;
  readonly summary?: string;
  /** For the OpenAPI 3 documents, in Markdown. */
  readonly description?: string;
  /**
   * Success status; default 200. Clients accept exactly this one (docs/reference/client-conventions.md#success-codes).
   */
  readonly status?: 200 | 201;
  /** Additional success status with the same body, e.g. 201 in addition to 200. */
  readonly alsoStatus?: number;
  /** The class of the response with status 202, for what is done later. */
  readonly accepted?: Type;
  readonly body?: Type;
  /** The request is a form with a file in the part with this name. The handler receives the raw stream. */
  readonly upload?: string;
  /** Media types of the request body; default JSON. A wildcard also accepts requests without a type. */
  readonly consumes?: readonly string[];
  /** Query parameters by name, all optional. Read them with `BooleanQuery` and `TextQuery`. */
  readonly query?: Readonly<Record<string, QueryParameter>>;
  /** The class of the response; an array with one class for lists. */
  readonly result?: Type | readonly [Type];
  /** Error statuses in the contract, in addition to `default`. */
  readonly errors?: readonly number[];
  /** Whether calls are audited. Defaults: writing methods yes, GET no (docs/reference/audit.md#recorded-calls). */
  readonly audit?: 'include' | 'exclude';
  /** Whether the call changes something although it is excluded from the audit trail. */
  readonly writes?: boolean;
  /**
   * The response contains secrets for callers with this role: their calls are audited, and a signature is valid for one
   * call.
   */
  readonly secretsFor?: Role;
  /** Media types of the response; JSON when not given. Errors are JSON all the same. */
  readonly produces?: readonly string[];
  /** The response goes on until the client leaves: it counts as a watch, not as a request. */
  readonly endless?: boolean;
  readonly deprecated?: boolean;
  /**
   * The request allocates something. It may take long, so the caller gets 503 before clients give up (after 30 s), while
   * the request goes on. With an idempotency key, it is executed again after a crash: what it allocates bears the ID
   * of the execution (`newCreatedId`), by which the next execution finds it.
   */
  readonly allocates?: boolean;
}

/** A query parameter in the API document. */
export interface QueryParameter {
  readonly type: 'string' | 'boolean';
  readonly doc?: string;
  readonly default?: string | boolean;
}

export const OPERATION = 'metal:operation';

/** A controller of /v1: its path segment, and its tag in the API document. */
export const V1Controller = (path: string, tag = path): ClassDecorator =>
  applyDecorators(ApiTags(tag), Controller(`v1/${path}`));

/**
 * A controller outside of /v1: its path below the base path, and its tag in the document for operators. The v1 contract,
 * from which clients are generated, has no such routes.
 */
export const OperatorController = (path: string, tag = path): ClassDecorator =>
  applyDecorators(ApiTags(tag), Controller(path));

/** Extension of the OpenAPI 3 documents with the role that an operation needs. */
export const ROLE = 'x-role';

/** Extension of the API document with the consumed media types of operations without a body. */
export const CONSUMES = 'x-consumes';

/** Declares everything the platform needs to know about a route, in one place. */
export function Operation(options: OperationOptions): MethodDecorator {
  const { id, summary, description, role, status = 200, alsoStatus, deprecated, upload } = options;
  const consumes = options.consumes ?? [upload === undefined ? 'application/json' : 'multipart/form-data'];
  const operation: OperationOptions = { ...options, consumes };
  return applyDecorators(
    SetMetadata(OPERATION, operation),
    RouteConfig({ operation }),
    HttpCode(status),
    ApiOperation({ operationId: id, ...definedFields({ summary, description, deprecated }) }),
    ApiExtension(CONSUMES, consumes),
    ApiExtension(ROLE, role),
    ...request(options),
    ...answers([status, ...(alsoStatus ? [alsoStatus] : [])], options),
  );
}

function request({ body, upload, query = {} }: OperationOptions): MethodDecorator[] {
  const form = { type: 'object', properties: { [upload ?? '']: { type: 'string', format: 'binary' } } };
  return [
    ...(body ? [ApiBody({ type: body, required: true })] : []),
    ...(upload === undefined ? [] : [ApiConsumes('multipart/form-data'), ApiBody({ schema: form })]),
    ...Object.entries(query).map(([name, { doc, ...schema }]) =>
      ApiQuery({ name, required: false, ...definedFields({ description: doc }), schema: { ...schema } }),
    ),
  ];
}

function answers(
  codes: readonly number[],
  { result, accepted, produces, errors = [] }: OperationOptions,
): MethodDecorator[] {
  const content = produces ? streamOf(produces) : resultSchema(result);
  const failures = [...errors, 'default' as const].filter((code) => !codes.includes(code as number));
  return [
    ...codes.map((status) => ApiResponse({ status, description: 'OK', ...content })),
    ...(accepted ? [ApiResponse({ status: 202, description: 'accepted', type: accepted })] : []),
    ...failures.map((status) => ApiResponse({ status, description: 'error', type: HttpErrorResponse })),
    ...(result ? [ApiExtraModels(Array.isArray(result) ? (result as readonly [Type])[0] : (result as Type))] : []),
  ];
}

const streamOf = (types: readonly string[]): { content: Record<string, object> } => ({
  content: Object.fromEntries(types.map((type) => [type, { schema: { type: 'string' } }])),
});

function resultSchema(result: OperationOptions['result']): { type?: Type; schema?: object } {
  if (!result) return {};
  if (!Array.isArray(result)) return { type: result as Type };
  return { schema: { type: 'array', items: { $ref: getSchemaPath((result as readonly [Type])[0]) } } };
}
