import { readFileSync } from 'node:fs';
import type { OpenAPIObject } from '@nestjs/swagger';
import { operationsOf } from './document-parts.js';
import type { DocumentedOperation } from './document-parts.js';

/** A call that was recorded at the demo (docs/contributing/add-a-feature.md#examples). */
export interface ApiExample {
  readonly id: string;
  readonly title: string;
  /** Values of path and query parameters. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly status: number;
  /** Text for media types other than JSON. */
  readonly answer?: unknown;
}

/** Next to this file, also in `dist`, compiled or bundled. */
export const EXAMPLES_FILE = new URL('./examples.json', import.meta.url);

export const readExamples = (): readonly ApiExample[] =>
  JSON.parse(readFileSync(EXAMPLES_FILE, 'utf8')) as readonly ApiExample[];

/** Shows the recorded calls at their operations. The parameters of the first one are those that Swagger UI fills in. */
export function addExamples(document: OpenAPIObject): void {
  const examples = readExamples();
  for (const { operation } of operationsOf(document)) {
    const own = examples.filter(({ id }) => id === operation.operationId);
    own.forEach((example, position) => addExample(operation, example, position === 0));
  }
}

function addExample(operation: DocumentedOperation, example: ApiExample, isFirst: boolean): void {
  const { title, parameters, body, status, answer } = example;
  for (const parameter of operation.parameters ?? []) {
    if (isFirst && parameters[parameter.name] !== undefined) parameter.example = parameters[parameter.name];
  }
  const request = operation.requestBody?.content['application/json'];
  if (request && body !== undefined) (request.examples ??= {})[title] = { value: body };
  const response = operation.responses[status] ?? (status >= 400 ? operation.responses['default'] : undefined);
  const content = response?.content && Object.values(response.content)[0];
  if (content && answer !== undefined) (content.examples ??= {})[title] = { value: answer };
}
