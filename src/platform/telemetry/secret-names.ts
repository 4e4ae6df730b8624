/** Suffixes of member names that contain secrets, in lower case and without separators. */
const SECRET =
  /(?:authorization|cookie|credentials?|creds|hmac|pass|passphrase|passwd|password|pwd|secret|token|userdata|sealed)$|^(?:(?:access|account|admin|api|auth|edit|encryption|hmac|preauth|private|secret|secretaccess|shared|signing|tls|token|view|vpn)?key)$/;

/** A process uses few names, so the result for each spelling is cached. */
const verdicts = new Map<string, boolean>();

/** Whether a member with this name contains a secret, in any spelling: `consolePassword`, `console_password`. */
export function isSecretName(name: string): boolean {
  let verdict = verdicts.get(name);
  if (verdict === undefined) {
    verdict = SECRET.test(name.toLowerCase().replace(/[-_. ]/g, ''));
    if (verdicts.size < 10_000) verdicts.set(name, verdict);
  }
  return verdict;
}
