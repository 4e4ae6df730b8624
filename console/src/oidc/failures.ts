import { AuthorizationResponseError, OperationProcessingError, ResponseBodyError } from 'oauth4webapi';
import type { Provider } from './providers.js';

/** What went wrong with an issuer, and what to do about it, in a sentence or two. */
export function describeFailure(error: unknown, { issuer, clientId }: Provider): string {
  if (error instanceof AuthorizationResponseError) return refusal(error, issuer, clientId);
  if (error instanceof ResponseBodyError) return refusal(error, issuer, clientId);
  // fetch() does not say why, not even to the page.
  if (error instanceof TypeError || isAbort(error)) {
    return `The issuer ${issuer} cannot be reached from this browser, or does not allow requests from ${location.origin} (CORS).`;
  }
  if (error instanceof OperationProcessingError) {
    return `The issuer ${issuer} sent an answer that does not hold: ${error.message}.${hintOf(error)}`;
  }
  return `Signing in with ${issuer} failed: ${error instanceof Error ? error.message : String(error)}.`;
}

/** An issuer that was reached has decided: trying again without the user is of no use. */
export const isFinal = (error: unknown): boolean =>
  error instanceof ResponseBodyError ? error.status < 500 && error.status !== 429 : !isPassing(error);

const isPassing = (error: unknown): boolean =>
  error instanceof TypeError ||
  isAbort(error) ||
  (error instanceof OperationProcessingError && error.cause instanceof Response && error.cause.status >= 500);

const isAbort = (error: unknown): boolean => error instanceof DOMException && error.name.endsWith('Error');

interface Refusal {
  readonly error: string;
  readonly error_description?: string;
}

function refusal({ error, error_description: detail }: Refusal, issuer: string, clientId: string): string {
  const said = detail === undefined || detail === '' ? error : `${error}: ${detail}`;
  switch (error) {
    case 'access_denied':
      return `The issuer ${issuer} denied access (${said}).`;
    case 'invalid_client':
    case 'unauthorized_client':
      return `The issuer ${issuer} refused the client "${clientId}" (${said}). It must be a public client that may use the authorization code flow with PKCE.`;
    case 'invalid_scope':
      return `The issuer ${issuer} refused a scope (${said}). The scopes are in METAL_API_OIDC_ISSUERS.`;
    case 'invalid_grant':
      return `The issuer ${issuer} no longer accepts the grant (${said}). Sign in again.`;
    default:
      return `The issuer ${issuer} refused to sign you in (${said}).`;
  }
}

const hintOf = ({ code }: OperationProcessingError): string =>
  code === 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED' ? ' Check the clock of this computer.' : '';
