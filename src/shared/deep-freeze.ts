/**
 * Freezes a value with all objects and arrays inside, and returns it. Skips parts that are frozen already, and bytes, which
 * cannot be frozen.
 */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) freezeObject(value);
  return value;
}

/** Without lists of the members, as it runs for each part of each document that is loaded. */
function freezeObject(value: object): void {
  if (Object.isFrozen(value) || ArrayBuffer.isView(value)) return;
  Object.freeze(value);
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) deepFreeze(value[index] as unknown);
    return;
  }
  const members = value as Readonly<Record<string, unknown>>;
  for (const name in members) deepFreeze(members[name]);
}
