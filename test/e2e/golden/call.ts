import { readFileSync } from 'node:fs';
import type { TestRole } from '../../support/app.js';
import { operationsOf } from '../../support/random-requests.js';
import type { RandomOperation, SwaggerDocument } from '../../support/random-requests.js';

/** The checked-in document of the API. */
export const document = JSON.parse(readFileSync('spec/metal-api.json', 'utf8')) as SwaggerDocument;
const operations = new Map(operationsOf(document).map((one) => [one.operation.operationId, one]));

/** Every operation of the API, in the order of its document. */
export const OPERATIONS: readonly string[] = [...operations.keys()];

/** What a call needs in addition to the ID of its operation. */
export interface Call {
  readonly as: TestRole;
  /** Values of the parameters in the path. */
  readonly path?: Readonly<Record<string, string>>;
  /** With its question mark. */
  readonly query?: string;
  readonly body?: object;
  /** Content of the form's file, for uploads. */
  readonly file?: string;
  readonly requestId?: string;
}

/** Body of an answer; of an array's, `id` means nothing. */
export type Answer = { readonly id: string } & Record<string, unknown>;

/** The two ways of calling an operation, for those who write down calls. */
export interface Calls {
  /** Calls an operation that must succeed; resolves to the body of the answer. */
  readonly play: (operationId: string, call: Call) => Promise<Answer>;
  /** Calls an operation that must be refused with this status. */
  readonly refuse: (operationId: string, status: number, call: Call) => Promise<void>;
}

/** Throws when the API has no such operation. */
export function operationOf(operationId: string): RandomOperation {
  const operation = operations.get(operationId);
  if (!operation) throw new Error(`the API has no operation ${operationId}`);
  return operation;
}

/** The path with its parameters filled in, and the query. */
export function pathOf(operationId: string, { path = {}, query = '' }: Pick<Call, 'path' | 'query'>): string {
  const filled = operationOf(operationId).path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(path[name]!),
  );
  return filled + query;
}
