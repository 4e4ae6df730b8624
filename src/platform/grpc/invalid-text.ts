import { malformed } from '../../shared/errors/domain-error.js';

/**
 * Rejects text that databases cannot store, at any depth of a received message. Throws `malformed` naming the field.
 */
export function rejectInvalidText(value: unknown, path = ''): void {
  if (typeof value === 'string') {
    if (value.includes('\0')) throw malformed(`field "${path}" must not contain the character U+0000`);
  } else if (Array.isArray(value)) {
    value.forEach((element, index) => rejectInvalidText(element, `${path}[${index}]`));
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value)) {
      rejectInvalidText(key, `a key of ${path}`);
      rejectInvalidText(member, path ? `${path}.${key}` : key);
    }
  }
}
