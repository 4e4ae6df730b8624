import { isEnvelope, open } from '../platform/store/sealing/envelope.js';
import type { KeyRing } from '../platform/store/sealing/key-ring.js';
import type { SavedState } from '../platform/store/saved-state.js';

/** How many secrets that cannot be decrypted are named. */
const EXAMPLES = 10;

/** Decrypts every secret of an archive, and keeps none of them. */
export class SecretsCheck {
  private checked = 0;
  /** Number of secrets by the ID of a key that is missing. */
  private readonly missing = new Map<string, number>();
  /** Secrets whose key is there, and which are not secrets of their place. */
  private readonly damaged: string[] = [];

  /** `registered` are the keys that the archive names: a server does not start without one of them. */
  constructor(
    private readonly ring: KeyRing,
    private readonly registered: readonly string[],
  ) {}

  add({ kind, name: table, json }: SavedState): void {
    if (kind !== 'document' || !json.includes('"sealed"')) return;
    const document = JSON.parse(json) as { readonly id: string };
    this.addFields(table, document.id, '', document);
  }

  get isPassed(): boolean {
    return this.damaged.length === 0 && this.missingKeys.length === 0;
  }

  /** The outcome; `source` is where the keys come from. */
  lines(source: string): string[] {
    const { checked, damaged, ring } = this;
    const failed = damaged.length + [...this.missing.values()].reduce((sum, count) => sum + count, 0);
    const has = ring.ids.length === 0 ? 'has no key' : `has ${ring.ids.join(', ')}`;
    return [
      `secrets: ${String(checked - failed)} of ${String(checked)} can be decrypted`,
      ...this.missingKeys.map(
        (id) => `key ${id} is missing, for ${String(this.missing.get(id) ?? 0)} of them: ${source} ${has}`,
      ),
      ...damaged.slice(0, EXAMPLES),
      ...(damaged.length > EXAMPLES ? [`… and ${String(damaged.length - EXAMPLES)} more`] : []),
    ];
  }

  private get missingKeys(): string[] {
    const unknown = this.registered.filter((id) => this.ring.find(id) === undefined);
    return [...new Set([...unknown, ...this.missing.keys()])];
  }

  /** The names of fields on the way to a secret are what it is bound to. */
  private addFields(table: string, id: string, prefix: string, value: object): void {
    for (const [name, inner] of Object.entries(value) as [string, unknown][]) {
      const field = `${prefix}${name}`;
      if (isEnvelope(inner)) this.addSecret({ table, id, field }, inner);
      else if (typeof inner === 'object' && inner !== null) this.addFields(table, id, `${field}.`, inner);
    }
  }

  private addSecret(location: Parameters<typeof open>[1], envelope: Parameters<typeof open>[2]): void {
    this.checked += 1;
    if (this.ring.find(envelope.key) === undefined) {
      this.missing.set(envelope.key, (this.missing.get(envelope.key) ?? 0) + 1);
      return;
    }
    try {
      open(this.ring, location, envelope);
    } catch (error) {
      this.damaged.push(`${location.table} "${location.id}", field ${location.field}: ${(error as Error).message}`);
    }
  }
}
