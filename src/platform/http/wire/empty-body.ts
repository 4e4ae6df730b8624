import { WireModel } from './field.js';

/**
 * The object without properties: the response of routes without a result, and in the API document the body of commands,
 * which is never read: clients send `[]`, `{}` or nothing (docs/reference/client-conventions.md#requests).
 */
@WireModel('v1.EmptyBody')
export class EmptyBody {}
