import { Ajv } from 'ajv';
import type { ValidateFunction } from 'ajv';
import type { RandomOperation, SwaggerDocument, SwaggerSchema } from './random-requests.js';

/** Go's servers send `null` for what they do not have; clients take it for members that the document does not require. */
function withNulls(schema: SwaggerSchema): object {
  const { properties = {}, required = [] } = schema;
  const members = Object.entries(properties).map(([name, member]) => [
    name,
    required.includes(name) ? member : { anyOf: [member, { type: 'null' }] },
  ]);
  return { ...schema, properties: Object.fromEntries(members) as object };
}

/** Their documented answer when there is nothing to tell is `null` (reference/10 §11.2.4). */
const NULL_BODIES: readonly string[] = ['abortReinstallMachine'];

/**
 * Holds bodies of successful answers against the document. Python's clients do the same: they raise on `null` where the
 * document requires a value, and on values that are no member of an enumeration (reference/10 §0.5).
 */
export class AnswerSchema {
  private readonly ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  private readonly validators = new Map<string, ValidateFunction | undefined>();

  constructor(document: SwaggerDocument) {
    const definitions = Object.entries(document.definitions).map(([name, schema]) => [name, withNulls(schema)]);
    this.ajv.addSchema({ definitions: Object.fromEntries(definitions) as object }, 'api');
  }

  /** What of a success contradicts the document; empty when nothing does, and for refusals. */
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
