/** Places are tried this often before they are given up. */
const TRIALS = 64;

/** Texts up to this length are shared by JSON.parse. */
const SHORT = 10;

/**
 * What was found so far at one place of all documents, such as `hardware.disks`; the elements of a list have one place together.
 * Half of it has to be known already: looking for what is in one document only would cost time and memory.
 */
class Place {
  private tried = 0;
  private found = 0;
  private readonly parts = new Map<string, Place>();

  get isHopeful(): boolean {
    return this.tried < TRIALS || this.found * 2 >= this.tried;
  }

  part(name: string): Place {
    let part = this.parts.get(name);
    if (part === undefined) this.parts.set(name, (part = new Place()));
    return part;
  }

  /** The value that is known under the key; else this one, which is known from now on. */
  known<V>(values: Map<string, V>, key: string, value: V): V {
    this.tried++;
    const found = values.get(key);
    if (found === undefined) values.set(key, value);
    else this.found++;
    return found ?? value;
  }
}

/**
 * Texts and parts that are equal in many documents of a table, such as hardware and filesystem layouts, so that they are in
 * memory once. Learns at which places they are. For loading: it keeps everything that it has seen.
 */
export class SharedParts {
  private readonly texts = new Map<string, string>();
  private readonly parts = new Map<string, object>();
  private readonly root = new Place();

  /** Replaces parts of the document, which nothing else may refer to yet, by equal ones of former documents. Returns it. */
  share<T extends object>(document: T): T {
    this.shareMembers(document as Record<string, unknown>, this.root);
    return document;
  }

  private shareMembers(members: Record<string, unknown>, at: Place): void {
    for (const name in members) {
      const member = members[name];
      if (typeof member === 'string' && member.length > SHORT) {
        const place = at.part(name);
        if (place.isHopeful) members[name] = place.known(this.texts, member, member);
      } else if (typeof member === 'object' && member !== null) {
        members[name] = this.partAt(at.part(name), member);
      }
    }
  }

  private shareElements(elements: unknown[], at: Place): void {
    for (let index = 0; index < elements.length; index++) {
      const element = elements[index];
      if (typeof element === 'string' && element.length > SHORT) {
        if (at.isHopeful) elements[index] = at.known(this.texts, element, element);
      } else if (typeof element === 'object' && element !== null) {
        elements[index] = this.partAt(at, element);
      }
    }
  }

  private partAt(place: Place, part: object): object {
    const shared = place.isHopeful ? place.known(this.parts, JSON.stringify(part), part) : part;
    if (shared !== part) return shared;
    if (Array.isArray(part)) this.shareElements(part, place.part(''));
    else this.shareMembers(part as Record<string, unknown>, place);
    return part;
  }
}
