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
  /** The operationId; client generators make method names from it. */
  readonly id: string;
  /** Who may call it (reference/40 §2.4): a role, `any` authenticated user of the provider tenant, or `open`. */
  readonly role: Role | 'any' | 'open';
  readonly summary?: string;
  /** Status of success; 200 when not given. Clients accept exactly this one (reference/50 §1.2). */
  readonly status?: 200 | 201;
  /** Further statuses of success with the same body, e.g. 201 beside 200. */
  readonly alsoStatus?: number;
  readonly body?: Type;
  /** The request is a form with a file in the part of this name. The handler gets the raw stream. */
  readonly upload?: string;
  /** Media types of the request body; JSON when not given. A wildcard also takes requests without a type. */
  readonly consumes?: readonly string[];
  /** Query parameters by name, all optional. Read them with `BooleanQuery` and `TextQuery`. */
  readonly query?: Readonly<Record<string, QueryParameter>>;
  /** The answer's class; an array of one class for lists. */
  readonly result?: Type | readonly [Type];
  /** Error statuses that the contract lists beside `default`. */
  readonly errors?: readonly number[];
  /** Audited unless told otherwise: writing methods yes, GET no (reference/40 §6.2). */
  readonly audit?: 'include' | 'exclude';
  /** That the call changes something although it is excluded from the audit. */
  readonly writes?: boolean;
  /**
   * The answer shows secrets to callers of this role: their calls are on record, and a signature is good for one of them.
   */
  readonly secretsFor?: Role;
  readonly deprecated?: boolean;
}

/** A query parameter as the API document shows it. */
export interface QueryParameter {
  readonly type: 'string' | 'boolean';
  readonly doc?: string;
  readonly default?: string | boolean;
}

export const OPERATION = 'metal:operation';

/** A controller of /v1: its path segment, and its tag in the API document. */
export const V1Controller = (path: string, tag = path): ClassDecorator =>
  applyDecorators(ApiTags(tag), Controller(`v1/${path}`));

/** Extension of the API document that carries the consumed media types of operations without a body. */
export const CONSUMES = 'x-consumes';

/** Everything the platform needs to know of a route, said once. */
export function Operation(options: OperationOptions): MethodDecorator {
  const { id, summary, status = 200, alsoStatus, deprecated, upload } = options;
  const consumes = options.consumes ?? [upload === undefined ? 'application/json' : 'multipart/form-data'];
  const operation: OperationOptions = { ...options, consumes };
  return applyDecorators(
    SetMetadata(OPERATION, operation),
    RouteConfig({ operation }),
    HttpCode(status),
    ApiOperation({ operationId: id, summary, deprecated }),
    ApiExtension(CONSUMES, consumes),
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
      ApiQuery({ name, required: false, description: doc, schema: { ...schema } }),
    ),
  ];
}

function answers(codes: readonly number[], { result, errors = [] }: OperationOptions): MethodDecorator[] {
  const content = resultSchema(result);
  const failures = [...errors, 'default' as const].filter((code) => !codes.includes(code as number));
  return [
    ...codes.map((status) => ApiResponse({ status, description: 'OK', ...content })),
    ...failures.map((status) => ApiResponse({ status, description: 'error', type: HttpErrorResponse })),
    ...(result ? [ApiExtraModels(Array.isArray(result) ? (result as readonly [Type])[0] : (result as Type))] : []),
  ];
}

function resultSchema(result: OperationOptions['result']): { type?: Type; schema?: object } {
  if (!result) return {};
  if (!Array.isArray(result)) return { type: result as Type };
  return { schema: { type: 'array', items: { $ref: getSchemaPath((result as readonly [Type])[0]) } } };
}
