/** Places are tried this often before they are given up. */
const TRIALS = 64;

/** Parts that are remembered at each place, because the next document probably has one of them. */
const RECENT = 4;

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
  private readonly recent: object[] = [];

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

  /** Like the other, without a key for parts that were here lately: to compare costs less than to make one. */
  knownPart(parts: Map<string, object>, part: object): object {
    for (let index = 0; index < this.recent.length; index++) {
      const recent = this.recent[index]!;
      if (!isSameJson(recent, part)) continue;
      this.tried++;
      this.found++;
      return recent;
    }
    const known = this.known(parts, JSON.stringify(part), part);
    if (this.recent.length === RECENT) this.recent.shift();
    this.recent.push(known);
    return known;
  }
}

function areSameElements(one: object, other: object): boolean {
  if (!Array.isArray(one) || !Array.isArray(other) || one.length !== other.length) return false;
  for (let index = 0; index < one.length; index++) if (!isSameJson(one[index], other[index])) return false;
  return true;
}

/** Whether both have the same JSON, the order of members included. */
function isSameJson(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one) || Array.isArray(other)) return areSameElements(one, other);
  const names = Object.keys(one);
  const others = Object.keys(other);
  if (names.length !== others.length) return false;
  for (let index = 0; index < names.length; index++) {
    const name = names[index]!;
    if (name !== others[index]) return false;
    if (!isSameJson((one as Record<string, unknown>)[name], (other as Record<string, unknown>)[name])) return false;
  }
  return true;
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
    let first: string | undefined;
    for (const name in members) {
      const member = members[name];
      if (typeof member === 'string' && member.length > SHORT) {
        members[name] = member === first ? first : this.textAt(at.part(name), member);
        // The identifier of a port is its MAC address, which no other port has.
        first ??= members[name] as string;
      } else if (typeof member === 'object' && member !== null) {
        members[name] = this.partAt(at.part(name), member);
      }
    }
  }

  private shareElements(elements: unknown[], at: Place): void {
    for (let index = 0; index < elements.length; index++) {
      const element = elements[index];
      if (typeof element === 'string' && element.length > SHORT) {
        elements[index] = this.textAt(at, element);
      } else if (typeof element === 'object' && element !== null) {
        elements[index] = this.partAt(at, element);
      }
    }
  }

  private textAt(place: Place, text: string): string {
    return place.isHopeful ? place.known(this.texts, text, text) : text;
  }

  private partAt(place: Place, part: object): object {
    const shared = place.isHopeful ? place.knownPart(this.parts, part) : part;
    if (shared !== part) return shared;
    if (Array.isArray(part)) this.shareElements(part, place.part(''));
    else this.shareMembers(part as Record<string, unknown>, place);
    return part;
  }
}
