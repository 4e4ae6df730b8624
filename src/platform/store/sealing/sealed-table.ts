import { UnreadableData } from '../engine.js';
import type { Document } from '../table.js';
import { isEnvelope, open, seal, type Envelope } from './envelope.js';
import type { KeyRing } from './key-ring.js';
import { copyOf } from '../../../shared/copy-of.js';

/** Longer texts are not cached, in characters: user data may be large and rarely changes. */
const REMEMBERED_LENGTH = 256;

/** The secret that was last sealed or opened at a location. */
interface Known {
  readonly envelope: Envelope;
  readonly text: string;
}

/**
 * Encrypts and decrypts the secret fields of the documents of one table. All other parts of a document remain identical
 * objects. Short secrets are cached: writing or reading a document again with an unchanged password costs no
 * encryption, and a key encrypts far fewer texts than there are writes.
 */
export class SealedTable {
  private readonly fields: readonly { readonly name: string; readonly path: readonly string[] }[];
  private readonly known = new Map<string, Known>();
  private readonly opened = new WeakMap<object, Document>();

  /** `fields` are paths such as `allocation.userData`. Without a current key, or with `plain`, nothing is encrypted. */
  constructor(
    private readonly table: string,
    fields: readonly string[],
    private readonly ring: KeyRing,
    private readonly plain = false,
  ) {
    this.fields = fields.map((name) => ({ name, path: name.split('.') }));
  }

  /** Names of the top-level fields that contain secrets. */
  get sealedFields(): readonly string[] {
    return this.fields.map(({ path: [name] }) => name!);
  }

  /** The document as it is stored. */
  seal<D extends { readonly id: string }>(content: D): D {
    return this.fields.reduce(
      (document, { name, path }) => changed(document, path, (value) => this.sealField(content.id, name, value)),
      content,
    );
  }

  /** The document as the program sees it; identical for the same stored object. Throws UnreadableData. */
  open(stored: Document): Document {
    const before = this.opened.get(stored);
    if (before !== undefined) return before;
    const document = this.fields.reduce(
      (document, { name, path }) => changed(document, path, (value) => this.openField(stored.id, name, value)),
      stored,
    );
    if (document !== stored) this.opened.set(stored, document);
    return document;
  }

  /** Drops the cached secrets of a document that was removed. */
  forget(id: string): void {
    for (const { name } of this.fields) this.known.delete(keyOf(id, name));
  }

  /**
   * The stored document with all secrets in the form they should have: encrypted with the current key, or plain texts.
   * The same object if they already have it. Secrets that cannot be decrypted throw UnreadableData; if `discard` is
   * given, it is called with that error and the secret is replaced with `""`.
   */
  reseal<D extends { readonly id: string }>(stored: D, discard?: (error: UnreadableData) => void): D {
    return this.fields.reduce(
      (document, { name, path }) =>
        changed(document, path, (value) => this.resealField(stored.id, name, value, discard)),
      stored,
    );
  }

  private resealField(id: string, field: string, value: unknown, discard?: (error: UnreadableData) => void): unknown {
    const upToDate = isEnvelope(value) && !this.plain && value.key === this.ring.current?.id;
    if (upToDate && !discard) return value;
    try {
      const text = this.openField(id, field, value);
      return upToDate ? value : this.sealField(id, field, text);
    } catch (error) {
      if (!discard || !(error instanceof UnreadableData)) throw error;
      discard(error);
      return '';
    }
  }

  private sealField(id: string, field: string, value: unknown): unknown {
    const key = this.ring.current;
    if (!isSecret(value) || key === undefined || this.plain) return value;
    const known = this.known.get(keyOf(id, field));
    if (known?.text === value && known.envelope.key === key.id) return known.envelope;
    const envelope = seal(key, { table: this.table, id, field }, value);
    this.remember(id, field, { envelope, text: value });
    return envelope;
  }

  private openField(id: string, field: string, value: unknown): unknown {
    if (!isEnvelope(value)) return value;
    const known = this.known.get(keyOf(id, field));
    if (known?.envelope.sealed === value.sealed) return known.text;
    try {
      const text = open(this.ring, { table: this.table, id, field }, value);
      this.remember(id, field, { envelope: value, text });
      return text;
    } catch (error) {
      throw new UnreadableData(`${field} of ${this.table} "${id}" cannot be decrypted: ${(error as Error).message}`);
    }
  }

  private remember(id: string, field: string, known: Known): void {
    if (known.text.length <= REMEMBERED_LENGTH) this.known.set(keyOf(id, field), known);
    else this.known.delete(keyOf(id, field));
  }
}

const keyOf = (id: string, field: string): string => `${field}\0${id}`;

/** An empty text means that there is no secret, and stays readable. */
const isSecret = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** The object with the member at `path` changed. The same object if the member is absent or unchanged. */
function changed<T extends object>(object: T, path: readonly string[], change: (value: unknown) => unknown): T {
  const [name, ...rest] = path as [string, ...string[]];
  if (!Object.hasOwn(object, name)) return object;
  const before = (object as Record<string, unknown>)[name];
  const after = rest.length === 0 ? change(before) : isObject(before) ? changed(before, rest, change) : before;
  return after === before ? object : Object.assign(copyOf(object), { [name]: after });
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
