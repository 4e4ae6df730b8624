import { malformed } from '../../../shared/errors/domain-error.js';
import type { MachineState, StateValue } from '../machine.js';

/** State names as clients use them. RESERVED is the old name of TAINTED, and the one that responses still show. */
const STATE_OF_NAME: Readonly<Record<string, StateValue>> = {
  '': '',
  RESERVED: 'TAINTED',
  TAINTED: 'TAINTED',
  LOCKED: 'LOCKED',
};

/**
 * Returns the state set by `issuer` (an e-mail address). A description is required to take a machine out of service.
 * An available machine has no issuer. Throws `malformed` for an unknown state or a missing description.
 */
export function parseMachineState(
  name: string,
  description: string,
  issuer: string,
): Omit<MachineState, 'metalHammerVersion'> {
  if (!Object.hasOwn(STATE_OF_NAME, name)) {
    throw malformed(`state "${name}" is unknown, expected "RESERVED", "LOCKED", or "" for available`);
  }
  const value = STATE_OF_NAME[name]!;
  if (value !== '' && description === '')
    throw malformed(`description must not be empty, expected the reason for ${name}`);
  return { value, description, issuer: value === '' ? '' : issuer };
}
