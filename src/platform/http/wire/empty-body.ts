import { WireModel } from './field.js';

/**
 * The object without properties: the answer of routes that have nothing to say, and in the document the body of
 * commands, which nobody reads: clients send `[]`, `{}` or nothing (reference/50 §1.3).
 */
@WireModel('v1.EmptyBody')
export class EmptyBody {}
