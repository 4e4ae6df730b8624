import type { PackageDefinition } from '@grpc/proto-loader';
import type { MessageLimits } from './routes.js';

/** Default maximum number of elements of a repeated field. */
const DEFAULT_ELEMENTS = 64;
/** Default maximum length of a text, in bytes. */
const DEFAULT_TEXT_BYTES = 1024;
/** Protocol buffers allow a plain field to occur repeatedly (the last one counts); no client makes use of it. */
const MAX_REPEATS = 8;

/** One field of a message on the wire. */
export interface FieldShape {
  /** Name in the contract. */
  readonly name: string;
  readonly type: 'text' | 'message' | 'other';
  /** Only of messages. */
  readonly shape: MessageShape | undefined;
  readonly repeated: boolean;
  /** How often it may occur. */
  readonly maxElements: number;
  /** Only of texts. */
  readonly maxBytes: number;
}

/** A message type with its limits. Types may be recursive. */
export interface MessageShape {
  readonly name: string;
  /** Fields by number. */
  readonly fields: ReadonlyMap<number, FieldShape>;
}

interface FieldDescriptor {
  readonly name: string;
  readonly number: number;
  readonly label: string;
  readonly type: string;
  readonly typeName: string;
}

interface MessageDescriptor {
  readonly name: string;
  readonly field: readonly FieldDescriptor[];
  readonly nestedType: readonly MessageDescriptor[];
}

/**
 * The shape of a message of a contract, e.g. `api.v1.EventServiceSendRequest`. Throws if the message does not exist, or
 * if a limit refers to an unknown field.
 */
export function messageShape(definitions: PackageDefinition, name: string, limits: MessageLimits): MessageShape {
  const unused = new Set([...Object.keys(limits.elements ?? {}), ...Object.keys(limits.texts ?? {})]);
  const shapes = new Map<string, MessageShape>();
  const shapeOf = (scope: string, descriptor: MessageDescriptor): MessageShape => {
    const full = `${scope}.${descriptor.name}`;
    const known = shapes.get(full);
    if (known) return known;
    const fields = new Map<number, FieldShape>();
    const shape = { name: descriptor.name, fields };
    shapes.set(full, shape);
    for (const field of descriptor.field) fields.set(field.number, fieldShape(scope, descriptor, field));
    return shape;
  };
  const fieldShape = (scope: string, owner: MessageDescriptor, field: FieldDescriptor): FieldShape => {
    const key = `${owner.name}.${field.name}`;
    unused.delete(key);
    const message = field.type === 'TYPE_MESSAGE' ? typeNamed(scope, owner, field.typeName) : undefined;
    const repeated = field.label === 'LABEL_REPEATED';
    return {
      name: field.name,
      type: message ? 'message' : field.type === 'TYPE_STRING' ? 'text' : 'other',
      shape: message && shapeOf(message.scope, message.descriptor),
      repeated,
      maxElements: repeated ? (limits.elements?.[key] ?? DEFAULT_ELEMENTS) : MAX_REPEATS,
      maxBytes: limits.texts?.[key] ?? DEFAULT_TEXT_BYTES,
    };
  };
  const typeNamed = (scope: string, owner: MessageDescriptor, typeName: string) => {
    const nested = owner.nestedType.find((type) => type.name === typeName);
    if (nested) return { scope: `${scope}.${owner.name}`, descriptor: nested };
    return named(definitions, scope, typeName.replace(/^\./, ''));
  };
  const root = named(definitions, '', name);
  const shape = shapeOf(root.scope, root.descriptor);
  if (unused.size > 0) throw new Error(`${name} has no ${[...unused].join(', ')}`);
  return shape;
}

/** Names are relative to the innermost scope that contains them. */
function named(definitions: PackageDefinition, scope: string, name: string) {
  for (let within = scope; within !== ''; within = within.slice(0, Math.max(0, within.lastIndexOf('.')))) {
    const found = defined(definitions, `${within}.${name}`);
    if (found) return found;
  }
  const found = defined(definitions, name);
  if (!found) throw new Error(`the contract has no message ${name}`);
  return found;
}

function defined(definitions: PackageDefinition, name: string) {
  const definition = definitions[name];
  if (!definition || !('type' in definition)) return undefined;
  const descriptor = definition.type as MessageDescriptor;
  return { scope: name.slice(0, name.lastIndexOf('.')), descriptor };
}
