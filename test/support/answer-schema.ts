import { Ajv } from 'ajv';
import type { ValidateFunction } from 'ajv';
import type { RandomOperation, SwaggerDocument, SwaggerSchema } from './random-requests.js';

/** Go servers send `null` for absent values; clients accept it for properties that the document does not require. */
function withNulls(schema: SwaggerSchema): object {
  const { properties = {}, required = [] } = schema;
  const members = Object.entries(properties).map(([name, member]) => [
    name,
    required.includes(name) ? member : { anyOf: [member, { type: 'null' }] },
  ]);
  return { ...schema, properties: Object.fromEntries(members) as object };
}

/**
 * Operations whose documented empty response is `null`
 * (docs/reference/machine-legacy.md#aborting-a-reinstallation).
 */
const NULL_BODIES: readonly string[] = ['abortReinstallMachine'];

/**
 * Validates bodies of successful responses against the document, as Python clients do: they raise on `null` where the
 * document requires a value, and on values that are not in an enumeration
 * (docs/reference/machine-model.md#absent-null-and-empty).
 */
export class AnswerSchema {
  private readonly ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  private readonly validators = new Map<string, ValidateFunction | undefined>();

  constructor(document: SwaggerDocument) {
    const definitions = Object.entries(document.definitions).map(([name, schema]) => [name, withNulls(schema)]);
    this.ajv.addSchema({ definitions: Object.fromEntries(definitions) as object }, 'api');
  }

  /** Returns the violations of a successful response; empty if there are none, and for refusals. */
  complaints({ operation }: RandomOperation, status: number, text: string): string {
    if (status >= 300 || (text === 'null' && NULL_BODIES.includes(operation.operationId))) return '';
    const validate = this.validatorOf(operation, status);
    if (!validate || validate(JSON.parse(text))) return '';
    return this.ajv.errorsText(validate.errors, { dataVar: `${status} of ${operation.operationId}` });
  }

  private validatorOf({ operationId, responses }: RandomOperation['operation'], status: number) {
    const key = `${operationId} ${status}`;
    const schema = responses[status]?.schema;
    if (!this.validators.has(key) && schema) {
      const absolute = JSON.stringify(schema).replaceAll('"#/', '"api#/');
      this.validators.set(key, this.ajv.compile(JSON.parse(absolute) as object));
    }
    return this.validators.get(key);
  }
}
