import { sanitizeText } from '../../shared/text.js';
import { BmcError } from '../bmc/bmc-driver.js';
import type { BmcFailure } from '../bmc/bmc-driver.js';
import { objectAt, objectsAt, textAt } from './bounded-json.js';
import type { RedfishObject } from './bounded-json.js';
import type { HttpsResponse } from './https-connection.js';

/** Maximum length of what a BMC says in an error message. */
const MAX_REASON = 300;

export interface FailureContext {
  readonly label: string;
  readonly user: string;
  /** Texts to remove from what the BMC says. */
  readonly secrets: readonly string[];
  /** What the agent wanted, such as `log in`. */
  readonly action: string;
}

/** The error for a response that is not a success. Contains no secrets, even if the BMC quotes them. */
export function failureOf(response: HttpsResponse, { label, user, secrets, action }: FailureContext): BmcError {
  const { status } = response;
  const reason = withoutSecrets(reasonOf(response.body ?? {}), secrets);
  const told = reason === '' ? '' : `: ${reason}`;
  if (status === 401) return new BmcError('credentials', `BMC ${label} refuses user "${user}" or its password`);
  if (status === 403)
    return new BmcError('credentials', `BMC ${label}: user "${user}" lacks the right to ${action}${told}`);
  if (status === 503) return new BmcError('refused', `BMC ${label} is busy (HTTP 503)${told}`);
  const failure: BmcFailure = [404, 405, 501].includes(status) ? 'unsupported' : 'refused';
  return new BmcError(failure, `BMC ${label} refuses to ${action} (HTTP ${status})${told}`);
}

/** What the BMC says about an error (DSP0266, clause 8.6): its extended messages, or its summary. */
export function reasonOf(body: RedfishObject): string {
  const error = objectAt(body, 'error');
  const messages = objectsAt(error, '@Message.ExtendedInfo', 5).flatMap((message) => textAt(message, 'Message') ?? []);
  return sanitizeText(messages.join(' ') || (textAt(error, 'message') ?? ''), MAX_REASON);
}

export const withoutSecrets = (text: string, secrets: readonly string[]): string =>
  secrets.reduce((rest, secret) => (secret === '' ? rest : rest.replaceAll(secret, '***')), text);
