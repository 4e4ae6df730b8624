const WELL_KNOWN = new Set([
  'must-be-changed',
  'metal-view',
  'metal-edit',
  'metal-admin',
  'change-me',
  'changeme',
  'secret',
  'password',
]);
const MINIMUM_LENGTH = 16;

/** Returns why a shared secret is unfit for production, or undefined if it is fit. Never repeats the secret. */
export function keyPolicyViolation(name: string, key: string): string | undefined {
  if (key === '') return `${name} is not set, expected a secret of at least ${MINIMUM_LENGTH} characters`;
  if (WELL_KNOWN.has(key)) return `${name} is a publicly known default, expected a random secret`;
  if (key.length < MINIMUM_LENGTH) return `${name} is too short, expected at least ${MINIMUM_LENGTH} characters`;
  return undefined;
}
