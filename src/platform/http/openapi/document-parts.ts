import type { OpenAPIObject } from '@nestjs/swagger';
import type { ROLE } from '../operation.js';

/** The members of an operation that the documents are made of. */
export interface DocumentedOperation {
  operationId?: string;
  description?: string;
  tags?: readonly string[];
  parameters?: { name: string; in: string; example?: unknown }[];
  requestBody?: { content: Record<string, MediaType> };
  responses: Record<string, { description?: string; content?: Record<string, MediaType> }>;
  security?: readonly object[];
  [ROLE]?: string;
}

interface MediaType {
  schema?: object;
  examples?: Record<string, { summary?: string; value: unknown }>;
}

interface Place {
  readonly path: string;
  readonly method: string;
  readonly operation: DocumentedOperation;
}

/** All operations of a document. */
export const operationsOf = ({ paths }: OpenAPIObject): Place[] =>
  Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item as Record<string, DocumentedOperation>).map(([method, operation]) => ({
      path,
      method,
      operation,
    })),
  );

/**
 * The document with some of its operations, and without the schemas that only others need. Schemas that no operation needs
 * belong to the contract (`SharedDefinition`).
 */
export function pathsOnly(
  document: OpenAPIObject,
  isWanted: (path: string, operation: DocumentedOperation) => boolean,
): OpenAPIObject {
  const paths: Record<string, Record<string, DocumentedOperation>> = {};
  const left: DocumentedOperation[] = [];
  for (const { path, method, operation } of operationsOf(document)) {
    if (isWanted(path, operation)) (paths[path] ??= {})[method] = operation;
    else left.push(operation);
  }
  const all = document.components?.schemas ?? {};
  const needed = schemasOf(paths, all);
  const ofOthers = schemasOf(left, all);
  const kept = Object.entries(all).filter(([name]) => needed.has(name) || !ofOthers.has(name));
  const components = { ...document.components, schemas: Object.fromEntries(kept) };
  return { ...document, paths, components };
}

/** Names of the schemas to which a part of the document refers, directly or through others. */
function schemasOf(part: unknown, all: Readonly<Record<string, unknown>>): ReadonlySet<string> {
  const needed = new Set<string>();
  const pending: unknown[] = [part];
  while (pending.length > 0) {
    for (const name of referencesIn(pending.pop())) {
      if (needed.has(name)) continue;
      needed.add(name);
      pending.push(all[name]);
    }
  }
  return needed;
}

const referencesIn = (value: unknown): string[] =>
  [...JSON.stringify(value ?? null).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name!);
