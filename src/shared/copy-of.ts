/**
 * A shallow copy of a plain object that is kept: `{ ...object }`, without the hidden class that Node.js 20 creates for each such
 * copy when it is frozen, which is larger than the copy.
 */
export const copyOf = <T extends object>(object: T): T =>
  // An assignment to this name changes the prototype.
  Object.hasOwn(object, '__proto__') ? { ...object } : Object.assign({}, object);
